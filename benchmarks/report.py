"""One way for every benchmark to show its figures: a table, or one line of JSON."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from typing import Optional, Sequence


@dataclass(frozen=True)
class Figure:
    """One measured value; ``goal`` is the highest that is good enough, ``least`` the lowest.

    None where nothing is asked.
    """

    name: str
    value: float
    label: str
    unit: str = ""
    goal: Optional[float] = None
    least: Optional[float] = None

    @property
    def met(self) -> bool:
        """Whether the goal is reached; a figure without a goal always is."""
        low_enough = self.goal is None or self.value <= self.goal
        return low_enough and (self.least is None or self.value >= self.least)

    @property
    def wanted(self) -> str:
        """Its goal in words; "" where there is none."""
        if self.least is not None:
            return f"at least {self.least:g}"
        return "" if self.goal is None else f"at most {self.goal:g}"


def machine_load() -> float:
    """Return how busy the machine was in the last minute; 0 where the system does not say (Windows)."""
    if sys.platform == "win32":
        return 0.0
    return os.getloadavg()[0]


def all_met(figures: Sequence[Figure]) -> bool:
    """Whether every goal is reached."""
    return all(figure.met for figure in figures)


def as_json(benchmark: str, figures: Sequence[Figure]) -> str:
    """One line: figures and goals by name, and whether all goals are met."""
    return json.dumps(
        {
            "benchmark": benchmark,
            "figures": {figure.name: round(figure.value, 4) for figure in figures},
            "goals": {figure.name: figure.goal for figure in figures if figure.goal is not None},
            "at_least": {
                figure.name: figure.least for figure in figures if figure.least is not None
            },
            "met": all_met(figures),
        }
    )


def as_table(title: str, figures: Sequence[Figure]) -> str:
    """The same for people, one figure a line."""
    rows = [
        (
            figure.label,
            f"{figure.value:,.3f} {figure.unit}".rstrip(),
            figure.wanted,
            "" if not figure.wanted else ("met" if figure.met else "MISSED"),
        )
        for figure in figures
    ]
    head = ("", "measured", "goal", "")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(4)]
    lines = [
        f"{label:<{widths[0]}}  {value:>{widths[1]}}  {goal:<{widths[2]}}  {met}".rstrip()
        for label, value, goal, met in [head, *rows]
    ]
    return "\n".join([title, *lines])

"""One way for every benchmark to show its figures: a table, or one line of JSON.

Both hold the machine's own figures beside them (``benchmarks.calibration``).
"""

from __future__ import annotations

import json
import os
import sys
from typing import List, Sequence, Tuple

from benchmarks.calibration import this_machine
from benchmarks.figure import Figure

__all__ = ["Figure", "all_met", "as_json", "as_table", "columns", "machine_load"]


def machine_load() -> float:
    """Return how busy the machine was in the last minute; 0 where the system does not say (Windows)."""
    if sys.platform == "win32":
        return 0.0
    return os.getloadavg()[0]


def all_met(figures: Sequence[Figure]) -> bool:
    """Whether every goal is reached."""
    return all(figure.met for figure in figures)


def as_json(benchmark: str, figures: Sequence[Figure]) -> str:
    """One line: figures, what they are called, and goals by name, and whether all goals are met."""
    shown = [*figures, *this_machine()]
    return json.dumps(
        {
            "benchmark": benchmark,
            "figures": {figure.name: round(figure.value, 4) for figure in shown},
            "labels": {figure.name: figure.label.strip() for figure in shown},
            "units": {figure.name: figure.unit for figure in shown if figure.unit},
            "goals": {figure.name: figure.goal for figure in shown if figure.goal is not None},
            "at_least": {figure.name: figure.least for figure in shown if figure.least is not None},
            "met": all_met(figures),
        }
    )


def as_table(title: str, figures: Sequence[Figure]) -> str:
    """The same for people, one figure a line; below them those of the machine."""
    rows = [
        (
            figure.label,
            figure.shown,
            figure.wanted,
            "" if not figure.wanted else ("met" if figure.met else "MISSED"),
        )
        for figure in (*figures, *this_machine())
    ]
    head, *lines = columns([("", "measured", "goal", ""), *rows], right=(1,))
    bare = len(figures)
    return "\n".join([title, head, *lines[:bare], "", "This machine meanwhile:", *lines[bare:]])


def columns(rows: Sequence[Tuple[str, ...]], right: Sequence[int]) -> List[str]:
    """Lay rows out in lines; the columns of these numbers end in line, the others begin so."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return [
        "  ".join(
            f"{text:>{width}}" if number in right else f"{text:<{width}}"
            for number, (text, width) in enumerate(zip(row, widths))
        ).rstrip()
        for row in rows
    ]

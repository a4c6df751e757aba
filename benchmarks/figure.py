"""One measured value, and the middle of several."""

from __future__ import annotations

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

    @property
    def shown(self) -> str:
        """Its value with its unit."""
        return f"{self.value:,.3f} {self.unit}".rstrip()


def median(values: Sequence[float]) -> float:
    """The middle of at least one value. (The module ``statistics`` is the program's own here.)"""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2

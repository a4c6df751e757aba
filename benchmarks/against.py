"""The same measurement on this checkout and on another in turn: what a machine does besides hits both."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, List, Mapping, Sequence, Tuple

from benchmarks.report import Figure

HERE = Path(__file__).resolve().parent.parent

Values = Mapping[str, float]
Pair = Tuple[Values, Values]  # this checkout's, the other's


def in_turn(measure: Callable[[Path], Values], other: Path, pairs: int) -> List[Pair]:
    """Measure both checkouts so many times; each is the first of a pair every other time."""
    found: List[Pair] = []
    for number in range(pairs):
        if number % 2:
            theirs = measure(other)
            found.append((measure(HERE), theirs))
        else:
            ours = measure(HERE)
            found.append((ours, measure(other)))
    return found


def ratios(pairs: Sequence[Pair], key: str, label: str) -> List[Figure]:
    """This checkout's value over the other's, pair by pair, and the middle of them."""
    found = [ours[key] / theirs[key] for ours, theirs in pairs]
    each = [
        Figure(
            f"{key}_ratio_{number}",
            ratio,
            f"  pair {number}: {ours[key]:,.1f} / {theirs[key]:,.1f}",
        )
        for number, (ratio, (ours, theirs)) in enumerate(zip(found, pairs), start=1)
    ]
    return [*each, Figure(f"{key}_ratio", sorted(found)[len(found) // 2], f"{label}, median")]

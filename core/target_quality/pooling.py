"""Pictures' scores put together: what a span has, and its worst second."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Sequence


@dataclass(frozen=True)
class Pooled:
    """``mean`` of all pictures' scores, ``low`` that of the worst second."""

    mean: float
    low: float


def pooled(scores: Sequence[float], rate: float) -> Pooled:
    """Pool the scores of pictures that follow each other, ``rate`` of them a second.

    A second, and not a picture, is the worst that is told of: nobody sees one bad picture among 24, and the
    lowest of many is chance. Raises ValueError without any score.
    """
    if not scores:
        raise ValueError("no scores")
    second = min(len(scores), max(1, round(rate)))
    sums = [0.0, *accumulate(scores)]
    low = min(after - before for before, after in zip(sums, sums[second:])) / second
    mean = sums[-1] / len(scores)
    return Pooled(mean, min(low, mean))  # the ends are in fewer seconds than the middle

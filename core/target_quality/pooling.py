"""Pictures' scores put together: what a span has, and its worst second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence


@dataclass(frozen=True)
class Pooled:
    """``mean`` of all pictures' scores, ``low`` that of the worst second."""

    mean: float
    low: float


def pooled(scores: Sequence[float], rate: float) -> Pooled:
    """Pool the scores of pictures that follow each other, ``rate`` of them a second; at least one."""
    raise NotImplementedError

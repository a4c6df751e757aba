"""The search for a film's number, as a pure function of what was tried: the next number, or the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Union

from core.target_quality.model import Prior
from core.target_quality.trial import ChosenNumber, Trial


@dataclass(frozen=True)
class Goal:
    """What is wanted of a film, and within what.

    ``best`` and ``worst`` are the lowest and the highest number that are allowed (a higher one is always
    smaller and worse), ``step`` the finest difference that the encoder takes. ``largest_share``: of the
    source's picture, in bytes, that the result may be; None: whatever it takes.
    """

    target: float
    best: float
    worst: float
    step: float = 1.0
    largest_share: Optional[float] = None
    most_trials: int = 4


def next_trial(goal: Goal, prior: Prior, trials: Sequence[Trial]) -> Union[float, ChosenNumber]:
    """Return the number to try next, or the chosen one.

    Ends after ``goal.most_trials`` at the latest, whatever the scores are.
    """
    raise NotImplementedError

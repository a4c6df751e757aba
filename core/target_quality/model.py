"""A film's score as a function of the encoder's number: what is expected, and how sure that is.

What a picture lacks of 100 grows by the same factor with each step of the number, for every encoder and
film that was measured; so its logarithm is a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence, Tuple


@dataclass(frozen=True)
class Prior:
    """What is known before a film's first trial.

    At ``number`` the film is expected to lack ``loss`` of the score 100; ``loss_error`` is the standard
    deviation of its natural logarithm. ``slope`` is how much that logarithm grows with each whole number.
    ``films`` is how many films have taught this; 0: what is typical of the encoder.
    """

    number: float
    loss: float
    loss_error: float
    slope: float
    slope_error: float
    films: int = 0


@dataclass(frozen=True)
class FilmTaught:
    """What an earlier film taught: (number, score) of each of its trials and of its finished result."""

    points: Tuple[Tuple[float, float], ...]


def taught(typical: Prior, films: Sequence[FilmTaught]) -> Prior:
    """Return what is expected of the next film after these, newest last; ``typical`` where there are none."""
    raise NotImplementedError

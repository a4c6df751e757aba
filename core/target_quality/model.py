"""A film's score as a function of the encoder's number: what is expected, and how sure that is.

What a picture lacks of 100 grows by about the same factor with each step of the number, whatever the encoder
and the film: its logarithm is nearly a straight line. The line is known beforehand as far as earlier films
taught it, and each trial moves it (Bayesian linear regression with two unknowns).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Sequence, Tuple

PERFECT = 100.0
_LEAST_LOSS, _MOST_LOSS = 0.05, 99.0
# Standard deviation of a trial's logarithm around the line near the score in question, and how much it grows
# with each unit of the logarithm away from it: the line is slightly bent.
_NOISE, _BENT = 0.02, 0.05
_FLATTEST = 0.25  # of the expected slope: a worse number never counts as a better one
_DOUBT = 2.0  # films that what is typical counts for
_FADING = 0.97  # a film's weight beside that of the next newer one


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
    """What an earlier film taught: (number, score) of each of its trials and of its finished result.

    ``likeness`` is how much it says about the film in question, from 0 to 1.
    """

    points: Tuple[Tuple[float, float], ...]
    likeness: float = 1.0


def log_loss(score: float) -> float:
    """The natural logarithm of what a score lacks of 100."""
    return math.log(min(_MOST_LOSS, max(_LEAST_LOSS, PERFECT - score)))


@dataclass(frozen=True)
class Curve:
    """What is expected of one film: log loss = ``level`` + ``slope`` × (number − ``number``).

    ``variance`` is that of level and slope, and what they have in common.
    """

    number: float
    level: float
    slope: float
    variance: Tuple[float, float, float]

    def score(self, number: float) -> float:
        """The expected score; 0 to 100."""
        return PERFECT - min(_MOST_LOSS, math.exp(min(10.0, self._at(number))))

    def number_for(self, score: float) -> float:
        """The number with which that score is expected."""
        return self.number + (log_loss(score) - self.level) / self.slope

    def error(self, number: float) -> float:
        """How far off the expected score may be: one standard deviation."""
        away = number - self.number
        level, slope, both = self.variance
        deviation = math.sqrt(max(0.0, level + 2 * away * both + away * away * slope))
        return (PERFECT - self.score(number)) * deviation

    def _at(self, number: float) -> float:
        return self.level + self.slope * (number - self.number)


def curve_through(prior: Prior, points: Sequence[Tuple[float, float]], near: float) -> Curve:
    """Return what is expected after trials with (number, score), most exact around the score ``near``."""
    level, slope = math.log(max(_LEAST_LOSS, prior.loss)), prior.slope
    a, b, c = prior.loss_error**2, prior.slope_error**2, 0.0
    for number, score in points:
        away, found = number - prior.number, log_loss(score)
        noise = (_NOISE + _BENT * abs(found - log_loss(near))) ** 2
        gain_level, gain_slope = a + away * c, c + away * b
        expected = gain_level + away * gain_slope + noise
        surprise = found - (level + slope * away)
        level += surprise * gain_level / expected
        slope += surprise * gain_slope / expected
        a, b, c = (
            a - gain_level * gain_level / expected,
            b - gain_slope * gain_slope / expected,
            c - gain_level * gain_slope / expected,
        )
    flattest = _FLATTEST * prior.slope
    if slope < flattest:
        level, slope = _through_nearest(prior, points, near, flattest)
    return Curve(prior.number, level, slope, (a, b, c))


def _through_nearest(
    prior: Prior, points: Sequence[Tuple[float, float]], near: float, slope: float
) -> Tuple[float, float]:
    """A line of this slope through the trial that came nearest."""
    number, score = min(points, key=lambda point: abs(point[1] - near))
    return log_loss(score) - slope * (number - prior.number), slope


def taught(typical: Prior, films: Sequence[FilmTaught]) -> Prior:
    """Return what is expected of the next film after these, newest first."""
    found = [film for film in films if film.points and film.likeness > 0]
    if not found:
        return typical
    curves = [curve_through(typical, film.points, PERFECT - typical.loss) for film in found]
    weights = [film.likeness * _FADING**age for age, film in enumerate(found)]
    many = sum(weights)
    level, level_variance = _next_of(
        [curve.level for curve in curves], weights, math.log(typical.loss), typical.loss_error
    )
    slope, slope_variance = _next_of(
        [curve.slope for curve in curves], weights, typical.slope, typical.slope_error
    )
    share = 1.0 / (many + _DOUBT)
    return replace(
        typical,
        loss=math.exp(level),
        loss_error=math.sqrt(level_variance * (1.0 + share)),
        slope=max(_FLATTEST * typical.slope, slope),
        slope_error=math.sqrt(slope_variance * (1.0 + share)),
        films=len(found),
    )


def _next_of(
    values: Sequence[float], weights: Sequence[float], typical: float, error: float
) -> Tuple[float, float]:
    """Mean and variance of these values, among which ``typical`` with its error counts for a few."""
    many = sum(weights) + _DOUBT
    mean = (sum(weight * value for weight, value in zip(weights, values)) + _DOUBT * typical) / many
    spread = sum(weight * (value - mean) ** 2 for weight, value in zip(weights, values))
    return mean, (spread + _DOUBT * error**2) / many

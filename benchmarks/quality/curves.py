"""Curves of quality and size over an encoder's number; the figures by which methods are compared. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import List, Mapping, Sequence, Tuple

_LEAST_LOSS = 0.05  # of VMAF's 100
_BEYOND = 40.0  # as far outside of its points a curve is looked at
_HALVINGS = 60


class Scale(Enum):
    """How a value is bent before a curve goes through it, so that the curve is nearly straight."""

    PLAIN = "plain"
    SCORE = "score"  # what it lacks of 100, as a logarithm
    SIZE = "size"  # its logarithm

    def bent(self, value: float) -> float:
        """The value on this scale."""
        if self is Scale.SCORE:
            return math.log(max(_LEAST_LOSS, 100 - value))
        return math.log(max(1.0, value)) if self is Scale.SIZE else value

    def straight(self, bent: float) -> float:
        """The value that is ``bent`` on this scale."""
        if self is Scale.SCORE:
            return 100 - math.exp(min(bent, math.log(100)))
        return math.exp(bent) if self is Scale.SIZE else bent


@dataclass(frozen=True)
class Curve:
    """Values at numbers, the numbers ascending; between them a cubic that never swings.

    Fritsch and Carlson, Monotone Piecewise Cubic Interpolation, 1980. Beyond its ends it goes on straight.
    """

    numbers: Tuple[float, ...]
    values: Tuple[float, ...]
    scale: Scale = Scale.PLAIN

    def __post_init__(self) -> None:
        """Raise ValueError where this is no curve."""
        if len(self.numbers) != len(self.values) or len(self.numbers) < 2:
            raise ValueError("A curve has at least two points, and a value for each number.")
        if any(left >= right for left, right in zip(self.numbers, self.numbers[1:])):
            raise ValueError("A curve's numbers ascend.")

    def at(self, number: float) -> float:
        """Return the value there."""
        return self.scale.straight(self._bent_at(number))

    def where(self, value: float) -> float:
        """Return the number at which a curve that falls has this value; at most 40 beyond its ends."""
        low, high = self.numbers[0] - _BEYOND, self.numbers[-1] + _BEYOND
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if self.at(middle) >= value:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def slope(self, number: float) -> float:
        """Return how much the value changes with a step of one there."""
        return self.at(number + 0.5) - self.at(number - 0.5)

    def _bent_at(self, number: float) -> float:
        numbers, slopes = self.numbers, self._slopes()
        values = [self.scale.bent(value) for value in self.values]
        if number <= numbers[0]:
            return values[0] + slopes[0] * (number - numbers[0])
        if number >= numbers[-1]:
            return values[-1] + slopes[-1] * (number - numbers[-1])
        left = max(place for place, known in enumerate(numbers) if known <= number)
        width = numbers[left + 1] - numbers[left]
        share = (number - numbers[left]) / width
        rest = 1 - share
        return (
            values[left] * (1 + 2 * share) * rest**2
            + slopes[left] * width * share * rest**2
            + values[left + 1] * share**2 * (3 - 2 * share)
            - slopes[left + 1] * width * share**2 * rest
        )

    def _slopes(self) -> List[float]:
        values = [self.scale.bent(value) for value in self.values]
        widths = [right - left for left, right in zip(self.numbers, self.numbers[1:])]
        rises = [(right - left) / width for left, right, width in zip(values, values[1:], widths)]
        inner = [
            _between(before, after, left, right)
            for before, after, left, right in zip(rises, rises[1:], widths, widths[1:])
        ]
        return [rises[0], *inner, rises[-1]]


def _between(before: float, after: float, left: float, right: float) -> float:
    """The slope at a point between two rises: their weighted harmonic mean, none at a turn."""
    if before * after <= 0:
        return 0.0
    first, second = 2 * right + left, right + 2 * left
    return (first + second) / (first / before + second / after)


@dataclass(frozen=True)
class Outcome:
    """What one method made of one film, and what the whole film then has.

    ``true``: VMAF of the whole film at ``number``; ``low``: of its worst second; ``size`` in bytes; ``coded``
    and ``scored``: pictures that the search encoded and compared; ``held``: the number is at a limit that the
    method does not cross, so that the target could not be met.
    """

    film: str
    target: float
    number: float
    true: float
    low: float
    size: float
    coded: int
    scored: int
    trials: int
    held: bool = False

    @property
    def error(self) -> float:
        """By how much the film is better than was asked; below zero: worse."""
        return self.true - self.target


@dataclass(frozen=True)
class Errors:
    """How well targets are met: ``mean`` of the absolute errors, ``spread`` their standard deviation."""

    mean: float
    bias: float
    worst: float
    spread: float


def errors(values: Sequence[float]) -> Errors:
    """Return the figures of these signed errors; raises ValueError where there are none."""
    if not values:
        raise ValueError("There is nothing to tell errors of.")
    bias = sum(values) / len(values)
    spread = math.sqrt(sum((value - bias) ** 2 for value in values) / len(values))
    absolute = [abs(value) for value in values]
    return Errors(sum(absolute) / len(absolute), bias, max(absolute), spread)


@dataclass(frozen=True)
class Saving:
    """A number for each film against one number for all, where both have the same worst film.

    ``worst``: that film's score; ``fixed``: the one number; ``share``: of all bytes that is saved, below zero
    where the choice costs more.
    """

    worst: float
    fixed: float
    share: float


def saving(
    scores: Mapping[str, Curve], sizes: Mapping[str, Curve], chosen: Mapping[str, float]
) -> Saving:
    """Return what these numbers save of the films' bytes together."""
    worst = min(scores[film].at(number) for film, number in chosen.items())
    fixed = min(scores[film].where(worst) for film in chosen)
    with_fixed = sum(sizes[film].at(fixed) for film in chosen)
    with_choice = sum(sizes[film].at(number) for film, number in chosen.items())
    return Saving(worst, fixed, 1 - with_choice / with_fixed)

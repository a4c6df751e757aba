"""Curves of quality and size over an encoder's number, and the figures by which methods are compared. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple


@dataclass(frozen=True)
class Curve:
    """Values at numbers, the numbers ascending; between them a cubic that never swings (Fritsch-Carlson)."""

    numbers: Tuple[float, ...]
    values: Tuple[float, ...]

    def __post_init__(self) -> None:
        """Raise ValueError where this is no curve."""
        if len(self.numbers) != len(self.values) or len(self.numbers) < 2:
            raise ValueError("A curve has at least two points, and a value for each number.")
        if any(left >= right for left, right in zip(self.numbers, self.numbers[1:])):
            raise ValueError("A curve's numbers ascend.")

    def at(self, number: float) -> float:
        """Return the value there; beyond the ends the curve goes on straight."""
        slopes = self._slopes()
        if number <= self.numbers[0]:
            return self.values[0] + slopes[0] * (number - self.numbers[0])
        if number >= self.numbers[-1]:
            return self.values[-1] + slopes[-1] * (number - self.numbers[-1])
        left = max(at for at, known in enumerate(self.numbers) if known <= number)
        width = self.numbers[left + 1] - self.numbers[left]
        share = (number - self.numbers[left]) / width
        rest = 1 - share
        return (
            self.values[left] * (1 + 2 * share) * rest**2
            + slopes[left] * width * share * rest**2
            + self.values[left + 1] * share**2 * (3 - 2 * share)
            - slopes[left + 1] * width * share**2 * rest
        )

    def where(self, value: float) -> float:
        """Return the number at which a curve that falls has this value, by halving; at most 40 beyond its ends."""
        low, high = self.numbers[0] - 40, self.numbers[-1] + 40
        for _ in range(60):
            middle = (low + high) / 2
            if self.at(middle) >= value:
                low = middle
            else:
                high = middle
        return (low + high) / 2

    def slope(self, number: float) -> float:
        """Return how much the value changes with a step of one there."""
        return self.at(number + 0.5) - self.at(number - 0.5)

    def _slopes(self) -> List[float]:
        widths = [right - left for left, right in zip(self.numbers, self.numbers[1:])]
        rises = [
            (right - left) / width
            for left, right, width in zip(self.values, self.values[1:], widths)
        ]
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
    """What one method made of one film: the number that it took and what the whole film then has.

    ``true``: VMAF of the whole film at that number; ``low``: of its worst second; ``size`` in bytes;
    ``coded``: pictures that the search encoded and scored; ``capped``: the number was held at the floor or
    the ceiling, so that the target could not be met exactly.
    """

    film: str
    target: float
    number: float
    true: float
    low: float
    size: float
    coded: int
    trials: int
    seconds: float
    capped: bool = False

    @property
    def error(self) -> float:
        """By how much the film is better (worse, below zero) than was asked."""
        return self.true - self.target


@dataclass(frozen=True)
class Errors:
    """How well a method meets its targets, in VMAF."""

    mean: float  # of the absolute errors
    bias: float
    worst: float
    spread: float  # standard deviation


def errors(values: Sequence[float]) -> Errors:
    """Return the figures of these signed errors; raises ValueError where there are none."""
    if not values:
        raise ValueError("There is nothing to tell errors of.")
    bias = sum(values) / len(values)
    spread = (sum((value - bias) ** 2 for value in values) / len(values)) ** 0.5
    absolute = [abs(value) for value in values]
    return Errors(sum(absolute) / len(absolute), bias, max(absolute), spread)


def bytes_at_worst(
    sizes: Dict[str, Curve], scores: Dict[str, Curve], chosen: Dict[str, float]
) -> Tuple[float, float, float]:
    """Compare numbers chosen for each film with one number for all, at the same score of the worst film.

    Returns the worst film's score, the fixed number at which the worst film has just that score, and the share
    of bytes that the choice saves of what all films have with the fixed number (below zero where it costs more).
    """
    worst = min(scores[film].at(number) for film, number in chosen.items())
    fixed = min(scores[film].where(worst) for film in chosen)
    with_fixed = sum(sizes[film].at(fixed) for film in chosen)
    return worst, fixed, 1 - sum(sizes[film].at(chosen[film]) for film in chosen) / with_fixed

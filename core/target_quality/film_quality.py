"""What is known of a finished film's quality: how its number was found, and what the whole film has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from core.target_quality.model import PERFECT
from core.target_quality.trial import ChosenNumber, SpanScore, Yardstick

if TYPE_CHECKING:
    from core.plan import Reason

# Of VMAF's scale: a film this near to what was asked for has it.
NEAR_ENOUGH = 1.5
_LEAST_LACK = 0.05


@dataclass(frozen=True)
class FilmScore:
    """The finished film, measured at places that the search did not use; ``seconds`` is what that took.

    ``whole``: it is so short that all of it was measured, which leaves no error.
    """

    yardstick: Yardstick
    spans: Tuple[SpanScore, ...]
    seconds: float
    whole: bool = False

    @property
    def mean(self) -> float:
        """The film's score, as its places tell it."""
        weights = sum(score.span.weight for score in self.spans)
        return sum(score.mean * score.span.weight for score in self.spans) / weights

    @property
    def error(self) -> float:
        """How far off ``mean`` may be (one standard deviation), by how much the places differ."""
        if self.whole:
            return 0.0
        if len(self.spans) < 2:
            return NEAR_ENOUGH
        weights = sum(score.span.weight for score in self.spans)
        shares = [score.span.weight / weights for score in self.spans]
        spread = sum(
            share**2 * (score.mean - self.mean) ** 2 for share, score in zip(shares, self.spans)
        )
        return math.sqrt(spread * len(self.spans) / (len(self.spans) - 1))

    @property
    def low(self) -> float:
        """The score of the worst second that was seen."""
        return min(score.low for score in self.spans)


@dataclass(frozen=True)
class NumberedPart:
    """A part of a film, in seconds after its beginning, and the encoder's number that it was given."""

    begin: float
    end: float
    number: float


@dataclass(frozen=True)
class FilmQuality:
    """Kept with a job: how its number was found, and what came of it.

    ``option`` is what the number is called in the template (``-crf``). ``score`` is None where the finished
    film could not be measured, and ``unmeasured`` says why. ``again``: the film was encoded once more, since
    the first result missed its target. ``parts`` are those of the film that were encoded with another number
    than the chosen one: chunks may have their own.
    """

    option: str
    chosen: ChosenNumber
    yardstick: Optional[Yardstick] = None
    score: Optional[FilmScore] = None
    unmeasured: Optional[Reason] = None
    again: bool = False
    parts: Tuple[NumberedPart, ...] = ()

    @property
    def result_number(self) -> float:
        """The one number with which the whole film would have the score that it has.

        Where parts of it have their own, that is the mean of the numbers at the places that were measured,
        each counted for what it lacks of 100: so much a step of the number moves the film's mean there.
        """
        if not self.parts or self.score is None:
            return self.chosen.number
        lacks = [
            (score.span.weight * max(_LEAST_LACK, PERFECT - score.mean), score.span.first)
            for score in self.score.spans
        ]
        lacking = sum(lack for lack, _first in lacks)
        return sum(lack * self._number_at(first) for lack, first in lacks) / lacking

    def _number_at(self, moment: float) -> float:
        numbers = (part.number for part in self.parts if part.begin <= moment < part.end)
        return next(numbers, self.chosen.number)

    @property
    def difference(self) -> Optional[float]:
        """How far the film is above its target; None where nothing comparable was measured."""
        if self.score is None or self.score.yardstick.relative:
            return None
        return self.score.mean - self.chosen.target

    @property
    def met(self) -> Optional[bool]:
        """Whether the film is as near to its target as was asked for; None where that is not known."""
        difference = self.difference
        return None if difference is None else abs(difference) <= NEAR_ENOUGH

"""What is known of a finished film's quality: how its number was found, and what the whole film has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Tuple

from core.target_quality.trial import ChosenNumber, SpanScore, Yardstick

if TYPE_CHECKING:
    from core.plan import Reason

# Of VMAF's scale: a film this near to what was asked for has it.
NEAR_ENOUGH = 1.5


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
class FilmQuality:
    """Kept with a job: how its number was found, and what came of it.

    ``option`` is what the number is called in the template (``-crf``). ``score`` is None where the finished
    film could not be measured, and ``unmeasured`` says why. ``again``: the film was encoded once more, since
    the first result missed its target.
    """

    option: str
    chosen: ChosenNumber
    yardstick: Optional[Yardstick] = None
    score: Optional[FilmScore] = None
    unmeasured: Optional[Reason] = None
    again: bool = False

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

"""The search for a film's number, as a pure function of what was tried: the next number, or the end."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional, Sequence, Union

from core.plan import Reason
from core.target_quality.model import Curve, Prior, curve_through
from core.target_quality.reasons import unmeasured
from core.target_quality.told import tenths
from core.target_quality.trial import ChosenNumber, SpanScore, Trial
from core.text.sentence import Sentence, counted_sentence

# How far, in score, a number may be from a measured one, between two trials and beyond all of them; and how
# exactly its own score must be known from there (one standard deviation).
_BETWEEN, _BEYOND, _SURE = 2.0, 1.6, 0.3
_MISSED = 0.5  # of the score: so far from the target it is told why
# What the size does while the loss grows by the factor e: by x265 and SVT-AV1 the logarithm of the size
# falls by so much (docs/quality.md).
_SIZE_BY_LOSS = 0.65
# The result is its picture and some more: it stays so far below what it may be.
_ROOM = 0.97


@dataclass(frozen=True)
class Goal:
    """What is wanted of a film, and within what.

    ``target`` is a score, ``deepest`` how far the worst second may lie below it. ``best`` and ``worst`` are
    the lowest and the highest number that are allowed (a higher one is always smaller and worse), ``step``
    the finest difference that the encoder takes, ``own`` the number that the template has by itself.
    ``largest_share``: of the source's picture, in bytes, that the result may be; None: whatever it takes.
    """

    target: float
    best: float
    worst: float
    own: float
    step: float = 1.0
    largest_share: Optional[float] = None
    deepest: float = 20.0
    most_trials: int = 4

    def allowed(self, number: float) -> float:
        """The nearest number that the encoder takes and that is within the limits."""
        steps = round((number - self.best) / self.step)
        most = math.floor((self.worst - self.best) / self.step + 1e-9)
        return round(self.best + self.step * max(0, min(most, steps)), 4)


def next_trial(goal: Goal, prior: Prior, trials: Sequence[Trial]) -> Union[float, ChosenNumber]:
    """Return the number to try next, or the chosen one.

    Ends after ``goal.most_trials`` at the latest, whatever the scores are, and never asks for a number twice.
    What it chooses was tried, or lies so near to what was tried that its score is known.
    """
    curve = _curve(goal, prior, trials)
    by_quality = goal.allowed(curve.number_for(goal.target))
    by_size = _smallest_for_size(goal, prior, trials)
    wanted = max(by_quality, by_size)
    tried = any(trial.number == wanted for trial in trials)
    known = bool(trials) and (tried or _is_known(wanted, curve, trials))
    if not known and len(trials) < goal.most_trials:
        return wanted
    if not trials:
        return nothing_measured(goal, _NO_TRIAL)
    near = known or _away(wanted, curve, trials) <= _BETWEEN
    number = wanted if near else _best_tried(goal, trials, by_size).number
    return ChosenNumber(
        number,
        goal.target,
        _expected(number, curve, trials),
        _error(number, curve, trials),
        tuple(trials),
        _reason(goal, number, by_quality, by_size, curve, trials),
    )


def nothing_measured(goal: Goal, why: Reason) -> ChosenNumber:
    """The template's own number, as far as it is allowed, where the film cannot be measured."""
    return ChosenNumber(goal.allowed(goal.own), goal.target, None, None, (), why)


_NO_TRIAL = unmeasured("no_trial", Sentence("no trial was allowed."))


def effective_score(goal: Goal, trial: Trial) -> float:
    """A trial's score for the search: lower than its mean where its worst second lies too deep."""
    return min(trial.mean, trial.low + goal.deepest)


def share_of_source(trial: Trial) -> float:
    """The size of the film's picture after this trial's number, by that of the original picture."""
    size = sum(_per_picture(score, score.size) for score in trial.spans)
    source = sum(_per_picture(score, score.source_size) for score in trial.spans)
    return size / source if source > 0 else 0.0


def _per_picture(score: SpanScore, size: int) -> float:
    return score.span.weight * size / max(1, score.span.pictures)


def _curve(goal: Goal, prior: Prior, trials: Sequence[Trial]) -> Curve:
    points = [(trial.number, effective_score(goal, trial)) for trial in trials]
    return curve_through(prior, points, goal.target)


def _smallest_for_size(goal: Goal, prior: Prior, trials: Sequence[Trial]) -> float:
    """The lowest number with which the result stays as small as it must; ``goal.best`` where all do."""
    if goal.largest_share is None or not trials:
        return goal.best
    wanted = math.log(_ROOM * max(1e-6, goal.largest_share))
    sizes = [
        (trial.number, math.log(share)) for trial in trials for share in [share_of_source(trial)] if share
    ]  # fmt: skip
    if not sizes:
        return goal.best
    number, size = min(sizes, key=lambda point: abs(point[1] - wanted))
    slope = _SIZE_BY_LOSS * prior.slope
    if size > wanted:
        upward = number + (size - wanted) / slope
        return goal.allowed(math.ceil((upward - goal.best) / goal.step) * goal.step + goal.best)
    return goal.allowed(number - (wanted - size) / slope)


def _is_known(number: float, curve: Curve, trials: Sequence[Trial]) -> bool:
    below = [trial for trial in trials if trial.number < number]
    above = [trial for trial in trials if trial.number > number]
    reach = _BETWEEN if below and above else _BEYOND
    return _away(number, curve, trials) <= reach and curve.error(number) <= _SURE


def _away(number: float, curve: Curve, trials: Sequence[Trial]) -> float:
    """How far a number is from the nearest trial, in score."""
    score = curve.score(number)
    return min(abs(curve.score(trial.number) - score) for trial in trials)


def _best_tried(goal: Goal, trials: Sequence[Trial], by_size: float) -> Trial:
    """The trial that comes nearest to the target among those that are small enough."""
    small = [trial for trial in trials if trial.number >= by_size] or list(trials)
    return min(
        small, key=lambda trial: (abs(effective_score(goal, trial) - goal.target), -trial.number)
    )


def _expected(number: float, curve: Curve, trials: Sequence[Trial]) -> float:
    """The film's mean score: as measured, or by the curve from the nearest trial on."""
    nearest = min(trials, key=lambda trial: abs(trial.number - number))
    moved = curve.score(number) - curve.score(nearest.number)
    return max(0.0, min(100.0, nearest.mean + moved))


def _error(number: float, curve: Curve, trials: Sequence[Trial]) -> float:
    nearest = min(trials, key=lambda trial: abs(trial.number - number))
    away = curve.error(number) if nearest.number != number else 0.0
    return math.hypot(sampling_error(nearest), away)


def sampling_error(trial: Trial) -> float:
    """How far a trial's mean may be from the whole film's: one standard deviation.

    By the differences between neighbours, since each span stands for a stratum of its own.
    """
    scores = [score.mean for score in trial.spans]
    weights = [score.span.weight for score in trial.spans]
    if len(scores) < 2:
        return 0.0
    squares = [(before - after) ** 2 / 2 for before, after in zip(scores, scores[1:])]
    variance = sum(squares) / len(squares)
    return math.sqrt(variance * sum(weight * weight for weight in weights))


def _reason(
    goal: Goal,
    number: float,
    by_quality: float,
    by_size: float,
    curve: Curve,
    trials: Sequence[Trial],
) -> Reason:
    expected = tenths(_expected(number, curve, trials))
    target = tenths(goal.target)
    if by_size > by_quality and number >= by_size:
        return Reason(
            "quality.size",
            Sentence(
                "Quality {target} would make the film larger than it may be, so it gets {expected}.",
                target=target,
                expected=expected,
            ),
        )
    above = curve.score(number) - goal.target
    if above < -_MISSED and number == goal.allowed(goal.best):
        return Reason(
            "quality.limit",
            Sentence(
                "Quality {target} is out of reach here; the best that is allowed gives {expected}.",
                target=target,
                expected=expected,
            ),
        )
    if above > _MISSED and number == goal.allowed(goal.worst):
        return Reason(
            "quality.enough",
            Sentence(
                "The film gets {expected}, since nothing poorer than number {number} is taken.",
                expected=expected,
                number=tenths(number),
            ),
        )
    spans = len(trials[-1].spans)
    if spans == 1:  # a short film is tried as a whole
        found = counted_sentence(
            "Found with one trial of the whole film.",
            "Found with {number} trials of the whole film.",
            len(trials),
        )
    else:
        found = counted_sentence(
            "Found with one trial at {spans} places of the film.",
            "Found with {number} trials at {spans} places of the film.",
            len(trials),
            spans=spans,
        )
    return Reason("quality.found", found)

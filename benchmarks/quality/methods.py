"""Ways to choose an encoder's number for a film: ours, a fixed one, and those of two other programs.

All are tried on the same truth. What a method would encode is cut out of the whole film's encode, which is
kind to all of them: a real sample begins with a key frame and an empty look-ahead. How much that changes a
score ``--real`` tells. The others are made anew from what is told of them
(``docs/quality-figures.md``), not from their code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from benchmarks.quality.curves import Outcome
from benchmarks.quality.films import RATE
from benchmarks.quality.known_films import KnownFilm
from core.encoders.quality_number import QualityNumber, quality_number, template_mark
from core.plan import Reason
from core.target_quality.film_quality import FilmScore
from core.target_quality.known import FilmKind, Known, ScoredTrials, TaughtFilm
from core.target_quality.lessons import prior_for
from core.target_quality.places import Lengths, choose_places, trial_seconds
from core.target_quality.search import Goal, next_trial
from core.target_quality.trial import ChosenNumber, Metric, Span, SpanScore, Trial, Yardstick

_SAMPLE = 20.0  # ab-av1: seconds of a sample, and of film for which there is one
_SAMPLE_EVERY = 720.0
_SAMPLE_TRIALS = 10
_WINDOW = 40.0  # Optimisarr: seconds of a window, and where in the film windows lie
_WINDOWS = (0.1, 0.5, 0.9)
_WINDOW_TRIALS = 4
_WINDOW_STEPS = (4, 2, 1)
_FLOOR_BELOW = 6.0  # its floor for the 5th percentile below that for the mean


def fixed(film: KnownFilm, target: float, number: float) -> Outcome:
    """The template's own number for every film."""
    return _outcome(film, target, number, (), 0, 0)


def as_ab_av1(film: KnownFilm, target: float, seconds: float = _SAMPLE) -> Outcome:
    """Samples of 20 s, one for each 12 minutes; the next number by a straight line between two scores.

    Ends with the poorest number whose samples reach the target: where they are hardly above it, or where the
    next one is known to miss it.
    """
    scale = _number_of(film).scale
    film_seconds = film.recipe.pictures / RATE
    count = max(1, round(film_seconds / _SAMPLE_EVERY))
    spans = _windows(film, [(place + 0.5) / count for place in range(count)], seconds)
    scores: Dict[int, float] = {}
    number = round((scale.ceiling + scale.floor) / 2)
    for trial in range(_SAMPLE_TRIALS):
        score = scores[number] = _mean(film, spans, number)
        enough = [tried for tried in scores if scores[tried] >= target]
        short = [tried for tried in scores if scores[tried] < target]
        if score >= target and score - target <= 0.1 * 2**trial:
            break
        low, high = max(enough, default=None), min(short, default=None)
        if low is not None and high is not None:
            share = (scores[low] - target) / (scores[low] - scores[high])
            wanted = round(low + share * (high - low))
            wanted = min(max(wanted, low + 1), high - 1)
            if high - low <= 1:
                break
        elif low is None:
            if number <= scale.ceiling:
                break
            wanted = int(scale.ceiling)
        else:
            if number >= scale.floor:
                break
            wanted = int(scale.floor)
        number = wanted
    reached = [tried for tried in scores if scores[tried] >= target]
    chosen = max(reached) if reached else min(scores)
    coded = len(scores) * sum(span.pictures for span in spans)
    return _outcome(film, target, chosen, tuple(scores), coded, coded)


def as_optimisarr(film: KnownFilm, target: float) -> Outcome:
    """Three windows of 40 s, four numbers; the smallest that passes floors for mean and 5th percentile.

    The windows of a film too short for them are a sixth of it each. Where none passes, or a poorer number
    scores better, the number stays that of the template.
    """
    found = _number_of(film)
    seconds = min(_WINDOW, film.recipe.pictures / RATE / 6)
    spans = _windows(film, _WINDOWS, seconds)
    own = int(found.value)
    tried: List[Tuple[int, bool, float]] = []
    number = own
    for trial in range(_WINDOW_TRIALS):
        mean, low = _mean(film, spans, number), _percentile(film, spans, number)
        passes = mean >= target and low >= target - _FLOOR_BELOW
        tried.append((number, passes, mean))
        if trial == len(_WINDOW_STEPS):
            break
        step = _WINDOW_STEPS[trial]
        number += step if passes else -step
        number = int(min(max(number, found.scale.ceiling), found.scale.floor))
    ordered = sorted(tried)
    falls = all(left[2] >= right[2] for left, right in zip(ordered, ordered[1:]))
    good = [number for number, passes, _mean_score in tried if passes]
    chosen = max(good) if good and falls else own
    coded = len(tried) * sum(span.pictures for span in spans)
    return _outcome(film, target, chosen, tried, coded, coded)


@dataclass
class Library:
    """Our search, film after film, with what earlier ones have taught.

    ``seconds`` is how much of a film a trial encodes; None: what the product takes.
    """

    seconds: Optional[float] = None
    remembers: bool = True
    taught: Tuple[TaughtFilm, ...] = ()

    def outcome(self, film: KnownFilm, target: float) -> Outcome:
        """Search this film's number, and remember what came of it."""
        found, template = _number_of(film), film.encoder.template
        kind = kind_of(film)
        yardstick = Yardstick(Metric.VMAF, "vmaf_v0.6.1", film.recipe.size)
        lengths = Lengths()
        survey = film.survey(lengths)
        seconds = trial_seconds(survey.seconds) if self.seconds is None else self.seconds
        places = choose_places(survey, seconds, lengths)
        goal = Goal(target, found.scale.ceiling, found.scale.floor, found.value, found.scale.step)
        prior = prior_for(template, found, Known(kind, (), self.taught), yardstick)
        trials: List[Trial] = []
        answer = next_trial(goal, prior, trials)
        while not isinstance(answer, ChosenNumber):
            scores = tuple(
                film.score(round(place.first * RATE), place.pictures, answer, place.weight)
                for place in places
            )
            trials.append(Trial(answer, scores, 0.0))
            answer = next_trial(goal, prior, trials)
        encoded = sum(round(place.encoded * RATE) for place in places) * len(trials)
        scored = sum(place.pictures for place in places) * len(trials)
        made = _outcome(film, target, answer.number, trials, encoded, scored)
        if self.remembers:
            whole = film.score(0, film.recipe.pictures, answer.number)
            score = FilmScore(yardstick, (whole,), 0.0, whole=True)
            lesson = TaughtFilm(
                kind, (ScoredTrials(yardstick, tuple(trials)),), answer.number, score
            )
            self.taught = (lesson, *self.taught)
        return made


def _number_of(film: KnownFilm) -> QualityNumber:
    found = quality_number(film.encoder.template)
    if isinstance(found, Reason):
        raise SystemExit(found.message)
    return found


def kind_of(film: KnownFilm) -> FilmKind:
    """Return what the product knows of a film beforehand."""
    width, height = film.recipe.size
    size = sum(packet.size for packet in film.packets)
    bits = 8.0 * size / (width * height * film.recipe.pictures)
    encoder = film.encoder.options[1]
    mark = template_mark(film.encoder.template)
    return FilmKind(encoder, mark, width, height, False, "h264", bits, "film")


def _windows(film: KnownFilm, places: Sequence[float], seconds: float) -> Tuple[Span, ...]:
    """Spans of equal weight whose middles lie at these shares of the film, pushed inside of it."""
    pictures = min(film.recipe.pictures, round(seconds * RATE))
    room = film.recipe.pictures - pictures
    firsts = [min(max(0, round(film.recipe.pictures * at - pictures / 2)), room) for at in places]
    return tuple(Span(first / RATE, pictures, 1 / len(places)) for first in firsts)


def _scores(film: KnownFilm, spans: Sequence[Span], number: float) -> Tuple[SpanScore, ...]:
    return tuple(film.score(round(span.first * RATE), span.pictures, number) for span in spans)


def _mean(film: KnownFilm, spans: Sequence[Span], number: float) -> float:
    return sum(score.mean for score in _scores(film, spans, number)) / len(spans)


def _percentile(film: KnownFilm, spans: Sequence[Span], number: float) -> float:
    """The 5th percentile of the pictures, at the nearest number that was encoded, moved with the mean."""
    nearest = min(film.whole, key=lambda known: abs(known - number))
    pictures = [
        score
        for span in spans
        for score in film.whole[nearest].part(round(span.first * RATE), span.pictures).vmaf
    ]
    low = sorted(pictures)[len(pictures) // 20]
    return low + _mean(film, spans, number) - _mean(film, spans, nearest)


def _outcome(
    film: KnownFilm, target: float, number: float, trials: Sequence[object], coded: int, scored: int
) -> Outcome:
    scale = _number_of(film).scale
    mean, low, size = (curve.at(number) for curve in film.all)
    # At a limit the method has done what it may: the film is better than asked at the poorest number that is
    # allowed, or poorer at the best one.
    held = (number >= scale.floor and mean > target) or (number <= scale.ceiling and mean < target)
    name = film.recipe.name
    return Outcome(name, target, number, mean, low, size, coded, scored, len(trials), held)

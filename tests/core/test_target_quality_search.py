"""The search for a number: pure, so every score function there is can be tried on it."""

from __future__ import annotations

import math
from typing import Callable, List, Optional, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.target_quality.model import FilmTaught, Prior, curve_through, taught
from core.target_quality.search import Goal, next_trial
from core.target_quality.trial import ChosenNumber, Span, SpanScore, Trial

X265 = Prior(number=22, loss=4.0, loss_error=0.5, slope=0.18, slope_error=0.06)
GOAL = Goal(target=94.0, best=12, worst=34, own=22, step=0.5)
Scores = Callable[[float], float]


def trial(number: float, score: float, size: float = 0.4, low: Optional[float] = None) -> Trial:
    """Two spans that score alike; ``size`` as a share of the source's."""
    worst = score - 5 if low is None else low
    spans = tuple(
        SpanScore(Span(first, 96, 0.5), score, worst, round(size * 1_000_000), 1_000_000)
        for first in (10.0, 60.0)
    )
    return Trial(number, spans, 8.0)


def searched(
    scores: Scores, goal: Goal = GOAL, prior: Prior = X265, size: float = 0.4
) -> Tuple[ChosenNumber, List[float]]:
    """The search's end, and the numbers that it tried."""
    trials: List[Trial] = []
    while len(trials) <= goal.most_trials:
        answer = next_trial(goal, prior, trials)
        if isinstance(answer, ChosenNumber):
            return answer, [made.number for made in trials]
        share = size * math.exp(-0.11 * (answer - 22))
        trials.append(trial(answer, scores(answer), share))
    raise AssertionError("the search goes on for ever")


def line(loss: float, slope: float) -> Scores:
    return lambda number: 100 - min(99.0, loss * math.exp(slope * (number - 22)))


goals = st.builds(
    Goal,
    target=st.floats(60, 99),
    best=st.integers(1, 20).map(float),
    worst=st.integers(21, 63).map(float),
    own=st.floats(1, 63),
    step=st.sampled_from([0.25, 0.5, 1.0, 3.0, 5.0]),
    largest_share=st.one_of(st.none(), st.floats(0.01, 2.0)),
    most_trials=st.integers(1, 6),
)
priors = st.builds(
    Prior,
    number=st.floats(1, 63),
    loss=st.floats(0.1, 60),
    loss_error=st.floats(0.05, 1.0),
    slope=st.floats(0.01, 0.4),
    slope_error=st.floats(0.001, 0.2),
    films=st.integers(0, 30),
)
noises = st.lists(st.floats(0, 100), min_size=64, max_size=64)


@given(goals, priors, noises, st.floats(0.01, 3.0))
@settings(max_examples=60, deadline=None)
def test_it_ends_in_time_within_the_limits_whatever_the_scores_are(
    goal: Goal, prior: Prior, noise: List[float], size: float
) -> None:
    chosen, tried = searched(lambda number: noise[int(number)], goal, prior, size)
    assert len(tried) <= goal.most_trials
    assert len(set(tried)) == len(tried)
    assert all(goal.best <= number <= goal.worst for number in (*tried, chosen.number))
    assert [made.number for made in chosen.trials] == tried
    assert chosen.expected is not None
    assert 0 <= chosen.expected <= 100
    assert chosen.error is not None
    assert chosen.error >= 0


@given(st.floats(0.5, 20), st.floats(0.08, 0.3), st.floats(80, 97), st.sampled_from([0.25, 1.0]))
@settings(max_examples=60, deadline=None)
def test_what_it_expects_of_a_film_that_gets_worse_evenly_is_what_comes(
    loss: float, slope: float, target: float, step: float
) -> None:
    goal = Goal(target=target, best=1, worst=51, own=22, step=step)
    scores = line(loss, slope)
    chosen, _tried = searched(scores, goal)
    assert chosen.expected is not None
    assert chosen.error is not None
    assert abs(chosen.expected - scores(chosen.number)) <= max(0.3, 2 * chosen.error)


@given(st.floats(1.0, 16), st.floats(0.1, 0.27), st.floats(85, 97))
@settings(max_examples=60, deadline=None)
def test_the_target_is_met_where_some_number_meets_it(
    loss: float, slope: float, target: float
) -> None:
    goal = Goal(target=target, best=-10, worst=60, own=22, step=0.25)
    scores = line(loss, slope)
    chosen, tried = searched(scores, goal)
    assert scores(chosen.number) == pytest.approx(target, abs=0.6)
    assert len(tried) <= 4


@given(goals, priors, noises)
@settings(max_examples=60, deadline=None)
def test_what_is_chosen_was_tried_or_lies_beside_what_was(
    goal: Goal, prior: Prior, noise: List[float]
) -> None:
    chosen, tried = searched(lambda number: noise[int(number)], goal, prior)
    if chosen.number in tried:
        return
    points = [(made.number, min(made.mean, made.low + goal.deepest)) for made in chosen.trials]
    curve = curve_through(prior, points, goal.target)
    nearest = min(abs(curve.score(number) - curve.score(chosen.number)) for number in tried)
    assert nearest <= 2.0


def test_a_film_like_those_before_it_needs_one_trial() -> None:
    films = [FilmTaught(tuple((number, line(5.0, 0.16)(number)) for number in (21.0, 24.0)))] * 20
    prior = taught(X265, films)
    chosen, tried = searched(line(5.2, 0.16), prior=prior)
    assert len(tried) == 1
    assert line(5.2, 0.16)(chosen.number) == pytest.approx(94, abs=0.3)


def test_twenty_films_move_the_first_number_and_narrow_its_error() -> None:
    films = [FilmTaught(((22.0, 88.0), (18.0, 93.0)))] * 20
    prior = taught(X265, films)
    first, usual = next_trial(GOAL, prior, []), next_trial(GOAL, X265, [])
    assert isinstance(first, float)
    assert isinstance(usual, float)
    assert first < usual
    assert prior.loss_error < X265.loss_error / 2
    assert prior.films == 20


def test_a_film_unlike_this_one_teaches_little() -> None:
    points = ((22.0, 88.0), (18.0, 93.0))
    near, far = (taught(X265, [FilmTaught(points, likeness)]).loss for likeness in (1.0, 0.05))
    assert near > far > X265.loss


def test_a_search_that_was_made_before_is_not_made_again() -> None:
    chosen, _tried = searched(line(6.0, 0.15))
    assert next_trial(GOAL, X265, chosen.trials) == chosen


def test_the_best_allowed_is_taken_where_the_target_is_out_of_reach() -> None:
    chosen, _tried = searched(line(40.0, 0.1))
    assert chosen.number == GOAL.best
    assert chosen.reason.code == "quality.limit"


def test_it_is_never_worse_than_the_floor_however_easy_the_film_is() -> None:
    chosen, _tried = searched(line(0.1, 0.1))
    assert chosen.number == GOAL.worst
    assert chosen.reason.code == "quality.enough"


def test_a_film_that_would_become_too_large_gets_what_fits() -> None:
    goal = Goal(target=97.0, best=12, worst=34, own=22, step=0.5, largest_share=0.5)
    chosen, _tried = searched(line(8.0, 0.15), goal, size=0.8)
    share = 0.8 * math.exp(-0.11 * (chosen.number - 22))
    assert share <= 0.5
    assert chosen.reason.code == "quality.size"


def test_a_scene_that_falls_apart_makes_the_number_better() -> None:
    even = next_trial(GOAL, X265, [trial(24.0, 94.0)])
    deep = next_trial(GOAL, X265, [trial(24.0, 94.0, low=60.0)])
    assert isinstance(even, ChosenNumber)
    assert even.number == 24.0
    assert isinstance(deep, float)
    assert deep < 24.0


def test_steps_of_the_encoder_are_kept() -> None:
    goal = Goal(target=94.0, best=40, worst=170, own=100, step=5.0)
    prior = Prior(number=100, loss=4.0, loss_error=0.5, slope=0.04, slope_error=0.01)
    chosen, tried = searched(
        lambda number: 100 - 4.4 * math.exp(0.04 * (number - 100)), goal, prior
    )
    assert all(number % 5 == 0 for number in (*tried, chosen.number))


def test_scores_that_rise_with_the_number_do_not_lead_it_astray() -> None:
    chosen, tried = searched(lambda number: 80 + number / 2)
    assert len(tried) <= GOAL.most_trials
    assert chosen.number in tried

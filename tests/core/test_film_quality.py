"""A finished film's quality: its mean with its error, how near its target it is, written down and told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.target_quality.film_quality import NEAR_ENOUGH, FilmScore, NumberedPart
from core.target_quality.quality_json import quality_from_json, quality_to_json, read_quality
from core.target_quality.told import AGAIN, measured, tenths, where_measured
from core.target_quality.trial import Span, SpanScore
from core.text.sentence import Sentence
from tests.film_qualities import HDR, VMAF, quality, spans

SCORES = st.lists(st.floats(0, 100), min_size=1, max_size=20)


def test_the_mean_counts_each_place_by_what_it_stands_for() -> None:
    parts = (
        SpanScore(Span(0.0, 96, 0.75), 96.0, 90.0, 1, 1),
        SpanScore(Span(60.0, 96, 0.25), 88.0, 70.0, 1, 1),
    )
    score = FilmScore(VMAF, parts, 1.0)
    assert score.mean == 94.0
    assert score.low == 70.0


def test_the_error_is_that_of_a_mean_of_so_many_places() -> None:
    # Four places with a standard deviation of 1: half of it by four places.
    values = (93.0, 95.0, 94.0, 94.0)
    deviation = (2 / 3) ** 0.5
    assert FilmScore(VMAF, spans(values), 1.0).error == pytest.approx(deviation / 2)
    assert FilmScore(VMAF, spans(values * 4), 1.0).error < deviation / 3


def test_one_place_of_a_film_is_not_taken_for_an_exact_score() -> None:
    assert FilmScore(VMAF, spans((94.0,)), 1.0).error == NEAR_ENOUGH
    assert FilmScore(VMAF, spans((94.0,)), 1.0, whole=True).error == 0.0


@given(SCORES)
def test_the_mean_lies_between_the_places_and_the_error_is_never_negative(
    means: List[float],
) -> None:
    score = FilmScore(VMAF, spans(means), 1.0)
    assert min(means) - 1e-9 <= score.mean <= max(means) + 1e-9
    assert score.error >= 0
    assert score.low <= score.mean


@pytest.mark.parametrize(
    ("means", "met"),
    [((94.0, 94.0), True), ((92.6, 92.6), True), ((92.4, 92.4), False), ((95.6, 95.6), False)],
)
def test_a_film_within_one_and_a_half_of_its_target_has_met_it(
    means: List[float], met: bool
) -> None:
    assert quality(means).met is met


def test_hdr_is_never_held_against_a_target_of_other_films() -> None:
    film = quality((80.0, 81.0), yardstick=HDR)
    assert film.difference is None
    assert film.met is None
    assert "relative" in measured(film)


@given(st.one_of(st.none(), SCORES), st.booleans(), st.booleans())
def test_a_quality_comes_back_as_it_was_written_down(
    means: List[float], again: bool, relative: bool
) -> None:
    film = replace(quality(means, yardstick=HDR if relative else VMAF), again=again)
    found = quality_from_json(json.loads(json.dumps(quality_to_json(film))))
    assert found == film
    assert isinstance(found.chosen.reason.message, Sentence)


def test_a_film_whose_chunks_had_numbers_of_their_own_counts_as_one_that_had_their_mean() -> None:
    film = quality(
        (94.0, 94.0, 88.0, 94.0)
    )  # places at 0, 30, 60 and 90 s; the third lacks twice as much
    assert film.result_number == 25.0
    lowered = replace(film, parts=(NumberedPart(55.0, 80.0, 22.0),))
    assert lowered.result_number == pytest.approx(25.0 - 3.0 * 12 / (6 + 6 + 12 + 6))
    assert replace(film, parts=(NumberedPart(31.0, 59.0, 22.0),)).result_number == 25.0
    assert replace(lowered, score=None).result_number == 25.0
    perfect = replace(lowered, score=FilmScore(VMAF, spans((100.0, 100.0)), 1.0))
    assert perfect.result_number == 25.0
    found = quality_from_json(json.loads(json.dumps(quality_to_json(lowered))))
    assert found == lowered
    written = quality_to_json(film)
    del written["parts"]  # of an earlier version
    assert quality_from_json(written) == film


def test_what_another_version_wrote_is_no_quality_and_no_error() -> None:
    written = quality_to_json(quality())
    broken_texts: Tuple[object, ...] = (
        None,
        [],
        {},
        {**written, "trials": [{}]},
        {**written, "target": "high"},
        {**written, "yardstick": {**written["yardstick"], "metric": "eye"}},
        {**written, "score": {**written["score"], "spans": []}},
    )
    for broken in broken_texts:
        assert read_quality(broken) is None


@pytest.mark.parametrize(
    ("means", "told"),
    [
        ((94.2, 94.2), "Its quality is 94.2, with 94 as the target."),
        ((90.0, 91.0), "Its quality is 90.5 ± 0.5, which is below the target 94."),
        ((97.0, 98.0), "Its quality is 97.5 ± 0.5, which is above the target 94."),
        (None, "It broke."),
    ],
)
def test_the_user_reads_what_the_film_has_and_whether_that_was_wanted(
    means: List[float], told: str
) -> None:
    assert measured(quality(means)) == told


def test_a_film_that_was_encoded_once_more_says_so() -> None:
    assert measured(replace(quality(), again=True)).endswith(AGAIN)


def test_the_places_are_counted_and_the_worst_second_is_named() -> None:
    score = quality((93.0, 95.0)).score
    assert score is not None
    assert where_measured(score) == (
        "Measured at 2 places that the search did not use; the worst second there has 88."
    )
    assert "All of it" in where_measured(replace(score, whole=True))


def test_numbers_are_as_precise_as_anybody_reads_them() -> None:
    assert [tenths(value) for value in (27.0, 27.25, 94.04)] == [27, 27.2, 94]

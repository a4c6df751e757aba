"""Which number each chunk of a film gets, from the places that the search has measured."""

from __future__ import annotations

import math
from typing import List, Sequence, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chunks.chunk import Chunk, ChunkNumber
from core.encoders.number_option import NumberScale
from core.target_quality.chunk_numbers import FLOOR_BELOW, REACH, chunk_numbers, films_numbers
from core.target_quality.model import Prior, curve_through
from core.target_quality.trial import ChosenNumber, Span, SpanScore, Trial
from tests.film_qualities import FOUND

QUARTERS = NumberScale(0, 51, ceiling=12, floor=32, step=0.25)
WHOLE = NumberScale(0, 63, ceiling=12, floor=50)
CURVE = curve_through(
    Prior(25.0, 6.0, 0.1, 0.1, 0.01), [], 94.0
)  # what is lacking: e in 10 numbers
FLAT = curve_through(Prior(25.0, 6.0, 0.1, 0.045, 0.005), [], 94.0)
SECONDS = 120.0
BESIDE = 1.0  # between neighbours by that curve: what is lacking changes by a tenth


def chunks(count: int) -> Tuple[Chunk, ...]:
    return tuple(
        Chunk(
            number, SECONDS * number, SECONDS * (number + 1), None, number if number + 1 < count else None
        )
        for number in range(count)
    )  # fmt: skip


def trial(number: float, places: Sequence[Tuple[float, float]]) -> Trial:
    """Places with their moment and score."""
    spans = tuple(
        SpanScore(Span(at, 96, 1 / len(places)), score, score - 3, 1000, 4000)
        for at, score in places
    )
    return Trial(number, spans, 10.0)


def chosen(*trials: Trial, number: float = 25.0, target: float = 94.0) -> ChosenNumber:
    return ChosenNumber(number, target, target, 0.3, trials, FOUND)


def values(numbers: Sequence[ChunkNumber]) -> List[float]:
    return [number.value for number in numbers]


def test_a_chunk_whose_poorest_place_has_the_floor_gets_the_films_number() -> None:
    numbers = chunk_numbers(chunks(3), chosen(trial(25.0, [(10, 88.0), (250, 99.0)])), CURVE, WHOLE)
    assert values(numbers) == [25.0, 25.0, 25.0]
    assert {number.reason.code for number in numbers} == {"chunks.films_number"}


def test_a_chunk_with_a_place_below_the_floor_gets_the_highest_number_that_gives_it_the_floor() -> (
    None
):
    # Twelve may be lacking where fourteen are: 1.54 lower, by a curve that shrinks by e in ten numbers.
    found = chosen(trial(25.0, [(10, 97.0), (130, 86.0), (200, 92.0), (300, 97.0)]))
    assert values(chunk_numbers(chunks(3), found, CURVE, QUARTERS)) == [24.25, 23.25, 24.25]
    assert values(chunk_numbers(chunks(3), found, CURVE, WHOLE)) == [24.0, 23.0, 24.0]
    (_first, second, _third) = chunk_numbers(chunks(3), found, CURVE, QUARTERS)
    assert second.reason.code == "chunks.floor"
    assert second.reason.message == (
        "A scene in it would have 86 with the film's number, and is to have 88."
    )


def test_a_place_is_judged_as_it_would_be_with_the_films_number() -> None:
    # 90 with two numbers less are 87.8 with the film's; the nearer of two trials is believed.
    trials = (trial(23.0, [(10, 90.0), (130, 99.0)]), trial(20.0, [(10, 80.0), (130, 99.0)]))
    assert values(chunk_numbers(chunks(2), chosen(*trials), CURVE, QUARTERS)) == [24.75, 25.0]


def test_no_chunk_is_lowered_where_the_film_might_become_larger_than_it_may_be() -> None:
    found = chosen(trial(25.0, [(10, 97.0), (130, 40.0)]))  # a quarter of the source's size
    roomy = chunk_numbers(chunks(2), found, CURVE, WHOLE, largest_share=0.5)
    assert values(roomy) == [23.0, 22.0]
    tight = chunk_numbers(chunks(2), found, CURVE, WHOLE, largest_share=0.4)
    assert values(tight) == [25.0, 25.0]
    assert [number.reason.code for number in tight] == ["chunks.size", "chunks.size"]
    fits = chosen(trial(25.0, [(10, 97.0), (130, 95.0)]))
    alike = chunk_numbers(chunks(2), fits, CURVE, WHOLE, largest_share=0.1)
    assert [number.reason.code for number in alike] == ["chunks.films_number"] * 2


def test_no_number_is_further_than_it_may_be_from_the_films_nor_below_what_a_search_may_take() -> (
    None
):
    dreadful = chosen(trial(25.0, [(10, 97.0), (130, 40.0), (300, 97.0)]))
    numbers = values(chunk_numbers(chunks(3), dreadful, CURVE, QUARTERS))
    assert numbers[1] == 25.0 - REACH
    best = chosen(trial(13.0, [(10, 97.0), (130, 40.0), (300, 97.0)]), number=13.0)
    assert min(values(chunk_numbers(chunks(3), best, CURVE, QUARTERS))) == QUARTERS.ceiling


def test_the_chunks_beside_a_lowered_one_come_near_enough_to_it_and_say_so() -> None:
    dreadful = chosen(trial(25.0, [(10, 97.0), (250, 40.0), (500, 97.0)]))
    numbers = chunk_numbers(chunks(5), dreadful, CURVE, QUARTERS)
    assert values(numbers) == [24.0, 23.0, 22.0, 23.0, 24.0]
    assert numbers[1].reason.code == numbers[3].reason.code == "chunks.near_number"
    flat = chunk_numbers(chunks(5), dreadful, FLAT, WHOLE)  # of an encoder with finer numbers
    assert values(flat) == [25.0, 24.0, 22.0, 24.0, 25.0]


def test_a_film_that_was_tried_as_a_whole_says_nothing_of_its_chunks() -> None:
    whole = trial(25.0, [(0, 80.0)])
    assert values(chunk_numbers(chunks(3), chosen(whole), CURVE, WHOLE)) == [25.0] * 3


def test_an_encoder_that_writes_its_number_into_shared_headers_keeps_the_films() -> None:
    numbers = films_numbers(chunks(2), 23.0, "libx264")
    assert values(numbers) == [23.0, 23.0]
    assert {number.reason.code for number in numbers} == {"chunks.number_in_headers"}
    assert films_numbers(chunks(1), 23.0, "libx265")[0].reason.code == "chunks.films_number"


@given(
    st.lists(st.tuples(st.floats(0, 1199), st.floats(20, 99.9)), min_size=2, max_size=12),
    st.sampled_from((QUARTERS, WHOLE)),
    st.floats(70, 98),
)
def test_numbers_are_near_the_films_and_each_others_whatever_was_measured(
    places: List[Tuple[float, float]], scale: NumberScale, target: float
) -> None:
    found = chosen(trial(26.0, places), trial(24.0, places), target=target)
    numbers = values(chunk_numbers(chunks(10), found, CURVE, scale))
    assert all(25.0 - REACH <= number <= 25.0 for number in numbers)
    assert all(abs(after - before) <= BESIDE for before, after in zip(numbers, numbers[1:]))
    assert all(
        number / scale.step == pytest.approx(round(number / scale.step)) for number in numbers
    )
    lacks = 100 - min(score for _at, score in places)  # and a tenth more with a number more
    if 100 - lacks * math.exp(0.11) >= target - FLOOR_BELOW:
        assert numbers == [25.0] * 10

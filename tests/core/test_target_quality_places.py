"""The spans that stand for a film: by what it holds, weighed by what they stand for."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import List, Sequence, Tuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.target_quality.places import (
    Lengths,
    PicturePacket,
    Survey,
    Track,
    choose_places,
    places_in,
    trial_seconds,
)

RATE = 25
TRACK = Track(Fraction(1, 1000), 0, 0.0)
LENGTHS = Lengths(span=4.0, lead=1.0, tail=1.0)


def packets(sizes: Sequence[int], key_every: int = 50, shift: int = 0) -> Tuple[PicturePacket, ...]:
    """One picture every 40 ms, from ``shift`` ms on."""
    return tuple(
        PicturePacket(shift + 40 * number, size, number % key_every == 0)
        for number, size in enumerate(sizes)
    )


def survey(seconds: int, sizes: Sequence[int]) -> Survey:
    """A film of which everything was read."""
    starts = [4.0 * place for place in range(seconds // 4)]
    found = places_in(packets(sizes), TRACK, starts, LENGTHS, float(seconds))
    return Survey(found, float(seconds), TRACK.time_base, 0, TRACK.whole(seconds, len(sizes)))


def film(seconds: int, busy: Sequence[Tuple[int, int]] = ()) -> Survey:
    """A film of 1000 bytes a picture, and of ten times as many in the parts that are busy (seconds)."""
    sizes = [1000] * (seconds * RATE)
    for begin, end in busy:
        sizes[begin * RATE : end * RATE] = [10_000] * ((end - begin) * RATE)
    return survey(seconds, sizes)


def test_busy_parts_and_credits_weigh_what_they_are_of_the_film() -> None:
    sizes = [1000] * (1080 * RATE) + [100] * (120 * RATE)
    sizes[300 * RATE : 600 * RATE] = [10_000] * (300 * RATE)
    chosen = choose_places(survey(1200, sizes), 120, LENGTHS)
    busy = sum(place.weight for place in chosen if place.density > 5000)
    rolling = sum(place.weight for place in chosen if place.density < 500)
    assert busy == pytest.approx(0.25, abs=0.05)
    assert rolling == pytest.approx(0.1, abs=0.05)


def test_what_is_simple_rich_and_between_is_each_stood_for_by_its_share() -> None:
    loud, still, usual = ([size] * (24 * RATE) for size in (20_000, 1000, 4000))
    sizes = [*loud, *still, *usual, *still, *loud] * 5
    chosen = choose_places(survey(600, sizes), 120, LENGTHS)
    rich = sum(place.weight for place in chosen if place.density > 10_000)
    simple = sum(place.weight for place in chosen if place.density < 3000)
    assert rich == pytest.approx(0.4, abs=0.1)
    assert simple == pytest.approx(0.4, abs=0.1)
    assert len({place.first // 120 for place in chosen}) >= 4


def test_spans_lie_all_over_the_film() -> None:
    chosen = choose_places(film(2400, [(400, 1200)]), 120, LENGTHS)
    firsts = [place.first for place in chosen]
    assert firsts == sorted(firsts)
    gaps = [after - before for before, after in zip([0.0, *firsts], [*firsts, 2400.0])]
    assert max(gaps) < 600


@given(st.lists(st.integers(200, 40_000), min_size=40, max_size=90), st.floats(20, 130))
@settings(max_examples=25, deadline=None)
def test_weights_add_up_whatever_the_film_holds(levels: List[int], seconds: float) -> None:
    sizes = [level for level in levels for _ in range(4 * RATE)]
    found = survey(4 * len(levels), sizes)
    chosen = choose_places(found, seconds, LENGTHS)
    assert sum(place.weight for place in chosen) == pytest.approx(1.0)
    assert all(place.weight > 0 for place in chosen)
    assert len({place.first for place in chosen}) == len(chosen)


def test_the_same_survey_gives_the_same_places() -> None:
    assert choose_places(film(600, [(9, 80)]), 60) == choose_places(film(600, [(9, 80)]), 60)


def test_fresh_places_keep_clear_of_those_that_were_used() -> None:
    found = film(1200, [(300, 600)])
    used = [place.span for place in choose_places(found, 120, LENGTHS)]
    fresh = choose_places(found, 120, LENGTHS, avoid=used)
    assert fresh
    assert all(abs(place.first - span.first) >= 4.0 for place in fresh for span in used)


def test_a_film_of_a_minute_is_tried_as_a_whole() -> None:
    found = film(60)
    assert choose_places(found, trial_seconds(60.0), LENGTHS) == (found.whole,)


@pytest.mark.parametrize("minutes", [2, 10, 45, 100, 240])
def test_a_trial_takes_little_of_a_long_film(minutes: int) -> None:
    assert trial_seconds(minutes * 60.0) <= max(60.0, 0.02 * minutes * 60)


def test_the_encoder_comes_in_before_a_span_and_goes_out_behind_it() -> None:
    (place,) = places_in(packets([900] * 500), TRACK, [8.0], LENGTHS, 20.0)
    assert (place.first_stamp, place.begin_stamp, place.end_stamp) == (8000, 7000, 13000)
    assert place.key == 6.0
    assert place.pictures == 100
    assert place.encoded == pytest.approx(6.0)


def test_a_span_at_the_films_edges_takes_the_picture_from_its_beginning_or_to_its_end() -> None:
    first, last = places_in(packets([900] * 500), TRACK, [0.0, 15.5], LENGTHS, 20.0)
    assert first.begin_stamp is None
    assert last.end_stamp is None
    assert last.first + last.seconds < 20.0


def test_pictures_are_counted_by_their_stamps_where_the_rate_varies() -> None:
    uneven = [packet for packet in packets([900] * 500) if packet.stamp < 9000 or packet.stamp % 80]
    (place,) = places_in(uneven, TRACK, [8.0], LENGTHS, 20.0)
    assert place.pictures == 25 + 38


def test_what_was_not_read_is_no_place() -> None:
    read = [packet for packet in packets([900] * 500) if 6000 <= packet.stamp < 14000]
    wanted = [4.0, 8.0, 16.0]
    (place,) = places_in(read, TRACK, wanted, LENGTHS, 20.0)
    assert (place.first, place.begin_stamp, place.end_stamp) == (8.0, 7000, 13_000)


def test_the_first_picture_that_was_read_is_not_taken_for_the_films_first() -> None:
    read = [packet for packet in packets([900] * 500) if packet.stamp >= 6000]
    (place,) = places_in(read, TRACK, [7.0], LENGTHS, 20.0)
    assert place.begin_stamp == 6000


def test_a_film_without_key_frames_there_has_no_place() -> None:
    without = [replace(packet, is_key=False) for packet in packets([900] * 500)]
    assert places_in(without, TRACK, [8.0], LENGTHS, 20.0) == ()


def test_times_are_counted_from_the_films_beginning() -> None:
    track = Track(Fraction(1, 1000), 5000, 4.6)
    (place,) = places_in(packets([900] * 500, shift=5000), track, [8.4], LENGTHS, 20.4)
    assert place.first == pytest.approx(8.4)
    assert place.first_stamp == 13_000

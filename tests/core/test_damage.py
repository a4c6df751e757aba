from __future__ import annotations

from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.damage import (
    Damage,
    Frame,
    Place,
    clock,
    damaged_places,
    ending_key_frame,
    holes,
    merged,
    skipped,
)


def picture(text: str, *, stream: int = 0) -> List[Frame]:
    """Half a second each: ``K`` a key frame, ``.`` another, ``x`` one with a complaint, ``X`` such a key."""
    return [
        Frame(stream, True, number / 2, key=mark in "KX", complaint=mark in "xX")
        for number, mark in enumerate(text)
    ]


def sound(text: str) -> List[Frame]:
    return [Frame(1, False, number / 2, complaint=mark == "x") for number, mark in enumerate(text)]


@pytest.mark.parametrize(
    ("frames", "places"),
    [
        (picture("K...K...K..."), []),
        (picture("K.x.K...K..."), [(0.5, 2.0)]),  # up to the next key frame
        (picture("K.x.X...K..."), [(0.5, 4.0)]),  # that one is broken as well
        (picture("K.x.K.x.K..."), [(0.5, 2.0), (2.5, 4.0)]),
        (sound("..x........."), [(0.5, 1.5)]),
        ([*picture("K.x.K...K..."), *sound("..........")], [(0.5, 2.0)]),
        ([*picture("K.x.K...K..."), *sound("...x......")], [(0.5, 2.0)]),
        (picture("K...K...K.x"), []),  # the last packet
        ([*picture("K...K...K..."), *sound("..........x")], []),
    ],
)
def test_a_complaint_is_damage_up_to_the_next_good_beginning_but_at_the_end(
    frames: List[Frame], places: object
) -> None:
    found = damaged_places(frames, first=0.0)
    assert [(place.start, place.end) for place in found] == places


def test_complaints_before_the_first_moment_are_the_opening_s() -> None:
    assert damaged_places(picture("K.x.K...K..."), first=2.0) == ()


def test_what_a_reader_skipped_is_a_hole_up_to_the_next_key_frame() -> None:
    whole = picture("K...K...K...")
    assert holes(whole, first=0.0, last=6.0) == ()
    assert holes(whole[:2] + whole[4:5] + whole[6:], first=0.0, last=6.0) == (Place(0.5, 4.0),)
    assert holes(whole[:2] + whole[4:], first=3.0, last=6.0) == ()


def test_what_all_streams_miss_at_once_was_skipped_by_the_reader() -> None:
    pictures, sounds = picture("K...K...K...K..."), sound("................")
    assert skipped([*pictures, *sounds]) == ()
    torn = [*pictures[:4], *pictures[8:], *sounds[:3], *sounds[9:]]
    assert skipped(torn) == (Place(1.5, 4.0),)
    assert skipped([*pictures[:4], *pictures[8:], *sounds]) == ()  # a picture that stands still
    assert skipped([*pictures[:4], *pictures[8:]]) == (Place(1.5, 4.0),)
    assert skipped([*pictures[:4], *pictures[8:], *sounds[:3]]) == (Place(1.5, 4.0),)  # ends early
    assert skipped([]) == ()
    assert ending_key_frame(torn) is None


def test_a_passage_that_ends_before_the_film_has_no_edge() -> None:
    frames = picture("K...K...K.x.")
    assert damaged_places(frames, first=0.0, last=6.0) == (Place(4.5, 5.5),)


def test_the_ending_decodes_from_the_last_key_frame_before_the_edge() -> None:
    assert ending_key_frame(picture("K...K...K...x")) == 4.0
    assert ending_key_frame(picture("K......K.x")) == 0.0  # the last one is of the edge itself
    assert ending_key_frame(picture("K.x.K...K...x")) is None
    assert ending_key_frame(sound("....")) is None


def test_a_damage_says_how_much_and_where() -> None:
    places = (Place(751.0, 752.5), Place(6007.0, 6008.0))
    assert str(Damage(places)) == "2.5 seconds at 0:12:31 and 1:40:07"
    many = tuple(Place(float(60 * number), 60.0 * number + 1) for number in range(6))
    assert str(Damage(many)) == "6.0 seconds at 0:00:00, 0:01:00, 0:02:00 and 3 more"


def test_moments_are_shown_as_players_do() -> None:
    assert clock(3723.9) == "1:02:03"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9))))
def test_places_cover_the_same_moments_once(spans: List[List[int]]) -> None:
    places = merged(Place(float(start), float(start + length)) for start, length in spans)
    moments = {moment for start, length in spans for moment in range(start, start + length)}
    damage = Damage(places)
    assert damage.seconds == len(moments)
    assert all(damage.touches(moment, moment + 1) for moment in moments)
    assert all(place.end < other.start for place, other in zip(places, places[1:]))

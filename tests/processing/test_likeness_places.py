"""Where in a film and its result the samples are taken that the proof compares."""

from __future__ import annotations

from typing import Mapping

from processing.likeness import first_picture
from processing.packets import Pictures

RATE = 24


def pictures(key_frames: Mapping[int, int], count: int = 60 * RATE) -> Pictures:
    """So many pictures of 1,000 bytes, but for some, by their numbers."""
    times = tuple(number / RATE for number in range(count))
    return Pictures(times, tuple(key_frames.get(number, 1000) for number in range(count)))


def test_a_sample_begins_at_a_key_frame_of_the_film_just_after_one_of_the_result() -> None:
    film = pictures(dict.fromkeys(range(0, 60 * RATE, 20), 3000))
    result = pictures(dict.fromkeys(range(0, 60 * RATE, 250), 9000))
    assert first_picture(film, result, 12.0, 5.5) == 260


def test_a_sample_at_a_suspicious_place_begins_just_there() -> None:
    film = pictures(dict.fromkeys(range(0, 60 * RATE, 20), 3000))
    assert first_picture(film, film, 12.0, 0.0) == 12 * RATE


def test_the_first_sample_begins_with_the_film() -> None:
    assert first_picture(pictures({30: 9000}), pictures({40: 9000}), 0.0, 5.5) == 0


def test_a_sample_near_the_end_has_pictures_whatever_the_last_one_takes() -> None:
    large_end = pictures({60 * RATE - 1: 9000})
    begins = large_end.times[first_picture(large_end, large_end, 59.0, 5.5)]
    assert begins <= large_end.times[-1] - 0.5
    short = pictures({5: 9000}, count=6)
    assert first_picture(short, short, 0.2, 0.1) == 0

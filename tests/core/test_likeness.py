"""Two samples that show or sound the same, and two that do not."""

from __future__ import annotations

import math
from array import array
from typing import Dict, Sequence

from hypothesis import given
from hypothesis import strategies as st

from core.media.likeness import (
    HEIGHT,
    SOUND_RATE,
    WIDTH,
    Sound,
    channels_of,
    compare_pictures,
    compare_sound,
    picture_distance,
)

RATE = 25.0


def picture(number: int, light: float = 1.0, luma: int = 40, noise: int = 0) -> bytes:
    """A bright bar that moves over a ramp, reddish at one side; ``noise`` in steps, ``light`` a factor."""
    planes = bytearray()
    for row in range(HEIGHT):
        for column in range(WIDTH):
            bar = 120 if (column - number) % 41 < 9 else 0
            grain = (row * 7 + column * 13 + number * 5) % (2 * noise + 1) - noise
            planes.append(max(0, min(255, round((luma + 2 * column + bar) * light) + grain)))
    for strength in (1, -1):
        planes += bytes(
            128 + strength * (column - WIDTH // 2) for _ in range(HEIGHT) for column in range(WIDTH)
        )
    return bytes(planes)


def window(start: int, count: int = 30, noise: int = 0) -> Dict[int, bytes]:
    return {number: picture(number, noise=noise) for number in range(start, start + count)}


def problem(result: Dict[int, bytes], film: Dict[int, bytes]) -> str:
    return compare_pictures(film, result, RATE).problem


def flat(luma: int, blue: int, red: int) -> bytes:
    plane = WIDTH * HEIGHT
    return bytes([luma]) * plane + bytes([blue]) * plane + bytes([red]) * plane


def test_a_picture_that_an_encoder_made_coarser_is_the_films() -> None:
    assert problem(window(10, noise=3), window(10)) == ""


def test_pictures_are_paired_by_number_and_not_by_their_order() -> None:
    assert problem(window(12), window(10)) == ""


def test_what_is_wrong_with_a_picture_is_said() -> None:
    film = window(10)
    assert problem({number: flat(16, 128, 128) for number in film}, film) == "is black"
    assert problem({number: flat(0, 0, 0) for number in film}, film) == "is of one colour"
    green = {
        number: picture[: WIDTH * HEIGHT] + flat(0, 44, 21)[WIDTH * HEIGHT :]
        for number, picture in film.items()
    }
    assert problem(green, film) == "has other colours than the film"
    assert "stands still" in problem(dict.fromkeys(film, film[10]), film)
    plane = WIDTH * HEIGHT
    mirrored = {number: picture[:plane][::-1] + picture[plane:] for number, picture in film.items()}
    assert problem(mirrored, film) == "is another one than the film's"


def test_a_shift_is_said_with_its_length_and_direction() -> None:
    film = window(10)
    later = {number: picture(number - 10) for number in film}
    assert problem(later, film) == "comes 0.4 seconds later than the film's"
    earlier = {number: picture(number + 10) for number in film}
    assert problem(earlier, film) == "comes 0.4 seconds earlier than the film's"


def test_single_pictures_that_the_film_has_not_are_counted() -> None:
    """A broken decoder spoils one in six (159 of 959 were seen); most look as they should."""
    film = window(10)
    for wrong in (flat(0, 0, 0), flat(235, 128, 128), picture(11)[::-1]):
        spoilt = {number: wrong if number % 6 == 0 else shown for number, shown in film.items()}
        assert problem(spoilt, film) == "has 5 pictures that the film has not"
        once = {number: wrong if number == 20 else shown for number, shown in film.items()}
        found = compare_pictures(film, once, RATE)
        assert (found.problem, found.doubtful) == ("", True)
        assert compare_pictures(film, spoilt, RATE, counted=False).problem == ""


def test_at_a_cut_pictures_may_be_one_off() -> None:
    other = {number: picture(number)[::-1] for number in range(25, 40)}
    film = {**window(10, count=15), **other}
    late = {number: film[max(10, number - 1)] for number in film}
    assert "pictures" not in problem(late, film)


def test_a_few_pictures_are_enough_only_where_they_are_many_and_close_enough() -> None:
    film = window(10, count=8)
    assert not compare_pictures(film, film, RATE).doubtful
    assert compare_pictures(film, window(16, count=8), RATE).doubtful  # two are the same
    assert compare_pictures(film, {}, RATE).doubtful
    coarse = compare_pictures(film, window(10, count=8, noise=3), RATE)
    assert (coarse.problem, coarse.doubtful) == ("", True)


def test_a_black_or_still_opening_is_held_to_what_it_is() -> None:
    black = {number: flat(16, 128, 128) for number in range(30)}
    assert problem(black, black) == ""
    assert problem({number: flat(17, 127, 128) for number in range(30)}, black) == ""
    still = dict.fromkeys(range(30), picture(3))
    assert problem(dict.fromkeys(range(30), picture(3, noise=2)), still) == ""


def test_a_dark_scene_is_not_black() -> None:
    dark = {number: picture(number, light=0.1, luma=160) for number in range(30)}
    assert problem({number: flat(16, 128, 128) for number in range(30)}, dark)
    assert problem(dark, dark) == ""


def test_nothing_is_said_where_nothing_can_be_compared() -> None:
    assert compare_pictures({}, window(3), RATE).compared == 0
    assert problem(window(100), window(3)) == ""


@given(st.binary(min_size=1, max_size=60))
def test_a_picture_is_no_distance_from_itself(plane: bytes) -> None:
    assert picture_distance(plane, plane) == 0


def sound(
    seconds: float, *tones: Sequence[float], gain: float = 0.3, start: float = 0.0
) -> array[float]:
    """Interleaved channels: bursts, ``tones`` a (height, rhythm) for each."""
    samples = array("f")
    for number in range(int(seconds * SOUND_RATE)):
        time = start + number / SOUND_RATE
        for height, rhythm in tones:
            loud = gain if math.sin(2 * math.pi * rhythm * time + time * time) > 0 else gain / 20
            samples.append(loud * math.sin(2 * math.pi * height * time))
    return samples


def stereo(**more: float) -> Sequence[Sound]:
    return channels_of(sound(2.5, (440, 1.7), (620, 2.3), **more), 2)


def test_the_same_sound_a_little_quieter_and_moved_by_a_block_is_the_films() -> None:
    assert compare_sound(stereo(), stereo(gain=0.25)).problem == ""
    assert compare_sound(stereo(), stereo(start=0.05)).problem == ""


def test_a_beep_that_is_too_short_to_be_compared_is_not_looked_for_beside_its_place() -> None:
    quiet, loud = -60.0, -8.0
    levels = [loud if 10 <= number < 13 else quiet for number in range(30)]
    beep = [Sound(tuple(levels), (0.0,) * 30, -18.0)]
    assert compare_sound(beep, beep).problem == ""


def test_what_is_wrong_with_a_sound_is_said() -> None:
    silent = channels_of(array("f", bytes(4 * 2 * int(2.5 * SOUND_RATE))), 2)
    assert compare_sound(stereo(), silent).problem == (
        "is silent in channel 1, where the film's is not"
    )
    left = [stereo()[0], silent[1]]
    assert "silent in channel 2" in compare_sound(stereo(), left).problem
    assert "dB too quiet in channel 1" in compare_sound(stereo(), stereo(gain=0.03)).problem
    assert "dB too loud in channel 1" in compare_sound(stereo(gain=0.03), stereo()).problem
    assert "seconds earlier" in compare_sound(stereo(), stereo(start=0.5)).problem
    other = channels_of(sound(2.5, (300, 0.9), (990, 3.1)), 2)
    assert compare_sound(stereo(), other).problem == "sounds other than the film's"
    assert compare_sound(stereo(), other, [other]).problem == "is another track's sound"


def test_a_passage_that_is_silent_in_the_film_may_be_silent() -> None:
    silent = channels_of(array("f", bytes(4 * 2 * int(2.5 * SOUND_RATE))), 2)
    assert compare_sound(silent, silent).problem == ""
    assert compare_sound((), stereo()).problem == ""


def test_what_opus_leaves_out_of_an_lfe_channel_is_not_missed() -> None:
    voices = [(300 + 100 * number, 1.0 + number) for number in range(6)]
    low, high = [*voices], [*voices]
    low[3], high[3] = (60, 1.5), (520, 1.5)
    silent = [*voices]
    silent[3] = (0, 1.0)
    assert (
        "channel 4"
        in compare_sound(
            channels_of(sound(2.5, *low), 6), channels_of(sound(2.5, *silent), 6)
        ).problem
    )
    assert (
        compare_sound(
            channels_of(sound(2.5, *high), 6), channels_of(sound(2.5, *silent), 6)
        ).problem
        == ""
    )

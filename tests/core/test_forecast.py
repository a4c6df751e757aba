"""How large and how long: what bit rates tell, what the past tells, and silence where neither does."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.model import AudioTrack, BitRateSource, FileIdentity, MediaFile
from core.plan import OpusEncode, OutputTrack, Plan
from core.planning.forecast import (
    Expected,
    Past,
    RatioKey,
    expected_size,
    expected_time,
    learn_ratio,
)
from core.queue.estimate import Measure, Pool, PoolKey
from core.queue.job import JobKind
from tests.core.commands_film import (
    COMMENTARY,
    FILM,
    FULL,
    NO_FLAGS,
    STEREO,
    SURROUND,
    VIDEO,
    encode,
    out,
    plan,
)

NOTHING_KNOWN = Past({}, {})
SIZE, SECONDS = 1_000_000_000, 1000.0


def media(*sound: AudioTrack) -> MediaFile:
    identity = FileIdentity(SIZE, 1)
    return replace(FILM, identity=identity, duration=SECONDS, audio=sound, subtitles=(FULL,))


def sure(track: AudioTrack, rate: float) -> AudioTrack:
    return replace(track, bit_rate=rate, bit_rate_source=BitRateSource.STREAM)


def test_a_copied_picture_leaves_the_size_less_what_is_dropped() -> None:
    film = media(sure(SURROUND, 640.0), sure(COMMENTARY, 160.0))
    one = plan(media=film, outputs=(out(VIDEO), out(film.audio[0]), out(FULL)))
    found = expected_size(one, NOTHING_KNOWN)
    assert found == Expected(SIZE - 160 * 125 * SECONDS)
    assert found is not None
    assert found.range.low == pytest.approx(found.likely)


def test_new_sound_takes_the_place_of_the_old() -> None:
    film = media(sure(SURROUND, 640.0))
    opus = OpusEncode(256, 6, "5.1")
    found = expected_size(
        plan(media=film, outputs=(out(VIDEO), out(film.audio[0], opus), out(FULL))), NOTHING_KNOWN
    )
    assert found is not None
    assert found.likely == SIZE - (640 - 256) * 125 * SECONDS
    assert found.range.low < found.likely < found.range.high < found.likely * 1.02


def test_a_rate_that_was_only_guessed_widens_the_band() -> None:
    widths = []
    for source in (BitRateSource.STREAM, BitRateSource.ESTIMATED):
        track = replace(COMMENTARY, bit_rate=1600.0, bit_rate_source=source)
        film = media(SURROUND, track)
        found = expected_size(
            plan(media=film, outputs=(out(VIDEO), out(SURROUND), out(FULL))), NOTHING_KNOWN
        )
        assert found is not None
        widths.append(found.range.high - found.range.low)
    assert widths[0] < widths[1]


def test_a_dropped_track_of_unknown_rate_makes_the_size_unknown() -> None:
    film = media(SURROUND, STEREO)
    one = plan(media=film, outputs=(out(VIDEO), out(SURROUND), out(FULL)))
    assert expected_size(one, NOTHING_KNOWN) is None


def test_of_an_encode_nothing_is_said_without_a_past() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    assert expected_size(one, NOTHING_KNOWN) is None
    assert expected_time(one, NOTHING_KNOWN) is None


def past(*ratios: float, template: str = "normal", resolution: str = "1080p") -> Past:
    pools: Dict[RatioKey, Pool] = {}
    for ratio in ratios:
        learn_ratio(pools, template, resolution, 1_000_000, round(1_000_000 * ratio))
    return Past({}, pools)


def test_films_like_the_past_ones_keep_the_same_share() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    found = expected_size(one, past(*[0.4] * 100))
    assert found is not None
    assert found.likely == pytest.approx(0.4 * SIZE, rel=0.02)
    assert 0.3 * SIZE < found.range.low < found.range.high < 0.5 * SIZE


def test_few_films_of_a_template_make_a_wider_band_than_many() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    few, many = (expected_size(one, past(*[0.4] * jobs)) for jobs in (2, 100))
    assert few is not None
    assert many is not None
    assert few.range.high - few.range.low > many.range.high - many.range.low


def test_another_template_is_leant_on_where_the_own_has_no_past() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    found = expected_size(one, past(*[0.5] * 50, template="downscale", resolution="2160p"))
    assert found is not None
    assert found.likely == pytest.approx(0.5 * SIZE, rel=0.05)


def test_a_result_is_never_expected_to_be_larger_than_its_film() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    found = expected_size(one, past(*[1.4] * 50))
    assert found is not None
    assert found.likely == SIZE


def test_copied_pictures_teach_nothing_about_encodes() -> None:
    pools: Dict[RatioKey, Pool] = {}
    learn_ratio(pools, "", "1080p", 100, 50)
    learn_ratio(pools, "normal", "1080p", 0, 50)
    learn_ratio(pools, "normal", "1080p", 100, 0)
    assert pools == {}


def test_the_time_is_that_of_films_like_it() -> None:
    one = plan(encode("$ffmpeg -c:v libx265"), media=media(SURROUND))
    key = PoolKey(Measure.FILM_SECOND, "", JobKind.SOFTWARE, "normal", "1080p")
    pool = Pool(0.0, 0.0, 0.0)
    for _job in range(50):
        pool = pool.plus(math.log(0.5))
    found = expected_time(one, Past({key: pool}, {}))
    assert found is not None
    assert found.likely == pytest.approx(SECONDS / 2, rel=0.02)


@given(
    st.floats(1.0, 6000.0),
    st.floats(6.0, 600.0),
    st.sampled_from(list(BitRateSource)),
    st.booleans(),
)
def test_what_is_expected_is_always_a_size(
    before: float, after: float, source: BitRateSource, dropped: bool
) -> None:
    track = replace(SURROUND, bit_rate=before, bit_rate_source=source)
    film = media(track)
    opus = OpusEncode(round(after), 6, "5.1")
    kept = OutputTrack(track, "opus", opus, track.language, "", NO_FLAGS)
    one: Plan = plan(media=film, outputs=(out(VIDEO), *(() if dropped else (kept,))))
    found = expected_size(one, NOTHING_KNOWN)
    assert found is not None
    assert 0 < found.range.low <= found.likely * 1.001
    assert found.likely <= found.range.high * 1.001

from __future__ import annotations

from typing import Any, Dict, List

import pytest

from core.media.model import BitRateSource, MediaFile, ScanType
from core.media.probing.changes import intervals, with_changes, worth_a_look
from tests.core.made_media import film, picture, sound

STEREO = sound("eng", channels=2, channel_layout="stereo", bit_rate=192.0)


def heard(channels: int, size: int = 1792) -> Dict[str, Any]:
    layout = {2: "stereo", 6: "5.1(side)"}[channels]
    return {
        "media_type": "audio",
        "stream_index": 1,
        "channels": channels,
        "channel_layout": layout,
        "pkt_size": str(size),
        "nb_samples": 1536,
    }


def seen(shape: str = "1:1", size: str = "720x576", **more: int) -> Dict[str, Any]:
    width, height = map(int, size.split("x"))
    return {
        "media_type": "video",
        "stream_index": 0,
        "width": width,
        "height": height,
        "sample_aspect_ratio": shape,
        **more,
    }


def test_sound_is_what_has_the_most_channels_with_its_own_rate() -> None:
    frames: List[Dict[str, Any]] = [heard(2, 768), heard(6), heard(2, 768)]
    track = with_changes(film(STEREO), frames).audio[0]
    assert (track.channels, track.channel_layout) == (6, "5.1(side)")
    assert (track.bit_rate, track.bit_rate_source) == (448.0, BitRateSource.STREAM)
    assert track.channels_met == (2, 6)


def test_sound_that_stays_the_same_stays_as_it_was_read() -> None:
    media = film(STEREO)
    assert with_changes(media, [heard(2, 768)] * 3).audio == media.audio
    assert with_changes(media, []) == media


def test_a_picture_has_the_shape_of_most_of_it() -> None:
    frames = [seen("12:11"), *[seen("16:11")] * 9]
    recording = film(picture(width=720, height=576, pixel_aspect=12 / 11), container="MPEG-TS")
    track = with_changes(recording, frames).video[0]
    assert (round(track.pixel_aspect, 3), track.shape_changes) == (1.455, True)
    whole = film(picture(pixel_aspect=16 / 11), container="MPEG-TS")
    assert not with_changes(whole, [seen("16:11")] * 9).video[0].shape_changes


def test_the_shape_that_the_header_of_another_container_tells_stays() -> None:
    corrected = film(picture(pixel_aspect=12 / 11))
    assert with_changes(corrected, [seen("16:11")] * 9).video == corrected.video


@pytest.mark.parametrize(
    "media",
    [
        film(picture(), STEREO, container="MPEG-TS"),
        film(picture(codec="mpeg2video"), STEREO),
        film(picture(scan_type=ScanType.INTERLACED_TFF), STEREO),
        film(picture(), sound("eng", codec="mp2")),
    ],
)
def test_recordings_are_looked_into_whatever_they_were_put_into(media: MediaFile) -> None:
    assert worth_a_look(media, [])


@pytest.mark.parametrize(
    ("codec", "tags", "looked"),
    [
        ("ac3", {"BPS": "320000"}, True),
        ("eac3", {"BPS-eng": "250000"}, True),
        ("ac3", {"BPS": "192010"}, False),
        ("ac3", {"BPS": "many"}, False),
        ("ac3", {}, False),
        ("aac", {"BPS": "320000"}, False),
    ],
)
def test_a_film_whose_sound_keeps_its_rate_costs_nothing(
    codec: str, tags: Dict[str, str], looked: bool
) -> None:
    stream = {"codec_name": codec, "bit_rate": "192000", "tags": tags}
    assert worth_a_look(film(picture(), sound("eng", codec=codec)), [stream]) is looked


def test_sizes_and_interlacing_that_change_are_told() -> None:
    frames = [seen(), seen(size="1920x1080"), seen(interlaced_frame=1, top_field_first=1)]
    track = with_changes(film(picture()), frames).video[0]
    assert track.size_changes
    assert track.scan_type is ScanType.INTERLACED_TFF


def test_places_lie_inside_the_film() -> None:
    moments = [
        float(interval.partition("%")[0]) for interval in intervals(120.0, 1000.0).split(",")
    ]
    assert len(moments) == 12
    assert moments[0] == 1005.0
    assert moments[-1] == 1115.0

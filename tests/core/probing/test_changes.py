from __future__ import annotations

from typing import Any, Dict, List

from core.model import BitRateSource, ScanType
from core.probing.changes import intervals, with_changes
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
    track = with_changes(film(picture(width=720, height=576, pixel_aspect=12 / 11)), frames).video[
        0
    ]
    assert (round(track.pixel_aspect, 3), track.shape_changes) == (1.455, True)
    same = with_changes(film(picture(pixel_aspect=16 / 11)), [seen("16:11")] * 9).video[0]
    assert not same.shape_changes


def test_sizes_and_interlacing_that_change_are_told() -> None:
    frames = [seen(), seen(size="1920x1080"), seen(interlaced_frame=1, top_field_first=1)]
    track = with_changes(film(picture()), frames).video[0]
    assert track.size_changes
    assert track.scan_type is ScanType.INTERLACED_TFF


def test_places_lie_inside_the_film() -> None:
    moments = [float(one.partition("%")[0]) for one in intervals(120.0, 1000.0).split(",")]
    assert len(moments) == 12
    assert moments[0] == 1005.0
    assert moments[-1] == 1115.0

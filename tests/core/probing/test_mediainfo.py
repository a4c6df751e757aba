"""MediaInfo's dictionaries as tracks; the figures are MediaInfo 24.12's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest

from core.media.model import BitRateSource, FileIdentity, MediaFile, ScanType
from core.media.probing import mediainfo

GENERAL = {"track_type": "General", "format": "Matroska", "duration": 60000}
VIDEO: Dict[str, Any] = {
    "track_type": "Video",
    "streamorder": "0",
    "format": "AVC",
    "width": 1920,
    "height": 1080,
    "duration": "60000.000000",
}
AUDIO: Dict[str, Any] = {
    "track_type": "Audio",
    "streamorder": "1",
    "format": "AC-3",
    "channel_s": 6,
    "bit_rate": 448000,
    "bit_rate_mode": "CBR",
    "stream_size": 1,
}


def film(*tracks: Dict[str, Any]) -> MediaFile:
    identity = FileIdentity(7_500_000, 1)
    return mediainfo.media_file(
        Path("film.mkv"), [dict(track) for track in tracks], identity, imdb_id="", hard_links=1
    )


def test_the_container_may_be_named_twice() -> None:
    assert film({**GENERAL, "format": "Matroska / Matroska"}, VIDEO).container == "Matroska"


def test_a_subtitle_without_an_end_does_not_make_the_film_49_days_long() -> None:
    assert film({**GENERAL, "duration": 4294969856}, VIDEO).duration == 60.0


def test_the_whole_bit_rate_follows_from_size_and_duration() -> None:
    assert film(GENERAL, VIDEO).bit_rate == 1000.0


def test_tracks_stand_in_the_order_of_the_file() -> None:
    media = film(GENERAL, {**VIDEO, "streamorder": "1"}, {**AUDIO, "streamorder": "0"})
    assert [track.kind.value for track in media.tracks] == ["audio", "video"]


def test_a_transport_stream_numbers_by_program_and_track() -> None:
    media = film(GENERAL, {**VIDEO, "streamorder": "0-0"}, {**AUDIO, "streamorder": "0-1"})
    assert [track.index for track in media.tracks] == [0, 1]


def test_containers_without_numbers_are_counted() -> None:
    video, audio = dict(VIDEO), dict(AUDIO)
    del video["streamorder"], audio["streamorder"]
    assert [track.index for track in film(GENERAL, video, audio).tracks] == [0, 1]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"scan_type": "Progressive"}, ScanType.PROGRESSIVE),
        ({}, ScanType.PROGRESSIVE),
        ({"scan_type": "Interlaced", "scan_order": "TFF"}, ScanType.INTERLACED_TFF),
        ({"scan_type": "MBAFF", "scan_order": "BFF"}, ScanType.INTERLACED_BFF),
        ({"scan_type": "PAFF"}, ScanType.INTERLACED),
    ],
)
def test_interlacing(fields: Dict[str, str], expected: ScanType) -> None:
    assert film(GENERAL, {**VIDEO, **fields}).video[0].scan_type is expected


def test_a_jpeg_of_one_frame_is_a_cover_and_an_mjpeg_film_is_a_film() -> None:
    still = {**VIDEO, "format": "V_MJPEG", "frame_count": "1", "streamorder": "1"}
    moving = {**VIDEO, "format": "JPEG", "frame_count": "1500"}
    media = film(GENERAL, VIDEO, still)
    assert len(media.video) == 1
    assert [(attachment.name, attachment.picture_stream) for attachment in media.attachments] == [
        ("cover.jpg", True)
    ]
    assert film(GENERAL, moving).video[0].codec == "mjpeg"


def test_closed_captions_inside_the_picture_are_no_track() -> None:
    captions = {"track_type": "Text", "format": "EIA-608", "muxing_mode": "A/53 / DTVCC Transport"}
    assert film(GENERAL, VIDEO, captions).subtitles == ()


def test_a_constant_rate_comes_from_the_stream_and_a_peak_is_never_taken() -> None:
    audio = film(GENERAL, VIDEO, AUDIO).audio[0]
    assert (audio.bit_rate, audio.bit_rate_source) == (448.0, BitRateSource.STREAM)
    peak = {**AUDIO, "format": "MLP FBA", "maximum_bit_rate": 9597000}
    del peak["bit_rate"], peak["bit_rate_mode"]
    audio = film(GENERAL, VIDEO, peak).audio[0]
    assert (audio.bit_rate, audio.bit_rate_source) == (None, BitRateSource.UNKNOWN)


def test_dts_core_rate_of_a_lossless_track_is_not_its_rate() -> None:
    listed = {**AUDIO, "format": "DTS", "bit_rate": "Unknown / 1509000", "channel_s": "8 / 6"}
    audio = film(GENERAL, VIDEO, {**listed, "format_additionalfeatures": "XLL"}).audio[0]
    assert (audio.lossless, audio.bit_rate, audio.channels) == (True, None, 8)


@pytest.mark.parametrize(
    ("features", "name", "objects"),
    [
        ("JOC", "Dolby Digital Plus with Dolby Atmos", True),
        ("16-ch", "Dolby TrueHD with Dolby Atmos", True),
        ("XLL X", "DTS-HD MA + DTS:X", True),
        ("XLL", "DTS-HD Master Audio", False),
        ("", "Dolby Digital", False),
    ],
)
def test_sound_objects(features: str, name: str, objects: bool) -> None:
    fields = {**AUDIO, "format_additionalfeatures": features, "commercial_name": name}
    assert film(GENERAL, VIDEO, fields).audio[0].object_audio is objects


def test_the_ietf_language_wins() -> None:
    fields = {**AUDIO, "language": "pt", "language_ietf": "pt-BR"}
    assert str(film(GENERAL, VIDEO, fields).audio[0].language) == "pt-BR"


@pytest.mark.parametrize("name", ["VideoHandler", "SoundHandle", "Core Media Audio"])
def test_names_that_programs_write_are_no_titles(name: str) -> None:
    assert film(GENERAL, VIDEO, {**AUDIO, "title": name}).audio[0].title == ""


def test_a_real_name_stays() -> None:
    assert film(GENERAL, VIDEO, {**AUDIO, "title": "Handle with care"}).audio[0].title != ""


def test_chapters_are_counted_once_though_mp4_has_them_twice() -> None:
    menu = {"track_type": "Menu", "00_00_00000": "One", "00_01_00000": "Two"}
    program = {"track_type": "Menu", "format": "AVC / AC-3", "duration": "4000"}
    assert film(GENERAL, VIDEO, menu, menu, program).chapter_count == 2


def test_our_own_tag_and_the_truncation_are_seen_while_scanning() -> None:
    media = film({**GENERAL, "mediaprocessor": "abc", "istruncated": "Yes"}, VIDEO)
    assert (media.plan_signature, media.truncated) == ("abc", True)

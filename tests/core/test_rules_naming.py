from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.languages import LanguageTag
from core.media.model import AudioTrack, VideoTrack
from core.plan import OpusEncode
from core.rules.naming import audio_title, kept_title, video_title

SURROUND = OpusEncode(320, 6, "5.1")
STEREO = OpusEncode(64, 2, "stereo")


def sound(title: str, language: str = "en") -> AudioTrack:
    return AudioTrack(1, 1, "dts", 6, title=title, language=LanguageTag(language))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("TrueHD 5.1", "English 5.1"),
        ("TrueHD Atmos 7.1", "English 5.1"),
        ("DTS-HD MA 7.1 @ 3842 kb/s", "English 5.1"),
        ("DTS 5.1 @ 1509 kbps", "English 5.1"),
        ("PCM 7.1", "English 5.1"),
        ("DTS:X", ""),
        ("Dolby Digital Plus 5.1", "English 5.1"),
        ("E-AC-3 5.1 640 kb/s", "English 5.1"),
        ("DDP5.1", "English 5.1"),
        ("FLAC 24-bit 48 kHz", ""),
        ("Surround 5.1", "Surround 5.1"),
        ("Surround 7.1", "Surround 5.1"),
        ("Japanese 5.1 FLAC", "Japanese 5.1"),
        ("Atmos (streaming)", "streaming"),
        ("English (AC-3)", "English"),
        ("English [DTS-HD MA 5.1]", "English [5.1]"),
        ("Director's Cut", "Director's Cut"),
        ("English Dub", "English Dub"),
        ("Compatibility Track", "Compatibility Track"),
        ("Commentary by Jane Roe / stereo", "Commentary by Jane Roe / 5.1"),
        ("Ddaeng", "Ddaeng"),
        ("AAC2.0", "English 5.1"),
        ("Nederlands - Vlaams", "Nederlands - Vlaams"),
    ],
)
def test_a_converted_track_is_not_called_by_its_old_codec(before: str, after: str) -> None:
    assert audio_title(sound(before), SURROUND, "Matroska") == after


def test_a_copied_track_keeps_its_title() -> None:
    assert audio_title(sound("TrueHD Atmos 7.1"), None, "Matroska") == "TrueHD Atmos 7.1"


def test_a_layout_is_spoken_as_people_say_it() -> None:
    assert audio_title(sound("DTS 2.1", "nl"), STEREO, "Matroska") == "Dutch Stereo"
    assert audio_title(sound("DTS 2.1", "und"), STEREO, "Matroska") == "Stereo"


@pytest.mark.parametrize(
    "title",
    ["SoundHandler", "VideoHandle", "Core Media Audio", "ISO Media file produced by Google Inc."],
)
def test_names_that_a_program_wrote_into_an_mp4_go(title: str) -> None:
    assert kept_title(title, "MPEG-4") == ""
    assert kept_title(title, "Matroska") == title


@pytest.mark.parametrize(
    ("title", "after"),
    [("1080p x264 Remux", ""), ("Angle 2", "Angle 2"), ("Main Feature", "Main Feature")],
)
def test_a_new_picture_is_not_called_by_its_old_codec(title: str, after: str) -> None:
    picture = VideoTrack(0, 1, "h264", 1920, 1080, title=title)
    assert video_title(picture, True, "Matroska") == after
    assert video_title(picture, False, "Matroska") == title


@given(st.text(max_size=30), st.sampled_from([SURROUND, STEREO]))
def test_naming_twice_changes_nothing_more(title: str, encode: OpusEncode) -> None:
    once = audio_title(sound(title), encode, "Matroska")
    assert kept_title(once, "Matroska") == once

from __future__ import annotations

from typing import List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.probing.matroska import MatroskaHeader, read_header
from tests.films import AudioSpec, SubtitleSpec, make_film


def header_of(content: bytes, asked: Optional[List[int]] = None) -> Optional[MatroskaHeader]:
    def read(position: int, length: int) -> bytes:
        if asked is not None:
            asked.append(length)
        return content[position : position + length]

    return read_header(read, len(content))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("matroska") / "Film.mkv"
    sounds = [AudioSpec(language="dut", commentary=True), AudioSpec(language="")]
    subtitles = [SubtitleSpec(), SubtitleSpec(hearing_impaired=True)]
    return make_film(path, audio=sounds, subtitles=subtitles).read_bytes()


def test_tracks_are_read_with_their_languages_flags_and_lines(film: bytes) -> None:
    found = header_of(film)
    assert found is not None
    assert [track.kind for track in found.tracks] == ["video", *["audio"] * 2, *["subtitle"] * 2]
    assert [track.language for track in found.tracks] == ["und", "dut", "und", "eng", "eng"]
    assert [track.stated for track in found.tracks[1:]] == [
        ("commentary",),
        (),
        (),
        ("hearing_impaired",),
    ]
    assert found.tracks[0].picture.width == 320
    assert [found.cues[track.number][0] for track in found.tracks[3:]] == [1, 1]


def test_little_of_the_film_is_read(film: bytes) -> None:
    asked: List[int] = []
    header_of(film, asked)
    assert sum(asked) < 8192


@pytest.mark.parametrize(
    "content", [b"", b"\x1a", b"RIFF" * 8, b"\0" * 64, b"\x1a\x45\xdf\xa3\xff"]
)
def test_what_is_no_matroska_has_no_header(content: bytes) -> None:
    assert header_of(content) is None


def test_damaged_bytes_give_a_header_or_none(film: bytes) -> None:
    @given(st.integers(0, 2000), st.binary(min_size=1, max_size=8))
    @settings(max_examples=300, database=None)
    def damaged(position: int, damage: bytes) -> None:
        header_of(film[:position] + damage + film[position + len(damage) :])
        header_of(film[:position])

    damaged()

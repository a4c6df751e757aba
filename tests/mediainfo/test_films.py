"""Films of every container: none is refused, and the short look says the same as the long one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import List

import pytest

from core.media.probing.signatures import HEAD, refusal
from mediainfo.child import answer
from mediainfo.library import Library
from mediainfo.pool import SHARED
from tests.films import FFMPEG

MUXERS = (
    *("asf", "avi", "dv", "flv", "gxf", "h264", "hevc", "ismv", "ivf", "m4v", "matroska", "mov", "mpeg"),
    *("mpeg2video", "mpegts", "mxf", "nut", "ogv", "rm", "swf", "webm", "wtv", "yuv4mpegpipe"),
)  # fmt: skip
MISSING = 7  # that one build of ffmpeg may lack


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> List[Path]:
    """A film in each container that this ffmpeg can write."""
    folder = tmp_path_factory.mktemp("containers")
    source = folder / "source"
    draw = ["-f", "lavfi", "-i", "testsrc2=s=720x576:r=25:d=0.2", "-c:v", "rawvideo"]
    assert _ffmpeg(*draw, "-pix_fmt", "yuv420p", "-f", "nut", str(source))
    made = []
    for name in MUXERS:
        codec = ["-c:v", "mpeg2video"] if name in ("mxf", "gxf") else []
        if _ffmpeg("-i", str(source), *codec, "-f", name, str(folder / name)):
            made.append(folder / name)
    assert len(made) >= len(MUXERS) - MISSING
    return made


def _ffmpeg(*arguments: str) -> bool:
    argv = [FFMPEG, "-v", "error", "-nostdin", "-y", *arguments]
    return subprocess.run(argv, stderr=subprocess.DEVNULL, check=False).returncode == 0


def test_no_film_is_refused_that_ffmpeg_can_make(films: List[Path]) -> None:
    refused = {film.name: refusal(film.read_bytes()[:HEAD]) for film in films}
    assert {name: sentence for name, sentence in refused.items() if sentence} == {}


def test_the_short_look_with_one_reader_says_what_the_long_one_says(films: List[Path]) -> None:
    for film in films:
        general = SHARED.tracks(film)[0]
        line = SHARED.line(film, "General;%Format%|%VideoCount%|%Duration%")
        kinds = [track["track_type"] for track in SHARED.tracks(film)]
        count = str(kinds.count("Video") or "")
        duration = str(general.get("duration") or "")
        assert line == f"{general.get('format') or ''}|{count}|{duration}", film.name


def test_a_library_that_was_asked_something_else_before_answers_as_a_new_one(
    films: List[Path],
) -> None:
    used = Library()
    for film in films:
        for template in ("General;%Format%", None, "General;%Duration%|%Format%", None):
            expected = answer(Library(), str(film), template)
            assert answer(used, str(film), template) == expected, (film.name, template)


@pytest.mark.corpus
def test_no_film_of_the_corpus_is_refused(corpus: Path) -> None:
    for entry in json.loads((corpus / "index.json").read_text("utf-8")):
        path = corpus / entry["file"]
        film = any(part.startswith("V:") for part in str(entry["mediainfo"]).split(" | "))
        if film and path.is_file():
            with path.open("rb") as file:
                assert refusal(file.read(HEAD)) == "", path

"""Names that break other programs go the whole way: as names, never as options, patterns or code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Dict

import pytest

from core.events import JobState
from tests.films import AudioSpec, SubtitleSpec, make_film
from tests.truth.pipeline import fast_settings
from tests.truth.sound import streams
from tests.truth.whole_path import workshop

NAMES: Dict[str, str] = {
    "single quotes": "It's Only 'Quotes' (2010).mkv",
    "double quotes": 'Double "Quote" (2010).mkv',
    "a command": "$(touch PWNED) $HOME `touch PWNED` (2011).mkv",
    "shell operators": "semi;colon & amp | pipe > out < in.mkv",
    "a leading dash": "-leading dash.mkv",
    "an option": "--help.mkv",
    "an ffmpeg option": "-y.mkv",
    "emoji": "emoji \U0001f3ac\U0001f37f.mkv",
    "250 bytes": "a" * 246 + ".mkv",
    "250 bytes in two-byte letters": "é" * 123 + ".mkv",
    "a line break": "new\nline.mkv",
    "a carriage return": "carriage\rreturn.mkv",
    "a tab": "tab\there.mkv",
    "an image sequence": "frame%03d.mkv",
    "percents": "100% Wolf %20 %s %d (2020).mkv",
    "not UTF-8": os.fsdecode(b"latin1 \xe9t\xe9.mkv"),
    "a trailing space": "trailing space .mkv",
    "a leading space": " leading space.mkv",
    "a backslash": "back\\slash.mkv",
    "a pattern": "star * question ? [set].mkv",
    "a protocol": "http:x.mkv",
    "ffmpeg's pipe": "pipe:1.mkv",
    "ffmpeg's concatenation": "concat:a|b.mkv",
    "a template's placeholder": "$input ${output} $$.mkv",
    "a Python format": "{0} {title} %(x)s.mkv",
    "dots": "dots...in...name..mkv",
    "a dot in front": ".hidden.mkv",
    "decomposed accents": "Ame\u0301lie.mkv",
    "a dotless i and capitals": "İstanbul ığüşöç (2019).MKV",
    "another ending": "from MP4 'to' Matroska $(x).mp4",
}
TITLE = "$(touch PWNED) \"quoted\" 'title' -y %03d \U0001f3ac = ; [x], a:b|c \\ end"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("kind", NAMES)
def test_a_film_of_this_name_is_processed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    folder = tmp_path / "films"
    film = make_film(
        folder / NAMES[kind],
        seconds=0.5,
        size=(64, 36),
        audio=[AudioSpec("flac", 6, title=TITLE)],
        subtitles=[SubtitleSpec(codec="mov_text" if film_is_mp4(kind) else "subrip")],
        title=TITLE,
    )
    monkeypatch.chdir(folder)
    before = film.stat().st_ino
    with workshop(tmp_path, fast_settings()) as shop:
        plan = shop.plan(film)
        assert not plan.refused, plan.refusals
        result = shop.carry_out(plan)
    assert result.state is JobState.COMPLETED
    assert result.path == (film.with_suffix(".mkv") if film_is_mp4(kind) else film)
    assert [
        path.name for path in folder.iterdir() if not path.name.startswith(".mediaprocessor")
    ] == [result.path.name]
    assert result.path.stat().st_ino != before
    kinds = [(stream["codec_type"], stream["codec_name"]) for stream in streams(result.path)]
    assert kinds[1:] == [("audio", "opus"), ("subtitle", "subrip")]
    assert not list(tmp_path.rglob("PWNED*"))


def film_is_mp4(kind: str) -> bool:
    return NAMES[kind].endswith(".mp4")


def test_titles_are_text_and_nothing_else(tmp_path: Path) -> None:
    film = make_film(
        tmp_path / "film.mkv",
        seconds=0.5,
        size=(64, 36),
        audio=[AudioSpec(title=TITLE)],
        title=TITLE,
    )
    with workshop(tmp_path, fast_settings()) as shop:
        plan = shop.plan(film)
        result = shop.carry_out(plan)
    sound = next(stream for stream in streams(result.path) if stream["codec_type"] == "audio")
    assert sound["tags"].get("title", "") == plan.outputs[1].title
    assert not list(tmp_path.rglob("PWNED*"))

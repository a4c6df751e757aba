"""A track is called what its own element says, whatever is told of it besides."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from analyzer import Analyzer
from core.rules.traits import keeps_chapters
from tests.films import AudioSpec, make_film
from tests.mkv import merged
from tests.truth.pipeline import convert, fast_settings, toolset_with
from tests.truth.sound import CapturingRunner

TAG = (
    '<?xml version="1.0"?><Tags><Tag><Targets/>'
    "<Simple><Name>TITLE</Name><String>A tag</String></Simple></Tag></Tags>"
)


def sound_name(film: Path) -> str:
    return Analyzer(CapturingRunner(), toolset_with()).analyze(film).audio[0].title


def tagged_film(folder: Path, *named: str) -> Path:
    if not keeps_chapters(toolset_with()):
        pytest.skip("mkvpropedit and mkvextract are not installed")
    tags = folder / "tags.xml"
    tags.write_text(TAG, encoding="utf-8")
    plain = make_film(folder / "plain.mkv", seconds=1, audio=(AudioSpec(),))
    subprocess.run(["mkvpropedit", "-q", str(plain), "-e", "track:a1", "-d", "name"], check=True)
    return merged(folder / "film.mkv", "--tags", f"1:{tags}", *named, plain)


def test_a_track_is_not_renamed_after_a_tag_of_it(tmp_path: Path) -> None:
    film = tagged_film(tmp_path, "--track-name", "1:The Name")
    assert sound_name(film) == "The Name"
    assert sound_name(convert(film, fast_settings()).path) == "The Name"


def test_a_track_without_a_name_is_called_what_its_tag_says(tmp_path: Path) -> None:
    assert sound_name(tagged_film(tmp_path)) == "A tag"

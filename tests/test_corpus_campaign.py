"""The short form of ``python -m tests.corpus_campaign``: any folder, and that it can fail."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest

from core.encoders.family import Way
from core.media.model import Trait
from core.plan import Plan
from tests.corpus_campaign import PROCESSED, REFUSED, main
from tests.films import AudioSpec, make_film
from tests.sightings import sightings
from tests.trait_comparison import Found, compared
from tests.trait_films import films
from tests.truth.pipeline import convert
from tests.truth.test_traits import settings


def test_a_folder_of_any_films_is_processed_and_its_traits_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "films" / "Series"
    folder.mkdir(parents=True)
    for trait in (Trait.ACTIVE_FORMAT, Trait.LATE_SOUND):
        if trait is Trait.LATE_SOUND and shutil.which("mkvmerge") is None:
            continue
        film = films()[trait](tmp_path)
        film.rename(folder / f"{trait.name}.mkv")
    (folder / "Broken.mkv").write_bytes(b"no film")
    code = main([str(folder.parent), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert code == 0, found
    kinds = {Path(file["name"]).stem: file["kind"] for file in found["files"]}
    assert kinds.pop("Broken") == REFUSED
    assert set(kinds.values()) == {PROCESSED}
    told = found["traits"][Trait.ACTIVE_FORMAT.value]
    assert told == {"films": 1, "kept": 0, "said": 1, "LOST SILENTLY": 0}


def test_a_folder_that_is_not_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none")]) == 2
    assert "There are no films at" in capsys.readouterr().out


def test_what_is_lost_without_a_word_is_found(tmp_path: Path) -> None:
    film = films()[Trait.ACTIVE_FORMAT](tmp_path)
    made = convert(film, settings(Way.FFMPEG))
    before, after = sightings(film), sightings(made.path)
    silent = replace(made.plan, warnings=())

    def of_it(plan: Plan) -> List[Found]:
        outcomes = compared(plan, before, after)
        return [fate for sighting, fate in outcomes if sighting.trait is Trait.ACTIVE_FORMAT]

    assert of_it(made.plan) == [Found.SAID]
    assert of_it(silent) == [Found.SILENT]


def test_sound_that_moves_is_found(tmp_path: Path) -> None:
    if shutil.which("mkvmerge") is None:
        pytest.skip("mkvmerge (mkvtoolnix) is not installed")
    late = films()[Trait.LATE_SOUND](tmp_path)
    plan = convert(late, settings(Way.FFMPEG)).plan
    moved = make_film(tmp_path / "other.mkv", seconds=1, audio=(AudioSpec(),))
    outcomes = compared(plan, sightings(late), sightings(moved))
    fates = {sighting.trait: fate for sighting, fate in outcomes}
    assert fates[Trait.LATE_SOUND] is Found.SILENT

"""Names that read the same are the same, however their accents are written."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from core.media.film_names import pattern_filter
from core.settings.path_mappings import PathMapping
from core.text.composed import composed
from metadata.arr import ArrTitle
from metadata.library_index import LibraryIndex, map_path
from monitoring.spelling import as_on_disk

Form = Literal["NFC", "NFD"]
FORMS = ("NFC", "NFD")
FILM = "/films/Amélie (2001)/Amélie (2001).mkv"


def written(form: Form, text: str) -> str:
    return unicodedata.normalize(form, text)


@pytest.mark.parametrize("ours", FORMS)
@pytest.mark.parametrize("theirs", FORMS)
def test_a_film_is_found_under_its_title_s_folder_in_either_form(ours: Form, theirs: Form) -> None:
    title = ArrTitle(1, "Amélie", path=written(theirs, "/films/Amélie (2001)"))
    assert LibraryIndex([title]).by_path(written(ours, FILM)) is title


@pytest.mark.parametrize("ours", FORMS)
@pytest.mark.parametrize("theirs", FORMS)
def test_mapped_folders_patterns_and_other_machines_folders_are_compared_in_one_form(
    ours: Form, theirs: Form
) -> None:
    path, folder = written(ours, "/é/films/é.mkv"), written(theirs, "/é/films")
    assert map_path(path, [(folder, "/mnt")]) == written(ours, "/mnt/é.mkv")
    assert PathMapping(folder, "/mnt").to_ours(path) == written(ours, "/mnt/é.mkv")
    assert not pattern_filter((), (written(theirs, "*é*"),))(written(ours, "café.mkv"))


@pytest.mark.parametrize("named", FORMS)
@pytest.mark.parametrize("there", FORMS)
def test_a_film_is_opened_as_the_disk_writes_it(tmp_path: Path, named: Form, there: Form) -> None:
    film = tmp_path / written(there, "Amélie.mkv")
    film.touch()
    assert as_on_disk(tmp_path / written(named, "Amélie.mkv")).samefile(film)


def test_ascii_and_what_is_no_text_stay_as_they_are() -> None:
    assert composed("Film.mkv") == "Film.mkv"
    assert composed("f\udcff.mkv") == "f\udcff.mkv"

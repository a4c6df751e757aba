"""The search over settings: any order of words, with or without accents, the closest first."""

from __future__ import annotations

import pytest

from core.settings.search import Searchable, folded, found

SETTINGS = (
    Searchable("help", ("Speed", "Hız"), ("how the quality is reached",)),
    Searchable("longer", ("Quality of the sound", "Ses kalitesi"), ()),
    Searchable("exact", ("Quality", "Kalite"), ("CRF, file size",)),
    Searchable("text", ("Subtitle languages", "ALTYAZI DİLLERİ"), ("captions",)),
)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("quality", ("exact", "longer", "help")),
        ("QUALITY sound", ("longer",)),
        ("size crf", ("exact",)),
        ("altyazi dilleri", ("text",)),
        ("Altyazı", ("text",)),
        ("HIZ", ("help",)),
        ("hiz", ("help",)),
        ("kalıte", ("exact", "longer")),
        ("", ()),
        ("   ", ()),
        ("nothing of it", ()),
    ],
)
def test_settings_are_found(wanted: str, names: tuple[str, ...]) -> None:
    assert found(wanted, SETTINGS) == names


def test_accents_and_capitals_do_not_count_in_any_language() -> None:
    assert folded("İĞÜŞÖÇ ıI") == "igusoc ii"
    assert folded("Géén Ondertitels") == "geen ondertitels"

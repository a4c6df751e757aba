"""What a report may say of a machine, and what it may not."""

from __future__ import annotations

import pytest

from core.text.anonymous import anonymizer

HIDE = anonymizer(["/home/emre", "/home/emre/my work"], ["emre", "attic", "pc"])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/home/emre/my work/machine-test-1/clip.mkv: No such file", "…/clip.mkv: No such file"),
        ("file:/srv/films/A/b.mkv failed", "file:…/b.mkv failed"),
        ("device /dev/dri/renderD128.", "device …/renderD128."),
        (r"C:\Users\Emre\AppData\clip.mkv: wrong", "…/clip.mkv: wrong"),
        (r"\\attic\films\clip.mkv: wrong", "…/clip.mkv: wrong"),
        ("Linux attic 6.1", "Linux *** 6.1"),
        ("asked emre@10.1.2.3", "asked ***@***"),
        ("apikey=0123456789abcdef", "apikey=***"),
    ],
)
def test_folders_names_addresses_and_keys_are_hidden(said: str, told: str) -> None:
    assert HIDE(said) == told


@pytest.mark.parametrize(
    "text",
    [
        "packages are at https://github.com/rigaya/QSVEnc/releases",
        "Pictures/s, and/or 1/2",
        "ffmpeg n9.0.2, Linux-6.18.44, 24.12, 7.1.1",
        "a pc of three letters or less is no name that could be hidden",
        "The attics of emres",
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert HIDE(text) == text

"""What tkdnd hands over for dropped files."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import List

import pytest

from views.drop import dropped_paths

pytestmark = pytest.mark.window


@pytest.mark.parametrize(
    ("data", "paths"),
    [
        ("/films/one.mkv", ["/films/one.mkv"]),
        ("/a.mkv /b.mkv", ["/a.mkv", "/b.mkv"]),
        ("{/my films/one two.mkv} /b.mkv", ["/my films/one two.mkv", "/b.mkv"]),
        (r"/films/\{odd\}.mkv /b\ c.mkv", ["/films/{odd}.mkv", "/b c.mkv"]),
        ("{/films/a $HOME [exec].mkv}", ["/films/a $HOME [exec].mkv"]),
        ("{/films/Amélie ☃.mkv}", ["/films/Amélie ☃.mkv"]),
        ("", []),
    ],
)
def test_names_with_blanks_and_braces_stay_whole(root: tk.Tk, data: str, paths: List[str]) -> None:
    assert dropped_paths(root, data) == tuple(Path(one) for one in paths)

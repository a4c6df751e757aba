"""What tkdnd hands over for dropped files."""

from __future__ import annotations

import socket
import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import List, Tuple

import pytest

from views.drop import accept_drops, dropped_paths

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
    assert dropped_paths(root, data) == tuple(Path(path) for path in paths)


def test_a_file_that_is_named_with_this_machine_is_the_file(root: tk.Tk) -> None:
    """As tkdnd hands over file://localhost/films/a.mkv."""
    here = socket.gethostname()
    for data in ("localhost/films/a.mkv", f"{here}/films/a.mkv"):
        assert dropped_paths(root, data) == (Path("/films/a.mkv"),)
    assert dropped_paths(root, "/localhost/a.mkv") == (Path("/localhost/a.mkv"),)


def test_nothing_is_dropped_behind_a_question(root: tk.Tk) -> None:
    """The window system brings it all the same: a question keeps keys and mouse out, no drop."""
    taken: List[Tuple[Path, ...]] = []
    target = ttk.Notebook(root)
    target.pack()
    if not accept_drops(root, target, taken.append):
        pytest.skip("needs tkdnd (the package tkinterdnd2)")
    root.update()
    target.event_generate("<<Drop>>")
    assert len(taken) == 1
    question = tk.Toplevel(root)
    question.wait_visibility()
    question.grab_set()
    target.event_generate("<<Drop>>")
    assert len(taken) == 1

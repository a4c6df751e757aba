"""Starting the program for its window: films named alone, and a second start."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from typing import List, Tuple

import pytest

from app.instance_lock import only_instance
from app.program import Program
from app.running_program import FILE_NAME
from commandline.entry import run

DEADLINE = 20.0


def no_window(parts: Program) -> int:
    raise AssertionError("a second window was opened")


def shown(parts: Program) -> int:
    """A window that ends once it was handed something."""
    return len(parts.handed.get(timeout=DEADLINE))


def test_films_named_without_a_command_are_opened_in_the_window(tmp_path: Path) -> None:
    films = [str(tmp_path / "plan.mkv"), str(tmp_path / "b.mkv")]
    for words in (films, ["open", *films]):
        assert run(["--data-dir", str(tmp_path / "data"), *words], shown, print) == 2


def test_the_window_begins_small_where_the_system_starts_it(tmp_path: Path) -> None:
    words = ["--data-dir", str(tmp_path), "--minimized"]
    assert run(words, lambda parts: 7 if parts.minimized else 0, print) == 7


def test_a_second_start_hands_its_films_to_the_first_and_ends_well(tmp_path: Path) -> None:
    handed: queue.Queue[Tuple[Path, ...]] = queue.Queue()
    done = threading.Event()
    codes: List[int] = []

    def first(parts: Program) -> int:
        handed.put(parts.handed.get(timeout=DEADLINE))
        assert done.wait(DEADLINE)
        return 0

    words = ["--data-dir", str(tmp_path)]
    window = threading.Thread(target=lambda: codes.append(run(words, first, print)))
    window.start()
    try:
        until_locked(tmp_path)
        film = tmp_path / "Café.mkv"
        assert run([*words, str(film)], no_window, print) == 0
        assert handed.get(timeout=DEADLINE) == (film,)
    finally:
        done.set()
        window.join(DEADLINE)
    assert codes == [0]


def until_locked(data_dir: Path) -> None:
    """Wait until another start would find the folder taken."""
    deadline = time.monotonic() + DEADLINE
    while not (data_dir / FILE_NAME).exists():
        assert time.monotonic() < deadline, "the first start never listened"


def test_where_no_window_has_the_folder_the_second_start_says_who_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("commandline.open.LOCK_PATIENCE", 0.0)
    with only_instance(tmp_path):
        assert run(["--data-dir", str(tmp_path)], no_window, print) == 1
    assert "is already working with the data folder" in capsys.readouterr().err


def test_without_a_console_the_sentence_is_shown_in_a_box_but_not_to_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    boxes: List[str] = []
    data_dir = ["--data-dir", str(tmp_path / "file")]
    assert run([*data_dir, "--from-menu", "open"], no_window, boxes.append) != 0
    assert [box[:15] for box in boxes] == [
        "The data folder"
    ]  # nobody reads what a menu's entry prints
    boxes.clear()
    for words in ([], ["doctor"]):
        with monkeypatch.context() as windowed:
            windowed.setattr("sys.stderr", None)
            windowed.setattr("sys.stdout", None)
            assert run([*data_dir, *words], no_window, boxes.append) != 0
    assert [box[:15] for box in boxes] == ["The data folder"]

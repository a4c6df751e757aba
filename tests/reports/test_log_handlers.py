"""Disks that are full, gone, or come back."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Iterator, List

import pytest

from core.reporting.log_entry import EntryKind
from reports import log_handlers
from reports.html_log_file import pages_of
from reports.log_handlers import DurableFile, PageHandler, Patience
from tests.reports.log_page import messages

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows does not delete open files")
full_disk = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path, clock: Clock) -> Iterator[DurableFile]:
    path = tmp_path / "logs" / "a.log"
    handler = DurableFile(path, largest=10**6, kept=1, patience=Patience(clock))
    yield handler
    handler.close()


@pytest.fixture
def page(tmp_path: Path, clock: Clock) -> Iterator[PageHandler]:
    handler = PageHandler(tmp_path / "logs")
    handler.patience = Patience(clock)
    yield handler
    handler.close()


def record(text: str, level: int = logging.INFO, **fields: object) -> logging.LogRecord:
    made = logging.LogRecord("mediaprocessor", level, "", 0, text, (), None)
    vars(made).update(fields)
    return made


def lines(path: Path) -> List[str]:
    return path.read_text("utf-8").splitlines()


@posix
def test_a_log_that_was_deleted_is_begun_again(
    file: DurableFile, tmp_path: Path, clock: Clock
) -> None:
    file.handle(record("one"))
    shutil.rmtree(tmp_path / "logs")
    clock.seconds += 10
    file.handle(record("two"))
    assert lines(tmp_path / "logs" / "a.log") == ["two"]


@posix
def test_a_log_that_another_program_has_moved_on_is_followed(
    file: DurableFile, tmp_path: Path, clock: Clock
) -> None:
    file.handle(record("one"))
    path = tmp_path / "logs" / "a.log"
    path.rename(tmp_path / "logs" / "a.log.1")
    clock.seconds += 10
    file.handle(record("two"))
    assert lines(path) == ["two"]


@full_disk
def test_a_full_disk_is_borne_in_silence_and_told_afterwards(
    file: DurableFile, tmp_path: Path, clock: Clock, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "logs" / "a.log"
    file.handle(record("before"))
    path.unlink()
    path.symlink_to("/dev/full")
    clock.seconds += 10
    for number in range(1000):
        file.handle(record(f"lost {number}"))
    assert "No space left on device" in file.patience.problem
    path.unlink()
    clock.seconds += log_handlers.PAUSE
    file.handle(record("after"))
    first, second = lines(path)
    assert first.startswith("1000 lines are missing here. The log cannot be written to ")
    assert second == "after"
    assert file.patience.problem == ""
    assert capfd.readouterr() == ("", "")


def test_a_full_disk_is_not_asked_for_each_line(
    file: DurableFile, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: List[Path] = []

    def refuse(*_words: object, **_named: object) -> None:
        opened.append(tmp_path)
        raise OSError(28, "No space left on device")

    file.close()
    file.stream = None
    monkeypatch.setattr(RotatingFileHandler, "_open", refuse)
    for _ in range(100):
        file.handle(record("lost"))
    assert len(opened) <= 2  # Python 3.8 opens once more
    clock.seconds += log_handlers.PAUSE
    file.handle(record("lost"))
    assert file.patience.lost == 101


@posix
def test_a_page_whose_disk_is_gone_comes_back_with_it(
    page: PageHandler, tmp_path: Path, clock: Clock
) -> None:
    page.handle(record("one"))
    shutil.rmtree(tmp_path / "logs")
    (tmp_path / "logs").write_text("the folder is a file now")
    for _ in range(50):
        page.handle(record("lost"))
    assert page.patience.problem.startswith(f"The log cannot be written to {tmp_path / 'logs'} (")
    (tmp_path / "logs").unlink()
    clock.seconds += log_handlers.PAUSE
    page.handle(record("after"))
    first, second = messages(pages_of(tmp_path / "logs")[0])
    assert first.startswith("Warning50 lines are missing here.")
    assert second == "after"


def test_details_of_our_own_are_not_for_the_page_but_lines_of_tools_are(
    page: PageHandler, tmp_path: Path
) -> None:
    page.handle(record("a detail", logging.DEBUG))
    page.handle(record("frame=1", logging.DEBUG, kind=EntryKind.TOOL, tool="ffmpeg", job=7))
    assert messages(pages_of(tmp_path / "logs")[0]) == ["Job 7ffmpegframe=1"]


def test_a_tool_that_never_stops_complaining_does_not_fill_the_page(
    page: PageHandler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_handlers, "MOST_TOOL_LINES", 20)
    for number in range(100):
        page.handle(record(f"{number}", logging.DEBUG, kind=EntryKind.TOOL, tool="x", job=7))
        page.handle(record(f"{number}", logging.DEBUG, kind=EntryKind.TOOL, tool="x", job=8))
    assert len(messages(pages_of(tmp_path / "logs")[0])) == 40


def test_a_user_who_wants_no_pages_gets_none(page: PageHandler, tmp_path: Path) -> None:
    page.enabled = False
    page.handle(record("one"))
    assert not (tmp_path / "logs").exists()


def test_old_pages_go_when_a_new_one_is_begun(page: PageHandler, tmp_path: Path) -> None:
    old = tmp_path / "logs" / "log-2020-01-01.html"
    old.parent.mkdir()
    old.touch()
    os.utime(old, (0, 0))
    page.handle(record("one"))
    for thread in threading.enumerate():
        if thread.name == "log-pruning":
            thread.join(20)
    assert not old.exists()

from __future__ import annotations

import os
from pathlib import Path
from typing import List

from reports.log_files import JOBS_FOLDER, with_earlier
from reports.log_pruning import prune

NOW = 1_800_000_000.0
DAY = 86400.0


def make(path: Path, days: float, size: int = 1000) -> Path:
    """A file that was changed so many days ago."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - days * DAY,) * 2)
    return path


def names(folder: Path) -> List[str]:
    return sorted(file.name for file in folder.rglob("*") if file.is_file())


def test_pages_and_job_logs_go_when_they_are_old(tmp_path: Path) -> None:
    make(tmp_path / "log-2026-01-01.html", days=31)
    make(tmp_path / "log-2026-01-02-2.html", days=31)
    make(tmp_path / JOBS_FOLDER / "7.log", days=31)
    make(tmp_path / JOBS_FOLDER / "7.log.1", days=31)
    make(tmp_path / JOBS_FOLDER / "8.log", days=29)
    make(tmp_path / "log-2026-01-03.html", days=29)
    removed = prune(tmp_path, keep_days=30, keep_bytes=1e9, now=NOW)
    assert len(removed) == 4
    assert names(tmp_path) == ["8.log", "log-2026-01-03.html"]


def test_the_oldest_go_first_when_they_take_too_much(tmp_path: Path) -> None:
    for day in range(2, 12):
        make(tmp_path / f"log-2026-01-{20 - day:02}.html", days=day)
    prune(tmp_path, keep_days=30, keep_bytes=3500, now=NOW)
    assert names(tmp_path) == [f"log-2026-01-{day}.html" for day in (16, 17, 18)]


def test_what_was_written_today_stays_however_large_it_is(tmp_path: Path) -> None:
    make(tmp_path / "log-2026-01-01.html", days=0.9)
    assert prune(tmp_path, keep_days=1, keep_bytes=1, now=NOW) == ()


def test_nothing_else_in_the_folder_is_touched(tmp_path: Path) -> None:
    for name in ("mediaprocessor.log", "mediaprocessor.jsonl.3", "log-holiday.html", "notes.html"):
        make(tmp_path / name, days=1000)
    make(tmp_path / JOBS_FOLDER / "films.log", days=1000)
    (tmp_path / "log-2026-01-01.html").symlink_to(tmp_path / "notes.html")
    assert prune(tmp_path, keep_days=1, keep_bytes=1, now=NOW) == ()


def test_a_folder_that_is_not_there_has_nothing_to_delete(tmp_path: Path) -> None:
    assert prune(tmp_path / "none", keep_days=1, keep_bytes=1, now=NOW) == ()


def test_a_page_that_was_never_finished_goes_too(tmp_path: Path) -> None:
    make(tmp_path / "log-2026-01-01.html.4711.new", days=40)
    assert len(prune(tmp_path, keep_days=30, keep_bytes=1e9, now=NOW)) == 1


def test_a_log_is_read_from_its_oldest_part_on(tmp_path: Path) -> None:
    for name in ("a.log", "a.log.1", "a.log.3"):
        make(tmp_path / name, days=0)
    assert [file.name for file in with_earlier(tmp_path / "a.log")] == [
        "a.log.3",
        "a.log.1",
        "a.log",
    ]

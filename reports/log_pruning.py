"""Which of the log's files are old enough to delete."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Tuple

from reports.log_files import JOBS_FOLDER, PAGE_NAME

_DAY = 86400.0  # seconds


@dataclass(frozen=True)
class _Kept:
    changed: float
    size: int
    path: Path


def prune(folder: Path, *, keep_days: float, keep_bytes: float, now: float) -> Tuple[Path, ...]:
    """Delete pages and job logs older than ``keep_days``, then the oldest until the rest fits.

    What was written to within a day is never deleted. ``now`` in seconds since the epoch. A file that
    cannot be deleted stays; returns those that were.
    """
    found = sorted(_prunable(folder), key=lambda file: file.changed)
    total = sum(file.size for file in found)
    removed: List[Path] = []
    for file in found:
        age = now - file.changed
        if age < _DAY or (age < keep_days * _DAY and total <= keep_bytes):
            continue
        with contextlib.suppress(OSError):
            file.path.unlink()
            total -= file.size
            removed.append(file.path)
    return tuple(removed)


def _prunable(folder: Path) -> Iterator[_Kept]:
    for place, ours in ((folder, _is_page), (folder / JOBS_FOLDER, _is_job_log)):
        with contextlib.suppress(OSError), os.scandir(place) as entries:
            for entry in entries:
                if ours(entry.name) and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(OSError):  # somebody else was quicker
                        found = entry.stat(follow_symlinks=False)
                        yield _Kept(found.st_mtime, found.st_size, Path(entry.path))


def _is_page(name: str) -> bool:
    """A page, or what a program that died while it began one has left."""
    return bool(PAGE_NAME.fullmatch(name)) or (name.startswith("log-") and name.endswith(".new"))


def _is_job_log(name: str) -> bool:
    number, _, ending = name.partition(".")
    return number.isdigit() and ending in ("log", "log.1")

"""Turns the system's errors about a film's disk into errors that a user can read."""

from __future__ import annotations

import contextlib
import errno
import shutil
from pathlib import Path
from typing import Iterator

from core.errors import (
    DiskReadOnly,
    FileUnavailable,
    FilmGone,
    FolderNotWritable,
    NotEnoughSpace,
)
from core.system_errors import is_away, is_full, is_read_only, system_problem
from core.text.sentence import Sentence


@contextlib.contextmanager
def disk_errors_told(film: Path, folder: Path, needed: int) -> Iterator[None]:
    """Translate an OSError raised inside the block; ``folder`` is written to, ``needed`` in bytes."""
    try:
        yield
    except OSError as error:
        problem = system_problem(error)
        if is_away(error):
            raise FileUnavailable(
                film, Sentence("its disk or share is not connected ({problem}).", problem=problem)
            ) from error
        if is_full(error):
            raise NotEnoughSpace(folder, needed, shutil.disk_usage(folder).free) from error
        if is_read_only(error):
            raise DiskReadOnly(folder, problem) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise FolderNotWritable(folder, problem) from error
        if not film.exists() and film.parent.is_dir():
            raise FilmGone(film, Sentence("it was moved, renamed or deleted.")) from error
        raise FileUnavailable(
            film, Sentence("{problem}. Check the disk and try again.", problem=problem)
        ) from error

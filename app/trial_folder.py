"""Where a trial makes its files: a folder of its own that goes with the trial."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

_NAME = re.compile(r"(?:encoder|template|quality)-test-[a-z0-9_]{8}")  # as tempfile makes them
_FILES = ("clip.", "cut.", "result.")
_ABANDONED = 86400.0  # seconds; no trial takes a day


@contextmanager
def trial_folder(prefix: str, work: Path) -> Iterator[Path]:
    """Make a folder in ``work`` for the block; what a program that was killed has left there goes as well."""
    with suppress(OSError):
        for path in work.iterdir():
            if is_trial_folder(path.name) and _is_abandoned(path):
                shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=str(work)) as folder:
        yield Path(folder)


def is_trial_folder(name: str) -> bool:
    """Whether a folder of this name is a trial's."""
    return _NAME.fullmatch(name) is not None


def _is_abandoned(folder: Path) -> bool:
    """Whether it is old and holds nothing but a trial's files: ``work`` may hold the user's own."""
    try:
        old = time.time() - folder.stat().st_mtime > _ABANDONED
        return old and all(path.name.startswith(_FILES) for path in folder.iterdir())
    except OSError:
        return False

"""How the program's threads are, noted in the data folder by the running program and read by ``doctor``."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Sequence, Tuple

from core.reporting.health import ThreadHealth

FILE_NAME = "health.json"
_FRESH = 120.0  # seconds: an older note is of a program that has ended


def keep_health(data_dir: Path, health: Sequence[ThreadHealth]) -> None:
    """Note the health; a disk that does not take it is no reason to stop."""
    new = data_dir / f"{FILE_NAME}.new"
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump([asdict(thread) for thread in health], file)
        new.replace(data_dir / FILE_NAME)
    except OSError:
        return


def kept_health(data_dir: Path, now: float) -> Tuple[ThreadHealth, ...]:
    """Return what a program that runs now has noted; nothing where none runs."""
    path = data_dir / FILE_NAME
    try:
        if abs(now - path.stat().st_mtime) > _FRESH:
            return ()
        return tuple(ThreadHealth(**thread) for thread in json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return ()


def health_lines(health: Sequence[ThreadHealth]) -> Tuple[Tuple[str, str, str], ...]:
    """Return name, age of the last beat and remark of each thread."""
    now = time.time()
    return tuple(
        (
            thread.name,
            f"{thread.age(now):.0f} s ago" + (" (late)" if thread.late(now) else ""),
            thread.message,
        )
        for thread in health
    )

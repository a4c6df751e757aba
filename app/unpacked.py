"""What a one-file exe unpacked and, killed, could not remove: some two hundred megabytes each time."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from pathlib import Path

_MARK = Path("licences", "sbom.cdx.json")  # lies in every build of this program
_SETTLED = 30.0  # seconds; younger ones may belong to a program that is just starting

_log = logging.getLogger("mediaprocessor")


def remove_unpacked() -> None:
    """Remove the folders of earlier starts that ended without doing so; nothing where we are no such exe."""
    own = Path(getattr(sys, "_MEIPASS", ""))
    # Only Windows refuses to remove a library that a running program has loaded, which tells them apart.
    if sys.platform == "win32" and own.name.startswith("_MEI"):
        for folder in own.parent.glob("_MEI*"):
            if folder != own and remove_one(folder, time.time()):
                _log.info("Removed what a killed program had left in %s.", folder)


def remove_one(folder: Path, now: float) -> bool:
    """Remove an unpacked copy of this program that nobody runs; False where it stays.

    ``now`` is in seconds since the epoch.
    """
    libraries = list(folder.glob("python3?*.dll"))
    try:
        if not (folder / _MARK).is_file() or not libraries:
            return False
        if any(now - library.stat().st_mtime < _SETTLED for library in libraries):
            return False
        for library in libraries:
            library.unlink()
    except OSError:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True

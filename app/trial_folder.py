"""Where a trial makes its files: a folder of its own that goes with the trial."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Dict, Iterator

from processing import process_tree

_NAME = re.compile(r"(?:encoder|template|quality|machine)-test-[a-z0-9_]{8}")  # as tempfile does
_OWNER = "owner.json"
_FILES = ("clip.", "cut.", "result.", _OWNER)
_ABANDONED = 86400.0  # seconds; no trial takes a day


@contextmanager
def trial_folder(prefix: str, work: Path, run_id: str = "") -> Iterator[Path]:
    """Make a folder in ``work`` for the block; what a program that was killed has left there goes as well.

    ``run_id`` marks the programs that the trial starts, so that they can be ended after a kill.
    """
    remove_abandoned(work)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=str(work)) as folder:
        _write_owner(Path(folder), run_id)
        yield Path(folder)


def remove_abandoned(work: Path) -> None:
    """Remove the folders of trials whose program was killed, and end what it had started there."""
    with suppress(OSError):
        for path in work.iterdir():
            if is_trial_folder(path.name):
                owner = _owner_of(path)
                if _has_died(owner) or _is_old(path):
                    if owner.get("run"):
                        process_tree.kill_leftovers(str(owner["run"]))
                    shutil.rmtree(path, ignore_errors=True)


def is_trial_folder(name: str) -> bool:
    """Whether a folder of this name is a trial's."""
    return _NAME.fullmatch(name) is not None


def _write_owner(folder: Path, run_id: str) -> None:
    pid = os.getpid()
    owner = {
        "machine": socket.gethostname(),  # the folder may lie on a share
        "pid": pid,
        "started": process_tree.start_time(pid),
        "run": run_id,
    }
    (folder / _OWNER).write_text(json.dumps(owner), encoding="utf-8")


def _owner_of(folder: Path) -> Dict[str, Any]:
    """Who made it; empty where that cannot be read."""
    with suppress(OSError, ValueError):
        found = json.loads((folder / _OWNER).read_text("utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _has_died(owner: Dict[str, Any]) -> bool:
    """Whether a program of this machine made it that runs no more."""
    if owner.get("machine") != socket.gethostname():
        return False
    try:
        return not process_tree.is_running(int(owner["pid"]), float(owner["started"]))
    except (KeyError, TypeError, ValueError):
        return False


def _is_old(folder: Path) -> bool:
    """Whether it is old and holds nothing but a trial's files: ``work`` may hold the user's own."""
    try:
        old = time.time() - folder.stat().st_mtime > _ABANDONED
        return old and all(path.name.startswith(_FILES) for path in folder.iterdir())
    except OSError:
        return False

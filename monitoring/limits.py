"""The system's limits on watching folders: which one is reached, and how to raise it.

inotify(7): a user has so many instances and so many watches; user namespaces (containers) have limits of
their own below those, see namespaces(7).
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Optional, Tuple

from core.system_errors import system_problem
from core.text.sentence import Sentence

_PROC = Path("/proc/sys")
_WATCHES, _INSTANCES = "watches", "instances"
_ENOUGH = {_WATCHES: 524_288, _INSTANCES: 1024}  # what desktops and media servers recommend


def limits_now() -> Tuple[int, ...]:
    """Return the present limits, to notice when they are raised."""
    return tuple(_limit(kind)[1] for kind in (_WATCHES, _INSTANCES))


def why_unwatched(folder: Path, error: OSError) -> str:
    """Return a sentence about what the system refused, and how to raise the limit where it is one."""
    instead = Sentence("{folder} is looked through regularly instead.", folder=folder)
    if error.errno == errno.ENOSPC:
        name, limit = _limit(_WATCHES)
        return Sentence(
            "The system cannot watch all folders below {folder}: its limit of folders for one "
            "user ({name}, {limit}) is reached. {instead} {remedy}",
            folder=folder,
            name=name,
            limit=str(limit),
            instead=instead,
            remedy=_raise(_WATCHES, name, limit),
        )
    if error.errno == errno.EMFILE and not _files_left():
        return Sentence(
            "The system does not tell of changes below {folder}: this program has as many files "
            "open as it may. {instead} `ulimit -n 4096` before its start raises the limit.",
            folder=folder,
            instead=instead,
        )
    if error.errno == errno.EMFILE:
        name, limit = _limit(_INSTANCES)
        return Sentence(
            "The system does not tell of changes below {folder}: its limit of watching programs "
            "for one user ({name}, {limit}) is reached. {instead} {remedy}",
            folder=folder,
            name=name,
            limit=str(limit),
            instead=instead,
            remedy=_raise(_INSTANCES, name, limit),
        )
    reason = system_problem(error)
    return Sentence(
        "The system does not tell of changes below {folder} ({reason}). {instead}",
        folder=folder,
        reason=reason,
        instead=instead,
    )


def _limit(kind: str) -> Tuple[str, int]:
    """Return the name and value of the limit that holds: the system's, or the container's."""
    whole = _read(f"fs/inotify/max_user_{kind}")
    inside = _read(f"user/max_inotify_{kind}")
    if inside is not None and (whole is None or inside < whole):
        return f"user.max_inotify_{kind}", inside
    return f"fs.inotify.max_user_{kind}", whole or 0


def _read(name: str) -> Optional[int]:
    try:
        return int((_PROC / name).read_text("ascii"))
    except (OSError, ValueError):
        return None


def _raise(kind: str, name: str, limit: int) -> str:
    return Sentence(
        "`{command}` raises the limit.",
        command=f"sudo sysctl {name}={max(_ENOUGH[kind], 2 * limit)}",
    )


def _files_left() -> bool:
    """Whether this process may open one more file."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return False
    return True

"""Tells local disks from network shares, which report no changes."""

from __future__ import annotations

import os
import re
import sys
from functools import lru_cache
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple, Tuple

# File systems through which changes made elsewhere do not come as events.
_REMOTE = frozenset(
    {
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "ncpfs",
            "afs",
            "9p",
            "ceph",
            "glusterfs",
            "lustre",
        ),
        *("virtiofs", "vboxsf", "vmhgfs", "drvfs", "davfs", "prl_fs", "fuse"),
    }
)
_OCTAL = re.compile(r"\\([0-7]{3})")
_MOUNTS = Path("/proc/self/mounts")
_MOUNT_TREE = Path("/proc/self/mountinfo")


class Mount(NamedTuple):
    """A disk or share that is mounted in a folder; ``number`` is another one after every mount."""

    number: str
    place: str
    remote: bool


def needs_polling(path: Path) -> bool:
    """Whether the system does not reliably report changes below ``path``."""
    if sys.platform == "win32":
        return _remote_on_windows(path)
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    return is_remote(file_system_of(os.path.realpath(path), lines))


def file_system_of(path: str, mounts: Iterable[str]) -> str:
    """Return the type of the file system that holds a path, by the lines of ``/proc/mounts``."""
    best, kind = "", ""
    for line in mounts:
        words = line.split(" ")
        if len(words) < 3:
            continue
        place = _plain(words[1])
        inside = path == place or path.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):  # a later mount hides an earlier one
            best, kind = place, words[2]
    return kind


def mounts_below(path: Path) -> Tuple[Mount, ...]:
    """Return what is mounted below ``path``; nothing where the system does not report it."""
    if sys.platform != "linux":
        return ()
    try:
        tree = _MOUNT_TREE.read_text("utf-8", "surrogateescape")
    except OSError:
        return ()
    above = os.path.realpath(path).rstrip("/") + "/"
    return tuple(mount for mount in _mounts(tree) if mount.place.startswith(above))


@lru_cache(maxsize=1)  # each watched folder asks every few seconds, and it hardly ever changes
def _mounts(tree: str) -> Tuple[Mount, ...]:
    """Read ``/proc/self/mountinfo``, see proc_pid_mountinfo(5)."""
    return tuple(_mounts_in(tree.splitlines()))


def _mounts_in(lines: Iterable[str]) -> Iterator[Mount]:
    for line in lines:
        before, _, after = line.partition(" - ")
        words = before.split(" ")
        if len(words) > 4:
            yield Mount(words[0], _plain(words[4]), is_remote(after.split(" ")[0]))


def _plain(place: str) -> str:
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), place)


def is_remote(file_system: str) -> bool:
    """Whether this type of file system may miss changes; FUSE may be anything."""
    return file_system in _REMOTE or (
        file_system.startswith("fuse.") and file_system != "fuse.portal"
    )


def _remote_on_windows(path: Path) -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    drive = path.drive
    if drive.startswith("\\\\"):
        return True
    remote = 4
    return bool(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == remote)

"""The data folder is its user's alone: it holds keys, paths and history.

On Windows it lies below %APPDATA%, whose access list says the same.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import stat
import sys
from pathlib import Path
from typing import Iterator

from app.data_place import PLAY_FOLDER, STILLS_FOLDER

FOLDER_MODE, FILE_MODE = 0o700, 0o600
_OUR_FOLDERS = (
    "logs",
    "slave",
    STILLS_FOLDER,
    PLAY_FOLDER,
    *(f"{trial}-test-*" for trial in ("template", "encoder", "quality", "machine")),
)
_OUR_FILES = (
    *(
        "mediaprocessor.db*",
        "instance.crt*",
        "instance.key*",
        "running.json*",
        "health.json*",
        "secrets.json*",
    ),
    *("statistics*.html*", "*.new"),
)


def make_private(data_dir: Path) -> bool:
    """Take from others what they may do with the data folder and its files, whatever the umask was.

    The lock is not touched: whether it was open to others says who may hold it (``app.instance_lock``).
    False where the folder stays open to others: it is somebody else's, or holds more than our files
    (a home, ``/tmp``). Files that are not ours are left alone.
    """
    if sys.platform == "win32":
        return True
    for path in _ours(data_dir):
        _narrow(path)
    with contextlib.suppress(OSError):
        if _is_ours_alone(data_dir):
            _narrow(data_dir)
    with contextlib.suppress(OSError):
        return not stat.S_IMODE(data_dir.stat().st_mode) & 0o077
    return False


def _is_ours_alone(data_dir: Path) -> bool:
    place = data_dir.resolve()
    shared = [Path(place.anchor)]
    with contextlib.suppress(RuntimeError):  # an account that nobody knows has no home
        shared.append(Path.home().resolve())
    if place.stat().st_mode & stat.S_ISVTX or place in shared:
        return False
    with os.scandir(data_dir) as entries:
        folders = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return all(any(fnmatch.fnmatch(name, ours) for ours in _OUR_FOLDERS) for name in folders)


def _ours(data_dir: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(data_dir) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name == "logs":
                    yield from _all_in(Path(entry.path))
                elif any(fnmatch.fnmatch(entry.name, ours) for ours in _OUR_FOLDERS):
                    yield Path(entry.path)
            elif any(fnmatch.fnmatch(entry.name, ours) for ours in _OUR_FILES):
                yield Path(entry.path)


def _all_in(folder: Path) -> Iterator[Path]:
    yield folder
    for place, folders, names in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *names))


def _narrow(path: Path) -> None:
    """Leave a file or folder of this user to this user alone; a link is not followed."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        found = path.lstat()
        folder = stat.S_ISDIR(found.st_mode)
        wanted = FOLDER_MODE if folder else FILE_MODE
        if stat.S_ISLNK(found.st_mode) or stat.S_IMODE(found.st_mode) == wanted:
            return
        if found.st_uid == os.geteuid():
            path.chmod(wanted)

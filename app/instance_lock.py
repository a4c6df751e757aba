"""One program a data folder: whoever changes films holds its lock.

The lock is the operating system's, so it is gone with its process however that ends. ``analyze``,
``plan``, ``apis`` and ``doctor`` do not take it and may run beside; what others ask for is done by the
program that holds it (``commandline.remote_call``).
"""

from __future__ import annotations

import errno
import os
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Iterator

from app.running_program import running_process
from core.errors import MediaProcessorError
from core.text.sentence import Sentence

LOCK_NAME = "instance.lock"
_MODE = 0o600
# Seconds: for a command that holds the lock, or a program that does not listen yet.
LOCK_PATIENCE = 5.0
_PAUSE = 0.1
_SETTLED = 0.5  # seconds after which a holder of ours has written its number into the lock


class AlreadyRunning(MediaProcessorError):
    """Another process works with this data folder."""

    code = "already_running"
    transient = True

    def __init__(self, data_dir: Path, process: str) -> None:
        self.data_dir = data_dir
        super().__init__(
            Sentence(
                "MediaProcessor (process {process}) is already working with the data folder {folder}. Let "
                "it finish, or give another folder with --data-dir.",
                process=process,
                folder=data_dir,
            )
            if process
            else Sentence(
                "MediaProcessor is already working with the data folder {folder}. Let it finish, or give "
                "another folder with --data-dir.",
                folder=data_dir,
            )
        )


class LockRefused(MediaProcessorError):
    """What has the lock's name is a link, or another user's file."""

    code = "lock_refused"

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            Sentence(
                "The lock {path} is a link or another user's file, so that it keeps nobody else from working "
                "with this data folder. Remove it, or give another folder with --data-dir.",
                path=path,
            )
        )


@contextmanager
def only_instance(data_dir: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the data folder's lock for the block; raise AlreadyRunning when another holds it.

    So many seconds are waited for a command to end; a program that is at work holds it for long.
    """
    path = data_dir / LOCK_NAME
    began = time.monotonic()
    descriptor = _opened(path)
    try:
        while not _locked(descriptor) or not _has_name(descriptor, path):
            # The first byte is the locked one, which on Windows nobody else may read.
            os.lseek(descriptor, 1, os.SEEK_SET)
            process = os.read(descriptor, 20).decode("ascii", "replace")
            waited = time.monotonic() - began
            if not _has_name(descriptor, path):  # it was made anew meanwhile
                descriptor = _reopened(descriptor, path)
            elif _held_by_a_stranger(descriptor, process):
                if waited > _SETTLED:
                    path.unlink()
                    descriptor = _reopened(descriptor, path)
            elif waited >= patience or process == str(running_process(data_dir)):
                raise AlreadyRunning(data_dir, process)
            time.sleep(_PAUSE)
        if _open_to_others(descriptor):
            descriptor = _made_anew(descriptor, path)
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, b" " + str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


def at_work(data_dir: Path) -> bool:
    """Whether another process works with this data folder now, as far as its lock can be looked at."""
    try:
        with only_instance(data_dir):
            return False
    except AlreadyRunning:
        return True
    except (LockRefused, OSError):
        return False


def _opened(path: Path) -> int:
    """Open the lock's file; raises LockRefused where neither this user nor the folder's made it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(path, flags, _MODE)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EACCES, errno.EPERM):
            raise LockRefused(path) from error
        raise
    if sys.platform != "win32":
        owners = (os.geteuid(), path.parent.stat().st_uid)
        if os.fstat(descriptor).st_uid not in owners:
            os.close(descriptor)
            raise LockRefused(path)
    return descriptor


def _reopened(descriptor: int, path: Path) -> int:
    new = _opened(path)
    os.close(descriptor)
    return new


def _has_name(descriptor: int, path: Path) -> bool:
    """Whether the file is still the one that everybody opens as the lock."""
    if sys.platform == "win32":
        return True  # where an open file keeps its name
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    return False


def _open_to_others(descriptor: int) -> bool:
    """Whether other users may have the file open, as one that an older version made."""
    return sys.platform != "win32" and bool(os.fstat(descriptor).st_mode & 0o077)


def _made_anew(descriptor: int, path: Path) -> int:
    """Put a locked file in the place of one that others may have open, and may lock after us."""
    new = path.with_name(f"{path.name}.new")
    with suppress(FileNotFoundError):
        new.unlink()
    made = _opened(new)
    _locked(made)
    new.replace(path)
    os.close(descriptor)
    return made


def _held_by_a_stranger(descriptor: int, process: str) -> bool:
    """Whether somebody else's process has the lock of a file that is open to others.

    Ours has written its number into it.
    """
    if not _open_to_others(descriptor):
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except (ValueError, OverflowError):
        return not process.strip()
    except OSError:  # it is another user's, and lives
        return False
    return False


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

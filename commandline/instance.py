"""One program a data folder: whoever changes films holds its lock.

The lock is the operating system's, so it is gone with its process however that ends. ``analyze``,
``plan``, ``apis`` and ``doctor`` do not take it and may run beside; what others ask for is done by the
program that holds it (``commandline.carried``).
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from commandline.control import running_process
from core.errors import MediaProcessorError

_LOCK_NAME = "instance.lock"
LOCK_PATIENCE = (
    5.0  # seconds: for a command that holds the lock, or a program that does not listen yet
)
_PAUSE = 0.1


class AlreadyRunning(MediaProcessorError):
    """Another process works with this data folder."""

    code = "already_running"
    transient = True

    def __init__(self, data_dir: Path, process: str) -> None:
        self.data_dir = data_dir
        who = f" (process {process})" if process else ""
        super().__init__(
            f"MediaProcessor{who} is already working with the data folder {data_dir}. "
            "Let it finish, or give another folder with --data-dir."
        )


@contextmanager
def only_instance(data_dir: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the data folder's lock for the block; raise AlreadyRunning when another holds it.

    So many seconds are waited for a command to end; a program that is at work holds it for long.
    """
    descriptor = os.open(data_dir / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + patience
    try:
        while not _locked(descriptor):
            # The first byte is the locked one, which on Windows nobody else may read.
            os.lseek(descriptor, 1, os.SEEK_SET)
            process = os.read(descriptor, 20).decode("ascii", "replace")
            if time.monotonic() >= deadline or process == str(running_process(data_dir)):
                raise AlreadyRunning(data_dir, process)
            time.sleep(_PAUSE)
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, b" " + str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


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

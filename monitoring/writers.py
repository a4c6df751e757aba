"""Finds out whether another program is writing to a file.

On Windows the file is opened in a way that allows no other writer. On Linux a read lease tells: the kernel
grants one only where no process has the file open for writing, whoever it belongs to (measured: 5 µs a
file). Where there are no leases (a file of another user, most network shares), the open files of the
processes that we may inspect are searched, once for many files. Writers on another machine are only known by
the size and date of the file, which must stop changing anyway.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Optional, Set, Tuple

from core.ports import TimeSource

_FRESH_SECONDS = 1.0  # how long one search through all processes counts


class WriterCheck:
    """Checks one file after another; for one thread."""

    def __init__(self, monotonic: TimeSource = time.monotonic) -> None:
        self._monotonic = monotonic
        self._open: Set[Tuple[int, int]] = set()
        self._searched: Optional[float] = None

    def being_written(self, path: Path) -> bool:
        """Whether a process has the file open for writing, as far as that can be known here.

        A file that cannot be opened now counts as being written: it is checked again later.
        """
        try:
            answer = _asked(path)
            if answer is not None:
                return answer
            state = path.stat()
        except OSError:
            return True
        if self._searched is None or self._monotonic() - self._searched > _FRESH_SECONDS:
            self._open = _open_for_writing()
            self._searched = self._monotonic()
        return (state.st_dev, state.st_ino) in self._open


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _GENERIC_READ = 0x80000000
    _SHARE_READ_AND_DELETE = 0x1 | 0x4
    _OPEN_EXISTING = 3
    _SHARING_VIOLATION = 32
    _INVALID = wintypes.HANDLE(-1).value

    def _asked(path: Path) -> Optional[bool]:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = wintypes.HANDLE
        handle = kernel.CreateFileW(
            str(path), _GENERIC_READ, _SHARE_READ_AND_DELETE, None, _OPEN_EXISTING, 0, None
        )
        if handle == _INVALID:
            if ctypes.get_last_error() == _SHARING_VIOLATION:
                return True
            raise ctypes.WinError(ctypes.get_last_error())
        kernel.CloseHandle(wintypes.HANDLE(handle))
        return False

    def _open_for_writing() -> Set[Tuple[int, int]]:
        return set()

elif sys.platform == "linux":
    import errno
    import fcntl
    import signal

    # Python 3.8 lacks these names.
    _SET_SIGNAL, _SET_LEASE = 10, 1024
    _PROCESSES = Path("/proc")

    def _asked(path: Path) -> Optional[bool]:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            # Who opens the file for writing in the microseconds until we are done sends a signal, which
            # by default ends the program; this one is ignored by default.
            fcntl.fcntl(descriptor, _SET_SIGNAL, signal.SIGURG)
            fcntl.fcntl(descriptor, _SET_LEASE, fcntl.F_RDLCK)
            fcntl.fcntl(descriptor, _SET_LEASE, fcntl.F_UNLCK)
        except OSError as error:
            return True if error.errno == errno.EAGAIN else None
        finally:
            os.close(descriptor)
        return False

    def _open_for_writing() -> Set[Tuple[int, int]]:
        """What the processes that we may look at have open for writing, by device and inode."""
        found = set()
        for process in _PROCESSES.iterdir():
            if not process.name.isdecimal():
                continue
            try:
                names = [entry.name for entry in (process / "fdinfo").iterdir()]
            except OSError:  # another user's, or it has just ended
                continue
            for name in names:
                try:
                    if _writes(process / "fdinfo" / name):
                        state = (process / "fd" / name).stat()
                        found.add((state.st_dev, state.st_ino))
                except OSError:
                    continue
        return found

    def _writes(info: Path) -> bool:
        for line in info.read_text("ascii", "replace").splitlines():
            if line.startswith("flags:"):
                return int(line.split()[1], 8) & os.O_ACCMODE != os.O_RDONLY
        return False

else:

    def _asked(path: Path) -> Optional[bool]:  # noqa: ARG001 - there is nobody to ask
        return False

    def _open_for_writing() -> Set[Tuple[int, int]]:
        return set()

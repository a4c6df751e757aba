"""A day's log as a page that grows: whole entries appended, each by one write, by any number of programs.

A page appears under its name only when its frame is complete, and is never changed but at its end. So
a program that is killed at any moment leaves a page that a browser shows; an entry that it left half
written is closed before the next one is added.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Optional, Tuple

from core.reporting.log_entry import LogEntry
from reports.html_log import MEND, entry_html
from reports.html_log_page import page_head
from reports.log_files import PAGE_NAME

LARGEST_PAGE = 32 * 1024 * 1024  # bytes, then the day continues in a second page


def pages_of(folder: Path, day: Optional[date] = None) -> Tuple[Path, ...]:
    """Return the pages of a folder (of one day), oldest first; raises OSError."""
    found = []
    for path in folder.iterdir():
        match = PAGE_NAME.fullmatch(path.name)
        if match and day in (None, _day_of(match[1])):
            found.append((match[1], int(match[2] or 1), path))
    return tuple(path for _day, _part, path in sorted(found))


def _day_of(text: str) -> Optional[date]:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class DayPages:
    """Writes entries into the page of their day; not thread-safe."""

    def __init__(self, folder: Path, *, largest: int = LARGEST_PAGE) -> None:
        self._folder = folder
        self._largest = largest
        self._day: Optional[date] = None
        self._path: Optional[Path] = None
        self._descriptor = -1
        self._end = -1  # where the file ended after our last write, when that was whole

    def write(self, entry: LogEntry) -> bool:
        """Add an entry; whether a page was begun for it. Raises OSError."""
        day = datetime.fromtimestamp(entry.time).astimezone().date()
        begun = False
        if day != self._day or self._descriptor < 0 or self._end >= self._largest or self._gone():
            begun = self._open(day)
        data = entry_html(entry).encode("utf-8", "backslashreplace")
        # Where another program has written meanwhile, or died while it did, look how the file ends.
        if os.fstat(self._descriptor).st_size != self._end and not self._ends_whole():
            data = MEND.encode() + data
        self._end = -1
        if os.write(self._descriptor, data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        self._end = os.lseek(self._descriptor, 0, os.SEEK_END)
        return begun

    def close(self) -> None:
        """Let go of the file; the next entry opens it again."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)

    def _open(self, day: date) -> bool:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        existing = pages_of(self._folder, day)
        path = existing[-1] if existing else self._folder / f"log-{day.isoformat()}.html"
        if existing and path.stat().st_size >= self._largest:
            match = PAGE_NAME.fullmatch(path.name)
            part = int(match[2] or 1) + 1 if match else 2
            path = self._folder / f"log-{day.isoformat()}-{part}.html"
        begun = not path.exists()
        if begun:
            _publish(path, page_head(f"MediaProcessor log, {day.isoformat()}"))
        self._descriptor = open_for_appending(path)
        self._day, self._path, self._end = day, path, -1
        return begun

    def _ends_whole(self) -> bool:
        size = os.lseek(self._descriptor, 0, os.SEEK_END)
        os.lseek(self._descriptor, max(0, size - 1), os.SEEK_SET)
        return os.read(self._descriptor, 1) == b"\n"

    def _gone(self) -> bool:
        """Whether somebody deleted the page (which Windows does not allow)."""
        return os.fstat(self._descriptor).st_nlink == 0


def _publish(path: Path, head: str) -> None:
    """Let a page appear with its whole frame, unless another program was quicker."""
    made = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(head.encode("utf-8"))
        if sys.platform == "win32":
            with contextlib.suppress(FileExistsError):
                made.rename(path)
            return
        try:
            os.link(made, path)
        except FileExistsError:
            return
        except OSError:  # no hard links here
            if not path.exists():
                made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def open_for_appending(path: Path) -> int:
    """Open a file so that each write goes to its end as a whole, also beside other programs.

    Raises OSError.
    """
    if sys.platform != "win32":
        return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    import ctypes
    import msvcrt
    from ctypes import wintypes

    # The C library's O_APPEND seeks and then writes; the right to append alone does both in one.
    create = ctypes.windll.kernel32.CreateFileW
    create.restype = wintypes.HANDLE
    read_and_append, share_all, open_always, normal = 0x80000000 | 0x4, 0x7, 4, 0x80
    handle = create(str(path), read_and_append, share_all, None, open_always, normal, None)
    if handle in (None, ctypes.c_void_p(-1).value):
        raise ctypes.WinError()
    return msvcrt.open_osfhandle(handle, os.O_RDWR | os.O_APPEND)

"""Linux's change events (inotify): a watch for each folder of a tree.

Own bindings, since the library skips a folder that the system refuses to watch without a word
(watchdog 7) or takes an instance and two threads for each root. See inotify(7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import struct
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from core.media.film_names import holds_films
from monitoring.changes import Changes
from monitoring.intake import Heartbeat

assert sys.platform == "linux"

_IN_MODIFY, _IN_ATTRIB, _IN_CLOSE_WRITE = 0x2, 0x4, 0x8
_IN_MOVED_FROM, _IN_MOVED_TO, _IN_CREATE, _IN_DELETE = 0x40, 0x80, 0x100, 0x200
_IN_DELETE_SELF, _IN_MOVE_SELF = 0x400, 0x800
_IN_UNMOUNT, _IN_Q_OVERFLOW, _IN_IGNORED = 0x2000, 0x4000, 0x8000
_IN_ONLYDIR, _IN_DONT_FOLLOW, _IN_ISDIR = 0x1000000, 0x2000000, 0x40000000
_CONTENT = _IN_MODIFY | _IN_ATTRIB | _IN_CLOSE_WRITE | _IN_CREATE | _IN_DELETE
_MASK = _CONTENT | _IN_MOVED_FROM | _IN_MOVED_TO | _IN_DELETE_SELF | _IN_MOVE_SELF
_FLAGS = _IN_ONLYDIR | _IN_DONT_FOLLOW
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # deleted while the tree was walked
_EVENT = struct.Struct("iIII")
_BUFFER = 64 * 1024  # bytes


class InotifySource:
    """Watches a folder, and with ``recursive`` all below it that may hold films.

    ``root`` must be no link. Raises OSError where the system refuses an instance or any one watch: a
    tree that is watched in part would be deaf without a word. ``beat`` is called as the walk continues,
    ``news`` when there are changes, or will be none any more.
    """

    def __init__(
        self,
        root: Path,
        *,
        recursive: bool,
        beat: Heartbeat,
        news: Callable[[], None] = lambda: None,
    ) -> None:
        self.changes = Changes(news=news)
        self._news = news
        self._root = str(root)
        self._recursive = recursive
        self._beat = beat
        self._libc: Any = ctypes.CDLL(None, use_errno=True)
        self.error: Optional[OSError] = None
        self._alive = True
        self._directories: Dict[int, str] = {}  # by watch, as they are below the root
        self._watches: Dict[str, int] = {}
        self._woken, self._wake = os.pipe()
        self._files = [self._woken, self._wake]
        try:
            self._inotify = _checked(self._libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK))
            self._files.append(self._inotify)
            self._add("")
        except BaseException:
            self._close_files()
            raise
        self._beat = lambda: None  # from now on another thread walks the tree
        self._thread = threading.Thread(target=self._read, name="folder-events", daemon=True)
        self._thread.start()

    def alive(self) -> bool:
        """Whether every folder is still watched; ``error`` is what the system has refused since."""
        return self._alive

    def close(self) -> None:
        """Release the watches."""
        os.write(self._wake, b"\0")
        self._thread.join()
        self._close_files()

    def _close_files(self) -> None:
        for descriptor in self._files:
            os.close(descriptor)

    # ---- the watches

    def _add(self, directory: str) -> None:
        """Watch a folder and those below it; the folder first, so that no new one is missed."""
        waiting = [directory]
        while waiting:
            self._beat()
            directory = waiting.pop()
            path = f"{self._root}/{directory}" if directory else self._root
            try:
                watch = _checked(
                    self._libc.inotify_add_watch(
                        self._inotify, os.fsencode(path), ctypes.c_uint32(_MASK | _FLAGS)
                    )
                )
                self._know(watch, directory)
                if self._recursive:
                    prefix = f"{directory}/" if directory else ""
                    waiting += [prefix + name for name in _folders(path)]
            except OSError as error:
                # A folder that cannot be read is reported by the scan.
                if not directory or error.errno not in (*_GONE, errno.EACCES):
                    raise

    def _know(self, watch: int, directory: str) -> None:
        before = self._directories.get(watch)
        if before is not None:  # the same folder under its new name
            self._watches.pop(before, None)
        self._directories[watch] = directory
        self._watches[directory] = watch

    def _drop(self, directory: str) -> None:
        """Stop watching a folder that was moved away, and those in it."""
        inside = [watched for watched in self._watches if watched.startswith(f"{directory}/")]
        for gone in (directory, *inside):
            watch = self._watches.pop(gone, None)
            if watch is not None:
                self._directories.pop(watch, None)
                self._libc.inotify_rm_watch(
                    self._inotify, watch
                )  # it may have gone with its folder

    # ---- the events

    def _read(self) -> None:
        poller = select.poll()
        poller.register(self._inotify, select.POLLIN)
        poller.register(self._woken, select.POLLIN)
        try:
            while self._alive:
                ready = [descriptor for descriptor, _ in poller.poll()]
                if self._woken in ready:
                    return
                for watch, mask, name in _events(os.read(self._inotify, _BUFFER)):
                    self._note(watch, mask, name)
        except OSError as error:
            self.error = error
        finally:
            self._alive = False
            self._news()

    def _note(self, watch: int, mask: int, name: str) -> None:
        if mask & _IN_Q_OVERFLOW:
            self._alive = False  # folders may have come and gone unnoticed: start over
            return
        directory = self._directories.get(watch)
        if directory is None:
            return
        if not directory and mask & (_IN_DELETE_SELF | _IN_MOVE_SELF | _IN_UNMOUNT | _IN_IGNORED):
            self._alive = False
        elif mask & (_IN_UNMOUNT | _IN_IGNORED):
            self._directories.pop(watch)
            if self._watches.get(directory) == watch:
                del self._watches[directory]
            self.changes.put(directory, True)
        elif name and mask & _IN_ISDIR:
            self._note_folder(f"{directory}/{name}" if directory else name, name, mask)
        elif name:
            self.changes.put(directory, False)

    def _note_folder(self, path: str, name: str, mask: int) -> None:
        if not self._recursive or not holds_films(name):
            return
        if mask & (_IN_MOVED_FROM | _IN_DELETE):
            self._drop(path)
        if mask & (_IN_MOVED_TO | _IN_CREATE | _IN_ATTRIB) and path not in self._watches:
            self._add(path)
        if not mask & _IN_ATTRIB:
            self.changes.put(path, True)


def _folders(path: str) -> List[str]:
    with os.scandir(path) as entries:
        return [
            entry.name
            for entry in entries
            if holds_films(entry.name) and entry.is_dir(follow_symlinks=False)
        ]


def _events(data: bytes) -> Iterator[Tuple[int, int, str]]:
    place = 0
    while place < len(data):
        watch, mask, _cookie, length = _EVENT.unpack_from(data, place)
        place += _EVENT.size
        yield watch, mask, os.fsdecode(data[place : place + length].rstrip(b"\0"))
        place += length


def _checked(number: int) -> int:
    if number < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return number

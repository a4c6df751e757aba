"""The operating system's word of changes below a root, as the directories that want a look."""

from __future__ import annotations

import errno
import logging
import os
import queue
from pathlib import Path
from typing import Any, Optional, Tuple

from watchdog.events import (
    DirModifiedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

_log = logging.getLogger("mediaprocessor.monitor")
_FILE_EVENTS = (
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileClosedEvent,
)
_STOP_SECONDS = 5.0

# A directory below the root, and whether all below it is meant too.
Dirty = Tuple[str, bool]


class NoEvents(Exception):
    """The system cannot tell of changes here; the sentence says why, and what is done instead."""


class EventSource:
    """Watches one root natively; what changes is put on ``dirty``. Raises NoEvents."""

    def __init__(self, root: Path, *, recursive: bool) -> None:
        self.dirty: queue.SimpleQueue[Dirty] = queue.SimpleQueue()
        self._observer: Any = Observer()
        handler = _Handler(str(root), self.dirty)
        try:
            self._observer.schedule(handler, str(root), recursive=recursive)
            self._observer.start()
        except OSError as error:
            self._stop()
            raise NoEvents(_sentence(root, error)) from error

    def alive(self) -> bool:
        """Whether events can still come; a root that was removed ends them."""
        emitters = self._observer.emitters
        return (
            self._observer.is_alive() and all(one.is_alive() for one in emitters) and bool(emitters)
        )

    def close(self) -> None:
        """Stop watching."""
        self._stop()

    def _stop(self) -> None:
        try:
            self._observer.stop()
            if self._observer.ident is not None:
                self._observer.join(_STOP_SECONDS)
        except Exception:  # noqa: BLE001 - it is being thrown away; a share may have gone under it
            _log.exception("The watching of a folder did not end well.")


class _Handler(FileSystemEventHandler):
    def __init__(self, root: str, dirty: queue.SimpleQueue[Dirty]) -> None:
        self._root = root
        self._dirty = dirty
        self._last: Optional[Dirty] = None

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.is_directory:
            if isinstance(event, DirModifiedEvent) or event.event_type in ("opened", "closed"):
                return  # what changed inside comes as an event of its own
            for path in filter(None, (event.src_path, event.dest_path)):
                self._put(self._below(path), True)
        elif isinstance(event, _FILE_EVENTS):
            for path in filter(None, (event.src_path, event.dest_path)):
                self._put(self._below(path).rpartition("/")[0], False)

    def _below(self, path: Any) -> str:
        relative = os.fsdecode(path)[len(self._root) :].replace(os.sep, "/").strip("/")
        return str(relative)

    def _put(self, directory: str, below: bool) -> None:
        if any(part.startswith(".") for part in directory.split("/") if part):
            return  # our own staging folder is one; a film in the making writes all the time
        self._dirty.put((directory, below))


def _sentence(root: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EMFILE):
        return (
            f"The system cannot watch all folders below {root} (its limit of watches is reached; "
            "fs.inotify.max_user_watches raises it). It is looked through regularly instead."
        )
    return (
        f"The system does not tell of changes below {root} ({error.strerror or error}). It is "
        "looked through regularly instead."
    )

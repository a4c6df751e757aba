"""Change events of Windows and macOS, by watchdog; Linux has ``monitoring.inotify``."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any, Callable, Optional

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

from monitoring.changes import Changes

_log = logging.getLogger("mediaprocessor.monitor")
_FILE_EVENTS = (
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    FileClosedEvent,
)
_STOP_SECONDS = 5.0
_FLOOD = 8000  # events between two reads, after which all is scanned: some may be lost


class WatchdogSource:
    """Watches one root, which must be no link. Raises OSError where the system refuses."""

    error: Optional[OSError] = None

    def __init__(
        self, root: Path, *, recursive: bool, news: Callable[[], None] = lambda: None
    ) -> None:
        self.changes = Changes(_FLOOD, news)
        handler = _Handler(str(root), self.changes)
        self._observer: Any = Observer()
        try:
            self._observer.schedule(handler, str(root), recursive=recursive)
            self._observer.start()
        except BaseException:
            self.close()
            raise

    def alive(self) -> bool:
        """Whether events can still come; a root that was removed ends them."""
        emitters = self._observer.emitters
        return (
            self._observer.is_alive()
            and all(emitter.is_alive() for emitter in emitters)
            and bool(emitters)
        )

    def close(self) -> None:
        """Stop watching."""
        try:
            self._observer.stop()
            if self._observer.ident is not None:
                self._observer.join(_STOP_SECONDS)
        except Exception:  # noqa: BLE001 - it is being thrown away; a share may have gone under it
            _log.exception("The watching of a folder did not end well.")


class _Handler(FileSystemEventHandler):
    def __init__(self, root: str, changes: Changes) -> None:
        self._root = root
        self._changes = changes

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
            return  # such as our own staging folder, where a growing result writes all the time
        self._changes.put(directory, below)

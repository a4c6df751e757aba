"""Keeps the system's change events attached to the folder that has the name now.

A watch stays with the folder that it was made for: when another takes its name, or a disk is mounted over
it, no more events come. Where the system refuses, the folder is scanned regularly.
"""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import Callable, Deque, Dict, NamedTuple, Optional, Tuple

from core.ports import TimeSource
from core.settings.watched_folder import ObserverKind, WatchedFolder
from core.text.sentence import Sentence
from monitoring.events import EventSource, NoEvents, event_source
from monitoring.intake import FolderReport, Heartbeat
from monitoring.limits import limits_now, why_unwatched
from monitoring.shares import Mount, mounts_below, needs_polling

_ASK_AGAIN = 120.0  # seconds until a refused watch is tried again
_MOST_OPENINGS = 4  # within that time: some file systems renumber folders all the time


class _Place(NamedTuple):
    """The folder that has a name (device and number, zeros where unknown), and what is mounted below it."""

    number: Tuple[int, int] = (0, 0)
    mounts: Tuple[Mount, ...] = ()


class FolderWatch:
    """Watches one folder; used by its thread alone. ``report`` gets sentences for the user.

    ``news`` is called from another thread when there are changes.
    """

    def __init__(
        self,
        folder: WatchedFolder,
        report: FolderReport,
        monotonic: TimeSource = time.monotonic,
        news: Callable[[], None] = lambda: None,
    ) -> None:
        self._news = news
        self.message = (
            ""  # why the folder is polled; empty where it is watched, or polling was chosen
        )
        self._folder = folder
        self._report = report
        self._monotonic = monotonic
        self._source: Optional[EventSource] = None
        self._place = _Place()
        self._last_refusal = ""
        self._limits: Tuple[int, ...] = ()
        self._ask_again: Optional[float] = None  # when to try again, after a refusal
        self._openings: Deque[float] = deque(maxlen=_MOST_OPENINGS)

    @property
    def has_events(self) -> bool:
        """Whether the system reports changes; else the folder has to be scanned regularly."""
        return self._source is not None

    def same_place(self) -> bool:
        """Whether the path still leads to the folder that was opened, as far as that can be known."""
        number = _number(self._folder.path)
        return self._source is not None and number == self._place.number != (0, 0)

    def open(self, beat: Heartbeat) -> None:
        """Ask the system for change events, where they are reliable; ``message`` says why not."""
        self.close()
        path = self._folder.path
        self.message, self._ask_again = "", None
        self._place = (
            self._present_place()
        )  # before the watches: changes made meanwhile are noticed later
        if self._folder.observer is ObserverKind.AUTOMATIC and needs_polling(path):
            self.message = Sentence("It lies on a network share, which tells no changes.")
        elif self._folder.observer is ObserverKind.AUTOMATIC and self._holds_share():
            self.message = Sentence("A network share is mounted in it, which tells no changes.")
        elif self._folder.observer is not ObserverKind.POLLING:
            self._openings.append(self._monotonic())
            try:
                self._source = event_source(
                    path, recursive=self._folder.recursive, beat=beat, news=self._news
                )
            except NoEvents as error:
                self._refused(str(error))
        if self._last_refusal and self._ask_again is None:
            self._last_refusal = ""
            self._report(
                Sentence("The system tells of changes below {path} again.", path=path), False
            )

    def keep(self, beat: Heartbeat) -> bool:
        """Check that all is still watched; True where the folder has to be scanned again."""
        if self._source is None:
            if self._ask_again is None or (
                self._monotonic() < self._ask_again and limits_now() == self._limits
            ):
                return False
            self.open(beat)
            return self.has_events
        error = self._source.error
        replaced = self._place != self._present_place()
        if self._source.alive() and not replaced:
            return False
        self.close()
        if error is not None:
            self._refused(why_unwatched(self._folder.path, error))
        elif self._keeps_changing():
            self._refused(
                Sentence(
                    "{path} is another folder each time that it is looked at. It is looked through "
                    "regularly instead.",
                    path=self._folder.path,
                )
            )
        else:
            if replaced:
                self._report(
                    Sentence(
                        "{path}, or a folder in it, was replaced or had a disk mounted over it; it is "
                        "searched again.",
                        path=self._folder.path,
                    ),
                    False,
                )
            self.open(beat)
        return True

    @property
    def has_changes(self) -> bool:
        """Whether there are changes to take."""
        return self._source is not None and self._source.changes.some

    def changes(self) -> Dict[str, bool]:
        """Return the directories that changed; True means with all below."""
        return {} if self._source is None else self._source.changes.take()

    def close(self) -> None:
        """Stop watching."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _refused(self, why: str) -> None:
        self.message, self._limits = why, limits_now()
        self._ask_again = self._monotonic() + _ASK_AGAIN
        if why != self._last_refusal:
            self._last_refusal = why
            self._report(why, True)

    def _keeps_changing(self) -> bool:
        openings = self._openings
        return len(openings) == _MOST_OPENINGS and openings[0] > self._monotonic() - _ASK_AGAIN

    def _present_place(self) -> _Place:
        below = mounts_below(self._folder.path) if self._folder.recursive else ()
        return _Place(_number(self._folder.path), below)

    def _holds_share(self) -> bool:
        return any(mount.remote for mount in self._place.mounts)


def _number(path: Path) -> Tuple[int, int]:
    try:
        state = path.stat()
    except OSError:
        return (0, 0)
    return (state.st_dev, state.st_ino) if state.st_ino else (0, 0)

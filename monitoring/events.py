"""The operating system's change events below a root, as the directories that are to be read."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Callable, Optional, Protocol

from monitoring.changes import Changes
from monitoring.intake import Heartbeat
from monitoring.limits import why_unwatched


class NoEvents(Exception):
    """The system reports no changes here; the sentence says why, and what is done instead."""


class EventSource(Protocol):
    """Watches one root by the system's events, until it is closed or the root has moved."""

    changes: Changes
    error: Optional[OSError]  # why it ended, where the system refused something

    def alive(self) -> bool:
        """Whether events can still come from everywhere below the root."""

    def close(self) -> None:
        """Stop watching."""


def event_source(
    root: Path,
    *,
    recursive: bool,
    beat: Heartbeat,
    news: Callable[[], None] = lambda: None,
) -> EventSource:
    """Watch the folder that ``root`` leads to; raises NoEvents. ``beat`` is called meanwhile, ``news`` from a
    thread of its own when something has changed.

    A link is followed, as it is when the folder is scanned.
    """
    place = Path(os.path.realpath(root))
    try:
        if sys.platform == "linux":
            from monitoring.inotify import InotifySource

            return InotifySource(place, recursive=recursive, beat=beat, news=news)
        from monitoring.watchdog_source import WatchdogSource

        return WatchdogSource(place, recursive=recursive, news=news)
    except OSError as error:
        raise NoEvents(why_unwatched(root, error)) from error

"""One entry of the log, with its subject as fields: job, machine, step."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum
from typing import Optional, Tuple


class EntryKind(str, Enum):
    """The kind of an entry, where that decides how it is shown."""

    TEXT = "text"
    STATE = "state"  # a job came into another state
    COMMAND = "command"  # an outside program was started; ``details`` is its command line
    TOOL = "tool"  # a line that an outside program wrote
    VERIFICATION = "verification"  # a result was proved; ``details`` has the figures


@dataclass(frozen=True)
class LogEntry:
    """One record of the log, without secrets and safe to show.

    ``time`` in seconds since the epoch, ``level`` as in ``logging``; sizes in bytes. ``state``,
    ``film``, ``original_size`` and ``processed_size`` belong to ``EntryKind.STATE``; ``film`` is the
    film's path.
    """

    time: float
    level: int
    message: str
    source: str = ""
    thread: str = ""
    job: Optional[int] = None
    machine: str = ""
    step: str = ""
    kind: EntryKind = EntryKind.TEXT
    details: Tuple[str, ...] = ()
    trace: str = ""
    state: str = ""
    film: str = ""
    original_size: Optional[int] = None
    processed_size: Optional[int] = None

    @property
    def level_name(self) -> str:
        """The level as people read it."""
        if self.level >= logging.ERROR:
            return "Error"
        if self.level >= logging.WARNING:
            return "Warning"
        return "Information" if self.level >= logging.INFO else "Detail"

"""The program's log on its way to the window."""

from __future__ import annotations

import contextlib
import logging
import queue

from core.inbox import Inbox
from views.log_text import LARGEST, LogLine


class LogFeed(logging.Handler):
    """Hands log lines to the window; only those that the filter of secrets has been over.

    Where they come quicker than the window takes them, the oldest are left out: the files have them.
    """

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: Inbox[LogLine] = Inbox()
        self.setFormatter(
            logging.Formatter("%(asctime)s  %(levelname)-8s  %(about)s%(message)s", "%H:%M:%S")
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line."""
        if not getattr(record, "is_safe", False):
            return
        job = getattr(record, "job", None)
        record.about = "" if job is None else f"#{job}  "
        if self.lines.qsize() >= LARGEST:
            with contextlib.suppress(queue.Empty):
                self.lines.get_nowait()
        self.lines.put(LogLine(record.levelno, self.format(record)))

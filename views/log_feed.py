"""The program's log on its way to the window."""

from __future__ import annotations

import logging
import queue

from views.logs_tab import LogLine


class LogFeed(logging.Handler):
    """Hands log lines to the window; only those that the filter of secrets has been over."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: queue.SimpleQueue[LogLine] = queue.SimpleQueue()
        self.setFormatter(
            logging.Formatter("%(asctime)s  %(levelname)-7s  %(message)s", "%H:%M:%S")
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Queue the line."""
        if getattr(record, "is_safe", False):
            self.lines.put(LogLine(record.levelno, self.format(record)))

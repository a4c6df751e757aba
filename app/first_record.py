"""The log's files are set up when there is something to write: a command that only looks is spared them."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Callable

from reports.log_files import JSON_LOG, TEXT_LOG


class FirstRecord(logging.Handler):
    """Calls ``begin`` at the first record, and gives that to the handlers that have come by it."""

    def __init__(self, begin: Callable[[], None]) -> None:
        super().__init__(logging.INFO)
        self._begin = begin

    def wait(self) -> None:
        """Take what is logged from now on."""
        logging.getLogger("mediaprocessor").setLevel(logging.DEBUG)
        logging.captureWarnings(True)
        logging.getLogger().addHandler(self)

    def leave(self) -> None:
        """Take nothing more."""
        root = logging.getLogger()
        # A new list: whoever goes through the handlers now goes on with the one that it began with.
        root.handlers = [handler for handler in root.handlers if handler is not self]

    def emit(self, record: logging.LogRecord) -> None:
        """Begin, and pass the record on."""
        before = list(logging.getLogger().handlers)
        self._begin()
        for handler in logging.getLogger().handlers:
            if handler not in before and record.levelno >= handler.level:
                handler.handle(record)


def demand_files(folder: Path) -> None:
    """Make the log's files, their user's alone; raises OSError where they could not be written later."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (TEXT_LOG, JSON_LOG):
        os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT, 0o600))

"""The log's files are set up when there is something to write: a command that only looks is spared them.

An error that ends the program or one of its threads is something to write.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Callable, Optional, Type

from reports.log_files import JSON_LOG, TEXT_LOG

_SILENT = logging.NullHandler()


class FirstRecord(logging.Handler):
    """Calls ``begin`` at the first record, and gives that to the handlers that have come by it."""

    def __init__(self, begin: Callable[[], None]) -> None:
        super().__init__(logging.INFO)
        self._begin = begin
        self._hooks = self._in_main, self._in_thread
        self._former = sys.excepthook, threading.excepthook

    def wait(self) -> None:
        """Take what is logged from now on, and what ends the program or a thread."""
        logging.getLogger("mediaprocessor").setLevel(logging.DEBUG)
        logging.captureWarnings(True)
        logging.getLogger().addHandler(self)
        self._former = sys.excepthook, threading.excepthook
        sys.excepthook, threading.excepthook = self._hooks

    def leave(self) -> None:
        """Take nothing more. What libraries tell from then on is told to nobody: Python would print it."""
        root = logging.getLogger()
        # A new list: whoever goes through the handlers now goes on with the one that it began with.
        others = [handler for handler in root.handlers if handler not in (self, _SILENT)]
        root.handlers = [*others, _SILENT]
        if (sys.excepthook, threading.excepthook) == self._hooks:
            sys.excepthook, threading.excepthook = self._former

    def _in_main(
        self, kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]
    ) -> None:
        self._begin()
        sys.excepthook(kind, error, trace)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        self._begin()
        threading.excepthook(args)

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

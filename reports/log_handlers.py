"""Handlers that write the log to files, and survive a full or vanished disk.

A handler whose file cannot be written pauses, tries again, and then reports how many lines are missing.
Nothing is raised, and nothing is printed for each line.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Optional

from core.ports import TimeSource
from core.reporting.log_entry import EntryKind, LogEntry
from core.system_errors import system_problem
from core.text.sentence import Sentence
from reports.log_entries import entry_of, json_line

if TYPE_CHECKING:
    from reports.html_log_file import DayPages

PAUSE = 30.0  # seconds until a file that could not be written is tried again
_LOOK = 5.0  # seconds between two looks whether the file is still there
MOST_TOOL_LINES = 2000  # of one job in one state; its own log has all


class Patience:
    """When a handler tries again after an error of the disk; ``clock`` never goes back."""

    def __init__(self, clock: TimeSource = time.monotonic) -> None:
        self.clock = clock
        self.problem = ""
        self.lost = 0
        self._again = 0.0

    @property
    def waits(self) -> bool:
        """Whether it is too early to try again."""
        return bool(self.problem) and self.clock() < self._again

    def failed(self, place: object, error: Optional[BaseException]) -> None:
        """Take note of a failure; the line is lost."""
        reason = system_problem(error) if error is not None else ""
        self.problem = Sentence(
            "The log cannot be written to {place} ({reason}).", place=place, reason=reason
        )
        self.lost += 1
        self._again = self.clock() + PAUSE

    def missing(self, name: str) -> Optional[logging.LogRecord]:
        """Return what is to be told once writing works again, if something is."""
        if not self.lost:
            return None
        text = f"{self.lost} lines are missing here. {self.problem}"
        record = logging.LogRecord(name, logging.WARNING, "", 0, text, (), None)
        record.is_safe = True
        return record

    def recovered(self) -> None:
        """Writing works."""
        self.problem, self.lost = "", 0


class DurableFile(RotatingFileHandler):
    """A text file of the log; follows its name where the file was moved or deleted.

    Goes on in the full file where another program holds it open (Windows cannot rename it then).
    """

    def __init__(
        self, path: Path, *, largest: int, kept: int, patience: Optional[Patience] = None
    ) -> None:
        self.patience = patience or Patience()
        self._looked = self.patience.clock()
        super().__init__(path, maxBytes=largest, backupCount=kept, encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it among the lost."""
        patience = self.patience
        if patience.waits:
            patience.lost += 1
            return
        self._look()
        missing = patience.missing(record.name)
        lost = patience.lost
        if missing is not None:
            super().emit(missing)
            if patience.lost > lost:
                return
        super().emit(record)
        if patience.lost == lost:
            patience.recovered()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's own
        """Let go of the file; the next try opens it again."""
        self.patience.failed(self.baseFilename, sys.exc_info()[1])
        self._let_go()

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        """Begin a new file."""
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()

    def _open(self) -> TextIOWrapper:
        """Open the file; one that is new is its user's alone."""
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        return super()._open()

    def _look(self) -> None:
        """Let go of a file that does not have its name any more (elsewhere than on Windows)."""
        now = self.patience.clock()
        if sys.platform == "win32" or self.stream is None or now - self._looked < _LOOK:
            return
        self._looked = now
        with contextlib.suppress(OSError):
            named = Path(self.baseFilename).stat()
            if os.path.samestat(named, os.fstat(self.stream.fileno())):
                return
        self._let_go()

    def _let_go(self) -> None:
        stream: Any = self.stream
        self.stream = None
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # what it held cannot be written either
                stream.close()


class JsonLines(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json_line(entry_of(record))


class PageHandler(logging.Handler):
    """Writes the page of the day, and once a day deletes what has been kept for long enough.

    Takes what is told at INFO and above, and the lines of tools.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.DEBUG)
        self.patience = Patience()
        self.enabled = True
        self.keep_days = 30.0
        self.keep_bytes = 500e6
        self._folder = folder
        self._pages: Optional[DayPages] = None  # until there is something to write
        self._tool_lines: Dict[Optional[int], int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record, or count it among the lost."""
        entry = entry_of(record)
        if not self._wanted(entry):
            return
        if self.patience.waits:
            self.patience.lost += 1
            return
        try:
            if self._pages is None:
                from reports.html_log_file import DayPages

                self._pages = DayPages(self._folder)
            missing = self.patience.missing(record.name)
            if missing is not None:
                self._pages.write(entry_of(missing))
            if self._pages.write(entry):
                self.prune()  # once a day
        except Exception as error:  # noqa: BLE001 - whatever it is, the program goes on
            self.patience.failed(self._folder, error)
            self._close_page()
        else:
            self.patience.recovered()

    def prune(self) -> None:
        """Delete old pages and job logs, beside everything else."""
        from reports.log_pruning import prune

        limits = {"keep_days": self.keep_days, "keep_bytes": self.keep_bytes, "now": time.time()}
        threading.Thread(
            target=prune, args=(self._folder,), kwargs=limits, name="log-pruning", daemon=True
        ).start()

    def close(self) -> None:
        """Close the page."""
        self.acquire()
        try:
            self._close_page()
        finally:
            self.release()
        super().close()

    def _close_page(self) -> None:
        if self._pages is not None:
            self._pages.close()

    def _wanted(self, entry: LogEntry) -> bool:
        if not self.enabled:
            return False
        if entry.kind is EntryKind.STATE:
            self._tool_lines.pop(entry.job, None)
        if entry.level >= logging.INFO:
            return True
        if entry.kind is not EntryKind.TOOL:
            return False
        lines = self._tool_lines[entry.job] = self._tool_lines.get(entry.job, 0) + 1
        return lines <= MOST_TOOL_LINES

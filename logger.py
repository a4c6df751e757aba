"""Logger: console, rotating file and a log for each job, all behind one filter that hides secrets.

Everything goes through the standard ``logging`` under the name ``mediaprocessor``. Level DEBUG (every
line of a tool) reaches only the job's own log. The HTML log comes with the statistics.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Callable, Iterator, Optional, Pattern, Set, TextIO, Type

from core import redaction
from core.errors import MediaProcessorError

NAME = "mediaprocessor"
LOG_FILE = "mediaprocessor.log"
JOBS_FOLDER = "jobs"
LARGEST_FILE = 5 * 1024 * 1024  # bytes, then a new one is begun
KEPT_FILES = 5

_FILE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s [%(threadName)s] %(message)s"
_JOB_FORMAT = "%(asctime)s %(levelname)-8s %(message)s"
_COLOURS = {"WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[1;31m"}

_log = logging.getLogger(NAME)
_guard = threading.Lock()
_secrets: Set[str] = set()
_pattern: Optional[Pattern[str]] = None


def add_secret(text: str) -> None:
    """Hide this text from now on, also as URLs and base64 spell it.

    Fewer than ``core.redaction.SHORTEST_SECRET`` characters are no secret and are ignored.
    """
    global _pattern
    with _guard:
        _secrets.add(text)
        _pattern = redaction.secrets_pattern(_secrets)


def redact(text: str) -> str:
    """Hide registered secrets and what looks like one; for texts that do not go through logging."""
    return redaction.redact(text, _pattern)


class RedactingFilter(logging.Filter):
    """Rewrites a record so that no handler can write a secret, forge a line or choke on a name."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; always lets it pass."""
        if getattr(record, "is_safe", False):
            return True
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - a wrong format string must not lose the message
            message = f"{record.msg} {record.args}"
        record.msg, record.args = _safe(message), ()
        if record.exc_info and record.exc_info[0] is not None:
            trace = "".join(traceback.format_exception(*record.exc_info))
            record.exc_text = "    " + _safe(trace.rstrip())
        if record.stack_info:
            record.stack_info = _safe(record.stack_info)
        record.threadName = _safe(record.threadName or "")
        record.is_safe = True
        return True


def _safe(text: str) -> str:
    """Redact, escape, and indent what follows a line end, so that only a record begins a line."""
    return redaction.printable(redact(text)).replace("\n", "\n    ")


class _ConsoleFormatter(logging.Formatter):
    """The message alone, coloured on a terminal: tracebacks are for the file."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._coloured = _takes_colours(stream)

    def format(self, record: logging.LogRecord) -> str:
        text = f"{record.levelname}: {record.getMessage()}"
        text = text.encode(self._encoding, "backslashreplace").decode(self._encoding)
        colour = _COLOURS.get(record.levelname) if self._coloured else None
        return f"{colour}{text}\033[0m" if colour else text


def _takes_colours(stream: TextIO) -> bool:
    if not stream.isatty() or "NO_COLOR" in os.environ:  # https://no-color.org
        return False
    return sys.platform != "win32" or "WT_SESSION" in os.environ  # old consoles print the codes


class _RotatingFile(RotatingFileHandler):
    """Goes on in the full file where another process holds it open (Windows cannot rename it)."""

    def doRollover(self) -> None:  # noqa: N802 - logging's own name
        try:
            super().doRollover()
        except OSError:
            if self.stream is None:
                self.stream = self._open()


def setup_logging(
    folder: Path,
    *,
    level: int = logging.INFO,
    console_level: int = logging.WARNING,
    stream: Optional[TextIO] = None,
) -> None:
    """Log to ``folder``/mediaprocessor.log and to ``stream`` (stderr; a windowed program has none).

    Calling it again replaces the former handlers. Raises OSError where the folder cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = _RotatingFile(
        folder / LOG_FILE, maxBytes=LARGEST_FILE, backupCount=KEPT_FILES, encoding="utf-8"
    )
    close_logging()
    _log.setLevel(logging.DEBUG)
    _add(logging.getLogger(), file, level, logging.Formatter(_FILE_FORMAT))
    stream = stream or sys.stderr
    if stream is not None:
        _add(
            logging.getLogger(),
            logging.StreamHandler(stream),
            console_level,
            _ConsoleFormatter(stream),
        )
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a full disk must not print a traceback for each line


def close_logging() -> None:
    """Close the files of ``setup_logging``."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        if any(isinstance(one, RedactingFilter) for one in handler.filters):
            root.removeHandler(handler)
            handler.close()


def _add(
    logger: logging.Logger, handler: logging.Handler, level: int, formatter: logging.Formatter
) -> None:
    handler.setLevel(level)
    handler.setFormatter(formatter)
    handler.addFilter(RedactingFilter())
    logger.addHandler(handler)


@contextmanager
def job_log(folder: Path, job_id: int) -> Iterator[Path]:
    """Write all that this thread logs, DEBUG too, into ``folder``/jobs/<job_id>.log as well.

    Attempts follow each other in one file. A log that cannot be written is reported and does not
    keep the job from running.
    """
    path = folder / JOBS_FOLDER / f"{job_id}.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        _log.warning("Job %d has no log of its own: %s", job_id, error)
        yield path
        return
    thread = threading.get_ident()
    handler.addFilter(lambda record: record.thread == thread)
    _add(_log, handler, logging.DEBUG, logging.Formatter(_JOB_FORMAT))
    try:
        yield path
    finally:
        _log.removeHandler(handler)
        handler.close()


def install_exception_hooks(notify: Callable[[str], None]) -> None:
    """Log whatever ends the program or a thread, and hand ``notify`` one sentence for the user."""

    def report(
        kind: Type[BaseException],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
        where: str,
    ) -> None:
        _log.critical("%s ended by an error", where, exc_info=(kind, error or kind(), trace))
        notify(redact(_sentence(kind, error, where)))

    def in_main(
        kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(kind, error, trace, "The program")

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_type is not SystemExit:
            name = args.thread.name if args.thread else "unknown"
            report(args.exc_type, args.exc_value, args.exc_traceback, f"Thread {name}")

    sys.excepthook = in_main
    threading.excepthook = in_thread


def _sentence(kind: Type[BaseException], error: Optional[BaseException], where: str) -> str:
    if isinstance(error, MediaProcessorError):
        return str(error)
    return (
        f"{where} ended by an unexpected error ({kind.__name__}: {error}). The log has the details."
    )

"""Logger: console, text, JSON lines, a page a day and a log for each job, behind a filter that hides secrets.

Everything goes through the standard ``logging`` under the name ``mediaprocessor``. Each record has the
job, the machine and the step that it is about as fields: those of ``log_fields``, or its own ``extra``.
Level DEBUG (every line of a tool) reaches only the job's own log and, folded, the page.
"""

from __future__ import annotations

import contextvars
import logging
import os
import sys
import threading
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Callable, Iterator, Optional, Pattern, Sequence, Set, TextIO, Type

from core.errors import MediaProcessorError
from core.ports import Notifier
from core.reporting.log_entry import EntryKind
from core.text import redaction
from core.text.formatting import saved_text
from core.text.sentence import Sentence
from reports.log_files import JSON_LOG, KEPT_FILES, TEXT_LOG, job_log_path
from reports.log_handlers import DurableFile, JsonLines, PageHandler

if TYPE_CHECKING:
    from core.queue.job import Job
    from core.settings.tree import LogSettings

NAME = "mediaprocessor"
LOG_FILE = TEXT_LOG
LARGEST_FILE = 5 * 1024 * 1024  # bytes, then a new one is begun
LARGEST_JOB_LOG = 20 * 1024 * 1024  # bytes, then a new one is begun and only one is kept

_FILE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s [%(threadName)s] %(message)s"
_JOB_FORMAT = "%(asctime)s %(levelname)-8s %(message)s"
_COLOURS = {"WARNING": "\033[33m", "ERROR": "\033[31m", "CRITICAL": "\033[1;31m"}

_log = logging.getLogger(NAME)
_SILENT = logging.NullHandler()
_guard = threading.Lock()
_secrets: Set[str] = set()
_pattern: Optional[Pattern[str]] = None


@dataclass(frozen=True)
class _Fields:
    job: Optional[int] = None
    machine: str = ""
    step: str = ""


_NO_FIELDS = _Fields()
_fields: contextvars.ContextVar[_Fields] = contextvars.ContextVar("fields", default=_NO_FIELDS)


def add_secret(text: str) -> None:
    """Hide this text from now on, also as URLs and base64 spell it.

    Fewer than ``core.text.redaction.SHORTEST_SECRET`` characters are no secret and are ignored.
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
        for name in ("step", "film", "state", "tool", "machine"):
            if name in vars(record):
                setattr(record, name, _safe(str(getattr(record, name))))
        if "details" in vars(record):
            details = vars(record)["details"]
            record.details = tuple(_safe(str(line)) for line in details)
        record.is_safe = True
        return True


class _FieldsFilter(logging.Filter):
    """Gives a record the fields of whoever logs it, but for those that it has."""

    def filter(self, record: logging.LogRecord) -> bool:
        fields = _fields.get()
        for name in ("job", "machine", "step"):
            if name not in vars(record):
                setattr(record, name, getattr(fields, name))
        if not vars(record)["machine"]:
            record.machine = _machine()
        return True


@lru_cache(maxsize=1)
def _machine() -> str:
    import socket  # what many commands log nothing for

    return socket.gethostname()


@contextmanager
def log_fields(
    *, job: Optional[int] = None, machine: str = "", step: Optional[str] = None
) -> Iterator[None]:
    """Let all that is logged inside be about this job, machine or step; what is left out stays."""
    before = _fields.get()
    token = _fields.set(
        _Fields(
            before.job if job is None else job,
            machine or before.machine,
            before.step if step is None else step,
        )
    )
    try:
        yield
    finally:
        _fields.reset(token)


def with_log_fields(call: Callable[..., None]) -> Callable[..., None]:
    """Return ``call`` for another thread: what it logs there is about what this thread works on."""
    context = contextvars.copy_context()
    return lambda *words, **named: context.run(call, *words, **named)


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


class _JobFormatter(logging.Formatter):
    """A job's own log also has the figures of its verification."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if getattr(record, "kind", None) is not EntryKind.VERIFICATION:
            return text
        return "\n    ".join((text, *vars(record)["details"]))


def setup_logging(
    folder: Path,
    *,
    level: int = logging.INFO,
    console_level: int = logging.WARNING,
    stream: Optional[TextIO] = None,
) -> None:
    """Log to files in ``folder`` and to ``stream`` (stderr; a windowed program has none).

    The files: mediaprocessor.log, the same as JSON lines in mediaprocessor.jsonl, and a page a day.
    Calling it again replaces the former handlers. Raises OSError where the folder cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = DurableFile(folder / LOG_FILE, largest=LARGEST_FILE, kept=KEPT_FILES)
    lines = DurableFile(folder / JSON_LOG, largest=LARGEST_FILE, kept=KEPT_FILES)
    close_logging()
    _log.setLevel(logging.DEBUG)
    _add(logging.getLogger(), file, level, logging.Formatter(_FILE_FORMAT))
    _add(logging.getLogger(), lines, level, JsonLines())
    _add(logging.getLogger(), PageHandler(folder), logging.DEBUG)
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
    """Close the files of ``setup_logging``; what libraries tell after that is told to nobody.

    Python would print it, with its traceback, below the sentence that the user has read already.
    """
    root = logging.getLogger()
    if _SILENT not in root.handlers:
        root.addHandler(_SILENT)
    for handler in list(root.handlers):
        if any(isinstance(log_filter, RedactingFilter) for log_filter in handler.filters):
            root.removeHandler(handler)
            handler.close()


def configure_logging(settings: LogSettings) -> None:
    """Follow the user's settings, after ``setup_logging`` and whenever they change."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, PageHandler):
            limits = (settings.keep_days, settings.keep_megabytes * 1e6)
            narrower = limits != (handler.keep_days, handler.keep_bytes)
            handler.enabled = settings.pages
            handler.keep_days, handler.keep_bytes = limits
            if narrower and not settings.pages:
                handler.prune()


def log_problem() -> str:
    """Return a sentence where the log cannot be written at present; empty where all is well."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, (DurableFile, PageHandler)) and handler.patience.problem:
            return handler.patience.problem
    return ""


def _add(
    logger: logging.Logger,
    handler: logging.Handler,
    level: int,
    formatter: Optional[logging.Formatter] = None,
) -> None:
    handler.setLevel(level)
    handler.setFormatter(formatter)
    handler.addFilter(_FieldsFilter())
    handler.addFilter(RedactingFilter())
    logger.addHandler(handler)


@contextmanager
def job_log(folder: Path, job_id: int) -> Iterator[Path]:
    """Write all that is logged about this job, DEBUG too, into ``folder``/jobs/<job_id>.log as well.

    What this thread logs inside is about the job. Attempts follow each other in one file. A log that
    cannot be written is reported and does not keep the job from running.
    """
    path = job_log_path(folder, job_id)
    with log_fields(job=job_id):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = DurableFile(path, largest=LARGEST_JOB_LOG, kept=1)
        except OSError as error:
            _log.warning("Job %d has no log of its own: %s", job_id, error)
            yield path
            return
        _add(_log, handler, logging.DEBUG, _JobFormatter(_JOB_FORMAT))
        handler.addFilter(lambda record: getattr(record, "job", None) == job_id)
        try:
            yield path
        finally:
            _log.removeHandler(handler)
            handler.close()


def log_state(job: Job) -> None:
    """Log where a job stands, with its film and its sizes as fields."""
    from core.events import JobState  # which those know who log it

    text = f"Job {job.id}: {job.state.value}."
    if job.message:
        text += f" {job.message}"
    if job.state is JobState.COMPLETED and job.original_size and job.processed_size:
        text += f" {saved_text(job.original_size, job.processed_size)} saved."
    _log.log(
        logging.WARNING if job.state is JobState.FAILED else logging.INFO,
        "%s",
        text,
        extra={
            "kind": EntryKind.STATE,
            "job": job.id,
            "state": job.state.value,
            "film": str(job.result_path),
            "original_size": job.original_size,
            "processed_size": job.processed_size,
        },
    )


def log_command(log: logging.Logger, step: str, command: str) -> None:
    """Log that an outside program is started; ``command`` is its command line as people read it."""
    log.info("%s: %s", step, command, extra={"kind": EntryKind.COMMAND, "details": (command,)})


def log_tool_line(log: logging.Logger, tool: str, line: str) -> None:
    """Log a line that an outside program wrote."""
    log.debug("%s: %s", tool, line, extra={"kind": EntryKind.TOOL, "tool": tool})


def log_verification(log: logging.Logger, checks: Sequence[str]) -> None:
    """Log that a result was proved; ``checks`` is a line a check, with its figures."""
    log.info(
        "The result passed %d checks.",
        len(checks),
        extra={"kind": EntryKind.VERIFICATION, "details": tuple(checks)},
    )


def install_exception_hooks(notify: Notifier) -> Callable[[], None]:
    """Log whatever ends the program or a thread, and hand ``notify`` one sentence for the user.

    Returns what puts the former hooks back.
    """
    former = sys.excepthook, threading.excepthook

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

    def put_back() -> None:
        sys.excepthook, threading.excepthook = former

    sys.excepthook = in_main
    threading.excepthook = in_thread
    return put_back


def _sentence(kind: Type[BaseException], error: Optional[BaseException], where: str) -> str:
    if isinstance(error, MediaProcessorError):
        return str(error)
    return Sentence(
        "{where} ended by an unexpected error ({name}: {problem}). The log has the details.",
        where=where,
        name=kind.__name__,
        problem=error,
    )

"""Entries of the log on their way out of ``logging``, into JSON lines and back from the files."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from core.reporting.log_entry import EntryKind, LogEntry

_OPTIONAL = (
    *("job", "machine", "step", "details", "trace", "state", "film"),
    *("original_size", "processed_size"),
)
_JOB_LINE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3}) ([A-Z]+) +(.*)", re.DOTALL)
_ATTEMPT = re.compile(r"Job \d+, attempt \d+: ")
_TOOL_LINE = re.compile(r"(\w+): (.*)", re.DOTALL)


def entry_of(record: logging.LogRecord) -> LogEntry:
    """Return a record as an entry; its texts are taken as they are, so filter it before."""
    given = vars(record)
    kind = given.get("kind", EntryKind.TEXT)
    return LogEntry(
        time=record.created,
        level=record.levelno,
        message=record.getMessage(),
        source=str(given.get("tool") or record.name),
        thread=record.threadName or "",
        job=given.get("job"),
        machine=str(given.get("machine") or ""),
        step=str(given.get("step") or ""),
        kind=kind if isinstance(kind, EntryKind) else EntryKind.TEXT,
        details=tuple(given.get("details") or ()),
        trace=(record.exc_text or "") + (record.stack_info or ""),
        state=str(given.get("state") or ""),
        film=str(given.get("film") or ""),
        original_size=given.get("original_size"),
        processed_size=given.get("processed_size"),
    )


def json_line(entry: LogEntry) -> str:
    """Return an entry as one line of JSON."""
    return json.dumps(entry_fields(entry), ensure_ascii=False)


def entry_fields(entry: LogEntry) -> Dict[str, Any]:
    """Return an entry's fields in JSON's types, without what it does not have."""
    moment = datetime.fromtimestamp(entry.time).astimezone()
    fields: Dict[str, Any] = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(entry.level),
        "message": entry.message,
        "kind": entry.kind.value,
        "source": entry.source,
        "thread": entry.thread,
    }
    found = vars(entry)
    fields.update({name: found[name] for name in _OPTIONAL if found[name] not in (None, "", ())})
    return fields


def entries_of_json(lines: Iterable[str]) -> Iterator[LogEntry]:
    """Yield what JSON lines tell; a line that was cut off or is none of ours is skipped."""
    for line in lines:
        try:
            found = json.loads(line)
            yield LogEntry(
                time=_seconds(found.pop("time")),
                level=int(logging.getLevelName(found.pop("level"))),
                kind=EntryKind(found.pop("kind")),
                details=tuple(map(str, found.pop("details", ()))),
                **found,
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue


def entries_of_job(job: int, lines: Iterable[str]) -> Iterator[LogEntry]:
    """Yield what a job's own log tells; indented lines belong to the entry before them."""
    entry: Optional[LogEntry] = None
    rest: List[str] = []
    for line in lines:
        match = _JOB_LINE.fullmatch(line.rstrip("\r\n"))
        if match is None:
            rest.append(line.rstrip("\r\n"))
            continue
        if entry is not None:
            yield _with_rest(entry, rest)
        level = logging.getLevelName(match[3])
        entry, rest = (
            LogEntry(
                time=_local_seconds(match[1]) + int(match[2]) / 1000,
                level=level if isinstance(level, int) else logging.INFO,
                message=match[4],
                job=job,
            ),
            [],
        )
    if entry is not None:
        yield _with_rest(entry, rest)


def logged_commands(entries: Iterable[LogEntry]) -> Tuple[str, ...]:
    """Return the command lines of the last attempt that a job's own log tells of."""
    from core.steps import StepName  # who writes the log does not need them

    # As ``logger.log_command`` writes it.
    command = re.compile(rf"(?:{'|'.join(step.value for step in StepName)}): (.+)", re.DOTALL)
    found: List[str] = []
    for entry in entries:
        if _ATTEMPT.match(entry.message):
            found = []
        match = command.fullmatch(entry.message) if entry.level == logging.INFO else None
        if match is not None:
            found.append(match[1])
    return tuple(found)


def read_entries(paths: Iterable[Path], job: Optional[int] = None) -> Iterator[LogEntry]:
    """Yield the entries of files one after the other, of JSON lines or (with ``job``) of its own log.

    A file that is gone meanwhile is skipped; raises OSError for others.
    """
    for path in paths:
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                yield from entries_of_json(file) if job is None else entries_of_job(job, file)
        except FileNotFoundError:
            continue


def _with_rest(entry: LogEntry, rest: List[str]) -> LogEntry:
    """Put together what the text of a job's log has taken apart."""
    text = "\n".join([entry.message, *rest])
    if entry.level < logging.INFO:
        tool = _TOOL_LINE.fullmatch(text)
        if tool is not None:
            return replace(entry, kind=EntryKind.TOOL, source=tool[1], message=tool[2])
    return replace(entry, message=text)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _local_seconds(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").astimezone().timestamp()

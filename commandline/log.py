"""``log``: what the program, or one job, has told; also as a page."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Deque, Iterator, Optional

from commandline.command import open_folder, single
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.numbers import count
from commandline.options import option
from commandline.output import Output
from core.errors import MediaProcessorError, UsageError
from core.reporting.log_entry import LogEntry
from core.text.formatting import visible
from reports.html_log import write_page
from reports.log_entries import entry_fields, read_entries
from reports.log_files import JSON_LOG, job_log_path, with_earlier
from store.jobs import JobStore

if TYPE_CHECKING:
    from app.data_folder import DataFolder

LEVELS = {
    "everything": logging.DEBUG,
    "information": logging.INFO,
    "warnings": logging.WARNING,
    "errors": logging.ERROR,
}


@dataclass(frozen=True)
class LogOptions:
    """What ``log`` is asked for."""

    job: Optional[int] = option(
        "--job", default=None, kind=count, metavar="N", help="the log of this job, with every line"
    )
    level: str = option(
        "--level",
        default="everything",
        choices=tuple(LEVELS),
        help="only entries of this level and above",
    )
    lines: int = option(
        "--lines",
        default=200,
        kind=count,
        metavar="N",
        help="the last N entries; 0: all of them",
    )
    html: str = option(
        "--html", default="", metavar="FILE", help="write all of them as an HTML page instead"
    )


def run(folder: DataFolder, options: LogOptions, output: Output) -> int:
    """Show the last entries, or write all of them as a page; 1 where the job has no log."""
    page = new_file(options.html, ".html") if options.html else None
    lowest = LEVELS[options.level]
    entries = (entry for entry in _entries(folder, options.job) if entry.level >= lowest)
    if page is not None:
        job = options.job
        title = "MediaProcessor log" if job is None else f"Log of job {job}"
        number = write_page(page, title, entries)
        output.record("page", file=page, entries=number)
        output.text(f"{number} entries were written to {visible(page)}.")
        return DONE
    last: Deque[LogEntry] = deque(entries, maxlen=options.lines or None)
    for entry in last:
        output.record("entry", **entry_fields(entry))
        output.text(_text(entry))
    return DONE


def _entries(folder: DataFolder, job: Optional[int]) -> Iterator[LogEntry]:
    if job is None:
        return read_entries(with_earlier(folder.log_dir / JSON_LOG))
    files = with_earlier(job_log_path(folder.log_dir, job))
    if not files and JobStore(folder.database).get(job) is None:
        raise UsageError(f"There is no job {job}; the jobs of films are named in `log`.")
    if not files:
        raise MediaProcessorError(f"Job {job} has no log.")
    return read_entries(files, job=job)


def _text(entry: LogEntry) -> str:
    moment = datetime.fromtimestamp(entry.time).astimezone()
    about = "" if entry.job is None else f"#{entry.job} "
    level = logging.getLevelName(entry.level)
    lines = "\n".join(visible(line) for line in entry.message.split("\n"))
    return f"{moment:%Y-%m-%d %H:%M:%S} {level:<8} {about}{lines}"


COMMAND = single(open_folder, LogOptions, run)

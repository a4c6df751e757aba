"""``log``: what the program, or one job, has told; also as a page."""

from __future__ import annotations

import argparse
import logging
from collections import deque
from datetime import datetime
from typing import Deque, Iterator, Optional

from app.data_folder import DataFolder
from commandline.new_file import new_file
from commandline.output import Output
from core.errors import MediaProcessorError, UsageError
from core.reporting.log_entry import LogEntry
from core.text.formatting import visible
from reports.html_log import write_page
from reports.log_entries import entry_fields, read_entries
from reports.log_files import JSON_LOG, job_log_path, with_earlier
from store.jobs import JobStore

LEVELS = {
    "everything": logging.DEBUG,
    "information": logging.INFO,
    "warnings": logging.WARNING,
    "errors": logging.ERROR,
}


def run(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Show the last entries, or write all of them as a page; 1 where the job has no log."""
    page = new_file(arguments.html) if arguments.html else None
    lowest = LEVELS[arguments.level]
    found = (one for one in _entries(folder, arguments.job) if one.level >= lowest)
    if page is not None:
        job = arguments.job
        title = "MediaProcessor log" if job is None else f"Log of job {job}"
        number = write_page(page, title, found)
        output.record("page", file=page, entries=number)
        output.text(f"{number} entries were written to {visible(page)}.")
        return 0
    last: Deque[LogEntry] = deque(found, maxlen=arguments.lines or None)
    for entry in last:
        output.record("entry", **entry_fields(entry))
        output.text(_text(entry))
    return 0


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

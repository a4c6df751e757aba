"""The log tab: what is logged from now on, or the growing log of one job."""

from __future__ import annotations

import logging
import time
import tkinter as tk
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from core.events import Event, JobState, JobStateChanged
from core.reporting.log_entry import LogEntry
from logger import RedactingFilter, log_problem
from reports.html_log import write_page
from reports.html_log_file import pages_of
from reports.log_entries import read_entries
from reports.log_files import JSON_LOG, job_log_path, with_earlier
from reports.log_tail import Line, LogTail
from views.log_feed import LogFeed
from views.log_text import LARGEST, LogLine
from views.logs_tab import JobChoice, LogsTab
from views.numbers import count_text
from views.page_language import page_language
from views.pump import MessagePump
from views.texts import _, ngettext
from window.opening import open_with_system
from window.services import WindowServices

EARLIER = 500  # lines of before this start that the tab begins with
JOBS = 40  # that can be chosen, the last ones
_POLL = 500  # milliseconds between two looks into a job's log
_HEALTH = 2000  # milliseconds between two looks whether the log can be written


class LogController:
    """Hands log lines to the tab, a little at a time; reads files in a thread that may wait."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self.view = LogsTab(parent, services.look, services.registry, self)
        self._jobs: Dict[int, str] = {}  # name by id, the last entry is the newest
        self._program: List[LogLine] = []  # what the whole program told, while a job's log is shown
        self._tail: Optional[LogTail] = None
        self._reading = False
        self._timers: Dict[str, str] = {}
        self.feed = LogFeed()
        self.feed.addFilter(RedactingFilter())
        logging.getLogger().addHandler(self.feed)
        self._pump = MessagePump(self.view, self.feed.lines, self._take, self._turn_ended)
        self._pump.start()
        for name, action in (
            ("logs.page", self.open_page),
            ("logs.export", self.export),
            ("logs.folder", self.open_folder),
            ("help.bundle", self.make_bundle),
        ):
            services.registry.bind(name, action)
        services.on_look.append(self.view.recolor)
        began = time.time()
        self._slow(lambda: self._first(began), self._show_first)
        self._watch_health()

    def opened(self) -> None:
        """Go on reading a job's log, which nobody does while the tab is hidden."""
        self._poll()

    def handle(self, event: Event) -> None:
        """Remember the jobs whose logs there are; what happens to them the queue logs."""
        if isinstance(event, JobStateChanged) and event.state is not JobState.QUEUED:
            self._remember(event.job_id, event.filename)

    def turn_ended(self) -> None:
        """The tab has a pump of its own."""

    def close(self) -> None:
        """Stop listening and reading."""
        logging.getLogger().removeHandler(self.feed)
        self._pump.stop()
        self._tail = None
        for timer in self._timers.values():
            self.view.after_cancel(timer)

    def show_job(self, job_id: Optional[int]) -> None:
        """Show the log of one job, all levels of it; that of the whole program for None."""
        if job_id is None:
            self._tail = None
            self.view.show_source(None)
            self.view.show_lines(self._program)
            self.view.show_level(logging.INFO)
            return
        self._tail = LogTail(job_log_path(self._services.program.log_dir, job_id))
        self._remember(job_id, self._jobs.get(job_id, ""))
        self.view.show_source(JobChoice(job_id, self._jobs[job_id]))
        self.view.show_lines(())
        self.view.show_level(logging.DEBUG)
        self._poll()

    def open_page(self) -> None:
        """Show today's page in the browser."""
        self._slow(lambda: _newest_page(self._services.program.log_dir), self._show_page)

    def open_folder(self) -> None:
        """Show the folder of the logs."""
        folder = self._services.program.log_dir
        self._slow(lambda: open_with_system(folder), lambda _done: None)

    def export(self) -> None:
        """Write what is shown, and what the files have of it besides, as a page."""
        job = self._shown_job
        name = (
            f"job {job}.html"
            if job is not None
            else f"log {datetime.now().astimezone():%Y-%m-%d}.html"
        )
        path = self._services.dialogs.save_as(
            _("Save the log as HTML"), name, _("HTML pages"), "*.html"
        )
        if path is None:
            return
        lowest, folder = self.view.lowest, self._services.program.log_dir

        def write() -> int:
            entries = (entry for entry in _entries(folder, job) if entry.level >= lowest)
            return write_page(path, _title(job), entries, page_language())

        def written(number: int) -> None:
            self._services.window.tell(
                ngettext(
                    "{number} entry was written to {path}.",
                    "{number} entries were written to {path}.",
                    number,
                ).format(number=count_text(number), path=path)
            )

        self._slow(write, written)

    def make_bundle(self) -> None:
        """Write all that a report for a bug needs, without keys and passwords."""
        name = f"MediaProcessor report {datetime.now().astimezone():%Y-%m-%d}.zip"
        dialogs = self._services.dialogs
        path = dialogs.save_as(_("Make a bug report"), name, _("Zip files"), "*.zip")
        if path is None:
            return
        self._services.window.tell(_("Making the report…"))
        told = _(
            "The report is in {path}. It contains no API keys or passwords, but it does contain "
            "names of films and folders: look before you send it to somebody."
        ).format(path=path)
        self._slow(
            lambda: self._services.program.make_bundle(path, _),
            lambda _done: dialogs.tell(_("Make a bug report"), told),
        )

    @property
    def _shown_job(self) -> Optional[int]:
        return None if self._tail is None else int(self._tail.path.stem)

    def _slow(self, work: Any, done: Any) -> None:
        self._services.slow.call(work, done, self._services.window.failed)

    def _first(self, began: float) -> Tuple[List[LogLine], List[JobStateChanged]]:
        """Read what was told before this tab was there, and the jobs that can be chosen."""
        lines = with_earlier(self._services.program.log_dir / JSON_LOG)[-1:]
        entries = [entry for entry in read_entries(lines) if entry.time < began][-EARLIER:]
        ended = tuple(state for state in JobState if state.final)
        running = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)
        manager = self._services.manager
        jobs = [*reversed(manager.jobs(*ended, limit=JOBS)), *manager.jobs(*running)]
        return [_line_of(entry) for entry in entries], [job.event for job in jobs]

    def _show_first(self, found: Tuple[List[LogLine], List[JobStateChanged]]) -> None:
        lines, jobs = found
        newer, self._jobs = self._jobs, {}
        for job in jobs:
            self._jobs[job.job_id] = Path(job.filename).name
        for job_id, name in newer.items():
            self._remember(job_id, name)
        self._show_jobs()
        self._program = [*lines, *self._program]
        if self._tail is None:
            self.view.show_lines(self._program)

    def _remember(self, job_id: int, filename: str) -> None:
        if job_id not in self._jobs:
            self._jobs[job_id] = Path(filename).name
            for old in list(self._jobs)[:-JOBS]:
                del self._jobs[old]
            self._show_jobs()

    def _show_jobs(self) -> None:
        newest_first = [JobChoice(*choice) for choice in reversed(list(self._jobs.items()))]
        self.view.show_jobs(newest_first)

    def _take(self, line: LogLine) -> None:
        self._program.append(line)
        if self._tail is None:
            self.view.take(line)

    def _turn_ended(self) -> None:
        del self._program[:-LARGEST]
        self.view.turn_ended()

    def show_from_level(self, lowest: int) -> None:
        """Show entries of this level and above."""
        """Details cost, so they are taken in only where somebody wants to see them."""
        self.feed.setLevel(min(lowest, logging.INFO) if self._tail is None else logging.INFO)

    def _poll(self) -> None:
        """Read on in a job's log while it is in view."""
        tail = self._tail
        self._again("poll", _POLL if tail is not None else 0, self._poll)
        if tail is None or self._reading or not self.view.winfo_viewable():
            return
        self._reading = True
        self._services.slow.call(tail.read, lambda read: self._show_read(tail, read), self._unread)

    def _show_read(self, tail: LogTail, read: Tuple[bool, Tuple[Line, ...]]) -> None:
        self._reading = False
        if tail is not self._tail:
            self._poll()
            return
        anew, lines = read
        shown = list(job_lines(lines))
        if anew:
            self.view.show_lines(shown)
        elif shown:
            self.view.log.append(shown)

    def _unread(self, error: Exception) -> None:
        self._reading = False
        self._tail = None
        self.view.show_source(None)
        self.view.show_lines(self._program)
        self._services.window.failed(error)

    def _show_page(self, page: Optional[Path]) -> None:
        if page is None:
            self._services.window.tell(_("There is no HTML log yet (setting “Daily HTML log”)."))
        else:
            self._slow(lambda: open_with_system(page), lambda _done: None)

    def _watch_health(self) -> None:
        self.view.show_problem(log_problem())
        self._again("health", _HEALTH, self._watch_health)

    def _again(self, name: str, milliseconds: int, call: Any) -> None:
        """Call later, once; 0: not at all."""
        timer = self._timers.pop(name, "")
        if timer:
            self.view.after_cancel(timer)
        if milliseconds:
            self._timers[name] = self.view.after(milliseconds, call)


def _newest_page(folder: Path) -> Optional[Path]:
    try:
        return next(iter(reversed(pages_of(folder))), None)
    except FileNotFoundError:
        return None


def _entries(folder: Path, job: Optional[int]) -> Iterator[LogEntry]:
    if job is None:
        return read_entries(with_earlier(folder / JSON_LOG))
    return read_entries(with_earlier(job_log_path(folder, job)), job=job)


def _title(job: Optional[int]) -> str:
    return _("MediaProcessor log") if job is None else _("Log of job {number}").format(number=job)


def _line_of(entry: LogEntry) -> LogLine:
    moment = datetime.fromtimestamp(entry.time).astimezone()
    about = "" if entry.job is None else f"#{entry.job}  "
    level = logging.getLevelName(entry.level)
    return LogLine(entry.level, f"{moment:%H:%M:%S}  {level:<8}  {about}{entry.message}")


def job_lines(lines: Iterable[Line]) -> Iterator[LogLine]:
    """Return lines of a job's log as they are shown; one without a level has that of the line before."""
    level = logging.INFO
    for name, text in lines:
        found = logging.getLevelName(name) if name else level
        level = found if isinstance(found, int) else logging.INFO
        yield LogLine(level, text)

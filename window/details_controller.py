"""The details of jobs: each in a window of its own, read beside Tk's thread and kept up to date."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, Optional, Sequence, Tuple

from app.exclusion_list import ExclusionList
from core.chunk_progress import ChunkProgress
from core.events import Event, JobProgressed, JobRemoved, JobStateChanged, QueueListChanged
from core.planning.comparison import compare
from core.queue.exclusion import ExclusionCause
from core.queue.job import Job
from core.queue.job_record import commands_of
from core.queue.outcome import beside_film
from reports.log_entries import logged_commands, read_entries
from reports.log_files import job_log_path
from reports.log_tail import Line, LogTail
from reports.shell_line import shell_line
from store.chunk_progress import waiting_chunks
from store.job_records import JobRecords
from views.details_window import DetailsWindow, JobDetails
from views.placement import color_title_bar
from views.texts import _
from window.job_pictures import JobPictures
from window.log_controller import job_lines
from window.never_touch import FilmWishes, RestoreQuestion
from window.opening import Shown, show_film
from window.services import WindowServices

_POLL = 500  # milliseconds between two looks into a log that is in view


class DetailsController:
    """Opens the windows, one a job; several may be open."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._parent = parent
        self._services = services
        self.open_windows: Dict[int, JobWindow] = {}
        services.on_look.append(self._recolor)

    def open(self, job_id: int) -> None:
        """Show the details of a job, or bring them to the front."""
        if job_id in self.open_windows:
            self.open_windows[job_id].view.lift()
            self.open_windows[job_id].view.focus_set()
            return
        self.open_windows[job_id] = JobWindow(
            self._parent, self._services, job_id, lambda: self.open_windows.pop(job_id, None)
        )

    def handle(self, event: Event) -> None:
        """Read a job anew of which something has changed."""
        if isinstance(event, JobProgressed):
            self._progressed(event)
            return
        for job_id, job_window in tuple(self.open_windows.items()):
            mine = getattr(event, "job_id", job_id) == job_id
            if mine and isinstance(event, (JobStateChanged, QueueListChanged)):
                job_window.read()
            elif mine and isinstance(event, JobRemoved):
                job_window.gone()

    def _progressed(self, event: JobProgressed) -> None:
        job_window = self.open_windows.get(event.job_id)
        if job_window is not None and event.progress.chunks:
            job_window.view.show_chunks(event.progress.chunks)

    def close(self) -> None:
        """Close every window."""
        for job_window in tuple(self.open_windows.values()):
            job_window.view.destroy()

    def _recolor(self) -> None:
        for job_window in self.open_windows.values():
            job_window.recolor()


class JobWindow:
    """One job's window and what it asks for; ``closed`` is called when it goes."""

    def __init__(
        self, parent: tk.Misc, services: WindowServices, job_id: int, closed: Callable[[], object]
    ) -> None:
        self._services = services
        self._job_id = job_id
        self._records = JobRecords(services.program.database)
        self._job: Optional[Job] = None
        self._logged: Tuple[str, ...] = ()
        self._tail = LogTail(job_log_path(services.program.log_dir, job_id))
        self._reading = self._again = self._log_reading = False
        self._timer = ""
        self.pictures = JobPictures(services, job_id)
        self.view = DetailsWindow(parent, services.look, self)
        self.pictures.attach(self.view)
        color_title_bar(self.view, dark=services.look.palette.dark)
        self._closed = closed
        self.view.bind("<Destroy>", self._destroyed)
        self.read()

    def read(self) -> None:
        """Show the job as the database has it now."""
        if self._reading:
            self._again = True
            return
        self._reading = True
        self._services.commands.call(self._read, self._show, self._unread)

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.view.recolor()
        self.pictures.recolor()
        color_title_bar(self.view, dark=self._services.look.palette.dark)

    def gone(self) -> None:
        """Say that the job was taken from the list; what is shown stays."""
        self.view.restore_button.state(["disabled"])
        self.view.tell(_("This job was removed from the list."))

    def restore(self) -> None:
        """Bring the original back, after a question."""
        if self._job is None:
            return
        film, services = self._job.result_path, self._services
        text = _(
            "The original of {film} is restored under its own name, and the result is deleted."
        ).format(film=self._job.path.name)
        alone = RestoreQuestion(services).ask(_("Restore original"), text)
        if alone is None or not self.view.winfo_exists():
            return
        self.view.restore_button.state(["disabled"])
        self.view.tell(_("Restoring the original…"))

        def restore() -> None:
            original = services.program.restore(film)
            if alone:
                ExclusionList(services.program).add(
                    services.manager, [original], ExclusionCause.RESTORED
                )

        services.slow.call(restore, lambda _done: self._restored(), self._not_restored)

    def never_touch(self) -> None:
        """Never touch the film any more."""
        self._wish(FilmWishes(self._services).never_touch)

    def never_touch_folder(self) -> None:
        """Never touch its folder any more, after a question."""
        self._wish(FilmWishes(self._services).never_touch_folders)

    def again(self) -> None:
        """Process the film once more, after a question."""
        self._wish(FilmWishes(self._services).again)

    def _wish(self, wish: Callable[[Sequence[Path]], None]) -> None:
        if self._job is not None:
            wish([self._job.result_path])

    def retry(self) -> None:
        """Queue the film again."""
        self.view.retry_button.state(["disabled"])
        self._services.commands.call(
            lambda: self._services.manager.retry(self._job_id),
            lambda _done: self.read(),
            self._unread,
        )

    def open_film(self) -> None:
        """Play the film in the system's player."""
        self._open(Shown.FILM)

    def open_folder(self) -> None:
        """Show the folder that the film is in."""
        self._open(Shown.FOLDER)

    def _open(self, what: Shown) -> None:
        if self._job is not None:
            path = self._job.result_path
            self._services.slow.call(
                lambda: show_film(path, what), lambda _done: None, self._unopened
            )

    def _unopened(self, error: Exception) -> None:
        if self.view.winfo_exists():
            self.view.tell(beside_film(error), wrong=True)

    def _read(self) -> Optional[JobDetails]:
        """Called in a thread that may wait."""
        record = self._records.get(self._job_id)
        if record is None:
            return None
        if record.restorable:
            entry = self._records.original(record.job)
            there = entry is not None and entry.holding.exists()
            record = replace(record, restorable=there)
        if record.job.start_time is not None:
            machine = self._services.machine_names.name(record.job.instance_id)
            record = replace(record, job=replace(record.job, instance_id=machine))
        commands = tuple(shell_line(argv) for argv in commands_of(record))
        chunks = record.facts.chunks if record.job.state.final else self._waiting_chunks(record.job)
        return JobDetails(record, compare(record.plan), commands or self._logged, chunks)

    def _waiting_chunks(self, job: Job) -> Tuple[ChunkProgress, ...]:
        """Called in a thread that may wait: what a film that is not at work goes on with."""
        at_work = job.id in self._services.manager.in_hand
        return () if at_work else waiting_chunks(self._services.program.database, job.path, job.id)

    def _read_commands(self) -> Tuple[str, ...]:
        """Called in a thread that may wait: what was started so far, from the job's log."""
        return logged_commands(read_entries((self._tail.path,), job=self._job_id))

    def _show_commands(self, commands: Tuple[str, ...]) -> None:
        self._logged = commands
        if commands and self.view.winfo_exists():
            self.view.show_commands(commands)

    def _show(self, details: Optional[JobDetails]) -> None:
        self._reading = False
        if not self.view.winfo_exists():
            return
        if details is None:
            self.gone()
        else:
            self._job = details.record.job
            self.view.show(details)
            self.pictures.job_shown(details.record)
            if not details.record.commands and self._job.start_time is not None:
                failed = self._services.window.failed
                self._services.slow.call(self._read_commands, self._show_commands, failed)
        if self._again:
            self._again = False
            self.read()

    def _unread(self, error: Exception) -> None:
        self._reading = False
        if self.view.winfo_exists():
            self.view.tell(beside_film(error), wrong=True)

    def _restored(self) -> None:
        told = _("The original was restored.")
        self._services.window.tell(told)
        if self.view.winfo_exists():
            self.view.tell(told)
            self.read()

    def _not_restored(self, error: Exception) -> None:
        self._services.window.failed(error)
        if self.view.winfo_exists():
            self.view.tell(beside_film(error), wrong=True)
            self.read()

    def machine_name(self, instance_id: str) -> str:
        """What a machine is called."""
        return self._services.machine_names.name(instance_id)

    def page_opened(self, name: str) -> None:
        """Read what the open page shows."""
        if name == "log":
            self._poll()
        elif name == "pictures":
            self.pictures.open()
        elif name == "commands":  # others may have been started since
            self.read()

    def _poll(self) -> None:
        """Read on in the log while it is in view."""
        if self._timer:
            self.view.after_cancel(self._timer)
            self._timer = ""
        if self.view.open_page != "log":
            return
        self._timer = self.view.after(_POLL, self._poll)
        if not self._log_reading:
            self._log_reading = True
            self._services.slow.call(self._tail.read, self._show_log, self._log_unread)

    def _show_log(self, read: Tuple[bool, Tuple[Line, ...]]) -> None:
        self._log_reading = False
        if self.view.winfo_exists():
            anew, lines = read
            if anew:
                self.view.log.clear()
            self.view.log.append(list(job_lines(lines)))

    def _log_unread(self, error: Exception) -> None:
        if self.view.winfo_exists():  # it stays unread: it is not asked for again
            self.view.tell(beside_film(error), wrong=True)

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self.view:
            if self._timer:
                self.view.after_cancel(self._timer)
            self.pictures.close()
            self._closed()

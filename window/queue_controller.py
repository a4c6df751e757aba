"""The queue tab: shows the tables and the running jobs, and does what the user wants of them."""

from __future__ import annotations

import tkinter as tk
from functools import cached_property
from typing import TYPE_CHECKING, Callable, List, Optional, Sequence, Set, Tuple

from core.events import (
    Event,
    JobProgressed,
    JobRemoved,
    JobState,
    JobStateChanged,
    QueueListChanged,
    QueueState,
    QueueStateChanged,
)
from core.protocol.machines import ClusterOverview
from core.queue.film_filter import FilmFilter
from core.queue.job import Where
from core.queue.work_in_hand import WorkInHand, held_sentence
from store.job_pages import JobPages, Listing
from views.numbers import count_text
from views.queue_sections import MACHINE, RUNNING, SECTIONS, section_of
from views.queue_tab import QueueTab
from views.texts import _, sentence
from window.lost_work import LostWork, cancel_question, remove_question
from window.queue_rule import QueueRule
from window.queue_tables import QueueTables
from window.services import WindowServices
from window.table_commands import TableCommands

if TYPE_CHECKING:
    from queue_manager import QueueManager
    from window.details_controller import DetailsController
    from window.never_touch import FilmWishes
    from window.preview_controller import PreviewController

_MANY = 1000  # films from which on a removal is asked about
_PRIORITIES = {"job.high": 10, "job.normal": 0, "job.low": -10}
_ALL = {section.name for section in SECTIONS}


class QueueController:
    """Fills the tables and does the commands of their rows."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._lost_work = LostWork(services)
        self._changed_jobs: List[int] = []
        self._changed_tables: Set[str] = set()
        self._parent = parent
        self._bind_commands()
        self.view = QueueTab(parent, services.look, services.registry, self)
        self.tables = QueueTables(self.view, services)
        TableCommands(self.view, self.tables, services)
        self.rule = QueueRule(self.view.views["pending"].bar, services)
        services.on_look.append(self.view.recolor)
        self._names_shown = 0  # changes of them
        services.window.follow_machines(self)
        self.tables.show(self.view.open_section)  # read while the rest of the window is built
        services.window.when_begun(self._show_what_runs)

    @property
    def _manager(self) -> QueueManager:
        """Asked for beside Tk's thread."""
        return self._services.manager

    # What is not needed to open the window is loaded when it is first asked for.
    @cached_property
    def details(self) -> DetailsController:
        """The windows about single jobs."""
        from window.details_controller import DetailsController

        return DetailsController(self._parent, self._services)

    @cached_property
    def preview(self) -> PreviewController:
        """The window that shows what would be done."""
        from window.preview_controller import PreviewController

        return PreviewController(self._parent, self._services, self._services.layouts)

    def opened(self) -> None:
        """The tab is always up to date."""

    def handle(self, event: Event) -> None:
        """Take in what happened; the tables are read anew when the turn ends."""
        if "details" in vars(self):
            self.details.handle(event)
        if isinstance(event, JobProgressed):
            self.view.area.show_progress(event.job_id, event.progress)
        elif isinstance(event, JobStateChanged):
            self._take(event)
        elif isinstance(event, JobRemoved):
            self.view.area.drop(event.job_id)
            self._note(event.job_id, _ALL)
        elif isinstance(event, QueueListChanged):
            self._changed_tables |= _ALL
        elif isinstance(event, QueueStateChanged):
            self.view.area.show_paused(event.state is QueueState.PAUSED)

    def turn_ended(self) -> None:
        """Read what has changed."""
        if self._changed_tables or self._changed_jobs:
            self.tables.changed(self._changed_tables, self._changed_jobs)
            self._changed_tables, self._changed_jobs = set(), []

    def close(self) -> None:
        """Read nothing more."""
        for name in ("details", "preview"):
            if name in vars(self):
                getattr(self, name).close()
        self.tables.close()

    def show_machines(self, _cluster: ClusterOverview) -> None:
        """Show what the machines are called now, and a column of them where there are several."""
        names = self._services.machine_names
        if names.changes == self._names_shown:
            return  # all tables would be read again, every few seconds
        self._names_shown = names.changes
        self.view.area.name_machines()
        for section in self.view.views.values():
            section.table.show_column(MACHINE, wanted=names.several)
            section.table.outdate()

    def _show_what_runs(self) -> None:
        """Show it and read the tables again: what was left running is put right."""
        self.tables.changed(_ALL, ())
        pages = JobPages(self._services.program.database)
        self._services.slow.call(
            lambda: [job.event for job in pages.rows(pages.ids(Listing(RUNNING))).values()],
            self._show_running,
            self._services.window.failed,
        )

    def _show_running(self, jobs: Sequence[JobStateChanged]) -> None:
        for job in jobs:
            self.view.area.show_job(job)

    def _take(self, job: JobStateChanged) -> None:
        section = section_of(job.state)
        if section is None:
            if job.job_id not in self.view.area.cards:
                self._note(job.job_id, {"pending"})
            self.view.area.show_job(job)
            return
        if job.state is JobState.PAUSED and job.job_id in self.view.area.cards:
            self.view.area.show_job(job)  # it stands still where it is
            self._show_held(job.job_id)
            return
        ended = job.state.final
        self.view.area.drop(job.job_id, job.state)
        # A job that ends came from a card or from the queue; one that is queued from anywhere.
        self._note(job.job_id, {section.name, "pending"} if ended else _ALL)

    def _show_held(self, job_id: int) -> None:
        """Say on its card what a film holds that stands still."""

        def show(found: Tuple[WorkInHand, ...]) -> None:
            for work in found:
                machine = self.machine_name(work.machine) if work.machine else ""
                self.view.area.show_held(job_id, sentence(held_sentence(work, machine)))

        self._services.commands.call(
            lambda: self._manager.work_in_hand((job_id,)), show, self._services.window.failed
        )

    def _note(self, job_id: int, tables: Set[str]) -> None:
        self._changed_jobs.append(job_id)
        self._changed_tables |= tables

    def _bind_commands(self) -> None:
        services, bind = self._services, self._services.registry.bind
        for where in Where:
            bind(f"job.{where.value}", self._mover(where), enabled=False)
        for name, priority in _PRIORITIES.items():
            bind(name, self._prioritizer(priority), enabled=False)
        bind("job.spread", self._spread, enabled=False)
        bind(
            "job.pause",
            self._for_chosen(lambda job_id: services.manager.pause_job(job_id)),
            enabled=False,
        )
        bind(
            "job.resume",
            self._for_chosen(lambda job_id: services.manager.resume_job(job_id)),
            enabled=False,
        )
        bind("job.cancel", lambda: self._cancel(self._chosen()), enabled=False)
        bind(
            "job.retry",
            self._for_chosen(lambda job_id: services.manager.retry(job_id)),
            enabled=False,
        )
        bind("job.retry_all", self._retry_all, enabled=False)
        bind("job.remove", self._remove, enabled=False)
        bind("job.details", self._show_details, enabled=False)
        bind("job.log", self._show_log, enabled=False)
        for name, wish in (
            ("job.again", "again"),
            ("job.never", "never_touch"),
            ("job.never_folder", "never_touch_folders"),
        ):
            bind(name, self._wisher(wish), enabled=False)
        bind("queue.search", self._search)
        bind("files.preview", lambda: services.window.when_begun(lambda: self.preview.open()))

    def _chosen(self) -> Tuple[int, ...]:
        return tuple(self.view.table.chosen_ids)

    def _for_chosen(self, action: Callable[[int], object]) -> Callable[[], None]:
        def run() -> None:
            jobs = self._chosen()
            self._services.do(lambda: self._manager.each(action, jobs))

        return run

    @cached_property
    def wishes(self) -> FilmWishes:
        """What is asked of films as such."""
        from window.never_touch import FilmWishes

        return FilmWishes(self._services)

    def _wisher(self, wish: str) -> Callable[[], None]:
        return lambda: self.wishes.of_jobs(self._chosen(), getattr(self.wishes, wish))

    def _remove(self) -> None:
        count = self.view.table.choice.ranges.count
        if count >= _MANY:
            answer = self._services.dialogs.choose(
                _("Remove from the list"),
                _(
                    "{count} films will be removed from the list. The films themselves are not "
                    "changed."
                ).format(count=count_text(count)),
                (_("Remove them"), _("Keep them")),
            )
            if answer != 0:
                return
        jobs, services = self._chosen(), self._services
        self._lost_work.ask(
            lambda: services.manager.work_in_hand(jobs),
            remove_question,
            lambda: services.slow.call(
                lambda: services.manager.each(services.manager.remove, jobs),
                lambda _done: None,
                services.window.failed,
            ),
        )

    def _retry_all(self) -> None:
        self._services.slow.call(
            lambda: self._manager.retry_all_failed(),
            lambda _count: None,
            self._services.window.failed,
        )

    def _mover(self, where: Where) -> Callable[[], None]:
        def run() -> None:
            jobs = self._chosen()
            self._services.do(lambda: self._manager.move(jobs, where))

        return run

    def _prioritizer(self, priority: int) -> Callable[[], None]:
        def run() -> None:
            jobs = self._chosen()
            self._services.do(lambda: self._manager.set_priority(jobs, priority))

        return run

    def _spread(self) -> None:
        jobs = self._chosen()
        self._services.do(lambda: self._manager.spread(jobs))

    def open_job(self, job_id: int) -> None:
        """Show a job's details."""
        self.details.open(job_id)

    def pause_job(self, job_id: int) -> None:
        """Pause a running job."""
        self._services.do(lambda: self._manager.pause_job(job_id))

    def cancel_job(self, job_id: int) -> None:
        """End a running job."""
        self._cancel((job_id,))

    def resume_job(self, job_id: int) -> None:
        """Let a job go on that stands still for its user."""
        self._services.do(lambda: self._manager.resume_job(job_id))

    def _cancel(self, jobs: Tuple[int, ...]) -> None:
        self._lost_work.ask(
            lambda: self._manager.work_in_hand(jobs),
            cancel_question,
            lambda: self._services.do(lambda: self._manager.each(self._manager.cancel, jobs)),
        )

    def machine_name(self, instance_id: str) -> str:
        """Return what another machine is called; "" for this one."""
        return self._services.machine_names.other(instance_id)

    def need_rows(self, section: str, job_ids: Sequence[int]) -> None:
        """Read rows that are about to be shown."""
        self.tables.need(section, job_ids)

    def sort_rows(self, section: str, column: str) -> None:
        """Sort a table by a column."""
        self.tables.sort(section, column)

    def search_rows(
        self, section: str, text: str, states: Tuple[JobState, ...], narrowed: FilmFilter
    ) -> None:
        """Show the rows of a table that match."""
        self.tables.search(section, text, states, narrowed)

    def filter_opened(self, section: str) -> None:
        """Find the codecs that can be chosen."""
        self.tables.ask_codecs(section)

    def choose_folder(self) -> str:
        """Ask the user for a folder."""
        return self._services.dialogs.path("folder")

    def rows_can_move(self) -> bool:
        """Return whether the open table shows the queue in its order."""
        return self.view.open_section == "pending" and self.tables.in_order

    def move_rows(self, before: Optional[int]) -> None:
        """Move the chosen jobs before another one; None: to the end."""
        jobs = self._chosen()
        if before not in jobs:
            self._services.do(lambda: self._manager.place_before(jobs, before))

    def _show_details(self) -> None:
        for job_id in self._chosen()[:1]:
            self.details.open(job_id)

    def _show_log(self) -> None:
        for job_id in self._chosen()[:1]:
            self._services.window.open_tab("logs").show_job(job_id)

    def _search(self) -> None:
        self._services.window.open_tab("queue")
        self.view.search()

    def section_opened(self, section: str) -> None:
        """Read the table that is shown now."""
        self.tables.show(section)
        self.view.show_chosen()

"""The queue tab: jobs as they come, and what the user wants of them."""

from __future__ import annotations

import tkinter as tk
from typing import Callable, List

from core.events import (
    Event,
    JobProgressed,
    JobRemoved,
    JobState,
    JobStateChanged,
    QueueState,
    QueueStateChanged,
)
from views.queue_tab import WAITING, QueueTab
from window.services import WindowServices

HISTORY = 1000  # ended jobs that the tables begin with
PENDING = 10_000  # more rows than this need a windowed table


class QueueController:
    """Fills the tables and does the commands of their rows."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._manager = manager = services.manager
        self.view = QueueTab(parent, services.look, services.registry, self._cancel)
        for name, action in (
            ("job.cancel", manager.cancel),
            ("job.retry", manager.retry),
            ("job.remove", manager.remove),
        ):
            services.registry.bind(name, self._for_selected(action), enabled=False)
        services.slow.call(self._first_jobs, self._show_first_jobs, services.failed)

    def opened(self) -> None:
        """The tab is always up to date."""

    def handle(self, event: Event) -> None:
        """Show what happened."""
        if isinstance(event, JobProgressed):
            self.view.show_progress(event.job_id, event.progress)
        elif isinstance(event, JobStateChanged):
            self.view.show_job(event)
        elif isinstance(event, JobRemoved):
            self.view.drop_job(event.job_id)
        elif isinstance(event, QueueStateChanged):
            self.view.show_paused(event.state is QueueState.PAUSED)

    def turn_ended(self) -> None:
        """Draw."""
        self.view.turn_ended()

    def close(self) -> None:
        """Nothing is kept."""

    def _cancel(self, job_id: int) -> None:
        self._do(lambda: self._manager.cancel(job_id))

    def _for_selected(self, action: Callable[[int], object]) -> Callable[[], None]:
        def run() -> None:
            jobs = self.view.selected
            self._do(lambda: [action(job_id) for job_id in jobs])

        return run

    def _do(self, work: Callable[[], object]) -> None:
        self._services.commands.call(work, lambda _result: None, self._services.failed)

    def _first_jobs(self) -> List[JobStateChanged]:
        """Read what the tables begin with, oldest first."""
        ended = [self._manager.jobs(state, limit=HISTORY) for state in JobState if state.final]
        jobs = [*self._manager.jobs(*WAITING, limit=PENDING), *sum(ended, ())]
        return [job.event for job in sorted(jobs, key=lambda job: (job.end_time or 0.0, job.id))]

    def _show_first_jobs(self, jobs: List[JobStateChanged]) -> None:
        for job in jobs:
            self.view.show_job(job)
        self.view.turn_ended()

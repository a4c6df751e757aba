"""What is looked after now and then, whatever the queue does."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date
from typing import Callable

from core.events import JobState
from core.settings import QueueSettings
from scheduling.equipment import Equipment
from store.connection import Database
from store.figures import FigureStore
from store.jobs import JobStore

_FIRST = 60.0  # seconds after the start
_EVERY = 3600.0  # seconds

_log = logging.getLogger("mediaprocessor.queue")


class DueSwaps:
    """Queues the jobs again whose film was in use when the result was to take its place."""

    def __init__(
        self, jobs: JobStore, tell: Callable[[int, bool], None], changed: threading.Condition
    ) -> None:
        self._jobs = jobs
        self._tell = tell
        self._changed = changed

    def __call__(self) -> None:
        """Look which are due."""
        for job_id in self._jobs.due(JobState.SWAP_PENDING):
            self._tell(job_id, self._jobs.requeue(job_id, "The swap is tried again."))
        with self._changed:
            self._changed.notify_all()  # also for jobs whose time to wait is over


class Housekeeping:
    """Removes kept originals and history whose time is over; called often, it looks once an hour.

    Before the first time it looks for originals that were moved while the program was not at work.
    """

    def __init__(
        self,
        equip: Callable[[], Equipment],
        database: Database,
        settings: Callable[[], QueueSettings],
        now: Callable[[], float],
    ) -> None:
        self._equip = equip
        self._figures = FigureStore(database)
        self._settings = settings
        self._now = now
        self._next = time.monotonic() + _FIRST
        self._looked = False

    def __call__(self) -> None:
        """Look, when it is time; raises MediaProcessorError as ``Processor.expire_originals`` does."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            processor = self._equip().processor
            if not self._looked:
                processor.find_moved_originals()
                self._looked = True
            for original in processor.expire_originals():
                _log.info("The kept original of %s was removed: its time is over.", original)
            self.forget_history()

    def forget_history(self) -> None:
        """Forget ended jobs that are older than the user wants to keep them; their figures stay."""
        days = self._settings().history_days
        if days:
            first = date.fromtimestamp(self._now() - days * 86400)  # noqa: DTZ012 - the user's days
            count = self._figures.prune(first.isoformat())
            if count:
                _log.info("%d jobs before %s were removed from the history.", count, first)

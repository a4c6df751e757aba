"""What is looked after now and then, whatever the queue does."""

from __future__ import annotations

import logging
import threading
import time
from datetime import date
from pathlib import Path
from typing import Sequence, Set, Tuple

from core.errors import DiskReadOnly
from core.events import JobState
from core.ports import Clock
from core.text.sentence import Sentence
from scheduling.ports import QueueEnvironment, QueueEvents
from scheduling.running_jobs import RunningJobs
from store.chunks import ChunkStore
from store.connection import Database
from store.figures import FigureStore
from store.held_time import HeldTime
from store.jobs import JobStore
from store.opening import on_read_only_disk

_FIRST = 60.0  # seconds after the start
_EVERY = 3600.0  # seconds
_SWEEP_EVERY = 30.0  # seconds
_DISKS_EVERY = 10.0  # seconds

_log = logging.getLogger("mediaprocessor.queue")


class DueSwaps:
    """Queues the jobs again whose film was in use when the result was to take its place.

    Lets those go on, too, whose disk was read-only, as soon as it can be written again.
    """

    def __init__(self, jobs: JobStore, running: RunningJobs, events: QueueEvents) -> None:
        self._jobs = jobs
        self._running = running
        self._events = events
        self._read_only = ReadOnlyDisks(jobs, events)

    def __call__(self) -> None:
        """Look which are due."""
        for job_id in self._jobs.due(JobState.SWAP_PENDING):
            self._events.job_changed(
                job_id, self._jobs.requeue(job_id, Sentence("The swap is tried again."))
            )
        self._read_only.look()
        self._running.wake()  # also for jobs whose time to wait is over


class ReadOnlyDisks:
    """Lets films go on whose disk was seen to be read-only and is not any more.

    A disk that does not answer holds up only its own look.
    """

    def __init__(self, jobs: JobStore, events: QueueEvents) -> None:
        self._jobs = jobs
        self._events = events
        self._seen: Set[int] = set()  # jobs whose disk was seen to be read-only
        self._thread = threading.Thread()
        self._next = 0.0

    def look(self) -> None:
        """Look now and then, in a thread of its own."""
        if time.monotonic() >= self._next and not self._thread.is_alive():
            self._next = time.monotonic() + _DISKS_EVERY
            waiting = self._jobs.waiting_for(DiskReadOnly.code)
            self._thread = threading.Thread(
                target=self._look, args=(waiting,), name="read-only-disks", daemon=True
            )
            self._thread.start()

    def _look(self, waiting: Sequence[Tuple[int, Path]]) -> None:
        for job_id, film in waiting:
            if on_read_only_disk(film.parent):
                self._seen.add(job_id)
            elif job_id in self._seen:
                self._seen.discard(job_id)
                self._events.job_changed(job_id, self._jobs.hurry(job_id))


class Housekeeping:
    """Removes kept originals and history whose time is over; called often, it looks once an hour.

    The chunks of films that were cancelled or removed from the queue go sooner.

    Before the first time it looks for originals that were moved while the program was not at work.
    """

    def __init__(
        self,
        environment: QueueEnvironment,
        database: Database,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._figures = FigureStore(database)
        self._held_time = HeldTime(database)
        self._chunks = ChunkStore(database)
        self._clock = clock
        self._next = time.monotonic() + _FIRST
        self._next_sweep = time.monotonic() + _SWEEP_EVERY
        self._looked = False

    def __call__(self) -> None:
        """Look, when it is time; raises MediaProcessorError as ``Processor.expire_originals`` does."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + _SWEEP_EVERY
            if not self._chunks.empty:
                self._environment.job_context().processor.chunk_sets.sweep()
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            processor = self._environment.job_context().processor
            if not self._looked:
                processor.find_moved_originals()
                self._looked = True
            for original in processor.expire_originals():
                _log.info("The kept original of %s was removed: its time is over.", original)
            self.forget_history()

    def forget_history(self) -> None:
        """Forget ended jobs that are older than the user wants to keep them; their figures stay."""
        days = self._environment.settings.queue.history_days
        if days:
            now = self._held_time.believed(self._clock.now())  # a clock that jumped forgets nothing
            first = date.fromtimestamp(now - days * 86400)  # noqa: DTZ012 - the user's days
            count = self._figures.prune(first.isoformat())
            if count:
                _log.info("%d jobs before %s were removed from the history.", count, first)

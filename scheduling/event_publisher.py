"""What the queue tells: jobs as the database has them, progress, and sentences for the user."""

from __future__ import annotations

import logging
import queue
from typing import Callable, Sequence

from core.events import (
    Event,
    JobProgressed,
    JobState,
    QueueListChanged,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.queue.held import HeldStory
from logger import log_state
from scheduling.pause_reasons import clock_text
from scheduling.run_tally import RunTally
from store.jobs import JobStore

_log = logging.getLogger("mediaprocessor.queue")
_MANY = 200  # more rows than this are told with one event


class Telling:
    """Puts events on ``events``; ``progressed`` is told of progress first."""

    def __init__(self, jobs: JobStore, progressed: Callable[[JobProgressed], None]) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._jobs = jobs
        self._progressed = progressed
        self._tally = RunTally()
        self._told = QueueStateChanged(QueueState.STOPPED)
        self._held = HeldStory(clock_text)

    def tell(self, job_id: int, changed: bool = True) -> None:
        """Tell a job as the database has it, where it has changed there."""
        job = self._jobs.get(job_id) if changed else None
        if job is not None:
            if job.state is not JobState.QUEUED or job.attempt > 1:
                log_state(job)
            self._tally.take(job.event)
            self.events.put(job.event)

    def tell_all(self, job_ids: Sequence[int]) -> None:
        """Tell several jobs; very many with one event."""
        if len(job_ids) > _MANY:
            self.events.put(QueueListChanged())
            return
        for job_id in job_ids:
            self.tell(job_id)

    def tell_queue(self, now: QueueStateChanged, *, running: bool, always: bool) -> None:
        """Tell what the queue does where that has changed, and once that its last film has ended.

        ``running`` is whether jobs are in work. The queue's lock is held.
        """
        if self._told.state is QueueState.STOPPED and now.state is not QueueState.STOPPED:
            self._tally.begin()
        if always or now != self._told:
            self._told = now
            self.events.put(now)
            self._log_held(now)
        if not running and self._tally.asks:
            emptied = self._tally.look(self._jobs.counts())
            if emptied is not None:
                self.events.put(emptied)

    def _log_held(self, now: QueueStateChanged) -> None:
        """Write down what holds the queue, and that nothing does any more; its stop is the user's."""
        if now.state in (QueueState.RUNNING, QueueState.PAUSED):
            sentence = self._held.take(now)
            if sentence:
                _log.info("%s", sentence)

    def publish(self, event: Event) -> None:
        """Tell what happens to a running job."""
        if isinstance(event, JobProgressed):
            self._progressed(event)
        self.events.put(event)

    def notice(self, message: str, *, error: bool = False) -> None:
        """Show a sentence that belongs to no single job."""
        self.events.put(ServiceNotice(message, error))

    def error(self, message: str) -> None:
        """Show what went wrong."""
        self.notice(message, error=True)

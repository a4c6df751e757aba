"""What the queue tells: jobs as the database has them, progress, and sentences for the user."""

from __future__ import annotations

import logging
import queue
from dataclasses import replace
from typing import List, Optional, Protocol, Sequence

from core.events import (
    Event,
    JobProgressed,
    JobState,
    MachineLost,
    QueueListChanged,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.progress import Progress
from core.queue.going_on import message_of
from core.queue.held import HeldStory
from core.queue.job import Job
from logger import log_state
from scheduling.run_tally import RunTally
from scheduling.running_jobs import RunningJobs
from scheduling.wall_clock import clock_text
from store.jobs import JobStore

_log = logging.getLogger("mediaprocessor.queue")


class EventFollower(Protocol):
    """Who hears of events beside their reader, in the thread where they happen."""

    def take(self, event: Event) -> None:
        """Take an event; returns at once and never raises."""


_MANY = 200  # more rows than this are told with one event


class EventPublisher:
    """Puts events on ``events`` (``scheduling.ports.QueueEvents``)."""

    def __init__(
        self,
        jobs: JobStore,
        running: RunningJobs,
        events: Optional[queue.SimpleQueue[Event]] = None,
    ) -> None:
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue() if events is None else events
        self._jobs = jobs
        self._running = running
        self._tally = RunTally()
        self._published = QueueStateChanged(QueueState.STOPPED)
        self._held = HeldStory(clock_text)
        self._followers: List[EventFollower] = []

    def follow(self, follower: EventFollower) -> None:
        """Tell somebody else, too, how films and runs end and which machines are lost."""
        self._followers.append(follower)

    def job_changed(self, job_id: int, changed: bool = True) -> None:
        """Tell a job as the database has it, where it has changed there."""
        job = self._jobs.get(job_id) if changed else None
        if job is not None:
            self.job_is(job)

    def job_is(self, job: Job) -> None:
        """Tell a job that was read from the database just now."""
        job = replace(job, message=message_of(job, job.message))
        if job.state is not JobState.QUEUED or job.attempt > 1:
            log_state(job)
        event = job.event
        self._tally.take(event)
        self._tell(event)

    def jobs_changed(self, job_ids: Sequence[int]) -> None:
        """Tell several jobs; very many with one event."""
        if len(job_ids) > _MANY:
            self.events.put(QueueListChanged())
            return
        for job_id in job_ids:
            self.job_changed(job_id)

    def queue_changed(self, now: QueueStateChanged, *, running: bool, always: bool) -> None:
        """Tell what the queue does where that has changed, and once that its last film has ended.

        ``running`` is whether jobs are in work. The queue's lock is held.
        """
        if self._published.state is QueueState.STOPPED and now.state is not QueueState.STOPPED:
            self._tally.begin()
        if always or now != self._published:
            self._published = now
            self.events.put(now)
            self._log_held(now)
        if not running and self._tally.asks:
            emptied = self._tally.look(self._jobs.counts())
            if emptied is not None:
                self._tell(emptied)

    def _log_held(self, now: QueueStateChanged) -> None:
        """Write down what holds the queue, and that nothing does any more; its stop is the user's."""
        if now.state in (QueueState.RUNNING, QueueState.PAUSED):
            sentence = self._held.take(now)
            if sentence:
                _log.info("%s", sentence)

    def job_progressed(self, job_id: int, progress: Progress) -> None:
        """Keep and tell how far the step of a running job is."""
        self._running.progressed(job_id, progress)
        self.events.put(JobProgressed(job_id, progress))

    def machine_lost(self, name: str, films: int) -> None:
        """Tell that a machine with films in hand fell silent."""
        self._tell(MachineLost(name, films))

    def _tell(self, event: Event) -> None:
        self.events.put(event)
        for follower in self._followers:
            follower.take(event)

    def notice(self, message: str, *, error: bool = False) -> None:
        """Show a sentence that belongs to no single job."""
        self.events.put(ServiceNotice(message, error))

    def error(self, message: str) -> None:
        """Show what went wrong."""
        self.notice(message, error=True)

"""What becomes of a job: written into its row, and told; what follows from an error."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import Path
from typing import Callable

from core.errors import FilmMoved, MediaProcessorError, SourceChanged
from core.events import JobState
from core.ports import Clock
from core.queue.going_on import LOST, STOPPED
from core.queue.held import waits
from core.queue.job import Job, JobEnd
from core.queue.outcome import CANCELLED, end_of_error
from core.queue.retry import SWAP_DELAY, Retry, RetryAction, retry_of
from core.store_errors import StoreError
from scheduling.ports import QueueEvents
from scheduling.running_jobs import Running, RunningJobs
from store.jobs import JobStore

STORE_PAUSE = 5.0  # seconds until a failing database is asked again

_log = logging.getLogger("mediaprocessor.queue")


class JobOutcomes:
    """Safe from any thread."""

    def __init__(
        self, jobs: JobStore, running: RunningJobs, events: QueueEvents, clock: Clock
    ) -> None:
        self._jobs = jobs
        self._running = running
        self._events = events
        self._clock = clock
        # How often each job's film changed while it was worked on, since the start.
        self._changes: Counter[int] = Counter()

    def finish(self, job_id: int, end: JobEnd) -> None:
        """End a job."""
        with self._running.changed:
            self._changes.pop(job_id, None)
        self._events.job_changed(job_id, self._jobs.finish(job_id, end))

    def wait_for_swap(self, job_id: int, message: str) -> None:
        """Let a job wait with its finished result, in nobody's slot."""
        until = self._clock.now() + SWAP_DELAY
        waits = self._jobs.put_off(job_id, until, message, JobState.SWAP_PENDING)
        self._events.job_changed(job_id, waits)

    def requeue_lost(self, job_id: int) -> None:
        """Queue a job again whose thread has hung or ended."""
        self._events.job_changed(job_id, self._jobs.requeue(job_id, LOST, failed=True))

    def after_end(self, job_id: int, running: Running, end: JobEnd) -> None:
        """End a job whose work has come to its end."""
        self._until_stored(running, lambda: self.finish(job_id, end))

    def after_cancel(self, job_id: int, running: Running) -> None:
        """Queue a job again that was stopped, or end one that its user has cancelled."""
        if running.handed_over:  # the next run of the program finds it in its node's hands
            return
        if running.goes_back:
            self._until_stored(running, lambda: self._requeue_stopped(job_id, running))
        else:
            self._until_stored(running, lambda: self.finish(job_id, CANCELLED))

    def after_error(self, job: Job, running: Running, error: Exception) -> None:
        """Do about an error what ``core.queue.retry`` says."""
        if not isinstance(error, MediaProcessorError):
            _log.exception("Job %d met an unexpected error.", job.id)
        with self._running.changed:
            changes = self._changes[job.id]
            if isinstance(error, SourceChanged):
                self._changes[job.id] += 1
        retry = retry_of(error, failures=job.failures, delays=job.delays, changes=changes)
        self._until_stored(running, lambda: self._act_on(retry, job, running, error))

    def _requeue_stopped(self, job_id: int, running: Running) -> None:
        why = LOST if running.lost else STOPPED
        self._events.job_changed(job_id, self._jobs.requeue(job_id, why, failed=running.lost))

    def _act_on(self, retry: Retry, job: Job, running: Running, error: Exception) -> None:
        if retry.action is RetryAction.END:
            self.finish(job.id, end_of_error(error))
        elif isinstance(error, FilmMoved):
            self._follow(job, error, retry.reason)
        elif retry.action is RetryAction.SWAP_LATER:
            self.wait_for_swap(job.id, retry.reason)
        elif retry.action is RetryAction.WAIT and retry.delay:
            until, code = self._clock.now() + retry.delay, end_of_error(error).error_code
            put_off = self._jobs.put_off(job.id, until, waits(retry.reason), code=code)
            self._events.job_changed(job.id, put_off)
        else:
            failed = retry.action is RetryAction.AGAIN
            kind = running.kept_kind
            queued = self._jobs.requeue(job.id, retry.reason, failed=failed, kind=kind)
            self._events.job_changed(job.id, queued)

    def _follow(self, job: Job, error: FilmMoved, reason: str) -> None:
        """Queue a job again under its film's new name, or end it where that name is queued already.

        Under the lock, so that nobody begins it in between.
        """
        with self._running.changed:
            if self._jobs.follow(job.id, job.path, Path(error.now), reason):
                self._events.job_changed(job.id)
            else:
                self.finish(job.id, end_of_error(error))

    def _until_stored(self, running: Running, write: Callable[[], None]) -> None:
        """Write down what became of a job; a database that cannot be written now is waited for.

        At the program's end the next start finds the job as one that was interrupted.
        """
        shown = False
        while True:
            try:
                write()
                return
            except StoreError as error:
                if not error.transient:
                    raise
                if self._running.ending:
                    return
                if not shown:
                    _log.error("%s", error)
                    self._events.error(str(error))
                shown = True
                with self._running.changed:
                    self._running.changed.wait(STORE_PAUSE)
                _ = running.control.cancelled  # a sign of life

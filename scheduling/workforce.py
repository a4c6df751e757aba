"""The threads that work off the queue: who takes which job, and what follows from how it ends."""

from __future__ import annotations

import logging
import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Tuple

from core.errors import JobCancelled, MediaProcessorError
from core.events import JobState
from core.job import Job, JobEnd, JobKind
from core.job_kind import kind_of
from core.outcome import end_of_error, end_without_work, sentence_of
from core.retry import SWAP_DELAY, Answer, retry_of
from processing.control import JobControl
from scheduling.attempt import Attempts
from scheduling.slots import Slots
from store.jobs import JobStore

_STORE_PAUSE = 5.0  # seconds until a worker asks a failing database again

_log = logging.getLogger("mediaprocessor.queue")


@dataclass
class Running:
    """A job in a worker's hands; guarded by the queue's lock."""

    control: JobControl = field(default_factory=JobControl)
    kind: JobKind = JobKind.UNKNOWN
    paused_in: Optional[JobState] = None  # where the user paused it
    goes_back: bool = False  # it was stopped and goes back to the queue


class Workforce:
    """``changed`` is the queue's lock and signal; ``working`` says, under it, whether jobs may begin.

    ``tell`` says that a job's row has changed, ``notice`` shows an error that is no job's, ``freed`` is
    called under the lock when a job has left its worker.
    """

    def __init__(
        self,
        jobs: JobStore,
        attempts: Attempts,
        slots: Slots,
        changed: threading.Condition,
        *,
        job_log: Callable[[int], AbstractContextManager[object]],
        working: Callable[[], bool],
        tell: Callable[[int], None],
        notice: Callable[[str], None],
        freed: Callable[[], None],
        now: Callable[[], float],
        instance_id: str,
    ) -> None:
        self.running: Dict[int, Running] = {}
        self.ending = False
        self._jobs = jobs
        self._attempts = attempts
        self._slots = slots
        self._changed = changed
        self._job_log = job_log
        self._working = working
        self._tell_row = tell
        self._notice = notice
        self._freed = freed
        self._now = now
        self._instance_id = instance_id
        self._workers: List[threading.Thread] = []

    def hire(self) -> None:
        """Have as many workers as jobs can run; the lock is held. Who has no slot just waits."""
        self._workers = [one for one in self._workers if one.is_alive()]
        for number in range(len(self._workers), self._slots.total):
            worker = threading.Thread(target=self._work, name=f"worker-{number + 1}", daemon=True)
            self._workers.append(worker)
            worker.start()

    @property
    def workers(self) -> Tuple[threading.Thread, ...]:
        """The threads that are there, to be waited for."""
        return tuple(self._workers)

    def claimable(self) -> Tuple[JobKind, ...]:
        """Return the kinds of which a job may begin now; the lock is held."""
        kinds = (one.kind for one in self.running.values())
        return self._slots.claimable(kinds, self._jobs.planned_ahead)

    def wait_for_swap(self, job_id: int, message: str) -> None:
        """Let a job wait with its finished result, in nobody's slot."""
        until = self._now() + SWAP_DELAY
        self._tell(job_id, self._jobs.put_off(job_id, until, message, JobState.SWAP_PENDING))

    def finish(self, job_id: int, end: JobEnd) -> None:
        """End a job."""
        self._tell(job_id, self._jobs.finish(job_id, end))

    def _work(self) -> None:
        while True:
            try:
                job = self._take()
                if job is None:
                    return
                self._run(job)
            except Exception as error:  # noqa: BLE001 - a worker never ends by an error
                _log.exception("The queue's worker met an error.")
                self._notice(sentence_of(error))
                with self._changed:
                    self._changed.wait(_STORE_PAUSE)

    def _take(self) -> Optional[Job]:
        """Wait for the next job; None when the worker is to end."""
        with self._changed:
            while not self.ending:
                kinds = self.claimable() if self._working() else ()
                job = self._jobs.claim_next(self._instance_id, kinds) if kinds else None
                if job is not None:
                    self.running[job.id] = Running(kind=job.kind)
                    return job
                self._changed.wait()
            return None

    def _run(self, job: Job) -> None:
        running = self.running[job.id]
        try:
            with self._job_log(job.id):
                _log.info("Job %d, attempt %d: %s", job.id, job.attempt, job.path)
                self._tell(job.id)
                self._attempt(job, running)
        finally:
            with self._changed:
                del self.running[job.id]
                self._freed()

    def _attempt(self, job: Job, running: Running) -> None:
        """Work on a job and write down how that ended, or what follows."""
        try:
            planned = self._attempts.plan(job)
            running.control.check()
            end = end_without_work(planned.plan)
            if end is None:
                kind = kind_of(planned.plan)
                if not self._has_slot(job, running, kind):
                    self._attempts.keep(job.id, planned)
                    self._tell(job.id, self._jobs.give_back(job.id, kind))
                    return
                end = self._attempts.carry_out(job, planned, running.control)
            self.finish(job.id, end)
        except JobCancelled as error:
            if running.goes_back:
                self._tell(job.id, self._jobs.requeue(job.id, "It was stopped and starts anew."))
            else:
                self.finish(job.id, JobEnd(JobState.CANCELLED, str(error), error.code))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job gets an answer
            if not isinstance(error, MediaProcessorError):
                _log.exception("Job %d met an unexpected error.", job.id)
            self._answer(job, error)

    def _has_slot(self, job: Job, running: Running, kind: JobKind) -> bool:
        """Take a slot of this kind; False where all are taken."""
        with self._changed:
            others = (one.kind for one in self.running.values() if one is not running)
            if kind not in self._slots.free(others):
                return False
            running.kind = kind
            self._jobs.set_kind(job.id, kind)
            self._changed.notify_all()
            return True

    def _answer(self, job: Job, error: Exception) -> None:
        """Do about an error what ``core.retry`` says."""
        retry = retry_of(error, failures=job.failures, delays=job.delays, attempt=job.attempt)
        if retry.answer is Answer.END:
            self.finish(job.id, end_of_error(error))
        elif retry.answer is Answer.SWAP_LATER:
            self.wait_for_swap(job.id, retry.reason)
        elif retry.answer is Answer.WAIT and retry.delay:
            until = self._now() + retry.delay
            self._tell(job.id, self._jobs.put_off(job.id, until, f"Waits: {retry.reason}"))
        else:
            failed = retry.answer is Answer.AGAIN
            self._tell(job.id, self._jobs.requeue(job.id, retry.reason, failed=failed))

    def _tell(self, job_id: int, changed: bool = True) -> None:
        if changed:
            self._tell_row(job_id)

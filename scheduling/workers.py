"""The threads that work off the queue: who takes which job, and what follows from how it ends."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, List, Optional, Tuple

from core.errors import (
    FilmMoved,
    JobCancelled,
    MediaProcessorError,
    SourceChanged,
    StoreError,
)
from core.events import JobProgressed, JobState
from core.progress import Progress
from core.queue.held import WAITS, no_slot_sentence
from core.queue.job import Job, JobEnd, JobKind
from core.queue.job_kind import kind_of
from core.queue.outcome import CANCELLED, end_of_error, end_without_work, sentence_of
from core.queue.retry import SWAP_DELAY, Retry, RetryAction, retry_of
from processing.control import JobControl
from scheduling.attempt import Attempts, Planned
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from store.jobs import JobStore

HANG_SECONDS = 900.0  # longer than any tool may go without a sign of life
_WAIT = 30.0  # seconds after which an idle worker gives its sign of life
_LOST = "Its worker stopped responding or ended unexpectedly; it will start over."
_STORE_PAUSE = 5.0  # seconds until a worker asks a failing database again

_log = logging.getLogger("mediaprocessor.queue")


@dataclass
class Running:
    """A job in a worker's hands; guarded by the queue's lock."""

    control: JobControl = field(default_factory=JobControl)
    kind: JobKind = JobKind.UNKNOWN
    paused_in: Optional[JobState] = None  # where the user paused it
    progress: Optional[Progress] = None  # of its present step, as far as its tool says
    goes_back: bool = False  # it was stopped and goes back to the queue
    lost: bool = False  # its worker hangs and was replaced: it holds no slot any more
    node: str = ""  # the machine that makes its result; it holds no slot of ours
    planning: bool = False  # it is only planned, for whichever machine
    left: bool = False  # this program lets go of it, and its node goes on
    kept_kind: JobKind = JobKind.UNKNOWN  # of its plan, where that is kept for the next attempt

    @property
    def eta(self) -> float:
        """Seconds that its step still takes, as far as its tool says."""
        return (self.progress.eta if self.progress else None) or 0.0

    @property
    def cancelled(self) -> bool:
        """Whether its user has cancelled it; the program itself only stops it, and it goes back."""
        return self.control.cancel_asked and not (self.goes_back or self.left)

    @property
    def holds_slot(self) -> bool:
        """Whether it takes one of this machine's slots."""
        return not (self.lost or self.node or self.planning)


class Worker:
    """One thread of the workforce, and its signs of life."""

    def __init__(self, work: Callable[[Worker], None], name: str) -> None:
        self.name = name
        self.job: Optional[Running] = None
        self.job_id = 0
        self._beat = time.monotonic()
        self.thread = threading.Thread(target=work, args=(self,), name=name, daemon=True)

    def beat(self) -> None:
        """Give a sign of life."""
        self._beat = time.monotonic()

    @property
    def last_beat(self) -> float:
        """The last sign of life, by ``time.monotonic()``; a job's own steps count."""
        job = self.job
        return self._beat if job is None else max(self._beat, job.control.last_look)


class Workforce:
    """``changed`` is the queue's lock and signal; ``working`` says, under it, whether jobs may begin.

    ``tell`` says that a job's row has changed, ``notice`` shows an error that is no job's, ``freed`` is
    called under the lock when a job has left its worker, with what was asked of it meanwhile.
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
        supervisor: Supervisor,
        freed: Callable[[int, Running], None],
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
        self._supervisor = supervisor
        self._freed = freed
        self._now = now
        self._instance_id = instance_id
        self._workers: List[Worker] = []
        # How often each job's film changed while it was worked on, since the start.
        self._changes: Dict[int, int] = {}
        self.claim: Callable[[Tuple[JobKind, ...]], Optional[Job]] = self.claim_next

    def hire(self) -> None:
        """Have as many workers as jobs can run; the lock is held. Who has no slot just waits."""
        taken = {one.name for one in self._workers}
        for number in range(1, self._slots.total + 1):
            if f"worker-{number}" not in taken:
                self._begin(f"worker-{number}")

    def _begin(self, name: str) -> None:
        worker = Worker(self._work, name)
        self._workers.append(worker)
        worker.thread.start()
        self._supervisor.follow(
            name.replace("-", " ").capitalize(),
            HANG_SECONDS,
            lambda: worker.last_beat,
            lambda: self._replace(worker),
            worker.thread.is_alive,
        )

    def _replace(self, worker: Worker) -> None:
        """Let another worker go on; what this one had in hand is told to end, and not begun again."""
        with self._changed:
            if self.ending or worker not in self._workers:
                return
            self._workers.remove(worker)
            job = worker.job
            if job is not None and worker.thread.is_alive():
                job.lost = job.goes_back = True
                job.control.cancel()
            elif job is not None:
                self.running.pop(worker.job_id, None)
                self._tell(worker.job_id, self._jobs.requeue(worker.job_id, _LOST, failed=True))
            self._begin(worker.name)
            self._changed.notify_all()

    @property
    def workers(self) -> Tuple[threading.Thread, ...]:
        """The threads that are there, to be waited for."""
        return tuple(one.thread for one in self._workers)

    def kinds_at_work(self) -> Tuple[JobKind, ...]:
        """Return the kinds of the jobs that take this machine's slots."""
        with self._changed:
            return tuple(one.kind for one in self.running.values() if one.holds_slot)

    def hold(self, still: bool, *, others: bool) -> None:
        """Let the running jobs stand still or go on, ``others`` at other machines too; the lock is held.

        One that its user has paused stands still.
        """
        for running in self.running.values():
            if running.paused_in is not None or (still and (others or not running.node)):
                running.control.pause()
            else:
                running.control.resume()

    def claimable(self) -> Tuple[JobKind, ...]:
        """Return the kinds of which a job may begin now; the lock is held."""
        kinds = (one.kind for one in self.running.values() if one.holds_slot)
        return self._slots.claimable(kinds, self._jobs.planned_ahead)

    def claim_next(self, kinds: Tuple[JobKind, ...]) -> Optional[Job]:
        """Take the queue's next job of these kinds: how it is done where no other machine takes part."""
        return self._jobs.claim_next(self._instance_id, kinds)

    def progressed(self, event: JobProgressed) -> None:
        """Keep in mind how far a running job's step is."""
        running = self.running.get(event.job_id)
        if running is not None:
            running.progress = event.progress

    def wait_for_swap(self, job_id: int, message: str) -> None:
        """Let a job wait with its finished result, in nobody's slot."""
        until = self._now() + SWAP_DELAY
        self._tell(job_id, self._jobs.put_off(job_id, until, message, JobState.SWAP_PENDING))

    def finish(self, job_id: int, end: JobEnd) -> None:
        """End a job."""
        self._changes.pop(job_id, None)
        self._tell(job_id, self._jobs.finish(job_id, end))

    def _work(self, worker: Worker) -> None:
        told = ""
        while True:
            try:
                job = self._take(worker)
                if job is None:
                    return
                told = ""
                self._run(job, worker)
            except Exception as error:  # noqa: BLE001 - a worker never ends by an error
                if sentence_of(error) != told:  # else the same trouble every few seconds
                    told = sentence_of(error)
                    _log.exception("The queue's worker met an error.")
                    self._notice(told)
                with self._changed:
                    self._changed.wait(_STORE_PAUSE)

    def _take(self, worker: Worker) -> Optional[Job]:
        """Wait for the next job; None when the worker is to end."""
        with self._changed:
            while not self.ending and worker in self._workers:
                worker.beat()
                kinds = self.claimable() if self._working() else ()
                job = self.claim(kinds) if kinds else None
                if job is not None:
                    worker.job = self.running[job.id] = Running(kind=job.kind)
                    worker.job_id = job.id
                    return job
                self._changed.wait(_WAIT)
            return None

    def _run(self, job: Job, worker: Worker) -> None:
        running = self.running[job.id]
        try:
            self.work_on(job, running, lambda: self._attempt(job, running))
        finally:
            worker.job = None

    def work_on(self, job: Job, running: Running, deed: Callable[[], Optional[JobEnd]]) -> None:
        """Do something for a job that is in ``running``, and write down how it ends or what follows.

        ``deed`` returns None where it has given the job back.
        """
        try:
            with self._job_log(job.id):
                _log.info("Job %d, attempt %d: %s", job.id, job.attempt, job.path)
                self._tell(job.id)
                self._settle(job, running, deed)
        finally:
            with self._changed:
                # Back in the queue, another worker may have it by now.
                if self.running.get(job.id) is running:
                    del self.running[job.id]
                self._freed(job.id, running)

    def _attempt(self, job: Job, running: Running) -> Optional[JobEnd]:
        """Plan a film and carry that out, or give it back where its kind has no slot."""
        planned = self._attempts.plan(job)
        running.control.check()
        end = end_without_work(planned.plan)
        if end is not None:
            return end
        kind = kind_of(planned.plan)
        if self._has_slot(job, running, kind):
            return self._attempts.carry_out(job, planned, running.control)
        # A slot that is taken gets free; one that is not there has to be told.
        why = "" if self._slots.limit(kind) else no_slot_sentence(kind)
        self.give_back(job.id, planned, kind, f"{WAITS}{why}" if why else "")
        return None

    def give_back(self, job_id: int, planned: Planned, kind: JobKind, message: str = "") -> None:
        """Put a job back in its place, with its plan and why it waits there."""
        self._attempts.keep(job_id, planned)
        self._tell(job_id, self._jobs.give_back(job_id, kind, message))

    def _settle(self, job: Job, running: Running, deed: Callable[[], Optional[JobEnd]]) -> None:
        try:
            end = deed()
            if end is not None:
                self._until_stored(running, lambda: self.finish(job.id, end))
        except JobCancelled:
            if not running.left:  # else the next run of the program finds it in its node's hands
                self._until_stored(running, lambda: self._stopped(job.id, running))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job gets an answer
            if not isinstance(error, MediaProcessorError):
                _log.exception("Job %d met an unexpected error.", job.id)
            self._answer(job, running, error)
        except BaseException:  # the thread ends, and the supervisor begins another
            self._tell(job.id, self._jobs.requeue(job.id, _LOST, failed=True))
            raise

    def _stopped(self, job_id: int, running: Running) -> None:
        """Queue a job again that was stopped, or end one that its user has cancelled."""
        if running.goes_back:
            why = _LOST if running.lost else "Stopped; it will start over."
            self._tell(job_id, self._jobs.requeue(job_id, why, failed=running.lost))
        else:
            self.finish(job_id, CANCELLED)

    def _until_stored(self, running: Running, write: Callable[[], None]) -> None:
        """Write down what became of a job; a database that cannot be written now is waited for.

        At the program's end the next start finds the job as one that was interrupted.
        """
        told = False
        while True:
            try:
                write()
                return
            except StoreError as error:
                if not error.transient:
                    raise
                if self.ending:
                    return
                if not told:
                    _log.error("%s", error)
                    self._notice(str(error))
                told = True
                with self._changed:
                    self._changed.wait(_STORE_PAUSE)
                _ = running.control.cancelled  # a sign of life

    def _has_slot(self, job: Job, running: Running, kind: JobKind) -> bool:
        """Take a slot of this kind; False where all are taken."""
        with self._changed:
            others = (
                one.kind for one in self.running.values() if one is not running and one.holds_slot
            )
            if kind not in self._slots.free(others):
                return False
            running.kind = kind
            self._jobs.set_kind(job.id, kind)
            self._changed.notify_all()
            return True

    def _answer(self, job: Job, running: Running, error: Exception) -> None:
        """Do about an error what ``core.queue.retry`` says."""
        changes = self._changes.get(job.id, 0)
        if isinstance(error, SourceChanged):
            self._changes[job.id] = changes + 1
        retry = retry_of(error, failures=job.failures, delays=job.delays, changes=changes)
        self._until_stored(running, lambda: self._act_on(retry, job, running, error))

    def _act_on(self, retry: Retry, job: Job, running: Running, error: Exception) -> None:
        if retry.action is RetryAction.END:
            self.finish(job.id, end_of_error(error))
        elif isinstance(error, FilmMoved):
            self._follow(job, error, retry.reason)
        elif retry.action is RetryAction.SWAP_LATER:
            self.wait_for_swap(job.id, retry.reason)
        elif retry.action is RetryAction.WAIT and retry.delay:
            until, code = self._now() + retry.delay, end_of_error(error).error_code
            waits = self._jobs.put_off(job.id, until, f"Waits: {retry.reason}", code=code)
            self._tell(job.id, waits)
        else:
            failed = retry.action is RetryAction.AGAIN
            kind = running.kept_kind
            self._tell(job.id, self._jobs.requeue(job.id, retry.reason, failed=failed, kind=kind))

    def _follow(self, job: Job, error: FilmMoved, reason: str) -> None:
        """Queue a job again under its film's new name, or end it where that name is queued already.

        Under the lock, so that nobody begins it in between.
        """
        with self._changed:
            if self._jobs.follow(job.id, job.path, Path(error.now), reason):
                self._tell(job.id)
            else:
                self.finish(job.id, end_of_error(error))

    def _tell(self, job_id: int, changed: bool = True) -> None:
        if changed:
            self._tell_row(job_id)

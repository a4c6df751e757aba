"""The threads that work off the queue: who takes which job, and in whose slot."""

from __future__ import annotations

import logging
import threading
import time
from typing import Callable, List, Optional, Tuple

from core.errors import JobCancelled
from core.queue.held import no_slot_sentence, waits
from core.queue.job import Job, JobEnd, JobKind
from core.queue.job_kind import kind_of
from core.queue.outcome import end_without_work, sentence_of
from scheduling.attempt import Attempts, Planned
from scheduling.job_outcomes import STORE_PAUSE, JobOutcomes
from scheduling.ports import JobSource
from scheduling.queue_control import QueueControl
from scheduling.running_jobs import Running
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from store.jobs import JobStore

HANG_SECONDS = 900.0  # longer than any tool may go without a sign of life
_WAIT = 30.0  # seconds after which an idle worker gives its sign of life

_log = logging.getLogger("mediaprocessor.queue")


class Worker:
    """One thread of the pool, and its signs of life (``core.ports.SupervisedThread``)."""

    def __init__(self, pool: WorkerPool, name: str) -> None:
        self.name = name
        self.job: Optional[Running] = None
        self.job_id = 0
        self._pool = pool
        self._beat = time.monotonic()
        self.thread = threading.Thread(target=pool.work, args=(self,), name=name, daemon=True)

    def beat(self) -> None:
        """Give a sign of life."""
        self._beat = time.monotonic()

    @property
    def last_beat(self) -> float:
        """The last sign of life, by ``time.monotonic()``; a job's own steps count."""
        job = self.job
        return self._beat if job is None else max(self._beat, job.control.last_look)

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self.thread.is_alive()

    def restart(self) -> None:
        """Let another worker go on."""
        self._pool.replace(self)


class OwnQueue:
    """The queue of one machine as the source of its workers' jobs: the first that may begin."""

    def __init__(self, jobs: JobStore, instance_id: str) -> None:
        self._jobs = jobs
        self._instance_id = instance_id

    def claim(self, kinds: Tuple[JobKind, ...]) -> Optional[Job]:
        """Take the queue's next job of these kinds."""
        return self._jobs.claim_next(self._instance_id, kinds)


class WorkerPool:
    """As many workers as jobs can run at once; each takes its jobs from ``source``."""

    def __init__(
        self,
        jobs: JobStore,
        attempts: Attempts,
        slots: Slots,
        control: QueueControl,
        supervisor: Supervisor,
        source: JobSource,
    ) -> None:
        self._jobs = jobs
        self._attempts = attempts
        self._slots = slots
        self._control = control
        self._running = control.running
        self._outcomes: JobOutcomes = control.outcomes
        self._events = control.events
        self._environment = control.environment
        self._supervisor = supervisor
        self._own_queue = self._source = source
        self._workers: List[Worker] = []

    # ---- the threads

    def ensure_workers(self) -> None:
        """Have as many workers as jobs can run; the lock is held. Who has no slot just waits."""
        names = {worker.name for worker in self._workers}
        for number in range(1, self._slots.total + 1):
            if f"worker-{number}" not in names:
                self._begin(f"worker-{number}")

    @property
    def threads(self) -> Tuple[threading.Thread, ...]:
        """The threads that are there, to be waited for."""
        return tuple(worker.thread for worker in self._workers)

    def _begin(self, name: str) -> None:
        worker = Worker(self, name)
        self._workers.append(worker)
        worker.thread.start()
        self._supervisor.follow(name.replace("-", " ").capitalize(), HANG_SECONDS, worker)

    def replace(self, worker: Worker) -> None:
        """Let another worker go on; what this one had in hand is told to end, and not begun again."""
        with self._running.changed:
            if self._running.ending or worker not in self._workers:
                return
            self._workers.remove(worker)
            job = worker.job
            if job is not None and worker.alive:
                job.give_back(lost=True)
            elif job is not None:
                self._running.end(worker.job_id, job)
                self._outcomes.requeue_lost(worker.job_id)
            self._begin(worker.name)
            self._running.wake()

    def work(self, worker: Worker) -> None:
        """Take job after job, in the worker's own thread, until the program or the worker ends."""
        trouble = ""
        while True:
            try:
                taken = self._take(worker)
                if taken is None:
                    return
                trouble = ""
                try:
                    self.run_job(*taken, self._attempt)
                finally:
                    with self._running.changed:
                        worker.job = None
            except Exception as error:  # noqa: BLE001 - a worker never ends by an error
                if sentence_of(error) != trouble:  # else the same trouble every few seconds
                    trouble = sentence_of(error)
                    _log.exception("The queue's worker met an error.")
                    self._events.error(trouble)
                with self._running.changed:
                    self._running.changed.wait(STORE_PAUSE)

    # ---- which job

    def take_from(self, source: JobSource) -> None:
        """Take jobs from another source from now on."""
        with self._running.changed:
            self._source = source

    def take_from_own_queue(self) -> None:
        """Take jobs from this machine's own queue again."""
        self.take_from(self._own_queue)

    def claimable(self) -> Tuple[JobKind, ...]:
        """Return the kinds of which a job may begin now; the lock is held."""
        return self._slots.claimable(self._running.kinds_at_work(), self._jobs)

    def _take(self, worker: Worker) -> Optional[Tuple[Job, Running]]:
        """Wait for the next job; None when the worker is to end."""
        with self._running.changed:
            while not self._running.ending and worker in self._workers:
                worker.beat()
                kinds = self.claimable() if self._control.may_begin else ()
                job = self._source.claim(kinds) if kinds else None
                if job is not None:
                    worker.job = self._running.begin(job.id, Running(kind=job.kind))
                    worker.job_id = job.id
                    return job, worker.job
                self._running.changed.wait(_WAIT)
            return None

    # ---- the work

    def run_job(
        self, job: Job, running: Running, action: Callable[[Job, Running], Optional[JobEnd]]
    ) -> None:
        """Do something for a job that is in hand, and write down how it ends or what follows.

        ``action`` returns how the job ends, or None where it has given the job back.
        """
        try:
            with self._environment.job_log(job.id):
                _log.info("Job %d, attempt %d: %s", job.id, job.attempt, job.path)
                self._events.job_is(job)
                try:
                    end = action(job, running)
                    if end is not None:
                        self._outcomes.after_end(job.id, running, end)
                except JobCancelled:
                    self._outcomes.after_cancel(job.id, running)
                except Exception as error:  # noqa: BLE001 - whatever it is, the job gets an answer
                    self._outcomes.after_error(job, running, error)
                except BaseException:  # the thread ends, and the supervisor begins another
                    self._outcomes.requeue_lost(job.id)
                    raise
        finally:
            with self._running.changed:
                self._running.end(job.id, running)
                self._control.job_released(job.id, running)

    def _attempt(self, job: Job, running: Running) -> Optional[JobEnd]:
        """Plan a film and carry that out, or give it back where its kind has no slot."""
        planned = self._attempts.plan(job)
        running.control.check()
        end = end_without_work(planned.plan)
        if end is not None:
            return end
        kind = kind_of(planned.plan)
        if self._takes_slot(job, running, kind):
            return self._attempts.carry_out(job, planned, running.control)
        # A slot that is taken gets free; one that is not there has to be told.
        why = "" if self._slots.limit(kind) else no_slot_sentence(kind)
        self.give_back(job.id, planned, kind, waits(why) if why else "")
        return None

    def _takes_slot(self, job: Job, running: Running, kind: JobKind) -> bool:
        """Take a slot of this kind; False where all are taken."""
        with self._running.changed:
            if not self._running.take_slot(running, kind, self._slots):
                return False
            self._jobs.set_kind(job.id, kind)
            self._running.wake()
            return True

    def give_back(self, job_id: int, planned: Planned, kind: JobKind, message: str = "") -> None:
        """Put a job back in its place, with its plan and why it waits there."""
        self._attempts.keep(job_id, planned)
        self._events.job_changed(job_id, self._jobs.give_back(job_id, kind, message))

"""The queue as several machines share it: what a master's work may ask of it and do with it."""

from __future__ import annotations

import threading
from typing import Callable, Optional, Sequence, Tuple

from core.queue.job import Job, JobEnd, JobKind, NewJob
from scheduling.attempt import Attempts, Planned
from scheduling.exclusions import ExclusionGate
from scheduling.ports import JobSource
from scheduling.queue_control import QueueControl
from scheduling.queue_estimate import MachineSlots, QueueEstimate
from scheduling.running_jobs import Running, RunningJobs
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from scheduling.workers import WorkerPool
from store.connection import Database
from store.jobs import JobStore


class SharedQueue:
    """One for each QueueManager. ``changed`` is the queue's lock, on which threads also wait."""

    def __init__(
        self,
        database: Database,
        jobs: JobStore,
        attempts: Attempts,
        slots: Slots,
        workers: WorkerPool,
        control: QueueControl,
        estimate: QueueEstimate,
        supervisor: Supervisor,
        exclusions: ExclusionGate,
    ) -> None:
        self.exclusions = exclusions
        self.database = database
        self.jobs = jobs
        self.attempts = attempts
        self.slots = slots
        self.supervisor = supervisor
        self._workers = workers
        self._control = control
        self._estimate = estimate

    @property
    def changed(self) -> threading.Condition:
        """The queue's lock."""
        return self._control.running.changed

    @property
    def running(self) -> RunningJobs:
        """What is in hand."""
        return self._control.running

    @property
    def ending(self) -> bool:
        """Whether the program ends."""
        return self._control.running.ending

    @property
    def handing_out(self) -> bool:
        """Whether the user lets the queue run: then other machines get films."""
        return self._control.handing_out

    def wake(self) -> None:
        """Let the threads that wait look again."""
        self._control.running.wake()

    def error(self, message: str) -> None:
        """Show the user what went wrong."""
        self._control.events.error(message)

    def machine_lost(self, name: str, films: int) -> None:
        """Tell that a machine which had so many films in hand fell silent."""
        self._control.events.machine_lost(name, films)

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films in one transaction; return the ids of the new jobs.

        Those that are excluded are passed over.
        """
        films = self.exclusions.allowed(films)
        with self.changed:
            ids = self.jobs.add(films)
            self._control.events.jobs_changed(ids)
            self.wake()
        return ids

    # ---- several machines

    def share(self, source: JobSource, machines: MachineSlots) -> None:
        """Let this machine's workers take their jobs from ``source``, and count the others' slots."""
        with self.changed:
            self._workers.take_from(source)
            self._estimate.count_machines(machines)

    def share_no_more(self) -> None:
        """Let this machine's workers take their jobs from its own queue, and count its slots alone."""
        with self.changed:
            self._workers.take_from_own_queue()
            self._estimate.count_machines(None)

    # ---- jobs in other hands than a worker's

    def begin(self, job_id: int, running: Running) -> Running:
        """Take a job in hand; it may have to stand still."""
        with self.changed:
            self.running.begin(job_id, running)
            if running.node:
                self._control.announce()
            return running

    def run_job(
        self, job: Job, running: Running, action: Callable[[Job, Running], Optional[JobEnd]]
    ) -> None:
        """Do something for a job that is in hand, and write down how it ends or what follows."""
        self._workers.run_job(job, running, action)

    def give_back(self, job_id: int, planned: Planned, kind: JobKind) -> None:
        """Put a job back in its place, with its plan, which is written down as well."""
        with self.database.transaction():
            planned = self.attempts.write(job_id, planned)
            self.attempts.keep(job_id, planned)  # before anybody sees that it is planned
            given = self.jobs.give_back(job_id, kind)
        self._control.events.job_changed(job_id, given)

    def finish(self, job_id: int, end: JobEnd) -> None:
        """End a job."""
        self._control.outcomes.finish(job_id, end)

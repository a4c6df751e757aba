"""Brings the queue's rows to what the last run of the program left on the disk."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, FrozenSet

from core.events import JobState
from core.queue.job import Job
from processor import Recovered
from scheduling.attempt import completed
from scheduling.job_context import Equipment
from store.jobs import JobStore
from store.journal import Journal

_INTERRUPTED = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


class Recovery:
    """``tell`` says that a row has changed, ``notice`` what belongs to no job.

    ``wait_for_swap`` lets a job wait with its result.
    """

    def __init__(
        self,
        jobs: JobStore,
        journal: Journal,
        equipment: Equipment,
        tell: Callable[[int], None],
        notice: Callable[[str], None],
        wait_for_swap: Callable[[int, str], None],
    ) -> None:
        self._jobs = jobs
        self._journal = journal
        self._processor = equipment.processor
        self._tell = tell
        self._notice = notice
        self._wait_for_swap = wait_for_swap
        self._tell_owner = equipment.tell_owner

    def run(self, others: FrozenSet[int] = frozenset()) -> None:
        """Put right what was left behind; raises MediaProcessorError where the disk does not let it.

        ``others`` are jobs that other machines have in hand.
        """
        for one in self._processor.recover(others):
            self._take_over(one)
        for job in self._jobs.page(_INTERRUPTED, limit=-1):
            if self._swapped(job):  # it died between the swap and this row
                self._finish(job, "")

    def _take_over(self, one: Recovered) -> None:
        """Bring a job's row to what recovery made of its film."""
        job = self._jobs.get(one.job_id)
        if job is None or job.state.final or one.state is None:
            self._notice(f"{one.path}: {one.message}")
        elif one.state is JobState.COMPLETED:
            self._finish(job, one.message)
        elif one.state is JobState.SWAP_PENDING:
            self._wait_for_swap(job.id, one.message)
        else:
            self._jobs.requeue(job.id, one.message)
            if job.state is JobState.PAUSED:
                self._jobs.pause(job.id, paused=True)
            self._tell(job.id)

    def _finish(self, job: Job, message: str) -> None:
        result = self._processor.result_of(job.id)
        if result is not None:
            end = completed(replace(result, message=message), job.path)
            if self._jobs.finish(job.id, end):
                self._tell(job.id)
            self._tell_owner(job.path, result.path)

    def _swapped(self, job: Job) -> bool:
        """Whether this attempt's result has taken the film's place."""
        return any(
            entry.attempt == job.attempt and entry.swapped_at is not None
            for entry in self._journal.of_job(job.id)
        )

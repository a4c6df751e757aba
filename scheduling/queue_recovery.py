"""Brings the queue's rows to what the last run of the program left on the disk."""

from __future__ import annotations

from dataclasses import replace
from typing import FrozenSet

from core.events import JobState
from core.queue.job import Job
from processor import Recovered
from scheduling.attempt import completed
from scheduling.job_context import JobContext
from scheduling.job_outcomes import JobOutcomes
from scheduling.ports import QueueEvents
from store.jobs import JobStore
from store.journal import Journal

_INTERRUPTED = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


class QueueRecovery:
    """Used once, before any job begins."""

    def __init__(
        self,
        jobs: JobStore,
        journal: Journal,
        context: JobContext,
        outcomes: JobOutcomes,
        events: QueueEvents,
    ) -> None:
        self._jobs = jobs
        self._journal = journal
        self._processor = context.processor
        self._tell_owner = context.tell_owner
        self._outcomes = outcomes
        self._events = events

    def run(self, others: FrozenSet[int] = frozenset()) -> None:
        """Put right what was left behind; raises MediaProcessorError where the disk does not let it.

        ``others`` are jobs that other machines have in hand.
        """
        for recovered in self._processor.recover(others):
            self._take_over(recovered)
        for job in self._jobs.page(_INTERRUPTED, limit=-1):
            if self._swapped(job):  # it died between the swap and this row
                self._finish(job, "")
        self._processor.chunk_sets.sweep()

    def _take_over(self, recovered: Recovered) -> None:
        """Bring a job's row to what recovery made of its film."""
        job = self._jobs.get(recovered.job_id)
        if job is None or job.state.final or recovered.state is None:
            self._events.notice(f"{recovered.path}: {recovered.message}")
        elif recovered.state is JobState.COMPLETED:
            self._finish(job, recovered.message)
        elif recovered.state is JobState.SWAP_PENDING:
            self._outcomes.wait_for_swap(job.id, recovered.message)
        else:
            self._jobs.requeue(job.id, recovered.message)
            if job.state is JobState.PAUSED:
                self._jobs.pause(job.id, paused=True)
            self._events.job_changed(job.id)

    def _finish(self, job: Job, message: str) -> None:
        result = self._processor.result_of(job.id)
        if result is not None:
            end = completed(replace(result, message=message), job.path)
            if self._jobs.finish(job.id, end):
                self._events.job_changed(job.id)
            self._tell_owner(job.path, result.path)

    def _swapped(self, job: Job) -> bool:
        """Whether this attempt's result has taken the film's place."""
        return any(
            entry.attempt == job.attempt and entry.swapped_at is not None
            for entry in self._journal.of_job(job.id)
        )

"""A completed film that its user wants processed again: by a new job, so that nothing of the old one goes."""

from __future__ import annotations

from pathlib import Path

from core.queue.job import Job, NewJob
from store.journal import Journal, Outcome


def job_for_another_time(job: Job, journal: Journal) -> NewJob:
    """Return the job that processes a completed job's film again, as it was asked for then.

    The old row, its figures and the original that is kept for it stay as they are.
    """
    return NewJob(
        _where_it_is(job, journal),
        priority=job.priority,
        native_language=job.native_language,
        folder_id=job.folder_id,
    )


def _where_it_is(job: Job, journal: Journal) -> Path:
    """The film's name now, as far as is known: it may have been renamed, or its original brought back."""
    newest = next(iter(journal.of_job(job.id)), None)
    if newest is None:
        return job.result_path
    return newest.source if newest.outcome is Outcome.RESTORED else newest.target

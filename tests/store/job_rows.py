"""Rows of jobs, and a clock that a test sets."""

from __future__ import annotations

from pathlib import Path
from typing import List

from core.queue.job import Job, NewJob
from store.jobs import JobStore


class Time:
    """A clock that stands still until told."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def added(jobs: JobStore, *names: str, priority: int = 0) -> List[int]:
    return list(jobs.add(NewJob(Path("/films") / name, priority) for name in names))


def got(jobs: JobStore, job_id: int) -> Job:
    job = jobs.get(job_id)
    assert job is not None
    return job

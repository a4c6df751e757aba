"""What the history teaches about sizes: encoded films alone, by template and picture size."""

from __future__ import annotations

import math
from pathlib import Path

from core.events import JobState
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from store.connection import Database
from store.jobs import JobStore
from store.ratios import read_ratios


def end(jobs: JobStore, template: str, after: int, state: JobState = JobState.COMPLETED) -> None:
    jobs.add([NewJob(Path("/a.mkv"))])
    job = jobs.claim_next()
    assert job is not None
    facts = JobFacts(template=template, resolution="1080p")
    jobs.finish(job.id, JobEnd(state, original_size=1000, processed_size=after, facts=facts))


def test_completed_encodes_are_learned_from_and_nothing_else(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db") as database:
        jobs = JobStore(database)
        end(jobs, "normal", 500)
        end(jobs, "normal", 250)
        end(jobs, "", 900)
        end(jobs, "normal", 1, JobState.SKIPPED)
        found = read_ratios(database)
    assert set(found) == {("normal", "1080p"), ("normal", ""), ("", "")}
    pool = found[("normal", "1080p")]
    assert pool.jobs == 2
    assert math.isclose(math.exp(pool.mean), math.sqrt(0.5 * 0.25))

"""Jobs that wait for their time or for a slot of their kind."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List

import pytest

from core.events import JobState
from core.queue.job import Job, JobEnd, JobKind, NewJob
from store.connection import Database
from store.jobs import JobStore
from tests.store.job_rows import Time, added, got


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def jobs(database: Database, time: Time) -> JobStore:
    return JobStore(database, time)


def claimed(jobs: JobStore, *kinds: JobKind) -> int:
    job = jobs.claim_next(kinds=kinds or None)
    assert job is not None
    return job.id


def test_a_job_that_was_put_off_lets_others_go_first_and_runs_in_its_old_place_when_it_is_due(
    jobs: JobStore,
    time: Time,
) -> None:
    first, second, third = added(jobs, "1.mkv", "2.mkv", "3.mkv")
    assert jobs.put_off(first, time.now + 60, "The share is away.")
    job = got(jobs, first)
    assert (job.state, job.not_before, job.attempt, job.delays) == (
        JobState.QUEUED,
        time.now + 60,
        2,
        1,
    )
    assert claimed(jobs) == second
    time.now += 60
    assert claimed(jobs) == first
    assert claimed(jobs) == third


def test_nothing_runs_before_its_time(jobs: JobStore, time: Time) -> None:
    (only,) = added(jobs, "1.mkv")
    jobs.put_off(only, time.now + 60, "")
    time.now += 59.9
    assert jobs.next_queued() is None
    assert jobs.claim_next() is None
    time.now += 0.1
    found = jobs.next_queued()
    assert found is not None
    assert found.id == only


def test_a_result_that_waits_for_its_swap_is_due_but_no_worker_takes_it(
    jobs: JobStore,
    time: Time,
) -> None:
    (only,) = added(jobs, "1.mkv")
    claimed(jobs)
    jobs.put_off(only, time.now + 600, "A player has it open.", JobState.SWAP_PENDING)
    assert got(jobs, only).attempt == 1
    assert jobs.due(JobState.SWAP_PENDING) == ()
    time.now += 600
    assert jobs.due(JobState.SWAP_PENDING) == (only,)
    assert jobs.claim_next() is None


def test_the_user_can_hurry_a_job_that_waits(jobs: JobStore, time: Time) -> None:
    (only,) = added(jobs, "1.mkv")
    assert not jobs.hurry(only)
    jobs.put_off(only, time.now + 60, "")
    assert jobs.hurry(only)
    assert claimed(jobs) == only


def test_all_that_wait_for_the_same_trouble_to_pass_are_hurried_together(
    jobs: JobStore, time: Time
) -> None:
    one, other, third = added(jobs, "1.mkv", "2.mkv", "3.mkv")
    for job, code in ((one, "no_machine"), (other, "no_machine"), (third, "no_space")):
        jobs.put_off(job, time.now + 60, "", code=code)
    assert jobs.hurry_all("no_machine") == 2
    assert [got(jobs, job).not_before is None for job in (one, other, third)] == [True, True, False]
    assert [got(jobs, job).delays for job in (one, other, third)] == [0, 0, 1]


def test_all_films_below_a_folder_that_is_away_wait_and_no_others(
    jobs: JobStore,
    time: Time,
) -> None:
    films = [
        Path("/share/a.mkv"),
        Path("/share/deep/b.mkv"),
        Path("/share\udcff/c.mkv"),
        Path("/shared/d.mkv"),
        Path("/other/share/e.mkv"),
    ]
    ids = jobs.add([NewJob(film) for film in films])
    assert jobs.put_off_below(Path("/share"), time.now + 60, "The share is away.") == 2
    waiting = [job_id for job_id in ids if got(jobs, job_id).not_before is not None]
    assert waiting == list(ids[:2])


def test_planned_films_of_a_share_that_is_away_keep_no_others_from_being_planned(
    jobs: JobStore, time: Time
) -> None:
    (film,) = jobs.add([NewJob(Path("/share/a.mkv"))])
    claimed(jobs)
    jobs.give_back(film, JobKind.REMUX)
    jobs.put_off_below(Path("/share"), time.now + 60, "The share is away.")
    assert jobs.planned_ahead() == 0
    jobs.put_off_below(Path("/share"), time.now, "")
    jobs.wake()
    assert jobs.planned_ahead() == 1


def test_a_full_kind_is_passed_over_and_the_job_keeps_its_place(jobs: JobStore) -> None:
    first, second, third = added(jobs, "1.mkv", "2.mkv", "3.mkv")
    claimed(jobs)
    assert jobs.give_back(first, JobKind.GPU)
    assert got(jobs, first).attempt == 1
    assert jobs.planned_ahead() == 1
    assert jobs.planned_ahead((JobKind.SOFTWARE, JobKind.REMUX)) == 0
    assert claimed(jobs, JobKind.REMUX, JobKind.UNKNOWN) == second
    assert claimed(jobs, JobKind.GPU, JobKind.UNKNOWN) == first
    assert jobs.claim_next(kinds=(JobKind.GPU,)) is None
    assert claimed(jobs) == third


@pytest.mark.parametrize("kinds", [(JobKind.GPU,), (JobKind.GPU, JobKind.UNKNOWN), tuple(JobKind)])
def test_the_next_job_is_found_without_going_through_the_queue(
    database: Database,
    jobs: JobStore,
    time: Time,
    kinds: List[JobKind],
) -> None:
    ids = added(jobs, *(f"{number}.mkv" for number in range(20_000)))
    jobs.put_off_below(Path("/films"), time.now + 60, "")
    jobs.hurry(ids[-1])
    jobs.claim_next()
    jobs.give_back(ids[-1], JobKind.GPU)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with database.read() as connection:
        connection.set_progress_handler(count, 100)  # hundreds of SQLite's own instructions
        found = jobs.next_queued(kinds)
        jobs.planned_ahead()
        jobs.counts()
        connection.set_progress_handler(None, 0)
    assert found is not None
    assert found.id == ids[-1]
    assert steps < 20


def test_the_counts_are_right_whatever_happened(
    jobs: JobStore,
    database: Database,
    time: Time,
) -> None:
    ids = added(jobs, *(f"{number}.mkv" for number in range(8)))
    claimed(jobs)
    jobs.set_state(ids[0], JobState.PROCESSING)
    claimed(jobs)
    jobs.finish(ids[1], JobEnd(JobState.FAILED, "No."))
    claimed(jobs)
    jobs.finish(ids[2], JobEnd(JobState.SKIPPED, "No."))
    jobs.requeue(ids[2])
    jobs.pause(ids[3], paused=True)
    jobs.remove(ids[4])
    claimed(jobs)
    jobs.put_off(ids[2], time.now + 60, "", JobState.SWAP_PENDING)
    jobs.requeue_interrupted()
    counted: Dict[JobState, int] = dict.fromkeys(JobState, 0)
    with database.read() as connection:
        for row in connection.execute("SELECT status, count(*) FROM jobs GROUP BY status"):
            counted[JobState(row[0])] = row[1]
    assert jobs.counts() == counted
    assert jobs.counts()[JobState.FAILED] == 1


def test_what_a_failure_counts_for_is_forgotten_when_the_user_retries(
    jobs: JobStore,
) -> None:
    (only,) = added(jobs, "1.mkv")
    claimed(jobs)
    jobs.requeue(only, "Once more.", failed=True)
    assert got(jobs, only).failures == 1
    claimed(jobs)
    jobs.finish(only, JobEnd(JobState.FAILED, "Again."))
    jobs.requeue(only)
    job: Job = got(jobs, only)
    assert (job.state, job.failures, job.delays, job.attempt) == (JobState.QUEUED, 0, 0, 3)


def test_a_clock_that_was_a_year_ahead_and_is_set_back_lets_nothing_wait_for_a_year(
    jobs: JobStore, time: Time
) -> None:
    failed, swaps = added(jobs, "1.mkv", "2.mkv")
    right = time.now
    time.now += 365 * 86400
    assert jobs.put_off(failed, time.now + 60, "The share is away.")
    assert jobs.put_off(swaps, time.now + 600, "It is open.", JobState.SWAP_PENDING)
    assert jobs.due(JobState.SWAP_PENDING) == ()
    time.now = right
    assert jobs.due(JobState.SWAP_PENDING) == (swaps,)
    assert claimed(jobs) == failed

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import List

import pytest

from core.events import JobState
from core.queue.job import Job, JobEnd, JobKind, NewJob
from core.queue.job_facts import JobFacts
from store.connection import Database
from store.jobs import JobStore
from store.statistics import StatisticsStore
from tests.store.job_rows import Time, added, got

FILM = Path("/films/Alien (1979)/Alien.mkv")


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def jobs(database: Database, time: Time) -> JobStore:
    return JobStore(database, time)


def test_a_new_job_is_queued_as_its_first_attempt(jobs: JobStore, time: Time) -> None:
    (job_id,) = jobs.add([NewJob(FILM, size=700)])
    job = got(jobs, job_id)
    assert job == Job(
        id=job_id,
        path=FILM,
        state=JobState.QUEUED,
        added_at=time.now,
        position=job_id,
        original_size=700,
    )
    assert job.result_path == FILM


def test_jobs_run_in_the_order_they_came_but_higher_priorities_first(jobs: JobStore) -> None:
    added(jobs, "a", "b")
    added(jobs, "urgent", priority=5)
    added(jobs, "c")
    order = []
    while jobs.next_queued():
        job = jobs.claim_next("here")
        assert job is not None
        order.append(job.path.name)
    assert order == ["urgent", "a", "b", "c"]
    assert jobs.claim_next() is None


def test_a_film_in_an_unfinished_job_gets_no_second_one(jobs: JobStore) -> None:
    (first,) = added(jobs, "a")
    assert added(jobs, "a", "b", "a") == [first + 2]
    open_job = jobs.open_job(Path("/films/a"))
    assert open_job is not None
    assert open_job.id == first
    jobs.finish(first, JobEnd(JobState.COMPLETED))
    assert jobs.open_job(Path("/films/a")) is None
    assert len(added(jobs, "a")) == 1


def test_ids_are_never_given_twice(jobs: JobStore, database: Database) -> None:
    (first,) = added(jobs, "a")
    with database.transaction() as connection:
        connection.execute("DELETE FROM jobs")
    assert added(jobs, "b")[0] > first


def test_two_workers_never_get_the_same_job(jobs: JobStore) -> None:
    added(jobs, *(f"film {number}" for number in range(60)))
    taken: List[int] = []

    def work() -> None:
        for job in iter(jobs.claim_next, None):
            taken.append(job.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert len(taken) == len(set(taken)) == 60


def test_a_claimed_job_says_where_and_since_when(jobs: JobStore, time: Time) -> None:
    added(jobs, "a")
    time.now += 60
    job = jobs.claim_next("attic")
    assert job is not None
    assert (job.state, job.instance_id, job.start_time) == (JobState.ANALYZING, "attic", time.now)


def test_a_state_comes_with_its_sentence_and_step(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    assert jobs.set_state(job_id, JobState.PROCESSING, "Encoding caf\udce9.", step="encode")
    job = got(jobs, job_id)
    assert (job.state, job.step) == (JobState.PROCESSING, "encode")
    assert job.message == "Encoding caf\\udce9."


def test_an_ended_job_does_not_come_back_by_itself(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    jobs.finish(job_id, JobEnd(JobState.CANCELLED))
    assert not jobs.set_state(job_id, JobState.PROCESSING)
    assert got(jobs, job_id).state is JobState.CANCELLED


def test_an_end_is_set_by_finish_alone(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    with pytest.raises(ValueError, match="finish"):
        jobs.set_state(job_id, JobState.FAILED)


def test_finishing_keeps_sizes_commands_verification_and_the_new_name(
    jobs: JobStore, time: Time
) -> None:
    (job_id,) = added(jobs, "a.avi")
    jobs.claim_next()
    time.now += 100
    end = JobEnd(
        JobState.COMPLETED,
        "Saved 60 %.",
        original_size=1000,
        processed_size=400,
        target=Path("/films/a.mkv"),
        commands=(("ffmpeg", "-i", "caf\udce9"), ("mkvpropedit", "x")),
        verification='{"duration": "ok"}',
    )
    jobs.keep_plan(job_id, '{"outputs": []}')
    assert jobs.finish(job_id, end)
    job = got(jobs, job_id)
    assert job.state is JobState.COMPLETED
    assert (job.original_size, job.processed_size) == (1000, 400)
    assert job.result_path == Path("/films/a.mkv")
    assert job.end_time == time.now
    assert (job.message, job.error_message) == ("Saved 60 %.", "")
    plan, commands, verification = jobs.details(job_id)
    assert plan == '{"outputs": []}'
    assert json.loads(commands) == [["ffmpeg", "-i", "caf\udce9"], ["mkvpropedit", "x"]]
    assert verification == '{"duration": "ok"}'


def test_a_job_without_details_has_empty_ones(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    assert jobs.details(job_id) == jobs.details(999) == ("", "", "")


def test_a_failure_keeps_its_code_and_sentence(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    jobs.finish(job_id, JobEnd(JobState.FAILED, "The tool crashed.", "tool_failed"))
    job = got(jobs, job_id)
    assert (job.error_code, job.error_message) == ("tool_failed", "The tool crashed.")


def test_a_second_end_changes_and_counts_nothing(jobs: JobStore, database: Database) -> None:
    (job_id,) = added(jobs, "a")
    assert jobs.finish(job_id, JobEnd(JobState.COMPLETED))
    assert not jobs.finish(job_id, JobEnd(JobState.FAILED))
    (day,) = StatisticsStore(database).days()
    assert (day.jobs_completed, day.jobs_failed) == (1, 0)


def test_the_end_and_the_statistics_stand_or_fall_together(
    jobs: JobStore, database: Database
) -> None:
    (job_id,) = added(jobs, "a")
    with pytest.raises(KeyError), database.transaction():  # noqa: PT012
        jobs.finish(job_id, JobEnd(JobState.COMPLETED))
        raise KeyError
    assert got(jobs, job_id).state is JobState.QUEUED
    assert StatisticsStore(database).days() == ()


def test_why_a_job_had_to_wait_is_old_once_it_is_taken_or_its_time_has_come(
    jobs: JobStore, time: Time
) -> None:
    (job_id,) = added(jobs, "a")
    for end_of_wait in (jobs.wake, jobs.claim_next, jobs.requeue_interrupted):
        assert jobs.put_off(job_id, time.now + 10, "The share is away.", code="file_unavailable")
        assert got(jobs, job_id).message == "The share is away."
        time.now += 20
        end_of_wait()
        assert got(jobs, job_id).message == ""
        jobs.give_back(job_id, JobKind.UNKNOWN)


def test_what_was_checked_in_the_last_attempt_is_not_told_of_the_next(
    jobs: JobStore, database: Database
) -> None:
    (job_id,) = added(jobs, "a")
    jobs.claim_next()
    jobs.finish(job_id, JobEnd(JobState.FAILED, "No.", "x", verification="Tracks: wrong."))
    assert jobs.details(job_id)[2] == "Tracks: wrong."
    assert jobs.requeue(job_id)
    jobs.claim_next()
    jobs.finish(job_id, JobEnd(JobState.SKIPPED, "It is good already."))
    assert not jobs.details(job_id)[2]


def test_a_retry_is_the_next_attempt_and_forgets_the_last_one(jobs: JobStore) -> None:
    (job_id,) = added(jobs, "a")
    jobs.claim_next()
    jobs.finish(job_id, JobEnd(JobState.FAILED, "No.", "x", processed_size=3))
    assert jobs.requeue(job_id)
    job = got(jobs, job_id)
    assert (job.state, job.attempt) == (JobState.QUEUED, 2)
    assert (job.error_code, job.error_message, job.end_time, job.start_time) == ("", "", None, None)
    assert not jobs.requeue(job_id)
    assert got(jobs, job_id).attempt == 2


def test_no_retry_while_another_job_has_the_same_film(jobs: JobStore) -> None:
    (first,) = added(jobs, "a")
    jobs.finish(first, JobEnd(JobState.FAILED))
    added(jobs, "a")
    assert not jobs.requeue(first)
    assert got(jobs, first).state is JobState.FAILED


def test_what_a_crash_interrupted_is_queued_again_in_its_old_place(jobs: JobStore) -> None:
    working = added(jobs, "analyzing", "processing", "verifying", "paused")
    others = added(jobs, "waits", "pending", "done")
    states = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING, JobState.PAUSED)
    for job_id, state in zip(working, states):
        jobs.set_state(job_id, state)
    jobs.set_state(others[1], JobState.SWAP_PENDING)
    jobs.finish(others[2], JobEnd(JobState.COMPLETED))
    assert sorted(jobs.requeue_interrupted()) == working[:3]
    assert [got(jobs, job_id).attempt for job_id in working + others] == [2, 2, 2, 1, 1, 1, 1]
    assert got(jobs, others[1]).state is JobState.SWAP_PENDING
    assert got(jobs, working[3]).state is JobState.PAUSED
    assert [job.id for job in jobs.page([JobState.QUEUED])] == [*working[:3], others[0]]
    assert jobs.requeue_interrupted() == ()


def test_listing_is_paged_in_the_queues_order_over_several_states(jobs: JobStore) -> None:
    ids = added(jobs, *"abcdef")
    for job_id in ids[::2]:
        jobs.set_state(job_id, JobState.PROCESSING)
    both = (JobState.QUEUED, JobState.PROCESSING)
    assert [job.id for job in jobs.page(both, limit=4)] == ids[:4]
    assert [job.id for job in jobs.page(both, limit=4, offset=4)] == ids[4:]
    assert [job.id for job in jobs.page(both, limit=-1)] == ids
    assert jobs.page([]) == ()


def test_history_is_listed_newest_first(jobs: JobStore, time: Time) -> None:
    ids = added(jobs, "a", "b", "c")
    for job_id, state in zip(ids, (JobState.FAILED, JobState.COMPLETED, JobState.FAILED)):
        time.now += 1
        jobs.finish(job_id, JobEnd(state))
    ended = (JobState.COMPLETED, JobState.FAILED)
    assert [job.id for job in jobs.page(ended, newest_first=True)] == ids[::-1]
    assert [job.id for job in jobs.page(ended, newest_first=True, limit=1, offset=1)] == [ids[1]]


def test_counts_name_every_state(jobs: JobStore) -> None:
    first, _ = added(jobs, "a", "b")
    jobs.finish(first, JobEnd(JobState.SKIPPED))
    counts = jobs.counts()
    assert set(counts) == set(JobState)
    assert (counts[JobState.QUEUED], counts[JobState.SKIPPED], counts[JobState.FAILED]) == (1, 1, 0)


@pytest.mark.parametrize("name", ["it's", "$(rm)", "-rf", "a\nb", "🎬" * 60, "caf\udce9"])
def test_names_may_hold_anything(jobs: JobStore, name: str) -> None:
    path = Path("/films") / name
    (job_id,) = jobs.add([NewJob(path)])
    assert got(jobs, job_id).path == path
    found = jobs.open_job(path)
    assert found is not None
    assert found.id == job_id


def test_the_queue_survives_a_restart(jobs: JobStore, database: Database) -> None:
    ids = added(jobs, "a", "b")
    database.close()
    with Database(database.path) as again:
        assert [job.id for job in JobStore(again).page([JobState.QUEUED])] == ids


def test_the_next_job_and_the_pages_come_from_an_index(database: Database) -> None:
    queries = {
        "jobs_queue": "WHERE status = 'queued' ORDER BY priority DESC, position, id LIMIT 1",
        "jobs_history": "WHERE status = 'failed' ORDER BY end_time DESC, id DESC LIMIT 9",
    }
    with database.read() as connection:
        for index, rest in queries.items():
            steps = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM jobs {rest}").fetchall()
            assert len(steps) == 1  # a second one would be a sort
            assert index in steps[0]["detail"]


def test_the_language_that_the_user_gave_stays_with_the_job(jobs: JobStore) -> None:
    (job_id,) = jobs.add([NewJob(FILM, native_language="ja")])
    jobs.requeue_interrupted()
    assert got(jobs, job_id).native_language == "ja"


def test_a_job_is_forgotten_with_its_plan_but_not_while_it_is_worked_on(
    jobs: JobStore, database: Database
) -> None:
    (job_id,) = added(jobs, "a")
    jobs.keep_plan(job_id, "{}")
    jobs.set_state(job_id, JobState.VERIFYING)
    assert not jobs.remove(job_id)
    jobs.finish(job_id, JobEnd(JobState.COMPLETED))
    assert jobs.remove(job_id)
    assert jobs.get(job_id) is None
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM job_details").fetchone()[0] == 0
    assert not jobs.remove(job_id)


@pytest.mark.parametrize(("jump", "seconds"), [(0, 200), (365 * 86400, 90), (-365 * 86400, 90)])
def test_a_clock_that_is_set_while_a_job_runs_makes_it_neither_a_year_long_nor_instant(
    jobs: JobStore, time: Time, jump: float, seconds: float
) -> None:
    (only,) = added(jobs, "1.mkv")
    jobs.claim_next()
    time.now += 200 + jump
    facts = JobFacts(step_seconds=(("encode", 80.0), ("properties", 10.0)))
    jobs.finish(only, JobEnd(JobState.COMPLETED, facts=facts))
    with jobs._database.read() as connection:
        assert connection.execute("SELECT seconds FROM job_ends").fetchone()[0] == seconds


def test_jobs_that_wait_for_the_same_are_read_as_one_and_counted(jobs: JobStore) -> None:
    ids = added(jobs, "a", "b", "c", "d")
    jobs.put_off(ids[1], 5e9, "The share is away.")
    jobs.put_off(ids[3], 5e9, "The share is away.")
    jobs.pause(ids[2], paused=True)
    waiting = jobs.alike((JobState.QUEUED, JobState.PAUSED))
    assert [(job.id, number) for job, number in waiting] == [(ids[0], 1), (ids[1], 2), (ids[2], 1)]
    assert waiting[1][0].message == "The share is away."
    assert [job.id for job, _number in jobs.alike((JobState.PAUSED,))] == [ids[2]]

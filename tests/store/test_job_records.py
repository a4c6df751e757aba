"""Everything about one job in one read, also about jobs that have next to nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.events import JobState
from core.media.model import FileIdentity
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from store.connection import Database
from store.job_records import JobRecords
from store.jobs import JobStore
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

FILM = Path("/films/A.mkv")


def entry(job_id: int, film: Path = FILM) -> JournalEntry:
    return JournalEntry(
        job_id,
        1,
        film,
        film,
        film.parent / "staged",
        film.parent / "held",
        FileIdentity(10, 1),
        "run",
        1,
        1.0,
        100.0,
        stage=Stage.DONE,
        outcome=Outcome.REPLACED,
        original=Original.HELD,
        swapped_at=200.0,
    )


def done(database: Database, film: Path = FILM) -> int:
    jobs = JobStore(database)
    jobs.add([NewJob(film)])
    job = jobs.claim_next("desk")
    assert job is not None
    facts = JobFacts(
        "film", "h264", "hevc", "1080p", "normal", 60.0, (("encode", 6.0),), ("ac3",), ("opus",)
    )
    end = JobEnd(
        JobState.COMPLETED,
        original_size=100,
        processed_size=50,
        commands=(("ffmpeg", "x"),),
        verification="[]",
        facts=facts,
    )
    jobs.finish(job.id, end)
    return job.id


def test_a_done_job_comes_with_all_that_was_kept(database: Database) -> None:
    job_id = done(database)
    JobStore(database).keep_plan(job_id, '{"a": 1}')
    Journal(database).write(entry(job_id))
    record = JobRecords(database).get(job_id)
    assert record is not None
    assert record.job.state is JobState.COMPLETED
    assert record.facts.step_seconds == (("encode", 6.0),)
    assert (record.facts.template, record.facts.audio_after) == ("normal", ("opus",))
    assert (record.plan, record.commands) == ('{"a": 1}', '[["ffmpeg", "x"]]')
    (attempt,) = record.attempts
    assert (attempt.number, attempt.began_at, attempt.swapped_at) == (1, 100.0, 200.0)
    assert record.restorable


def test_a_job_that_was_never_begun_has_its_row_alone(database: Database) -> None:
    (job_id,) = JobStore(database).add([NewJob(FILM)])
    record = JobRecords(database).get(job_id)
    assert record is not None
    assert (record.plan, record.attempts, record.restorable) == ("", (), False)
    assert record.facts == JobFacts()


def test_a_job_that_is_gone_is_none(database: Database) -> None:
    assert JobRecords(database).get(7) is None


def test_the_steps_of_an_attempt_go_when_the_job_is_queued_again(database: Database) -> None:
    job_id = done(database)
    JobStore(database).requeue(job_id)
    record = JobRecords(database).get(job_id)
    assert record is not None
    assert record.facts.step_seconds == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"original": Original.REMOVED},
        {"outcome": Outcome.RESTORED, "original": Original.IN_PLACE},
        {"outcome": Outcome.ROLLED_BACK, "original": Original.IN_PLACE},
        {"stage": Stage.RESTORING},
    ],
)
def test_only_a_held_original_can_come_back(database: Database, changed: dict) -> None:  # type: ignore[type-arg]
    job_id = done(database)
    Journal(database).write(replace(entry(job_id), **changed))
    record = JobRecords(database).get(job_id)
    assert record is not None
    assert not record.restorable


def test_the_original_belongs_to_the_newest_job_of_its_film(database: Database) -> None:
    first, second = done(database), done(database)
    for job_id in (first, second):
        Journal(database).write(entry(job_id))
    restorable = [JobRecords(database).get(job_id) for job_id in (first, second)]
    assert [record.restorable for record in restorable if record] == [False, True]


def test_the_original_of_a_film_that_was_renamed_can_come_back(database: Database) -> None:
    job_id = done(database)
    journal = Journal(database)
    new = FILM.with_name("B.mkv")
    written = journal.write(entry(job_id))
    assert journal.follow(replace(written, source=new, target=new))
    record = JobRecords(database).get(job_id)
    assert record is not None
    assert record.restorable
    assert journal.of_film(FILM) == ()
    assert [held_entry.target for held_entry in journal.held_once_named(FILM)] == [new]
    assert journal.former_names(written.id) == (FILM,)


def test_contents_are_kept_with_the_identities(database: Database) -> None:
    journal = Journal(database)
    source, result = FileIdentity(10, 1, 2, 3, "10-abc"), FileIdentity(5, 2, 2, 2**127, "5-def")
    written = replace(entry(1), source_identity=source, result_identity=result)
    written = journal.write(written)
    assert journal.of_job(1) == journal.held_for("5-def") == (written,)
    assert journal.held_for("10-abc") == ()

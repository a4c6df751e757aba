"""Finished chunks in the database: whose they are, what a job's row says of them, which may go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.events import JobState
from core.queue.job import JobEnd, NewJob
from store.chunks import NOBODY, ChunkSet, ChunkStore, Owner, StoredChunk, share_of
from store.connection import Database
from store.jobs import JobStore

_FILM = Path("/films/A.mkv")
_PLAN = {"chunks": [{"start": 0.0, "until": 60.0}, {"start": 60.0, "until": 100.0}]}


def _set(job_id: int = 1) -> ChunkSet:
    folder = Path("/films/.mediaprocessor/1.chunks")
    made_from = {"content": "c"}
    return ChunkSet("key", made_from, "c", _FILM, job_id, folder, _PLAN, NOBODY, 5.0)


def _chunk(number: int, seconds: float) -> StoredChunk:
    proof = {"pictures": 7}
    return StoredChunk(number, f"{number}.chunk", 1000, "seal", seconds, 12.5, proof, "other")


def test_a_set_comes_back_as_it_was_stored(database: Database) -> None:
    store = ChunkStore(database)
    begun = store.begin(_set())
    grown = store.add(store.add(begun, _chunk(1, 40.0)), _chunk(0, 60.0))
    assert store.of_key("key") == (grown,)
    assert [chunk.number for chunk in grown.finished] == [0, 1]
    assert (store.of_key("other"), store.empty) == ((), False)
    store.drop(grown)
    assert (store.all(), store.empty) == ((), True)


def test_of_two_programs_that_take_a_set_one_gets_it(database: Database) -> None:
    store = ChunkStore(database)
    known = store.begin(_set())
    first, second = (replace(known, owner=Owner(run, 1, 2.0)) for run in ("a", "b"))
    assert store.take(known, first)
    assert not store.take(known, second)
    assert store.all()[0].owner.run == "a"


def test_a_jobs_row_says_how_much_of_its_film_is_finished(database: Database) -> None:
    store, jobs = ChunkStore(database), JobStore(database)
    (job_id,) = jobs.add([NewJob(_FILM)])
    known = store.add(store.begin(_set(job_id)), _chunk(0, 60.0))
    assert share_of(known) == pytest.approx(0.6)
    job = jobs.get(job_id)
    assert job is not None
    assert job.done_share == pytest.approx(0.6)
    store.lose(known, known.finished[0])
    job = jobs.get(job_id)
    assert job is not None
    assert job.done_share == 0
    store.drop(store.add(known, _chunk(0, 60.0)))
    job = jobs.get(job_id)
    assert job is not None
    assert job.done_share == 0


@pytest.mark.parametrize(
    ("state", "goes_on"),
    [
        (JobState.COMPLETED, False),
        (JobState.CANCELLED, False),
        (JobState.SKIPPED, False),
        (JobState.FAILED, True),
    ],
)
def test_only_jobs_that_may_be_tried_again_go_on(
    database: Database, state: JobState, goes_on: bool
) -> None:
    store, jobs = ChunkStore(database), JobStore(database)
    (job_id,) = jobs.add([NewJob(_FILM)])
    known = store.begin(_set(job_id))
    assert store.may_go_on(known, failed_since=0.0)
    jobs.finish(job_id, JobEnd(state))
    assert store.may_go_on(known, failed_since=0.0) is goes_on
    assert not store.may_go_on(known, failed_since=9e9)
    jobs.remove(job_id)
    assert not store.may_go_on(known, failed_since=0.0)


def test_another_job_of_the_same_film_may_go_on(database: Database) -> None:
    store, jobs = ChunkStore(database), JobStore(database)
    known = store.begin(_set(job_id=99))
    assert not store.may_go_on(known, failed_since=0.0)
    jobs.add([NewJob(_FILM)])
    assert store.may_go_on(known, failed_since=0.0)

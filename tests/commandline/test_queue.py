"""``queue``: what a person or a script does with the queue while no window is open."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest

from app.instance_lock import only_instance
from commandline.queue_view import chunk_facts
from core.chunk_progress import ChunkPhase, ChunkProgress
from core.events import JobState, QueueState
from core.progress import Progress
from core.queue.job import JobEnd, NewJob
from core.queue.job_facts import JobFacts
from core.target_quality.film_quality import NumberedPart
from store.connection import Database
from store.jobs import JobStore
from store.queue_state import QueueStateStore
from tests.commandline.calls import Answer, call, records
from tests.film_qualities import quality


class Queue:
    """A data folder with four films in its queue, and the command that is tested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data").mkdir()
        self.films = [folder / f"Film {number}.mkv" for number in range(1, 5)]
        with self.database() as database:
            self.ids = JobStore(database).add([NewJob(film, size=1000) for film in self.films])

    def database(self) -> Database:
        return Database(self.folder / "data" / "mediaprocessor.db")

    def call(self, *words: object) -> Answer:
        return call(self.folder, "queue", *map(str, words))

    def records(self, *words: object) -> List[Dict[str, Any]]:
        return records("queue", self.call(*words, "--json"))

    def jobs(self, *words: object) -> List[Dict[str, Any]]:
        return [record for record in self.records("list", *words) if record["type"] == "job"]

    def order(self) -> List[int]:
        return [record["job_id"] for record in self.jobs()]

    def state(self, job_id: int) -> JobState:
        with self.database() as database:
            job = JobStore(database).get(job_id)
            assert job is not None
            return job.state

    def end(self, job_id: int, state: JobState) -> None:
        with self.database() as database:
            assert JobStore(database).finish(job_id, JobEnd(state, "It went wrong."))

    def wish(self) -> Tuple[QueueState, Optional[float]]:
        with self.database() as database:
            return QueueStateStore(database).load()


@pytest.fixture
def jobs(tmp_path: Path) -> Queue:
    return Queue(tmp_path)


def test_the_list_shows_the_jobs_in_their_order(jobs: Queue) -> None:
    first, *rest = jobs.records("list")
    assert (first["type"], first["state"], first["counts"]["queued"]) == ("queue", "stopped", 4)
    assert [record["file"] for record in rest] == [str(film) for film in jobs.films]
    shown = jobs.call("list").stdout
    assert shown.splitlines()[0] == (
        "No program is at work with this data folder: 4 queued. Start one with `--headless`, or open the "
        "window and start its queue."
    )
    assert all(film.name in shown for film in jobs.films)


def test_a_long_list_is_cut_and_says_so(jobs: Queue) -> None:
    assert len(jobs.jobs("--limit", 3)) == 3
    assert "1 more" in jobs.call("list", "--limit", 3).stdout
    assert len(jobs.jobs("--limit", 0)) == 4


def test_a_completed_job_tells_programs_what_quality_its_film_has(jobs: Queue) -> None:
    with jobs.database() as database:
        facts = JobFacts(quality=(quality((94.0, 95.0)),))
        assert JobStore(database).finish(1, JobEnd(JobState.COMPLETED, facts=facts))
    (record,) = (record for record in jobs.jobs("--state", "completed") if record["job_id"] == 1)
    told = record["quality"]
    assert (told["option"], told["number"], told["target"]) == ("-crf", 25, 94)
    assert (told["score"], told["error"], told["difference"]) == (94.5, 0.5, 0.5)
    assert told["lowest_number"] == 25
    assert [record["quality"] for record in jobs.jobs()] == [None] * 3


def test_a_film_whose_chunks_had_numbers_of_their_own_tells_the_lowest(jobs: Queue) -> None:
    parts = (NumberedPart(0.0, 120.0, 23.5), NumberedPart(240.0, 360.0, 22.0))
    with jobs.database() as database:
        facts = JobFacts(quality=(replace(quality(), parts=parts),))
        assert JobStore(database).finish(1, JobEnd(JobState.COMPLETED, facts=facts))
    (record,) = (record for record in jobs.jobs("--state", "completed") if record["job_id"] == 1)
    assert (record["quality"]["number"], record["quality"]["lowest_number"]) == (25, 22)


def test_a_running_films_chunks_are_counted_with_their_numbers() -> None:
    chunks = (
        ChunkProgress(0, 0.0, 120.0, ChunkPhase.DONE, quality_number=25.0),
        ChunkProgress(1, 120.0, 240.0, ChunkPhase.IN_HAND, quality_number=23.5),
        ChunkProgress(2, 240.0, 300.0, quality_number=25.0),
    )
    told = chunk_facts(Progress("encode", chunks=chunks))
    assert (told["chunks"], told["chunks_done"], told["chunks_in_hand"]) == (3, 1, 1)
    assert told["chunk_numbers"] == [25.0, 23.5, 25.0]
    without = tuple(replace(chunk, quality_number=None) for chunk in chunks)
    assert chunk_facts(Progress("encode", chunks=without))["chunk_numbers"] is None
    assert (
        set(chunk_facts(Progress("encode")).values()) == set(chunk_facts(None).values()) == {None}
    )


def test_ended_jobs_are_listed_with_their_reason(jobs: Queue) -> None:
    jobs.end(jobs.ids[1], JobState.FAILED)
    assert jobs.order() == [jobs.ids[0], *jobs.ids[2:]]
    (failed,) = jobs.jobs("--state", "failed")
    assert (failed["job_id"], failed["message"]) == (jobs.ids[1], "It went wrong.")


@pytest.mark.parametrize(
    ("words", "order"),
    [
        (("--to", "top", 3, 4), [3, 4, 1, 2]),
        (("--to", "bottom", 1), [2, 3, 4, 1]),
        (("--to", "up", 3), [1, 3, 2, 4]),
        (("--to", "down", 1), [2, 1, 3, 4]),
        (("--before", 2, 4), [1, 4, 2, 3]),
    ],
)
def test_jobs_are_moved(jobs: Queue, words: Tuple[object, ...], order: List[int]) -> None:
    assert jobs.call("move", *words).returncode == 0
    assert jobs.order() == order


def test_a_higher_priority_goes_first_and_a_lower_one_last(jobs: Queue) -> None:
    assert jobs.call("priority", 5, 4).stdout == "1 job given the priority.\n"
    jobs.call("priority", -5, 1)
    assert jobs.order() == [4, 2, 3, 1]


def test_a_job_is_paused_and_resumed_in_its_place(jobs: Queue) -> None:
    jobs.call("pause", 1)
    assert jobs.state(1) is JobState.PAUSED
    jobs.call("resume", 1)
    assert jobs.state(1) is JobState.QUEUED
    assert jobs.order() == [1, 2, 3, 4]


@pytest.mark.parametrize("action", ["retry", "again"])
def test_a_completed_film_that_is_done_again_shows_its_new_job(jobs: Queue, action: str) -> None:
    jobs.films[0].write_bytes(b"film")
    jobs.end(1, JobState.COMPLETED)
    shown = [record for record in jobs.records(action, 1) if record["type"] == "job"]
    assert [(record["job_id"], record["state"]) for record in shown] == [(5, "queued")]
    assert jobs.state(1) is JobState.COMPLETED
    shown = [record for record in jobs.records("retry", 5) if record["type"] == "job"]
    assert [record["job_id"] for record in shown] == [5]


def test_jobs_are_cancelled_queued_again_and_removed(jobs: Queue) -> None:
    jobs.call("cancel", 1, 2)
    assert [jobs.state(job_id) for job_id in (1, 2, 3)] == [
        JobState.CANCELLED,
        JobState.CANCELLED,
        JobState.QUEUED,
    ]
    assert jobs.call("retry", 1).stdout == "1 job queued again.\n"
    assert jobs.state(1) is JobState.QUEUED
    assert jobs.call("remove", 3, 4).returncode == 0
    assert jobs.order() == [1]


def test_all_that_failed_is_queued_again_at_once(jobs: Queue) -> None:
    for job_id in (1, 3):
        jobs.end(job_id, JobState.FAILED)
    jobs.end(2, JobState.COMPLETED)
    jobs.call("retry", "--all-failed")
    assert [jobs.state(job_id) for job_id in (1, 2, 3)] == [
        JobState.QUEUED,
        JobState.COMPLETED,
        JobState.QUEUED,
    ]


def test_the_whole_queue_is_paused_for_a_while_and_goes_on(jobs: Queue) -> None:
    assert "until" in jobs.call("pause", "--minutes", 90).stdout
    state, until = jobs.wish()
    assert state is QueueState.PAUSED
    assert until is not None
    (answer,) = jobs.records("resume")
    assert (answer["state"], answer["until"]) == ("running", None)
    assert jobs.wish() == (QueueState.RUNNING, None)


def test_what_a_jobs_state_does_not_allow_is_said_and_the_others_are_done(jobs: Queue) -> None:
    jobs.end(1, JobState.COMPLETED)
    answer = jobs.call("cancel", 1, 2)
    assert answer.returncode == 1
    assert answer.stderr == "Job 1 cannot be cancelled: it is completed.\n"
    assert jobs.state(2) is JobState.CANCELLED


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("cancel", 99), "There is no job 99"),
        (("move", "--to", "top"), "at least one job"),
        (("move", 1), "required"),
        (("move", "--before", 77, 1), "There is no job 77"),
        (("cancel", "film.mkv"), "film.mkv"),
        (("retry", "--all-failed", 1), "not both"),
        (("pause", "--minutes", 5, 1), "whole queue"),
        (("pause", "--minutes", 0), "not between"),
        (("pause", "--minutes", "nan"), "not between"),
        (("pause", "--minutes", "five"), "'five' is no number of minutes"),
        (("priority", "high", 1), "'high' is no whole number"),
        (("remove", 1, "2-4"), "'2-4' is no whole number"),
        (("remove", 1, "--state", "completd"), "completd"),
        (("remove", "-1"), "below 0"),
        (("remove", 10**30), "out of range"),
        (("list", "--state", "asleep"), "asleep"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    jobs: Queue, words: Tuple[object, ...], word: str
) -> None:
    answer = jobs.call(*words)
    assert answer.returncode == 2
    assert word in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert jobs.order() == [1, 2, 3, 4]


def test_beside_a_running_program_the_queue_can_be_seen_but_not_changed(jobs: Queue) -> None:
    with only_instance(jobs.folder / "data"):
        assert jobs.order() == [1, 2, 3, 4]
        assert jobs.records("list")[0]["at_work"]
        shown = jobs.call("list").stdout
        assert shown.startswith(
            "A program is at work with this data folder and does not answer now: 4 queued."
        )
        for words in (("cancel", 1), ("pause",)):
            answer = jobs.call(*words)
            assert answer.returncode == 1
            assert f"process {os.getpid()}" in answer.stderr
    assert jobs.state(1) is JobState.QUEUED

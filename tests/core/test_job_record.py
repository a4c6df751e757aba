"""The story of a job: what happened to it, in order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.events import JobState
from core.queue.job import Job
from core.queue.job_facts import JobFacts
from core.queue.job_record import AttemptRecord, JobRecord, Moment, MomentKind, commands_of, story

PROOF = json.dumps([{"name": "tracks", "figures": {}, "seconds": 1.5}, {"name": "x", "seconds": 2}])


def job(state: JobState = JobState.COMPLETED, **more: Any) -> Job:
    return Job(1, Path("/films/A.mkv"), state, 10.0, **more)


def test_a_completed_job_tells_everything_in_order() -> None:
    record = JobRecord(
        job(start_time=20.0, end_time=99.0),
        JobFacts(step_seconds=(("encode", 60.0), ("verification", 4.0))),
        verification=PROOF,
        attempts=(AttemptRecord(1, 25.0, "replaced", "held", 95.0),),
    )
    assert story(record) == (
        Moment(MomentKind.QUEUED, 10.0),
        Moment(MomentKind.STARTED, 20.0),
        Moment(MomentKind.ATTEMPT, 25.0, name="1"),
        Moment(MomentKind.STEP, took=60.0, name="encode"),
        Moment(MomentKind.CHECKED, took=3.5),
        Moment(MomentKind.SWAPPED, 95.0),
        Moment(MomentKind.ENDED, 99.0, 79.0, "completed"),
    )


def test_a_waiting_job_has_been_queued_and_that_is_all() -> None:
    assert story(JobRecord(job(JobState.QUEUED))) == (Moment(MomentKind.QUEUED, 10.0),)


def test_an_attempt_that_was_undone_is_told_before_the_next() -> None:
    record = JobRecord(
        job(JobState.PROCESSING, start_time=20.0),
        attempts=(AttemptRecord(1, 12.0, "rolled back", "in place"), AttemptRecord(2, 21.0)),
    )
    kinds = [moment.kind for moment in story(record)]
    assert kinds[-3:] == [MomentKind.ATTEMPT, MomentKind.UNDONE, MomentKind.ATTEMPT]


@pytest.mark.parametrize(
    ("outcome", "original", "last"),
    [
        ("restored", "in place", MomentKind.RESTORED),
        ("replaced", "removed", MomentKind.ORIGINAL_GONE),
        ("replaced", "held", MomentKind.ENDED),
    ],
)
def test_what_became_of_the_original_comes_last(
    outcome: str, original: str, last: MomentKind
) -> None:
    attempt = AttemptRecord(1, 25.0, outcome, original, 95.0)
    record = JobRecord(job(start_time=20.0, end_time=99.0), attempts=(attempt,))
    assert story(record)[-1].kind is last


@pytest.mark.parametrize("broken", ["", "nothing of JSON", "3", '{"a": 1}', '[{"name": "x"}]'])
def test_rows_of_other_times_break_nothing(broken: str) -> None:
    record = JobRecord(job(end_time=99.0), verification=broken, commands=broken)
    assert story(record)[-1].kind is MomentKind.ENDED
    assert all(isinstance(argv, tuple) for argv in commands_of(record))


def test_commands_are_argv_lists() -> None:
    record = JobRecord(job(), commands='[["ffmpeg", "-i", "a b.mkv"], ["mkvpropedit"]]')
    assert commands_of(record) == (("ffmpeg", "-i", "a b.mkv"), ("mkvpropedit",))

"""Threads that make chunks beside a job's own thread."""

from __future__ import annotations

import threading
import time
from typing import Callable

import pytest

from core.errors import JobCancelled, ToolFailed
from processing.chunks.takers import takers
from processing.control import JobControl


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Work:
    """Chunks that take until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.begun = 0

    def take(self, control: JobControl) -> bool:
        self.begun += 1
        while not self.go.acquire(timeout=0.01):
            control.check()
        return True


def test_as_many_work_as_are_wanted_and_one_too_many_ends_after_its_chunk() -> None:
    work = Work()
    with takers(work.take, JobControl()) as found:
        found.want(3)
        until(lambda: work.begun == 3)
        found.want(1)
        assert found.at_work == 3
        work.go.release(2)
        until(lambda: found.at_work == 1)
        assert work.begun == 3


def test_none_is_left_however_the_job_ends() -> None:
    work = Work()
    before = threading.active_count()

    def break_down() -> None:
        with takers(work.take, JobControl()) as found:
            found.want(2)
            until(lambda: work.begun == 2)
            raise KeyError

    with pytest.raises(KeyError):
        break_down()
    assert threading.active_count() == before


def test_what_one_meets_ends_all_and_is_raised_in_the_jobs_own_thread() -> None:
    broken = ToolFailed("ffmpeg", 1, ["broken"])

    def fail(_control: JobControl) -> bool:
        raise broken

    with takers(fail, JobControl()) as found:
        found.want(1)
        until(lambda: found.at_work == 0)
        found.want(2)
        assert found.at_work == 0
        with pytest.raises(ToolFailed) as met:
            found.demand_well()
    assert met.value is broken


def test_a_cancelled_job_ends_them_and_a_paused_one_holds_them() -> None:
    work, job = Work(), JobControl()
    with takers(work.take, job) as found:
        found.want(1)
        until(lambda: work.begun == 1)
        job.pause()
        work.go.release(1)
        job.cancel()
        until(lambda: found.at_work == 0)
        with pytest.raises(JobCancelled):
            found.demand_well()


def test_where_nothing_is_to_be_had_they_end() -> None:
    with takers(lambda _control: False, JobControl()) as found:
        found.want(2)
        until(lambda: found.at_work == 0)
        found.demand_well()

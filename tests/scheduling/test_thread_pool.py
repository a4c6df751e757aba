from __future__ import annotations

import logging
import threading
from typing import List

import pytest

from scheduling.thread_pool import IdleThreadPool

DEADLINE = 30.0  # seconds


def run(pool: IdleThreadPool) -> int:
    """Have something done and wait for it; the thread that did it."""
    who: List[int] = []
    pool.do(lambda: who.append(threading.get_ident()))
    assert pool.join(DEADLINE)
    return who[0]


def test_a_thread_that_has_done_its_work_does_the_next() -> None:
    pool = IdleThreadPool("remote")
    assert len({run(pool) for _ in range(20)}) == 1


def test_what_comes_while_all_are_at_work_is_begun_at_once() -> None:
    pool, all_there = IdleThreadPool("remote"), threading.Barrier(5)
    for _ in range(4):
        pool.do(lambda: all_there.wait(DEADLINE))
    all_there.wait(DEADLINE)  # breaks where one of them waits for another's end
    assert pool.join(DEADLINE)


def test_whether_all_is_done_is_known_in_time() -> None:
    pool, end = IdleThreadPool("remote"), threading.Event()
    pool.do(end.wait)
    assert not pool.join(0.05)
    end.set()
    assert pool.join(DEADLINE)


def test_a_thread_goes_on_after_an_error_which_is_written_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pool = IdleThreadPool("remote")
    first = run(pool)

    def fail() -> None:
        raise ValueError("so it is")

    with caplog.at_level(logging.ERROR):
        pool.do(fail)
        assert pool.join(DEADLINE)
    assert "so it is" in caplog.text
    assert run(pool) == first


def test_a_thread_that_had_nothing_to_do_for_long_ends_and_work_goes_on_without_it() -> None:
    pool = IdleThreadPool("brief", kept=0.01)
    run(pool)
    idle = [thread for thread in threading.enumerate() if thread.name == "brief"]
    for thread in idle:
        thread.join(DEADLINE)
        assert not thread.is_alive()
    for _ in range(200):  # also in the moment in which one of them ends
        run(pool)

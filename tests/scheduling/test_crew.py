from __future__ import annotations

import logging
import threading
from typing import List

import pytest

from scheduling.thread_pool import Crew

DEADLINE = 30.0  # seconds


def run(crew: Crew) -> int:
    """Have something done and wait for it; the thread that did it."""
    who: List[int] = []
    crew.do(lambda: who.append(threading.get_ident()))
    assert crew.join(DEADLINE)
    return who[0]


def test_a_thread_that_has_done_its_work_does_the_next() -> None:
    crew = Crew("remote")
    assert len({run(crew) for _ in range(20)}) == 1


def test_what_comes_while_all_are_at_work_is_begun_at_once() -> None:
    crew, all_there = Crew("remote"), threading.Barrier(5)
    for _ in range(4):
        crew.do(lambda: all_there.wait(DEADLINE))
    all_there.wait(DEADLINE)  # breaks where one of them waits for another's end
    assert crew.join(DEADLINE)


def test_whether_all_is_done_is_known_in_time() -> None:
    crew, end = Crew("remote"), threading.Event()
    crew.do(end.wait)
    assert not crew.join(0.05)
    end.set()
    assert crew.join(DEADLINE)


def test_a_thread_goes_on_after_an_error_which_is_written_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    crew = Crew("remote")
    first = run(crew)

    def fail() -> None:
        raise ValueError("so it is")

    with caplog.at_level(logging.ERROR):
        crew.do(fail)
        assert crew.join(DEADLINE)
    assert "so it is" in caplog.text
    assert run(crew) == first


def test_a_thread_that_had_nothing_to_do_for_long_ends_and_work_goes_on_without_it() -> None:
    crew = Crew("brief", kept=0.01)
    run(crew)
    mine = [one for one in threading.enumerate() if one.name == "brief"]
    for one in mine:
        one.join(DEADLINE)
        assert not one.is_alive()
    for _ in range(200):  # also in the moment in which one of them ends
        run(crew)

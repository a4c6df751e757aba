"""The watch over the threads, with real threads that die and hang."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, List, Sequence

import pytest

from app.health import keep_health, kept_health
from core.reporting.health import ThreadHealth
from scheduling.periodic_thread import PeriodicThread
from scheduling.supervision import Supervisor
from tests.queue_environment import Recorded

DEADLINE = 20.0


@dataclass
class Record:
    """Where the health of threads is noted."""

    note: Callable[[Sequence[ThreadHealth]], object]

    def keep_health(self, health: Sequence[ThreadHealth]) -> None:
        self.note(health)


def until(reached: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not reached():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.005)


@pytest.fixture
def notices() -> List[str]:
    return []


@pytest.fixture
def supervisor(notices: List[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(errors=Recorded(notices))
    yield supervisor
    supervisor.stop()


def test_a_thread_that_died_is_told_and_replaced(
    supervisor: Supervisor, notices: List[str]
) -> None:
    threads: List[threading.Thread] = []

    def begin() -> None:
        thread = threading.Thread(target=lambda: None)
        thread.start()
        threads.append(thread)

    begin()
    threads[0].join()
    supervisor.watch("Folder watcher", 60.0, begin, lambda: threads[-1].is_alive())
    supervisor.look()
    assert len(threads) == 2
    assert notices == ["Folder watcher had ended unexpectedly and was restarted."]
    (health,) = supervisor.health()
    assert (health.restarts, health.message) == (1, notices[0])


def test_a_thread_that_hangs_is_told_and_replaced_and_one_that_beats_is_not(
    supervisor: Supervisor, notices: List[str]
) -> None:
    replaced: List[str] = []
    supervisor.watch("Slow", 0.05, lambda: replaced.append("Slow"))
    beat = supervisor.watch("Quick", 30.0, lambda: replaced.append("Quick"))
    until(lambda: supervisor.health()[1].age(time.time()) > 0.1, "the beat to be late")
    beat()
    supervisor.look()
    assert replaced == ["Slow"]
    assert notices[0].startswith("Slow had not moved for 0 seconds and was")
    assert [thread.late(time.time()) for thread in supervisor.health()] == [False, True]


def test_what_ended_as_it_should_is_watched_no_longer(supervisor: Supervisor) -> None:
    supervisor.watch("Short", 60.0, lambda: None)
    supervisor.forget("Short")
    assert supervisor.health() == ()


def test_the_health_is_noted_for_other_programs() -> None:
    kept: List[Sequence[ThreadHealth]] = []
    supervisor = Supervisor(record=Record(kept.append))
    supervisor.watch("Queue", 60.0, lambda: None)
    supervisor.look()
    supervisor.look()
    assert [[thread.name for thread in note] for note in kept] == [["Queue"]], "not at every look"


def test_a_program_that_has_ended_is_told_of_no_more(tmp_path: Path) -> None:
    supervisor = Supervisor(record=Record(lambda health: keep_health(tmp_path, health)))
    supervisor.watch("Queue", 60.0, lambda: None)
    supervisor.start()
    supervisor.look()
    assert [thread.name for thread in kept_health(tmp_path, time.time())] == ["Queue"]
    supervisor.stop()
    assert kept_health(tmp_path, time.time()) == ()


def test_a_periodic_thread_that_hangs_goes_on_in_another_thread_and_no_duty_is_done_twice_at_once() -> (
    None
):
    release = threading.Event()
    calls: List[str] = []

    def duty() -> None:
        calls.append(threading.current_thread().name)
        if len(calls) == 1:
            release.wait(DEADLINE)

    after: List[int] = []
    periodic = PeriodicThread((duty, lambda: after.append(1)), 0.01)
    periodic.start()
    until(lambda: calls, "the duty to hang")
    periodic.restart()
    until(lambda: len(calls) >= 3, "the others to be done again")
    release.set()
    assert periodic.stop(DEADLINE)
    assert periodic.alive, "it was told to end"


def test_a_duty_that_fails_does_not_end_the_others() -> None:
    done: List[int] = []

    def fail() -> None:
        raise ZeroDivisionError

    periodic = PeriodicThread((fail, lambda: done.append(1)), 0.01)
    periodic.start()
    until(lambda: len(done) >= 2, "the other duty")
    assert periodic.stop(DEADLINE)

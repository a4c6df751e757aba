from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.events import JobState, QueueState
from core.queue.job import JobEnd, NewJob
from core.settings.tree import QueueSettings
from scheduling.housekeeping import Housekeeping
from scheduling.job_context import JobContext
from scheduling.pause_reasons import PauseReasons
from scheduling.requested_state import RequestedState
from store.connection import Database
from store.held_time import HeldTime
from store.jobs import JobStore
from store.queue_state import QueueStateStore
from tests.queue_environment import QueueLimits, SetClock, Surroundings

NOON = datetime(2026, 3, 1, 12).astimezone().timestamp()
DAY = 86400.0


def test_a_clock_that_jumps_forgets_no_history(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    with Database(tmp_path / "data.db") as database:
        jobs = JobStore(database, clock.now)
        jobs.add([NewJob(Path("/films/one.mkv"))])
        job = jobs.claim_next()
        assert job is not None
        jobs.finish(job.id, JobEnd(JobState.COMPLETED))
        held_time = HeldTime(database)
        held_time.look(clock.now(), 100.0, 14 * DAY)
        clock.at = NOON + 365 * DAY
        held_time.look(clock.now(), 200.0, 14 * DAY)
        settings = QueueSettings(history_days=30.0)
        house = Housekeeping(Surroundings(no_context, lambda: settings), database, clock)
        house.forget_history()
        assert jobs.counts()[JobState.COMPLETED] == 1
        held_time.look(clock.now() + DAY, 200.0 + DAY, 14 * DAY)  # it has been so for a day of work
        house.forget_history()
        assert jobs.counts()[JobState.COMPLETED] == 0


def no_context() -> JobContext:
    raise AssertionError("not needed")


def test_history_is_kept_as_long_as_the_user_wants(tmp_path: Path) -> None:
    clock = SetClock(NOON)
    with Database(tmp_path / "data.db") as database:
        jobs = JobStore(database, clock.now)
        for days in (0, 5, 9):
            clock.at = NOON + days * DAY
            jobs.add([NewJob(Path(f"/films/{days}.mkv"))])
            job = jobs.claim_next()
            assert job is not None
            jobs.finish(job.id, JobEnd(JobState.COMPLETED))
        jobs.add([NewJob(Path("/films/waits.mkv"))])
        clock.at = NOON + 10 * DAY
        for kept, left in ((0.0, 3), (7.0, 2), (1.0, 1)):
            settings = QueueSettings(history_days=kept)
            around = Surroundings(no_context, lambda: settings)  # noqa: B023
            Housekeeping(around, database, clock).forget_history()
            counts = jobs.counts()
            assert (counts[JobState.COMPLETED], counts[JobState.QUEUED]) == (left, 1)


def test_a_pause_ends_in_time_also_where_the_clock_is_set_back_meanwhile(tmp_path: Path) -> None:
    clock = SetClock(NOON, 100.0)
    with Database(tmp_path / "data.db") as database:
        reasons = PauseReasons(QueueLimits(), clock)
        requested = RequestedState(QueueStateStore(database), reasons, clock)
        requested.request(QueueState.PAUSED, NOON + 600, remember=True)
        clock.at, clock.since = NOON - DAY, 400.0
        assert not requested.over
        clock.since = 700.0
        assert requested.over

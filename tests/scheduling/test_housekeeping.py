from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from core.events import JobState, QueueState
from core.queue.job import JobEnd, NewJob
from core.settings.tree import QueueSettings
from scheduling.housekeeping import Housekeeping
from scheduling.job_context import Equipment
from scheduling.pause_reasons import Gate
from scheduling.requested_state import Wishes
from store.connection import Database
from store.held_time import HeldTime
from store.jobs import JobStore
from store.queue_state import QueueStateStore

NOON = datetime(2026, 3, 1, 12).astimezone().timestamp()
DAY = 86400.0


def test_a_clock_that_jumps_forgets_no_history(tmp_path: Path) -> None:
    now = [NOON]
    with Database(tmp_path / "data.db") as database:
        jobs = JobStore(database, lambda: now[0])
        jobs.add([NewJob(Path("/films/one.mkv"))])
        job = jobs.claim_next()
        assert job is not None
        jobs.finish(job.id, JobEnd(JobState.COMPLETED))
        held_time = HeldTime(database)
        held_time.look(now[0], 100.0, 14 * DAY)
        now[0] = NOON + 365 * DAY
        held_time.look(now[0], 200.0, 14 * DAY)
        settings = QueueSettings(history_days=30.0)
        house = Housekeeping(no_equipment, database, lambda: settings, lambda: now[0])
        house.forget_history()
        assert jobs.counts()[JobState.COMPLETED] == 1
        held_time.look(now[0] + DAY, 200.0 + DAY, 14 * DAY)  # it has been so for a day of work
        house.forget_history()
        assert jobs.counts()[JobState.COMPLETED] == 0


def no_equipment() -> Equipment:
    raise AssertionError("not needed")


def test_history_is_kept_as_long_as_the_user_wants(tmp_path: Path) -> None:
    now = [NOON]
    with Database(tmp_path / "data.db") as database:
        jobs = JobStore(database, lambda: now[0])
        for days in (0, 5, 9):
            now[0] = NOON + days * DAY
            jobs.add([NewJob(Path(f"/films/{days}.mkv"))])
            job = jobs.claim_next()
            assert job is not None
            jobs.finish(job.id, JobEnd(JobState.COMPLETED))
        jobs.add([NewJob(Path("/films/waits.mkv"))])
        now[0] = NOON + 10 * DAY
        for kept, left in ((0.0, 3), (7.0, 2), (1.0, 1)):
            settings = QueueSettings(history_days=kept)
            Housekeeping(no_equipment, database, lambda: settings, lambda: now[0]).forget_history()  # noqa: B023
            counts = jobs.counts()
            assert (counts[JobState.COMPLETED], counts[JobState.QUEUED]) == (left, 1)


def test_a_pause_ends_in_time_also_where_the_clock_is_set_back_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, ran = [NOON], [100.0]
    monkeypatch.setattr("scheduling.requested_state.time.monotonic", lambda: ran[0])
    with Database(tmp_path / "data.db") as database:
        gate = Gate(QueueSettings, lambda: now[0])
        wishes = Wishes(QueueStateStore(database), gate, lambda: now[0])
        wishes.wish(QueueState.PAUSED, NOON + 600, remember=True)
        now[0], ran[0] = NOON - DAY, 400.0
        assert not wishes.over
        ran[0] = 700.0
        assert wishes.over

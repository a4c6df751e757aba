from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.events import JobState
from core.job import JobEnd, NewJob
from core.settings import QueueSettings
from scheduling.equipment import Equipment
from scheduling.housekeeping import Housekeeping
from store.connection import Database
from store.jobs import JobStore

NOON = datetime(2026, 3, 1, 12).astimezone().timestamp()
DAY = 86400.0


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

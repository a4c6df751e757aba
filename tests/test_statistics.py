from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from statistics import Summary, summary  # ours: see the first test
from typing import Iterator

import pytest

from core.events import JobState
from core.queue.job import JobEnd, NewJob
from core.reporting.statistics import DayStatistics
from store.connection import Database
from store.jobs import JobStore
from store.statistics import StatisticsStore

NOON = datetime(2026, 3, 1, 12).astimezone().timestamp()
DAY = 86400


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data.db") as opened:
        yield opened


class History:
    """Ends jobs at chosen moments."""

    def __init__(self, database: Database) -> None:
        self._now = NOON
        self._count = 0
        self._jobs = JobStore(database, lambda: self._now)

    def end(self, state: JobState, at: float, seconds: float = 0, *sizes: int) -> None:
        self._count += 1
        self._now = at - seconds
        self._jobs.add([NewJob(Path(str(self._count)))])
        job = self._jobs.claim_next()
        assert job is not None
        self._now = at
        before, after = sizes or (None, None)
        self._jobs.finish(job.id, JobEnd(state, original_size=before, processed_size=after))


@pytest.fixture
def history(database: Database) -> History:
    return History(database)


def test_the_module_is_ours_and_not_the_standard_librarys() -> None:
    source = sys.modules[summary.__module__].__file__
    assert source is not None
    assert Path(source).parent == Path(__file__).resolve().parents[1]


def test_a_day_sums_sizes_and_averages_the_time_of_completed_jobs(
    database: Database, history: History
) -> None:
    history.end(JobState.COMPLETED, NOON, 10, 1000, 400)
    history.end(JobState.COMPLETED, NOON + 60, 20, 2000, 1900)
    history.end(JobState.COMPLETED, NOON + 90, 60, 500, 500)
    assert StatisticsStore(database).days() == (DayStatistics("2026-03-01", 3, 0, 3500, 700, 30.0),)


def test_a_failure_counts_but_moves_no_size_and_no_time(
    database: Database, history: History
) -> None:
    history.end(JobState.COMPLETED, NOON, 10, 1000, 400)
    history.end(JobState.FAILED, NOON, 500, 1000, 1)
    assert StatisticsStore(database).days() == (DayStatistics("2026-03-01", 1, 1, 1000, 600, 10.0),)


@pytest.mark.parametrize("state", [JobState.SKIPPED, JobState.CANCELLED])
def test_skipped_and_cancelled_jobs_do_not_count(
    database: Database, history: History, state: JobState
) -> None:
    history.end(state, NOON, 10, 1000, 400)
    assert StatisticsStore(database).days() == ()


def test_a_completed_job_without_a_result_size_saved_nothing(
    database: Database, history: History
) -> None:
    history.end(JobState.COMPLETED, NOON)
    assert StatisticsStore(database).days()[0].total_size_saved == 0


def test_a_clock_that_went_back_gives_no_negative_time(
    database: Database, history: History
) -> None:
    history.end(JobState.COMPLETED, NOON, -50, 1, 1)
    assert StatisticsStore(database).days()[0].average_processing_time == 0


def test_the_total_weighs_each_days_average_by_its_jobs(
    database: Database, history: History
) -> None:
    history.end(JobState.COMPLETED, NOON, 10, 100, 50)
    for _ in range(3):
        history.end(JobState.COMPLETED, NOON + DAY, 30, 100, 50)
    found = summary(database)
    assert [day.date for day in found.days] == ["2026-03-01", "2026-03-02"]
    assert found.total == DayStatistics("2026-03-01", 4, 0, 400, 200, 25.0)
    assert found.total.saved_share == 0.5


def test_a_range_takes_both_its_ends(database: Database, history: History) -> None:
    for day in range(4):
        history.end(JobState.COMPLETED, NOON + day * DAY, 1, 1, 1)
    found = summary(database, "2026-03-02", "2026-03-03")
    assert [day.date for day in found.days] == ["2026-03-02", "2026-03-03"]
    assert found.total.jobs_completed == 2


def test_with_no_jobs_the_summary_is_all_zeros(database: Database) -> None:
    assert summary(database) == Summary(DayStatistics(""), ())
    assert summary(database).total.saved_share == 0.0

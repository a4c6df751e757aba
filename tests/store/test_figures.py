"""The sums of ended jobs: kept with each end, made anew from the ends, and kept when those are pruned."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Iterator

import pytest

from core.chunk_progress import ChunkPhase, ChunkProgress
from core.events import JobState
from core.queue.estimate import Measure, PoolKey
from core.queue.job import JobEnd, JobKind, NewJob
from core.queue.job_facts import JobFacts
from core.reporting.statistics import StatisticsSpan, first_day, period_of
from store.connection import Database
from store.job_records import JobRecords
from store.jobs import JobStore
from store.speeds import SpeedStore
from tests.film_qualities import HDR, quality

NOON = datetime(2026, 3, 1, 12).astimezone().timestamp()
DAY = 86400.0
FACTS = JobFacts(
    "film",
    "h264",
    "hevc",
    "1080p",
    "normal",
    6000.0,
    (("encode", 90.0), ("verification", 10.0)),
    ("ac3", "ac3", "dts"),
    ("opus", "opus"),
)


class History:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOON
        self.jobs = JobStore(database, lambda: self.now)
        self._count = 0

    def end(self, state: JobState, *sizes: int, **more: Any) -> int:
        self._count += 1
        self.jobs.add([NewJob(Path(f"/films/{self._count}.mkv"))])
        return self.end_again(state, *sizes, **more)

    def end_again(
        self,
        state: JobState,
        *sizes: int,
        machine: str = "desk",
        seconds: float = 100,
        facts: JobFacts = FACTS,
    ) -> int:
        job = self.jobs.claim_next(machine)
        assert job is not None
        self.now += seconds
        before, after = sizes or (None, None)
        end = JobEnd(state, original_size=before, processed_size=after, facts=facts)
        self.jobs.set_kind(job.id, JobKind.SOFTWARE)
        assert self.jobs.finish(job.id, end)
        return job.id


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with Database(tmp_path / "data.db") as database:
        yield History(database)


def test_figures_are_split_by_machine_codec_size_and_template(history: History) -> None:
    history.end(JobState.COMPLETED, 1000, 400)
    history.end(JobState.COMPLETED, 1000, 900, machine="attic", seconds=200)
    history.end(JobState.FAILED, machine="attic")
    history.end(JobState.SKIPPED)
    history.end(JobState.CANCELLED)
    found = statistics.report(history.database)
    assert (found.total.completed, found.total.failed, found.total.skipped) == (2, 1, 1)
    assert (found.total.saved, found.total.film_seconds) == (700, 12000)
    machines = dict(found.machines)
    assert machines["desk"].speed == pytest.approx(60)
    assert machines["attic"].speed == pytest.approx(30)
    assert machines["attic"].failed == 1
    assert [name for name, _sums in found.codecs] == ["h264"]
    assert [name for name, _sums in found.resolutions] == ["1080p"]
    assert dict(found.templates)["normal"].completed == 2
    assert {name: sums.completed for name, sums in found.audio_before} == {"ac3": 4, "dts": 2}
    assert {name: sums.completed for name, sums in found.audio_after} == {"opus": 4}
    assert {name: sums.seconds for name, sums in found.steps} == {"encode": 180, "verification": 20}
    assert [(saving.before, saving.after) for saving in found.top] == [(1000, 400), (1000, 900)]


def test_machines_are_called_by_their_names(history: History) -> None:
    with history.database.transaction() as connection:
        connection.executemany(
            "INSERT INTO nodes (instance_id, name, secret) VALUES (?, ?, '')",
            [("1f-a", "attic"), ("2e-b", "")],
        )
    for machine in ("", "1f-a", "2e-b"):
        history.end(JobState.COMPLETED, 1000, 400, machine=machine)
    machines = statistics.report(history.database).machines
    assert {name for name, _sums in machines} == {"", "attic", "2e-b"}


def test_time_by_machine_counts_the_machines_of_a_films_chunks(history: History) -> None:
    chunks = (
        ChunkProgress(0, 0, 2000, ChunkPhase.DONE, machine="", size=1, seconds=40.0),
        ChunkProgress(1, 2000, 5000, ChunkPhase.DONE, machine="attic", size=1, seconds=120.0),
        ChunkProgress(2, 5000, 6000, ChunkPhase.DONE, machine="attic", size=1, seconds=40.0),
    )
    history.end(JobState.COMPLETED, 1000, 400, seconds=170, facts=replace(FACTS, chunks=chunks))
    found = statistics.report(history.database)
    machines = dict(found.machines)
    assert (machines["attic"].seconds, machines["attic"].film_seconds) == (160.0, 4000.0)
    assert (machines["desk"].seconds, machines["desk"].film_seconds) == (50.0, 2000.0)
    assert (machines["desk"].completed, machines["attic"].completed) == (1, 0)
    assert (machines["desk"].saved, machines["attic"].saved) == (600, 0)
    assert (found.total.seconds, found.total.film_seconds) == (170.0, 6000.0)
    statistics.rebuild(history.database)
    assert statistics.report(history.database) == found


def test_films_that_were_measured_are_summed_by_how_far_they_are_from_their_target(
    history: History,
) -> None:
    below, near, hdr = (
        replace(FACTS, quality=(found,))
        for found in (quality((92.0, 92.0)), quality((94.2, 94.6)), quality((70.0,), yardstick=HDR))
    )
    for facts in (below, near, hdr, replace(FACTS, quality=(quality(None),)), FACTS):
        history.end(JobState.COMPLETED, 1000, 400, facts=facts)
    history.end(JobState.FAILED, facts=below)
    found = statistics.report(history.database)
    assert (found.total.scored, found.total.target_met) == (2, 1)
    assert found.total.mean_difference == pytest.approx((-2.0 + 0.4) / 2)
    assert dict(found.templates)["normal"] == found.total
    assert dict(found.steps)["encode"].mean_difference is None
    statistics.rebuild(history.database)
    assert statistics.report(history.database) == found


def test_a_jobs_quality_is_kept_with_its_end(history: History) -> None:
    film = quality()
    job = history.end(JobState.COMPLETED, 1000, 400, facts=replace(FACTS, quality=(film,)))
    record = JobRecords(history.database).get(job)
    assert record is not None
    assert record.facts.quality == (film,)
    other = history.end(JobState.COMPLETED, 1000, 400)
    assert JobRecords(history.database).qualities((job, other, 99)) == {job: film}


def test_a_job_that_recovery_ends_keeps_what_its_plan_told_of_the_film(history: History) -> None:
    history.jobs.add([NewJob(Path("/films/killed.mkv"))])
    job = history.jobs.claim_next("desk")
    assert job is not None
    history.jobs.keep_facts(job.id, FACTS)
    only = JobFacts(quality=(quality(),))  # all that the journal has of them
    history.jobs.finish(job.id, JobEnd(JobState.COMPLETED, facts=only))
    record = JobRecords(history.database).get(job.id)
    assert record is not None
    assert (record.facts.template, record.facts.quality) == ("normal", only.quality)


def test_encoders_side_by_side_take_no_more_time_than_the_film(history: History) -> None:
    chunks = (
        ChunkProgress(0, 0, 3000, ChunkPhase.DONE, machine="", size=1, seconds=90.0),
        ChunkProgress(1, 3000, 5000, ChunkPhase.DONE, machine="", size=1, seconds=90.0),
        ChunkProgress(2, 5000, 6000, ChunkPhase.DONE, machine="attic", size=1, seconds=40.0),
    )
    history.end(JobState.COMPLETED, 1000, 400, facts=replace(FACTS, chunks=chunks))
    machines = dict(statistics.report(history.database).machines)
    assert machines["desk"].seconds == 100.0


def test_a_film_that_others_helped_with_makes_this_machine_no_quicker(history: History) -> None:
    key = PoolKey(Measure.FILM_SECOND, "desk")
    history.end(JobState.COMPLETED, 1000, 400)
    alone = SpeedStore(history.database).pools()[key].mean
    half = ChunkProgress(0, 0, 3000, ChunkPhase.DONE, machine="attic", size=1, seconds=50.0)
    facts = replace(FACTS, chunks=(half,), step_seconds=(("encode", 50.0),))
    history.end(JobState.COMPLETED, 1000, 400, seconds=50, facts=facts)
    assert SpeedStore(history.database).pools()[key].mean == pytest.approx(alone)


def test_a_range_counts_its_days_alone(history: History) -> None:
    history.end(JobState.COMPLETED, 1000, 400)
    history.now += 2 * DAY
    history.end(JobState.COMPLETED, 500, 100)
    assert statistics.report(history.database, since="2026-03-02").total.saved == 400
    assert statistics.report(history.database, until="2026-03-01").total.saved == 600
    assert statistics.report(history.database, "2026-03-02", "2026-03-02").total.completed == 0
    assert [saving.before for saving in statistics.report(history.database, "2026-03-02").top] == [
        500
    ]


def test_a_film_that_failed_and_was_done_later_has_done_both(history: History) -> None:
    job_id = history.end(JobState.FAILED)
    history.jobs.requeue(job_id)
    history.end_again(JobState.COMPLETED, 1000, 400)
    total = statistics.report(history.database).total
    assert (total.completed, total.failed) == (1, 1)
    statistics.rebuild(history.database)
    assert statistics.report(history.database).total == total


def test_made_anew_the_figures_are_the_same(history: History) -> None:
    for number in range(20):
        state = (JobState.COMPLETED, JobState.FAILED, JobState.SKIPPED)[number % 3]
        history.end(state, 1000 + number, 400)
        history.now += DAY / 5
    before = (statistics.report(history.database), statistics.summary(history.database).days)
    with history.database.transaction() as connection:
        connection.execute("UPDATE figures SET completed = completed + 7")
        connection.execute("DELETE FROM statistics")
    assert statistics.rebuild(history.database) == len(before[1])
    after = (statistics.report(history.database), statistics.summary(history.database).days)
    assert after[0] == before[0]
    assert after[1] == tuple(before[1])


def test_what_is_forgotten_keeps_its_sums_also_when_they_are_made_anew(history: History) -> None:
    history.end(JobState.COMPLETED, 1000, 400)
    history.now += 400 * DAY
    history.end(JobState.COMPLETED, 500, 100)
    assert statistics.prune(history.database, date(2027, 1, 1)) == 1
    assert history.jobs.counts()[JobState.COMPLETED] == 1
    statistics.rebuild(history.database)
    found = statistics.report(history.database)
    assert (found.total.completed, found.total.saved) == (2, 1000)
    assert len(statistics.summary(history.database).days) == 2


def test_days_without_any_end_are_shown_as_well(history: History) -> None:
    first = datetime.fromtimestamp(history.now).astimezone().date()
    history.end(JobState.COMPLETED, 1000, 400)
    history.now += 5 * DAY
    history.end(JobState.COMPLETED, 500, 100)
    found = statistics.report(history.database)
    days = [(first + timedelta(days=number)).isoformat() for number in range(8)]
    assert [name for name, _sums in found.periods] == days[:6]
    assert [sums.completed for _day, sums in found.periods] == [1, 0, 0, 0, 0, 1]
    asked = statistics.report(history.database, days[3], days[7])
    assert [name for name, _sums in asked.periods] == days[3:]
    weeks = statistics.report(history.database, "1970-01-01", days[7])
    assert [name for name, _sums in weeks.periods] == days[:6], "not half a century of nothing"
    history.now += 300 * DAY
    history.end(JobState.COMPLETED, 500, 100)
    late = [name for name, _sums in statistics.report(history.database).periods]
    gaps = {(date.fromisoformat(b) - date.fromisoformat(a)).days for a, b in zip(late, late[1:])}
    assert gaps == {7}


def test_many_days_are_shown_as_weeks_or_months() -> None:
    assert period_of("2026-03-05", 30) == "2026-03-05"
    assert period_of("2026-03-05", 300) == "2026-03-02"
    assert period_of("2026-03-05", 1000) == "2026-03-01"
    today = date(2026, 3, 5)
    assert [first_day(span, today) for span in StatisticsSpan] == [
        "2026-03-05",
        "2026-02-27",
        "2026-02-04",
        "2025-03-06",
        "",
    ]


def test_a_database_of_an_older_program_has_its_daily_sums(tmp_path: Path) -> None:
    from store.migrations import MIGRATIONS

    path = tmp_path / "old.db"
    with Database(path, migrations=MIGRATIONS[:2]) as old, old.transaction() as connection:
        connection.execute(
            "INSERT INTO jobs (filename, status, position, added_at, start_time, end_time, end_date, "
            "original_size, processed_size) VALUES ('/a.mkv', 'completed', 1, 1, 10, 40, '2026-01-02', "
            "1000, 300)"
        )
        connection.execute("INSERT INTO statistics VALUES ('2026-01-02', 1, 0, 1000, 700, 30)")
    with Database(path) as database:
        total = statistics.report(database).total
        assert (total.completed, total.saved, total.seconds) == (1, 700, 30)
        assert statistics.report(database).top[0].film == str(Path("/a.mkv"))
        assert JobStore(database).counts()[JobState.COMPLETED] == 1

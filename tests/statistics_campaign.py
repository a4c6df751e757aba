"""Ends jobs at random, with restarts and clocks that jump, and recounts the daily figures.

``python -m tests.statistics_campaign --ends N [--seed S]``: jobs of all kinds end on many days, in other
time zones and around the hours that daylight saving skips and repeats; some are tried again, some are
removed, the database is closed and opened. Then the daily table is held against a recount of every end,
added up here; and once more after it was made anew. Exit code 1 where they differ.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import DefaultDict, Dict, List, Tuple

from core.events import JobState
from core.queue.job import JobEnd, JobKind, NewJob
from core.queue.job_facts import JobFacts
from store.connection import Database
from store.jobs import JobStore
from store.statistics import StatisticsStore

ZONES = ("UTC", "Europe/Amsterdam", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo")
# Right before the clocks of Amsterdam went forward and back.
MOMENTS = (1711846800.0 - 7200, 1729990800.0 - 7200, 1704067200.0 - 43200)
_STATES = (JobState.COMPLETED,) * 6 + (JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED)


@dataclass
class Day:
    """One day, counted by hand."""

    completed: int = 0
    failed: int = 0
    processed: int = 0
    saved: int = 0
    seconds: List[float] = field(default_factory=list)


class Campaign:
    """The database, the clock, and what should be in the table."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._chance = random.Random(seed)
        self._now = MOMENTS[0]
        self._expected: DefaultDict[str, Day] = defaultdict(Day)
        self._numbers = iter(range(10**9))
        self._ended: List[int] = []
        self._open()

    def _open(self) -> None:
        self._database = Database(self._path)
        self._jobs = JobStore(self._database, lambda: self._now)

    def run(self, ends: int) -> List[str]:
        """End jobs, and return what is wrong with the table."""
        for number in range(ends):
            self._jump(number)
            self._end()
        problems = self._compare("as it was kept")
        statistics.rebuild(self._database)
        problems += self._compare("made anew")
        self._database.close()
        return problems

    def _jump(self, number: int) -> None:
        """Time passes, and now and then something odd happens to it."""
        self._now += self._chance.expovariate(1 / 900)
        if number % 97 == 0:
            self._now = self._chance.choice(MOMENTS) + self._chance.uniform(0, 14400)
        if number % 31 == 0 and hasattr(time, "tzset"):
            os.environ["TZ"] = self._chance.choice(ZONES)
            time.tzset()
        if number % 500 == 499:
            self._database.close()
            self._open()

    def _end(self) -> None:
        if self._ended and self._chance.random() < 0.1:
            job_id = self._ended.pop(self._chance.randrange(len(self._ended)))
            if self._chance.random() < 0.5:
                self._jobs.remove(job_id)
                return
            self._jobs.requeue(job_id)
        else:
            self._jobs.add([NewJob(Path(f"/films/{next(self._numbers)}.mkv"))])
        job = self._jobs.claim_next(self._chance.choice(("attic", "desk")))
        assert job is not None
        self._jobs.set_kind(job.id, JobKind.SOFTWARE)
        began = self._now
        self._now += self._chance.uniform(-5, 5000)  # a clock may go back
        state = self._chance.choice(_STATES)
        before = self._chance.randrange(10**10)
        after = self._chance.randrange(before + 1) if state is JobState.COMPLETED else None
        facts = JobFacts(
            "film",
            "h264",
            "hevc",
            "1080p",
            "normal",
            3600.0,
            (("encode", 10.0),),
            ("ac3",),
            ("opus",),
        )
        end = JobEnd(state, original_size=before, processed_size=after, facts=facts)
        day = self._expected[datetime.fromtimestamp(self._now).astimezone().date().isoformat()]
        assert self._jobs.finish(job.id, end)
        self._ended.append(job.id)
        if state is JobState.COMPLETED:
            day.completed += 1
            day.processed += before
            day.saved += before - (after or 0)
            day.seconds.append(max(0.0, self._now - began))
        elif state is JobState.FAILED:
            day.failed += 1

    def _compare(self, when: str) -> List[str]:
        wanted: Dict[str, Tuple[int, ...]] = {
            date: (day.completed, day.failed, day.processed, day.saved)
            for date, day in self._expected.items()
            if day.completed or day.failed
        }
        days = StatisticsStore(self._database).days()
        found = {
            day.date: (
                day.jobs_completed,
                day.jobs_failed,
                day.total_size_processed,
                day.total_size_saved,
            )
            for day in days
        }
        problems = [
            f"{date}, {when}: {found.get(date)} instead of {wanted.get(date)}"
            for date in sorted({*wanted, *found})
            if found.get(date) != wanted.get(date)
        ]
        for shown_day in days:
            seconds = self._expected[shown_day.date].seconds
            mean = sum(seconds) / len(seconds) if seconds else 0.0
            if abs(mean - shown_day.average_processing_time) > 1e-6 * max(1.0, mean):
                problems.append(
                    f"{shown_day.date}, {when}: {shown_day.average_processing_time} s, not {mean}"
                )
        total = statistics.report(self._database).total
        if total.completed != sum(day.completed for day in self._expected.values()):
            problems.append(f"the sums, {when}, count {total.completed} films")
        return problems


def main() -> int:
    """Run the campaign and print its table; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ends", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="statistics-") as folder:
        begin = time.monotonic()
        campaign = Campaign(Path(folder) / "data.db", arguments.seed)
        problems = campaign.run(arguments.ends)
    print(f"{'ends':<12} {arguments.ends:>8,}")
    print(f"{'seconds':<12} {time.monotonic() - begin:>8,.0f}")
    print(f"{'problems':<12} {len(problems):>8,}")
    for problem in problems[:20]:
        print(f"  {problem}")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())

"""How quick the queue is with many jobs: adding them, finding the next one, starting, and doing nothing.

``python -m benchmarks.queue [--jobs N] [--against CHECKOUT] [--json]``. Needs a display, such as that of
``xvfb-run -a``, for the start and the idle program: the program's own window in a process of its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, List, Optional, Sequence

import psutil

from app.program import DATABASE_NAME
from app.running_program import FILE_NAME
from benchmarks.against import HERE
from benchmarks.figure import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.window_start import measure_start
from core.queue.job import JobKind, NewJob
from core.settings.source import FixedSettings
from core.settings.tree import Settings
from scheduling.slots import Slots
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore

BATCH = 1000  # jobs, as a scan adds them
CLAIMS = 3000
SETTLE = 8.0  # seconds after the start, until the program does nothing
IDLE = 15.0  # seconds that it is watched
ROOT = Path(__file__).resolve().parent.parent


def insert(jobs: JobStore, count: int) -> float:
    """Add films in batches; the seconds for all."""
    films = [
        NewJob(Path(f"/library/{n % 1000}/Film {n}.mkv"), priority=n % 3, size=4_000_000_000 + n)
        for n in range(count)
    ]
    begin = time.perf_counter()
    for first in range(0, count, BATCH):
        jobs.add(films[first : first + BATCH])
    return time.perf_counter() - begin


def claims(
    jobs: JobStore, folder: Path, clock: Callable[[], float] = time.perf_counter
) -> List[float]:
    """Take the next job again and again, as a worker does; milliseconds of each, sorted."""
    slots = Slots(FixedSettings(Settings()))
    taken = []
    for _ in range(CLAIMS):
        begin = clock()
        job = jobs.claim_next("here", slots.claimable((), jobs))
        taken.append((clock() - begin) * 1000)
        assert job is not None, f"the queue in {folder} ran empty"
        jobs.give_back(job.id, JobKind.UNKNOWN)  # so that the queue stays as long as it is
    return sorted(taken)


def moves(database: Database, count: int) -> float:
    """Move jobs to the middle of the queue; the median in milliseconds."""
    order = JobOrder(database)
    taken = []
    for number in range(200):
        begin = time.perf_counter()
        order.place_before([count - number], count // 2)
        taken.append((time.perf_counter() - begin) * 1000)
    return sorted(taken)[len(taken) // 2]


def idle(folder: Path) -> List[Figure]:
    """Open the program and let it do nothing."""
    argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(folder)]
    with subprocess.Popen(argv) as process:
        try:
            deadline = time.monotonic() + 60
            while not (folder / FILE_NAME).exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(SETTLE)
            watched = psutil.Process(process.pid)
            before = watched.cpu_times()
            time.sleep(IDLE)
            after = watched.cpu_times()
            used = (after.user + after.system) - (before.user + before.system)
            memory = watched.memory_info().rss / 1e6
        finally:
            process.kill()
    return [
        Figure("idle_cpu", used / IDLE * 100, "CPU of the idle program", "%", 1.0),
        Figure("memory", memory, "Memory of the idle program", "MB", 200.0),
    ]


def measure(options: argparse.Namespace) -> Measurement:
    """Fill a queue, and time what is asked of it."""
    count = options.jobs
    with tempfile.TemporaryDirectory(prefix="queue-bench-") as name:
        folder = Path(name)
        with Database(folder / DATABASE_NAME) as database:
            jobs = JobStore(database)
            took = insert(jobs, count)
            next_job = claims(jobs, folder)
            begin = time.perf_counter()
            counts = jobs.counts()
            counted = (time.perf_counter() - begin) * 1000
            assert sum(counts.values()) == count
            moved = moves(database, count)
        starts = measure_start(folder, HERE, 3)
        figures = [
            Figure("insert", took / count * 1e6, "Adding a job, in batches", "µs", 50.0),
            Figure("insert_rate", count / took, "Jobs added a second"),
            Figure("next_median", next_job[len(next_job) // 2], "Next job, median", "ms"),
            Figure("next_p99", next_job[int(len(next_job) * 0.99)], "Next job, p99", "ms", 1.0),
            Figure("counts", counted, "Counting all states", "ms"),
            Figure("move", moved, "Moving a job, median", "ms"),
            *starts,
            *idle(folder),
        ]
    return Measurement(f"The queue with {count:,} jobs", figures)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("queue", __doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    return run("queue", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

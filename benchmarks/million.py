"""A library of a million: watched, queued, looked at, dealt with. What does each thing cost then?

``python -m benchmarks.million [--rows N] [--files N] [--folder DIR] [--json]``. The database has N films that
were seen, that wait, that were dealt with and of the library each, a million by default, written by SQL: half
a minute of CPU and 1.6 GB. What is scanned again lies on a disk: sparse files in folders of a hundred, 20,000
by default. Each case runs in a process of its own, so that its memory is its own; a rescan is compared with a
bare walk of its process. Lists are told in seconds of CPU for a million rows, however many there are.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import psutil

from app.data_folder import DATABASE_NAME
from app.running_program import FILE_NAME
from benchmarks.figure import Figure
from benchmarks.million_rows import IN_FOLDER, fill_rows
from benchmarks.queue import claims
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.scan import peak_memory, walk
from core.events import JobState
from core.library.grouping import GroupBy
from core.media.seen_file import SeenFile, SeenKind
from core.settings.tree import MonitorSettings
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList, Monitor
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.job_pages import JobPages, Listing, SortBy
from store.jobs import JobStore
from store.library import LibraryStore
from store.library_pages import LibraryListing, LibraryPages, LibrarySort
from store.seen_files import SeenFileStore, file_id_to_sql
from tests.queue_environment import EventList, Receiver

ROOT = Path(__file__).resolve().parent.parent
BATCH = 1000  # films, as a scan stores them
AGE = 3600.0  # seconds that the films have lain there
SCREEN = 60  # rows
WALKS = 3
START = 120.0  # seconds until the program has to be there
SETTLED = 10.0  # seconds that it looks through its folder in a row without an end of it
WAITING = (JobState.QUEUED, JobState.PAUSED)
ENDED = (JobState.COMPLETED, JobState.SKIPPED)

Found = Dict[str, float]


def make_tree(library: Path, count: int) -> None:
    """Make sparse files that are named as films."""
    at = time.time() - AGE
    for number in range(count):
        folder = library / f"{number // IN_FOLDER // 100:04}" / f"{number // IN_FOLDER:06}"
        if number % IN_FOLDER == 0:
            folder.mkdir(parents=True)
        path = f"{folder}/Film {number:07} (2001).mkv"
        file = os.open(path, os.O_CREAT | os.O_WRONLY)
        os.ftruncate(file, 1_000_000 + number)
        os.close(file)
        os.utime(path, (at, at))


def see(data: Path, library: Path) -> None:
    """Store what a scan of the library has left."""
    with Database(data) as database:
        folder = FolderList(database).add(WatchedFolder(library))
        seen = SeenFileStore(database)
        batch: List[SeenFile] = []
        for directory, _, names in os.walk(library):
            for name in sorted(names):
                batch.append(_row(folder.id, library, directory, name))
                if len(batch) == BATCH:
                    seen.keep(batch)
                    batch = []
        seen.keep(batch)


def _row(folder_id: int, library: Path, directory: str, name: str) -> SeenFile:
    state = Path(directory, name).stat()
    below = Path(directory).relative_to(library).as_posix()
    content = f"{state.st_size}-{state.st_ino:032x}"
    number = file_id_to_sql(state.st_ino)
    return SeenFile(
        *(folder_id, below, name, state.st_size, state.st_mtime_ns, number, content, 5400.0),
        SeenKind.FILM,
    )


# ---- the cases, each in a process of its own


def rescan(data: Path, library: Path) -> Found:
    """Look through the folder again; nothing has changed."""
    files = 0

    def walked() -> None:
        nonlocal files
        files = walk(str(library))

    walks = [_took(walked) for _ in range(WALKS)]
    with Database(data) as database:
        intake = QueueIntake(database, Receiver(JobStore(database).add), EventList())
        monitor = Monitor(database, intake, lambda paths: iter(()), MonitorSettings, lambda _: None)  # noqa: ARG005
        (folder,) = monitor.folders.all()
        before = peak_memory()

        def scanned() -> None:
            report = monitor.scan_once(folder)
            assert (report.films, report.queued, report.gone) == (files, 0, 0), report

        scans = [_took(scanned) for _ in range(WALKS)]
        monitor.stop()
    (walk_took, walk_cpu), (scan_took, scan_cpu) = map(_least, (walks, scans))
    return {
        "walk": walk_took,
        "rescan": scan_took,
        "ratio": scan_took / walk_took,
        "cpu_ratio": scan_cpu / walk_cpu,
        "more_memory": peak_memory() - before,
    }


def _took(work: Callable[[], None]) -> Tuple[float, float]:
    """Seconds, and seconds of CPU."""
    begin, computed = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begin, time.process_time() - computed


def _least(times: Sequence[Tuple[float, float]]) -> Tuple[float, float]:
    return min(took for took, _ in times), min(computed for _, computed in times)


def next_job(data: Path, library: Path) -> Found:
    """Take the next job, as a worker does."""
    with Database(data) as database:
        taken = claims(JobStore(database), library)
        computed = claims(JobStore(database), library, time.thread_time)
    return {
        "median": taken[len(taken) // 2],
        "p99": taken[int(len(taken) * 0.99)],
        "cpu_p99": computed[int(len(computed) * 0.99)],
    }


def _timed(**work: Callable[[], object]) -> Found:
    """Seconds of CPU of each, the better of two."""
    found: Found = {}
    for name, do in work.items():
        took = []
        for _ in range(2):
            begin = time.process_time()
            do()
            took.append(time.process_time() - begin)
        found[name] = min(took)
    return found


def queue_page(data: Path, library: Path) -> Found:  # noqa: ARG001
    """Show the queue's page and its history."""
    with Database(data) as database:
        pages = JobPages(database)
        ids = pages.ids(Listing(WAITING))
        middle = ids[len(ids) // 2 : len(ids) // 2 + SCREEN]
        return _timed(
            order=lambda: pages.ids(Listing(WAITING)),
            by_name=lambda: pages.ids(Listing(WAITING, SortBy.NAME)),
            search=lambda: pages.ids(Listing(WAITING, text="0012345")),
            places=lambda: pages.places(WAITING),
            rows=lambda: pages.rows(middle),
            counts=pages.counts,
            history=lambda: pages.ids(Listing(ENDED, SortBy.ENDED, descending=True)),
            history_search=lambda: pages.ids(Listing(ENDED, SortBy.ENDED, text="Film 12345")),
            first_page=lambda: JobStore(database).page(ENDED, newest_first=True),
        )


def library_page(data: Path, library: Path) -> Found:  # noqa: ARG001
    """Show the library's page."""
    with Database(data) as database:
        store, pages = LibraryStore(database), LibraryPages(database)
        whole = LibraryListing()
        ids = pages.ids(whole)
        return _timed(
            follow=store.update,
            one_more=lambda: _one_more(database, store),
            to_look_at=lambda: store.to_look_at(1, "y", 0, SCREEN),
            order=lambda: pages.ids(whole),
            by_saving=lambda: pages.ids(LibraryListing(LibrarySort.SAVING)),
            by_state=lambda: pages.ids(LibraryListing(LibrarySort.STATE)),
            search=lambda: pages.ids(LibraryListing(text="0012345")),
            sums=lambda: pages.sums(whole),
            groups=lambda: [pages.groups(by, whole) for by in GroupBy],
            health=store.counts_of_health,
            rows=lambda: pages.rows(ids[:SCREEN]),
        )


def _one_more(database: Database, store: LibraryStore) -> None:
    """Let the library follow one film that has come."""
    film = SeenFile(1, "", "One more.mkv", 1, time.time_ns(), 0, "", 1.0, SeenKind.FILM)
    SeenFileStore(database).keep([film])
    assert store.update()


def figures(data: Path, library: Path) -> Found:  # noqa: ARG001
    """Show the statistics."""
    with Database(data) as database:
        return _timed(
            report=lambda: statistics.report(database),
            month=lambda: statistics.report(database, "2026-01-01", "2026-01-31"),
            summary=lambda: statistics.summary(database),
        )


CASES: Dict[str, Callable[[Path, Path], Found]] = {
    case.__name__: case for case in (rescan, next_job, queue_page, library_page, figures)
}


def _case(name: str, data: Path, library: Path) -> Found:
    argv = [sys.executable, "-m", "benchmarks.million", "--case", name]
    argv += ["--data", str(data), "--library", str(library)]
    done = subprocess.run(argv, cwd=str(ROOT), stdout=subprocess.PIPE, check=True)
    found: Found = json.loads(done.stdout)
    return found


def program(folder: Path) -> Found:
    """Start the program without a window: it finds its queue paused, counts what waits, and rests."""
    argv = [
        sys.executable,
        str(ROOT / "main.py"),
        "--data-dir",
        str(folder),
        "--headless",
        "--watch",
    ]
    begin = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not (folder / FILE_NAME).exists():
                assert process.poll() is None, "it has ended"
                assert time.monotonic() < begin + START, "it does not come"
                time.sleep(0.02)
            started = time.monotonic() - begin
            waited = _waited(process.pid)
            memory, used = _settled(psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(START)
    return {"start": started, "waited": waited, "cpu": used, "memory": memory}


def _waited(pid: int) -> float:
    """Seconds that a program was ready to run and others had the processors; 0 where nobody counts."""
    try:
        told = Path(f"/proc/{pid}/schedstat").read_text("ascii")
    except OSError:
        return 0.0
    return int(told.split()[1]) / 1e9


def _settled(process: psutil.Process) -> Tuple[float, float]:
    """The most memory of a program (MB) until it rests, and the CPU that it has used (s)."""
    most, rests, used = 0.0, 0.0, 0.0
    while rests < SETTLED:
        time.sleep(0.5)
        most = max(most, process.memory_info().rss / 1e6)
        now = sum(process.cpu_times()[:2])
        rests = rests + 0.5 if now - used < 0.05 else 0.0
        used = now
    return most, used


def measure(folder: Path, files: int, rows: int) -> Tuple[Dict[str, Found], float]:
    """Make files and rows below a folder, where they are not there yet, and run all cases.

    Also the size of the database of rows.
    """
    library, nothing = folder / "films", folder / "nothing"
    scanned, data = folder / "scanned" / DATABASE_NAME, folder / "data" / DATABASE_NAME
    done = folder / "done"
    if not done.exists():
        make_tree(library, files)
        for made in (nothing, scanned.parent, data.parent):
            made.mkdir()
        see(scanned, library)
        fill_rows(data, nothing, rows)
        done.touch()
    size = data.stat().st_size
    measured = {
        case: _case(case, scanned if case == rescan.__name__ else data, library) for case in CASES
    }
    measured["program"] = program(data.parent)
    return measured, size


def shown(count: int, found: Dict[str, Found], size: float) -> List[Figure]:
    """The figures, with their goals; those of lists are for a million rows."""
    again, queue, library = found["rescan"], found["queue_page"], found["library_page"]
    for_a_million = 1_000_000 / count

    return [
        Figure("walk", again["walk"], "Bare walk", "s"),
        Figure("rescan", again["rescan"], "Scan again, nothing changed", "s"),
        Figure("ratio", again["ratio"], "  over the bare walk", "", 2.0),
        Figure("cpu_ratio", again["cpu_ratio"], "  the same by CPU", "", 2.0),
        Figure("rescan_memory", again["memory"], "  peak memory", "MB", 250),
        Figure("next_median", found["next_job"]["median"], "Next job, median", "ms"),
        Figure("next_p99", found["next_job"]["p99"], "Next job, p99", "ms", 1.0),
        Figure("next_cpu_p99", found["next_job"]["cpu_p99"], "  p99 of its CPU", "ms", 1.0),
        Figure("start", found["program"]["start"], "Start without a window", "s", 2.0),
        Figure("start_waited", found["program"]["waited"], "  of it waiting for a processor", "s"),
        Figure("start_cpu", found["program"]["cpu"], "  its CPU until it rests", "s", 2.0),
        Figure("memory", found["program"]["memory"], "  peak memory", "MB", 250),
        Figure("rows", queue["rows"] * 1000, "Queue: a screen of rows", "ms", 10),
        Figure("counts", queue["counts"] * 1000, "  its counts", "ms", 5),
        Figure("first_page", queue["first_page"] * 1000, "  the newest of the history", "ms", 20),
        *(
            Figure(f"queue_{name}", queue[name] * for_a_million, f"  {label}, a million", "s", 2.5)
            for name, label in (
                ("order", "order"),
                ("by_name", "by name"),
                ("search", "search"),
                ("places", "places"),
                ("history", "history"),
                ("history_search", "search in the history"),
            )
        ),
        Figure("library_rows", library["rows"] * 1000, "Library: a screen of rows", "ms", 10),
        Figure(
            "library_follow",
            library["follow"] * 1000,
            "  looking whether anything changed",
            "ms",
            20,
        ),
        Figure("library_one_more", library["one_more"] * 1000, "  taking over one film", "ms", 20),
        Figure(
            "library_to_look_at", library["to_look_at"] * 1000, "  the next to look at", "ms", 20
        ),
        *(
            Figure(
                f"library_{name}", library[name] * for_a_million, f"  {label}, a million", "s", goal
            )
            for name, label, goal in (
                ("order", "order", 2.5),
                ("by_saving", "by saving", 5.0),
                ("by_state", "by state", 5.0),
                ("search", "search", 2.5),
                ("sums", "sums", 2.5),
                ("groups", "five groups", 5.0),
                ("health", "health", 0.5),
            )
        ),
        Figure("statistics", found["figures"]["report"], "Statistics of all years", "s", 0.5),
        Figure("month", found["figures"]["month"], "  of a month", "s", 0.1),
        Figure("summary", found["figures"]["summary"], "  the sum, and its days", "s", 0.1),
        Figure(
            "lists_memory",
            max(queue["memory"], library["memory"]),
            "Peak memory of lists",
            "MB",
            250,
        ),
        Figure("database", size / count, "Database a film", "bytes"),
    ]


def _measured(options: argparse.Namespace) -> Measurement:
    files, rows = options.files, options.rows
    if options.folder:
        folder = options.folder / f"million-{files}-{rows}"
        folder.mkdir(parents=True, exist_ok=True)
        found, size = measure(folder, files, rows)
    else:
        with tempfile.TemporaryDirectory(prefix="million-") as name:
            found, size = measure(Path(name), files, rows)
    return Measurement(f"A library of {rows:,} films", shown(rows, found, size))


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("million", __doc__)
    parser.add_argument("--files", type=int, default=20_000, help="on a disk, for the rescan")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of each kind in the database")
    parser.add_argument("--folder", type=Path, help="where both are made and kept")
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("--library", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    given = sys.argv[1:] if argv is None else list(argv)
    options = parser.parse_args(given)
    if options.case:
        case = CASES[options.case](options.data, options.library)
        print(json.dumps({**case, "memory": peak_memory()}))
        return 0
    return run("million", parser, _measured, given)


if __name__ == "__main__":
    sys.exit(main())

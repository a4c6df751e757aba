"""What watching a library costs: the first look through it, and each one after that finds nothing new.

``python -m benchmarks.scan [--files N] [--folder DIR] [--against CHECKOUT [--pairs N]] [--json]``. The
library is made once, below DIR (a folder of the temporary files by default): N real Matroska films of some
kilobytes, no two alike. Every scan runs in a process of its own, on the program's own monitor and database; a
bare ``os.scandir`` walk that asks for each file's state is timed in the same process, right before.

Probing is MediaInfo's time, as the program waits for it; what is besides is of all cores' time. ``--against``
does the first scan with this checkout and another one in turn, and shows the ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Dict, List

import psutil

from analyzer import Analyzer
from benchmarks.against import HERE, in_turn, ratios
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load
from core.media.seen_file import FilmGlance
from core.settings.tree import MonitorSettings
from core.settings.watched_folder import WatchedFolder
from core.tools import Toolset
from mediainfo.pool import SHARED
from monitor import Monitor
from processing.runner import ProcessRunner
from scheduling.watched_folder_queue import QueueIntake
from store.connection import Database
from store.jobs import JobStore
from tests.films import make_film
from tests.queue_environment import EventList, Receiver

IN_FOLDER = 100  # films
AGE = 3600.0  # seconds that the films have lain there
WALKS = 3


def make_library(folder: Path, count: int) -> Path:
    """Make the films, or find those of an earlier run."""
    library = folder / f"library-{count}"
    done = folder / f"library-{count}.done"
    if done.exists():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    kind = folder / "kind.mkv"
    make_film(kind, seconds=1, audio=[], subtitles=[], size=(32, 32))
    film = kind.read_bytes()
    at = time.time() - AGE
    for number in range(count):
        place = library / f"{number // IN_FOLDER:04}"
        if number % IN_FOLDER == 0:
            place.mkdir(parents=True, exist_ok=True)
        path = place / f"Film {number:06} (2001).mkv"
        path.write_bytes(film + b"\xec\x88%08d" % number)  # a Void element that no other has
        os.utime(path, (at, at))
    done.touch()
    return library


def walk(folder: str) -> int:
    """Walk a tree, asking for each file's state; how many files there are."""
    files = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                files += walk(entry.path)
            else:
                entry.stat(follow_symlinks=False)
                files += 1
    return files


def scan(library: Path, data: Path) -> Dict[str, Any]:
    """Scan once, in this process."""
    walks: List[float] = []
    for _ in range(WALKS):
        begin = time.perf_counter()
        walk(str(library))
        walks.append(time.perf_counter() - begin)
    glances = Glances()
    with Database(data) as database:
        jobs = JobStore(database)
        intake = QueueIntake(database, Receiver(jobs.add), EventList())
        monitor = Monitor(database, intake, glances, MonitorSettings, lambda notice: None)  # noqa: ARG005
        folders = monitor.folders.all()
        folder = folders[0] if folders else monitor.folders.add(WatchedFolder(library))
        before = _version(database)
        begin = time.perf_counter()
        report = monitor.scan_once(folder)
        took = time.perf_counter() - begin
        after = _version(database)
        monitor.stop()
    return {
        "walk": sorted(walks)[WALKS // 2],
        "scan": took,
        "films": report.films,
        "queued": report.queued,
        "probes": glances.count,
        "probe_seconds": glances.seconds,
        "writes": after - before,
        "memory": _peak_memory(),
        "children_memory": _children_memory(),
    }


def _version(database: Database) -> int:
    """How many rows this process' threads have changed so far."""
    with database.read() as connection:
        return int(connection.execute("SELECT total_changes()").fetchone()[0])


def _peak_memory() -> float:
    """The most memory that this process ever had, in MB; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _children_memory() -> float:
    """What MediaInfo's children have for themselves now, in MB."""
    total = 0
    for pid in SHARED.pids():
        with contextlib.suppress(psutil.Error):
            total += psutil.Process(pid).memory_full_info().uss
    return total / 1e6


def _in_process(library: Path, data: Path, checkout: Path = HERE) -> Dict[str, Any]:
    argv = [sys.executable, "-m", "benchmarks.scan", "--library", str(library), "--data", str(data)]
    done = subprocess.run(argv, cwd=str(checkout), stdout=subprocess.PIPE, check=True)
    found: Dict[str, Any] = json.loads(done.stdout)
    return found


def measure(library: Path, count: int) -> List[Figure]:
    """Scan twice on a new database."""
    with tempfile.TemporaryDirectory(prefix="scan-bench-") as name:
        data = Path(name) / "data.db"
        first = _in_process(library, data)
        size = sum(path.stat().st_size for path in Path(name).iterdir())
        again = _in_process(library, data)
    assert first["queued"] == first["films"] == count, first
    cores = os.cpu_count() or 1
    besides = first["scan"] * cores - first["probe_seconds"]  # of all cores' time
    return [
        Figure("first", first["scan"], "First scan", "s"),
        Figure("first_rate", count / first["scan"], "  files a second"),
        Figure("besides_probing", besides / count * 1000, "  a film, besides probing", "ms", 1.0),
        Figure("database", size / count, "  database a file", "bytes", 2048),
        Figure("walk", again["walk"], "Bare walk", "s"),
        Figure("rescan", again["scan"], "Scan again, nothing changed", "s"),
        Figure("ratio", again["scan"] / again["walk"], "  over the bare walk", "", 3.0),
        Figure("probes", again["probes"], "  probes", "", 0),
        Figure("writes", again["writes"], "  rows written", "", 0),
        Figure("memory", max(first["memory"], again["memory"]), "Peak memory", "MB", 250),
        Figure("children_memory", first["children_memory"], "MediaInfo's children besides", "MB"),
        Figure("load", machine_load(), "Load of the machine"),
    ]


def compare(library: Path, count: int, other: Path, pairs: int) -> List[Figure]:
    """Do the first scan with both checkouts in turn; ratios of films a second and of peak memory."""

    def first_scan(checkout: Path) -> Dict[str, float]:
        with tempfile.TemporaryDirectory(prefix="scan-bench-") as name:
            found = _in_process(library, Path(name) / "data.db", checkout)
        assert found["queued"] == found["films"] == count, found
        memory = found["memory"] + found.get("children_memory", 0.0)
        return {"rate": count / found["scan"], "memory": memory}

    found = in_turn(first_scan, other, pairs)
    return [
        *ratios(found, "rate", "Films a second, this / other"),
        *ratios(found, "memory", "Peak memory with children, this / other"),
        Figure("load", machine_load(), "Load of the machine"),
    ]


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    default = Path(tempfile.gettempdir()) / "mediaprocessor-scan"
    parser.add_argument("--folder", type=Path, default=default, help="where the library is kept")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="compare with this one")
    parser.add_argument("--pairs", type=int, default=5, help="of scans, with --against")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--library", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--data", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.library:
        print(json.dumps(scan(arguments.library, arguments.data)))
        return 0
    library = make_library(arguments.folder, arguments.files)
    if arguments.against:
        figures = compare(library, arguments.files, arguments.against, arguments.pairs)
    else:
        figures = measure(library, arguments.files)
    if arguments.json:
        print(as_json("scan", figures))
    else:
        print(as_table(f"Watching a library of {arguments.files:,} films", figures))
    return 0 if all_met(figures) else 1


if __name__ == "__main__":
    sys.exit(main())

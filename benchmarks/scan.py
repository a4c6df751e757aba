"""What watching a library costs: the first look through it, and each one after that finds nothing new.

``python -m benchmarks.scan [--files N] [--folder DIR] [--against CHECKOUT [--pairs N]] [--json]``. The
library is made once, below DIR (a folder of the temporary files by default): N real Matroska films of some
kilobytes, no two alike. Every scan runs in a process of its own, on the program's own monitor and database; a
bare ``os.scandir`` walk that asks for each file's state is timed in the same process, right before.

The first scan is compared with MediaInfo alone, in as many processes as there are cores: as others call it
(pymediainfo's ``parse``), and as our children do, which ask it for a line of text only. ``--against`` does
the first scan with this checkout and another one in turn, and shows the ratios.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple

import psutil
from pymediainfo import MediaInfo

from analyzer import Analyzer
from benchmarks.against import HERE, in_turn, ratios
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load
from core.media.probing.mediainfo import SIGNATURE_TAG
from core.settings.tree import MonitorSettings
from core.settings.watched_folder import WatchedFolder
from core.tools import Toolset
from mediainfo.child import answer
from mediainfo.library import Library
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
MOST_ALONE = 10_000  # films
GLANCE = f"General;%VideoCount%|%Duration%|%{SIGNATURE_TAG}%"


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
    with Database(data) as database:
        jobs = JobStore(database)
        intake = QueueIntake(database, Receiver(jobs.add), EventList())
        look = Analyzer(ProcessRunner(), Toolset()).glances
        monitor = Monitor(database, intake, look, MonitorSettings, lambda notice: None)  # noqa: ARG005
        folders = monitor.folders.all()
        folder = folders[0] if folders else monitor.folders.add(WatchedFolder(library))
        before = _version(database)
        cpu = _cpu_seconds()
        begin = time.perf_counter()
        report = monitor.scan_once(folder)
        took = time.perf_counter() - begin
        cpu = _cpu_seconds() - cpu
        after = _version(database)
        monitor.stop()
    return {
        "walk": sorted(walks)[WALKS // 2],
        "scan": took,
        "films": report.films,
        "queued": report.queued,
        "cpu": cpu,
        "writes": after - before,
        "memory": peak_memory(),
        "children_memory": _children_memory(),
    }


def _version(database: Database) -> int:
    """How many rows this process' threads have changed so far."""
    with database.read() as connection:
        return int(connection.execute("SELECT total_changes()").fetchone()[0])


def _cpu_seconds() -> float:
    """What this process and MediaInfo's children have computed so far."""
    total = time.process_time()
    for pid in SHARED.pids():
        with contextlib.suppress(psutil.Error):
            total += sum(psutil.Process(pid).cpu_times()[:2])
    return total


def peak_memory() -> float:
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
    before = ended_children_cpu()
    done = subprocess.run(argv, cwd=str(checkout), stdout=subprocess.PIPE, check=True)
    found: Dict[str, Any] = json.loads(done.stdout)
    return {**found, "whole_cpu": ended_children_cpu() - before}


def ended_children_cpu() -> float:
    """Seconds that processes begun here have computed, with theirs; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def parse_all(paths: Sequence[str]) -> float:
    """Have MediaInfo report on films, as programs usually do; the seconds of CPU."""
    begin = time.process_time()
    for path in paths:
        MediaInfo.parse(path)
    return time.process_time() - begin


def look_at_all(paths: Sequence[str]) -> float:
    """Have MediaInfo answer about films as our children do; the seconds of CPU."""
    library = Library()
    begin = time.process_time()
    for path in paths:
        answer(library, path, GLANCE)
    return time.process_time() - begin


def alone(look: Callable[[Sequence[str]], float], library: Path) -> Tuple[float, float]:
    """Look into films in as many processes as there are cores; films a second, seconds of CPU a film."""
    films = sorted(map(str, library.rglob("*.mkv")))[:MOST_ALONE]
    cores = os.cpu_count() or 1
    shares = [films[number::cores] for number in range(cores)]
    with ProcessPoolExecutor(cores) as pool:
        list(pool.map(look, [share[:1] for share in shares]))  # which starts the processes
        begin = time.perf_counter()
        computed = sum(pool.map(look, shares))
        return len(films) / (time.perf_counter() - begin), computed / len(films)


def measure(library: Path, count: int) -> List[Figure]:
    """Scan twice on a new database, between looks by MediaInfo alone."""
    before = (alone(parse_all, library), alone(look_at_all, library))
    with tempfile.TemporaryDirectory(prefix="scan-bench-") as name:
        data = Path(name) / "data.db"
        first = _in_process(library, data)
        size = sum(path.stat().st_size for path in Path(name).iterdir())
        again = _in_process(library, data)
    assert first["queued"] == first["films"] == count, first
    after = (alone(parse_all, library), alone(look_at_all, library))
    # What a machine does besides hits all three: the middle of before and after counts.
    parse, look = ((sooner[0] + later[0]) / 2 for sooner, later in zip(before, after))
    computed = first["cpu"] / count
    looked = min(before[1][1], after[1][1])
    rate = count / first["scan"]
    return [
        Figure("first", first["scan"], "First scan", "s"),
        Figure("first_rate", rate, "  films a second"),
        Figure("alone", parse, "MediaInfo alone on all cores, films a second"),
        Figure("of_alone", rate / parse, "  first scan over that", "", least=0.95),
        Figure("look_alone", look, "The look of our children alone, films a second"),
        Figure("of_look", rate / look, "  first scan over that"),
        Figure("cpu", computed * 1000, "CPU a film", "ms"),
        Figure("besides", (computed - looked) * 1000, "  beside that look", "ms", 0.25),
        Figure("database", size / count, "  database a file", "bytes", 2048),
        Figure("walk", again["walk"], "Bare walk", "s"),
        Figure("rescan", again["scan"], "Scan again, nothing changed", "s"),
        Figure("ratio", again["scan"] / again["walk"], "  over the bare walk", "", 2.0),
        Figure("queued_again", again["queued"], "  films queued", "", 0),
        Figure("writes", again["writes"], "  rows written", "", 0),
        Figure("memory", max(first["memory"], again["memory"]), "Peak memory", "MB", 250),
        Figure("children_memory", first["children_memory"], "MediaInfo's children besides", "MB"),
        Figure("load", machine_load(), "Load of the machine"),
    ]


def compare(library: Path, count: int, other: Path, pairs: int) -> List[Figure]:
    """Do the first scan with both checkouts in turn; ratios of films a second, of CPU and of peak memory."""

    def first_scan(checkout: Path) -> Dict[str, float]:
        with tempfile.TemporaryDirectory(prefix="scan-bench-") as name:
            found = _in_process(library, Path(name) / "data.db", checkout)
        assert found["queued"] == found["films"] == count, found
        memory = found["memory"] + found.get("children_memory", 0.0)
        cpu = found["whole_cpu"] / count * 1000
        return {"rate": count / found["scan"], "cpu": cpu, "memory": memory}

    found = in_turn(first_scan, other, pairs)
    any_cpu = all(theirs["cpu"] for _, theirs in found)
    return [
        *ratios(found, "rate", "Films a second, this / other"),
        *(ratios(found, "cpu", "CPU a film with the start, ms, this / other") if any_cpu else ()),
        *ratios(found, "memory", "Peak memory with children, this / other"),
        Figure("load", machine_load(), "Load of the machine"),
    ]


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5_000, help="in the library")
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

"""What the program costs while it does nothing: its window, 100,000 films that wait, 20 watched folders.

``python -m benchmarks.idle [--jobs N] [--folders N] [--seconds S] [--headless] [--threads] [--json]``. Needs
a display, such as that of ``xvfb-run -a``. The program is a process of its own, on a data folder that is
filled first; a desktop without a tray, as xvfb's, shows no icon.

The same is measured with everything switched off and with everything on, in turn, twice: messages (to an
address that nothing is due for), Plex, Jellyfin and Emby on this machine, which answer as their OpenAPI
documents say, and the page for the phone. ``--threads`` tells which thread used the processor and how often
each woke up.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import psutil

from app.program import Program
from benchmarks.against import HERE
from benchmarks.figure import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.transfer import free_port
from core.messages.message import MessageAddress
from core.queue.job import NewJob
from core.settings.services import MEDIA_SERVERS
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from store.jobs import JobStore
from tests.metadata.server import Server
from tests.metadata.shows import Shows, instance_of

SETTLE = 12.0  # seconds after the start, at least, until the program does nothing
_CALM = 0.03  # of a core: below this it has come to rest, in so many
_LOOK = 5.0  # seconds
_PATIENCE = 120.0  # seconds, on a machine that does something else besides
_MOST = 0.3  # percent of one core
_MOST_OF_ALL = 1.15  # times what it takes with everything off
_PASSES = 2


@dataclass(frozen=True)
class Idle:
    """What a program used in the time that it was watched: percent of a core, bytes of its own, threads."""

    cpu: float
    memory: float
    threads: Tuple[Tuple[str, float, float], ...]  # name, percent of a core, turns a second


def fill(folder: Path, jobs: int, folders: int) -> None:
    """Make a queue of so many films, and watched folders with a few files that are no films."""
    with Program(folder / "data") as program:
        store = JobStore(program.database)
        store.add(
            [NewJob(Path(f"/films/{at % 1000}/Film {at}.mkv"), size=10**9) for at in range(jobs)]
        )
        program.config.change({"network.discovery": "off", "window.first_steps": "done"})
        for number in range(folders):
            place = folder / f"watched {number}" / "Season 1"
            place.mkdir(parents=True)
            (place / "notes.txt").write_text("no film", "utf-8")
            FolderList(program.database).add(WatchedFolder(place.parent))


@contextlib.contextmanager
def everything(folder: Path) -> Iterator[None]:
    """Switch everything on that asks, tells or serves, and off again."""
    with contextlib.ExitStack() as servers:
        shows = [servers.enter_context(Server(Shows(service))) for service in MEDIA_SERVERS]
        with Program(folder / "data") as program:
            keys = program.services.keys
            media = [
                keys.save_arr_instance(instance_of(service, server.url))
                for service, server in zip(MEDIA_SERVERS, shows)
            ]
            address = program.messenger.addresses.save(
                MessageAddress("Home", f"json://127.0.0.1:{free_port()}/")
            )
            program.config.change({"network.phone": "yes", "network.phone_port": str(free_port())})
        yield
        with Program(folder / "data") as program:
            for key_id in media:
                program.services.keys.remove(key_id)
            program.messenger.addresses.remove(address)
            program.config.change({"network.phone": "no"})


def serve(folder: Path, *, headless: bool) -> int:
    """Be the program until it is ended; each line of the standard input asks for its threads' names."""

    def answer() -> None:
        for _line in sys.stdin:
            names = {thread.native_id or 0: thread.name for thread in threading.enumerate()}
            print(json.dumps(names), flush=True)

    threading.Thread(target=answer, name="benchmark", daemon=True).start()
    import main

    words = ["--headless", "--watch"] if headless else []
    return main.main(["--data-dir", str(folder), *words])


def watch(folder: Path, seconds: float, *, headless: bool) -> Idle:
    """Start the program, let it come to rest, and watch it."""
    argv = [sys.executable, "-m", "benchmarks.idle", "--serve", str(folder / "data")]
    with subprocess.Popen(
        [*argv, *(["--headless"] if headless else [])],
        cwd=str(HERE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            process = psutil.Process(child.pid)
            _until_at_rest(process)
            before, begin = _threads(child.pid), time.monotonic()
            used = process.cpu_times()
            time.sleep(seconds)
            now, passed = process.cpu_times(), time.monotonic() - begin
            after = _threads(child.pid)
            names = _names(child)
            memory = float(process.memory_full_info().uss)
        finally:
            child.kill()
    ticks = 100 * (now.user + now.system - used.user - used.system) / passed
    rows = sorted(
        (
            (
                names.get(number, str(number)),
                100 * (busy - before.get(number, (0.0, 0))[0]) / passed,
                (turns - before.get(number, (0.0, 0))[1]) / passed,
            )
            for number, (busy, turns) in after.items()
        ),
        key=lambda row: -row[1],
    )
    cpu = sum(row[1] for row in rows) if rows else ticks
    return Idle(cpu, memory, tuple(rows))


def _until_at_rest(process: psutil.Process) -> None:
    time.sleep(SETTLE)
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        before = process.cpu_times()
        time.sleep(_LOOK)
        now = process.cpu_times()
        if now.user + now.system - before.user - before.system < _CALM * _LOOK:
            return


def _names(child: subprocess.Popen[str]) -> Dict[int, str]:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("\n")
    child.stdin.flush()
    for line in child.stdout:
        if line.startswith("{"):
            return {int(number): str(name) for number, name in json.loads(line).items()}
    return {}


def _threads(process: int) -> Dict[int, Tuple[float, int]]:
    """Seconds of the processor and turns of each thread, to the nanosecond; {} where /proc does not tell."""
    found: Dict[int, Tuple[float, int]] = {}
    for task in Path(f"/proc/{process}/task").glob("*"):
        with contextlib.suppress(OSError, ValueError):
            busy, _waited, turns = (task / "schedstat").read_text("ascii").split()
            found[int(task.name)] = int(busy) / 1e9, int(turns)
    return found


def measure(jobs: int, folders: int, seconds: float, *, headless: bool, tell: bool) -> List[Figure]:
    """Watch the program with everything off and on, in turn."""
    with tempfile.TemporaryDirectory(prefix="idle-bench-") as name:
        folder = Path(name)
        fill(folder, jobs, folders)
        off, on = [], []
        for _ in range(_PASSES):
            off.append(watch(folder, seconds, headless=headless))
            with everything(folder):
                on.append(watch(folder, seconds, headless=headless))
    if tell:
        for title, idle in (("off", off[-1]), ("on", on[-1])):
            print(f"Everything {title}: percent of a core, turns a second")
            for thread, cpu, turns in idle.threads:
                print(f"  {thread:<28} {cpu:7.4f} {turns:8.2f}")
    ratios = sorted(much.cpu / little.cpu for much, little in zip(on, off))
    sizes = sorted(much.memory / little.memory for much, little in zip(on, off))
    return [
        Figure("off", min(idle.cpu for idle in off), "Everything off", "% of a core", _MOST),
        Figure("on", min(idle.cpu for idle in on), "Everything on", "% of a core"),
        Figure(
            "turns", sum(row[2] for row in off[-1].threads), "Turns, everything off", "a second"
        ),
        Figure("memory", off[-1].memory / 1e6, "Memory, everything off", "MB"),
        Figure("ratio", ratios[0], "On over off, the processor", "times", _MOST_OF_ALL),
        Figure("memory_ratio", sizes[0], "On over off, memory", "times", _MOST_OF_ALL),
    ]


def _measured(options: argparse.Namespace) -> Measurement:
    figures = measure(
        options.jobs,
        options.folders,
        options.seconds,
        headless=options.headless,
        tell=options.threads,
    )
    where = ", without a window" if options.headless else ""
    return Measurement(f"The idle program{where}", figures)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure, or be the program that is measured."""
    parser = benchmark_parser("idle", __doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--folders", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--headless", action="store_true", help="without a window")
    parser.add_argument("--threads", action="store_true")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = sys.argv[1:] if argv is None else list(argv)
    chosen = parser.parse_args(given)
    if chosen.serve is not None:
        return serve(chosen.serve, headless=chosen.headless)
    return run("idle", parser, _measured, given)


if __name__ == "__main__":
    sys.exit(main())

"""How soon a command has answered: ``--version``, ``queue list``, ``plan FILM``.

``python -m benchmarks.commands [--against CHECKOUT] [--pairs N] [--json]``

``queue list`` is asked twice: with no program at work on its data folder, and with one that is (its films are
paused, so that it rests). Each command is a process of its own with bytecode that is there already; beside
them stands a bare ``python -c pass``. With ``--against`` both checkouts are asked in turn, and ratios count,
pair by pair. CPU time is that of the command and of the tools that it starts, where the system tells it; what
a program at work spends on an answer is in the wall time alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from benchmarks.against import HERE, Pair, Values, in_turn, ratios
from benchmarks.report import Figure, all_met, as_json, as_table
from benchmarks.sample import cache_folder, sample_film

PAIRS = 7
JOBS = 20
BARE = "python"
# What each command may take of the other checkout's time: what was promised against the build of 2026-11-29.
GOALS = {"version": 0.3, "queue_list": 0.25, "queue_list_running": 0.15, "plan": 0.5}
LABELS = {
    "version": "--version",
    "queue_list": "queue list, no program at work",
    "queue_list_running": "queue list, to a program at work",
    "plan": "plan FILM",
    BARE: "python -c pass",
}
_FILL = """
import sys
from pathlib import Path
sys.path.insert(0, ".")
try:
    from core.queue.job import NewJob
except ImportError:
    from core.job import NewJob
from store.connection import Database
from store.jobs import JobStore
database = Database(Path(sys.argv[1]) / "mediaprocessor.db")
films = (Path(f"/films/Film {number}.mkv") for number in range(int(sys.argv[2])))
JobStore(database).add(NewJob(film, size=10**9) for film in films)
database.close()
"""
_START_SECONDS = 120.0
# Without bytecode each start would compile the program.
_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}


class Checkout:
    """A checkout with two data folders: one that rests, one with a program at work."""

    def __init__(self, place: Path, folder: Path, film: Path) -> None:
        self._place = place
        self._alone, self._shared = folder / "alone", folder / "shared"
        self._program: Optional[subprocess.Popen[bytes]] = None
        self._commands = {
            "version": ("main.py", "--version"),
            "queue_list": ("main.py", "queue", "list", "--data-dir", str(self._alone)),
            "queue_list_running": ("main.py", "queue", "list", "--data-dir", str(self._shared)),
            "plan": ("main.py", "plan", str(film), "--data-dir", str(self._alone)),
            BARE: ("-c", "pass"),
        }

    def __enter__(self) -> Checkout:
        for data in (self._alone, self._shared):
            data.mkdir(parents=True, mode=0o700)
            self._run("main.py", "queue", "list", "--data-dir", str(data))
            self._run("-c", _FILL, str(data), str(JOBS))
        self._run("main.py", "queue", "pause", "--data-dir", str(self._shared))
        asleep = self._run(*self._commands["queue_list_running"])
        argv = ["main.py", "--headless", "--watch", "--data-dir", str(self._shared)]
        self._program = self._begin(*argv)
        try:
            self._wait_for(self._program, asleep)
        except BaseException:
            self.__exit__()
            raise
        for command in self._commands.values():  # bytecode and the disk's cache
            self._run(*command)
        return self

    def _wait_for(self, program: subprocess.Popen[bytes], asleep: bytes) -> None:
        """Wait until the program has come to work: the list says something else than before."""
        until, told = time.monotonic() + _START_SECONDS, asleep
        while told == asleep or b"does not answer" in told:
            if time.monotonic() > until or program.poll() is not None:
                raise SystemExit(f"The program of {self._place} has not come to work.")
            told = self._run(*self._commands["queue_list_running"])

    def __exit__(self, *_error: object) -> None:
        if self._program is not None:
            self._program.terminate()
            self._program.wait()

    def measure(self) -> Values:
        """Milliseconds of each command, by its key: wall time, and CPU time where the system tells."""
        found: Dict[str, float] = {}
        for key, command in self._commands.items():
            wall, cpu = self._timed(*command)
            found[key] = wall
            if cpu is not None:
                found[f"{key}_cpu"] = cpu
        return found

    def _timed(self, *words: str) -> Tuple[float, Optional[float]]:
        began = time.perf_counter()
        process = self._begin(*words)
        if sys.platform == "win32":
            process.wait()
            return 1000 * (time.perf_counter() - began), None
        _pid, _status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = 0
        return 1000 * wall, 1000 * (used.ru_utime + used.ru_stime)

    def _begin(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=self._place,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _run(self, *words: str) -> bytes:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self._place,
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self._place}: {' '.join(words)}\n{done.stderr.decode()}")
        return done.stdout


def _middle(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def alone(found: Sequence[Values]) -> List[Figure]:
    """The middle time of each command, and how many bare starts of Python that is."""
    figures = []
    for key, label in LABELS.items():
        middle = _middle(values[key] for values in found)
        figures.append(Figure(f"{key}_ms", middle, label, "ms"))
        if key != BARE:
            times = _middle(values[key] / values[BARE] for values in found)
            figures.append(Figure(f"{key}_times", times, "  in bare starts of Python"))
    return figures


def compared(pairs: Sequence[Pair]) -> List[Figure]:
    """Each command's share of the other checkout's time, pair by pair, of wall and of CPU time."""
    figures = alone([ours for ours, _theirs in pairs])
    for key, goal in GOALS.items():
        *each, middle = ratios(pairs, key, f"{LABELS[key]}: wall time over the other's")
        figures += [*each, replace(middle, goal=goal)]
        if f"{key}_cpu" in pairs[0][0]:
            figures.append(ratios(pairs, f"{key}_cpu", "  the same of CPU time")[-1])
    return figures


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.commands")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="compare with this one")
    parser.add_argument(
        "--pairs", type=int, default=PAIRS, help=f"of measurements (default {PAIRS})"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    options = parser.parse_args(argv)
    film = sample_film(3)
    with ExitStack() as opened:
        name = opened.enter_context(tempfile.TemporaryDirectory(dir=cache_folder()))
        ours = opened.enter_context(Checkout(HERE, Path(name) / "ours", film))
        if options.against:
            place = options.against.resolve()
            theirs = opened.enter_context(Checkout(place, Path(name) / "theirs", film))
            found = compared(
                in_turn(
                    lambda place: (ours if place == HERE else theirs).measure(),
                    place,
                    options.pairs,
                )
            )
        else:
            found = alone([ours.measure() for _ in range(options.pairs)])
    if options.json:
        print(as_json("commands", found))
    else:
        print(as_table("Until a command has answered", found))
    return 0 if all_met(found) else 1


if __name__ == "__main__":
    sys.exit(main())

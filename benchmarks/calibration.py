"""How quick this machine is just now, by what every program does: a figure of ours means little without it.

Four bare times, in about a second: a loop of Python, an insert into SQLite with its commit (as our database
is opened: a write-ahead log, ``synchronous = NORMAL``), and a Python and a Tk window from their start to
their end. Two machines, or one at two moments, are compared by the ratio of a benchmark's figure to these.
"""

from __future__ import annotations

import functools
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Callable, Optional, Tuple

from benchmarks.figure import Figure, median

TURNS = 1_000_000
_INSERTS = 50
_TIMES = 5  # each; the median counts
_TK = "import tkinter; root = tkinter.Tk(); root.update(); root.destroy()"


@functools.lru_cache(maxsize=None)
def this_machine() -> Tuple[Figure, ...]:
    """The machine's figures; measured once in a process. Tk's is left out where there is no display."""
    figures = (
        ("python_loop", python_loop(), f"Python loop of {TURNS:,} turns"),
        ("sqlite_insert", sqlite_insert(), "SQLite insert with its commit"),
        ("python_start", start_to_end("pass"), "Python, start to end"),
        ("tk_start", start_to_end(_TK) if _may_have_display() else None, "Tk window, start to end"),
    )
    return tuple(
        Figure(f"calibration_{name}", value, f"Bare {label}", "ms")
        for name, value, label in figures
        if value is not None
    )


def python_loop() -> float:
    """Milliseconds that an addition takes a million times."""

    def loop() -> None:
        total = 0
        for number in range(TURNS):
            total += number

    return _milliseconds(loop)


def sqlite_insert() -> float:
    """Milliseconds of one insert with its commit, in the temporary folder."""
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="calibration-")))
        connection = sqlite3.connect(str(folder / "bare.db"), isolation_level=None)
        ending.callback(connection.close)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
        insert = "INSERT INTO bare (text) VALUES ('a film')"
        return _milliseconds(lambda: connection.execute(insert), _INSERTS)


def start_to_end(code: str) -> Optional[float]:
    """Milliseconds of a Python that runs this code and nothing of ours; None where the code fails."""
    failed = []

    def run() -> None:
        argv = [sys.executable, "-I", "-c", code]
        failed.append(subprocess.run(argv, capture_output=True, check=False).returncode)

    found = _milliseconds(run)
    return None if any(failed) else found


def _may_have_display() -> bool:
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY"))


def _milliseconds(work: Callable[[], object], times: int = _TIMES) -> float:
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return median(taken)

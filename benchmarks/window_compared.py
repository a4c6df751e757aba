"""The window's start and use on this checkout and on another in turn, each by its own benchmark."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Dict, List

from app.data_folder import DATABASE_NAME
from benchmarks.against import HERE, in_turn, ratios
from benchmarks.report import Figure
from benchmarks.window_start import environment, measure_start

# What a checkout is asked for: by the names that each has had in its own benchmark.
_IN_USE = """
import json, logging, sys, time
from pathlib import Path
from benchmarks import window
logging.getLogger("mediaprocessor").setLevel(logging.WARNING)
folder, task, pending, history, seconds = Path(sys.argv[1]), *sys.argv[2:]
turns, last = [], [0.0]
beat, start = window.Session._beat, window.Feeder.start
def counted(session):
    now = time.thread_time()
    turns.append((now - last[0]) * 1000)
    last[0] = now
    beat(session)
def settled(feeder):
    turns.clear()
    start(feeder)
window.Session._beat, window.Feeder.start = counted, settled
if task == "fill":
    window.fill(folder, int(pending), int(history))
else:
    found = {figure.name: figure.value for figure in window.measure(folder, float(seconds))}
    turns.sort()
    found.update(longest_cpu=turns[-1], p99_cpu=turns[int(len(turns) * 0.99)])
    print(json.dumps(found))
"""
_COMPARED = (
    ("start", "Window usable, over Tk's own start", 0.55),
    ("start_cpu", "The processor's time of that", 0.55),
    ("longest_stall", "Longest stall of the event loop", 0.35),
    ("p99_stall", "99th percentile of all turns", 0.6),
    ("longest_cpu", "The processor's time of Tk's thread in a turn, longest", None),
    ("p99_cpu", "The same, 99th percentile", None),
    ("median_stall", "Median of all turns", None),
    ("memory", "Memory", 1.0),
)


def compare(other: Path, pairs: int, pending: int, history: int, seconds: float) -> List[Figure]:
    """Do both on this checkout and the other in turn; ours over theirs, and what either needed."""
    with tempfile.TemporaryDirectory(prefix="window-bench-") as name:

        def run(checkout: Path, task: str, path: Path) -> str:
            words = [str(path), task, str(pending), str(history), str(seconds)]
            return subprocess.run(
                [sys.executable, "-c", _IN_USE, *words],
                stdout=subprocess.PIPE,
                cwd=str(checkout),
                env=environment(checkout, Path(name, "compiled")),
                check=True,
                text=True,
                timeout=900,
            ).stdout

        folders = {}
        for number, checkout in enumerate((HERE, other)):
            folders[checkout] = folder = Path(name, f"data-{number}")
            folder.mkdir()
            run(checkout, "fill", folder / DATABASE_NAME)

        def started(checkout: Path) -> Dict[str, float]:
            figures = measure_start(folders[checkout], checkout, 3)
            return {figure.name: figure.value for figure in figures}

        def used(checkout: Path) -> Dict[str, float]:
            values: Dict[str, float] = json.loads(run(checkout, "use", folders[checkout]))
            return values

        # All starts first: the use ends on another tab, with which the next start would begin.
        starts = in_turn(started, other, pairs)
        found = [
            ({**ours, **used_here}, {**theirs, **used_there})
            for (ours, theirs), (used_here, used_there) in zip(starts, in_turn(used, other, pairs))
        ]
    longest = sorted(ours["longest_stall"] for ours, _theirs in found)[len(found) // 2]
    figures = [Figure("longest_stall", longest, "Longest stall, median", "ms", 50.0)]
    for key, label, goal in _COMPARED:
        *each, ratio = ratios(found, key, label)
        figures += [*each, replace(ratio, goal=goal)]
    return figures

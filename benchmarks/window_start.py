"""How long the window takes until the first films are seen, in processes of their own.

The clock begins before the interpreter and ends when the window is on the screen and its table shows films.
A second figure is the processor's time until then, which says the same on a machine that does something
else besides. Code that is compiled once is compiled before: in a folder of the measurement, so that a
checkout that cannot be written to has it as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence

from benchmarks.report import Figure

_TELL = "print(json.dumps({'at': time.time(), 'cpu': time.process_time()}), flush=True)"
_EMPTY_WINDOW = f"import tkinter; root = tkinter.Tk(); root.update(); import json, time; {_TELL}"
_FIRST_FILMS = f"""
import gc, json, sys, time, tkinter
def loop(root):
    gc.unfreeze()
    window = next(known for known in gc.get_objects() if type(known).__name__ == "MainWindow")
    table = window.tab("queue").view.views["pending"].table
    while not (root.winfo_viewable() and table.tree.exists("0") and "Film" in table.tree.set("0", "name")):
        root.update()
        time.sleep(0.001)
    {_TELL}
    window.close()
    try:
        while root.winfo_exists():
            root.update()
            time.sleep(0.001)
    except tkinter.TclError:
        pass
tkinter.Misc.mainloop = loop
sys.argv = ["main.py", "--data-dir", sys.argv[1]]
import main
sys.exit(main.main())
"""


@dataclass(frozen=True)
class Start:
    """One start in seconds: of the clock, and of the processor."""

    wall: float
    cpu: float


def environment(checkout: Path, compiled: Path) -> Dict[str, str]:
    """Return what a process of that checkout runs in; what it compiles goes into ``compiled``."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(checkout), "PYTHONPYCACHEPREFIX": str(compiled)}


def empty_window(checkout: Path, compiled: Path) -> Start:
    """Tk's own start: an empty window."""
    return _started(["-c", _EMPTY_WINDOW], checkout, compiled)


def first_films(folder: Path, checkout: Path, compiled: Path) -> Start:
    """The start of that checkout's program on a data folder, until its first films are seen."""
    return _started(["-c", _FIRST_FILMS, str(folder)], checkout, compiled)


def _started(arguments: Sequence[str], checkout: Path, compiled: Path) -> Start:
    begin = time.time()
    done = subprocess.run(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        cwd=str(checkout),
        env=environment(checkout, compiled),
        check=True,
        text=True,
        timeout=120,
    )
    told = json.loads(done.stdout.splitlines()[0])
    return Start(told["at"] - begin, told["cpu"])


def middle(starts: Sequence[Start]) -> Start:
    """The median of each."""
    walls: List[float] = sorted(start.wall for start in starts)
    cpus: List[float] = sorted(start.cpu for start in starts)
    return Start(walls[len(walls) // 2], cpus[len(cpus) // 2])


def measure_start(folder: Path, checkout: Path, runs: int) -> List[Figure]:
    """Start that checkout's window on the filled folder; the first start, which compiles, does not count."""
    with tempfile.TemporaryDirectory(prefix="window-bench-") as compiled:
        first_films(folder, checkout, Path(compiled))
        empty = middle([empty_window(checkout, Path(compiled)) for _ in range(runs)])
        usable = middle([first_films(folder, checkout, Path(compiled)) for _ in range(runs)])
    return [
        Figure("start", usable.wall - empty.wall, "Window usable, over Tk's own start", "s", 1.0),
        Figure("start_cpu", usable.cpu - empty.cpu, "The processor's time of that", "s"),
        Figure("tk_start", empty.wall, "Tk's own start", "s"),
    ]

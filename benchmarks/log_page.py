"""How quick the log is: writing its page, opening a large one in Chromium, showing lines in the window.

``python -m benchmarks.log_page [--entries N] [--seconds S] [--json]``. The browser and the display (such
as that of ``xvfb-run -a``) are optional: without one, its figures are left out, with a message.

The page is of a day with 200 jobs, states, commands, output of tools and warnings. *Open*: from asking
for the page until it is loaded and put together by job, the best of three. *Written*: entries through the
program's own handlers, all files together. *Window*: 1,000 lines a second are logged while the log tab
follows them; a timer of the event loop that should come every 5 ms tells how late it is.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import tempfile
import threading
import time
import tkinter as tk
from dataclasses import replace
from pathlib import Path
from typing import Iterator, List, Optional, Sequence

import logger
import ui
from app.program import Program
from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from core.reporting.log_entry import EntryKind, LogEntry
from reports.html_log import write_page
from tests.reports.browser import Browser, find_browser

JOBS = 200
LINES_A_SECOND = 1000
BEAT = 5  # milliseconds

_log = logging.getLogger("mediaprocessor.benchmark")


def day(number: int) -> Iterator[LogEntry]:
    """A busy day: one entry in ten of the program itself, the others of one job after the other."""
    chance = random.Random(7)
    began = time.time() - number * 0.5
    for at in range(number):
        job = at * JOBS // number + 1 if at % 10 else None
        film = f"/films/Some film {job} (2011)/Some film {job} (2011) Bluray-1080p.mkv"
        level = chance.choices((logging.INFO, logging.WARNING, logging.ERROR), (50, 1, 1))[0]
        plain = LogEntry(
            began + at * 0.5,
            level,
            f"Took in /films/Some film {at}/film.mkv: 3 tracks stay, their languages are wanted.",
            job=job,
        )
        place = at % 100
        if job and place in (1, 99):
            state = "processing" if place == 1 else "completed"
            yield replace(plain, kind=EntryKind.STATE, state=state, film=film, original_size=17**8)
        elif job and place == 5:
            line = ("ffmpeg -i 'Some film.mkv' -map 0:0 -c:v libx265 -crf 21 " * 6,)
            yield replace(plain, kind=EntryKind.COMMAND, step="encode", details=line)
        elif job and 10 < place < 30:
            yield replace(
                plain, level=logging.DEBUG, kind=EntryKind.TOOL, source="ffmpeg", step="encode"
            )
        else:
            yield plain


def open_page(entries: int, folder: Path) -> List[Figure]:
    """Write a day's page and open it."""
    path = folder / "day.html"
    write_page(path, "A day", day(entries))
    figures = [Figure("page_megabytes", path.stat().st_size / 1e6, "Page", "MB")]
    if find_browser() is None:
        print("There is no Chromium: the page is not opened.", file=sys.stderr)
        return figures
    seconds = []
    for _ in range(3):
        with Browser() as browser:
            page = browser.open(path)
            seconds.append(page.seconds)
            timed = "(() => {{ const t = performance.now(); {}; return performance.now() - t }})()"
            change = "{0}.value = {1!r}; {0}.dispatchEvent(new Event('change')); document.body.offsetHeight"
            searching = "search.value = 'film 77'; level.dispatchEvent(new Event('change')); "
            by_time = page.evaluate(timed.format(change.format("order", "time")))
            warnings = page.evaluate(timed.format(change.format("level", "2")))
            page.evaluate(change.format("level", "0"))
            searched = page.evaluate(timed.format(searching + "document.body.offsetHeight"))
    figures += [
        Figure("open_seconds", min(seconds), f"Open {entries:,} entries", "s", 3.0),
        Figure("by_time_ms", by_time, "All by time", "ms", 500.0),
        Figure("level_ms", warnings, "Filter by level", "ms", 500.0),
        Figure("search_ms", searched, "Search", "ms", 500.0),
    ]
    return figures


def write_log(folder: Path) -> List[Figure]:
    """Log through the program's own handlers."""
    logger.setup_logging(folder / "logs")
    number = 20_000
    began = time.perf_counter()
    with logger.job_log(folder / "logs", 1):
        for at in range(number):
            _log.info("Took in /films/Some film %d/film.mkv: 3 tracks stay.", at)
    seconds = time.perf_counter() - began
    logger.close_logging()
    each = seconds / number * 1e6
    return [Figure("write_microseconds", each, "One entry into all four files", "µs", 500.0)]


def follow(seconds: float, folder: Path) -> List[Figure]:
    """Let the window follow a flood of lines."""
    with Program(folder / "data") as parts:
        root = tk.Tk(className=ui.NAME)
        window = ui.open_window(root, parts)
        window.open_tab("logs")
        _live(root, 1.0)
        late: List[float] = []
        last = time.perf_counter()

        def beat() -> None:
            nonlocal last
            now = time.perf_counter()
            late.append((now - last) * 1000 - BEAT)
            last = now
            root.after(BEAT, beat)

        def produce() -> None:
            began = time.perf_counter()
            for at in range(int(seconds * LINES_A_SECOND)):
                _log.info("Took in /films/Some film %d/film.mkv: 3 tracks stay.", at)
                time.sleep(max(0.0, began + at / LINES_A_SECOND - time.perf_counter()))

        root.after(BEAT, beat)
        thread = threading.Thread(target=produce)
        thread.start()
        while thread.is_alive():
            _live(root, 0.05)
        gone: List[bool] = []
        window.closed = lambda: gone.append(True)
        window.close()
        while not gone:
            _live(root, 0.01)
        root.destroy()
    late.sort()
    return [
        Figure("stall_p99_ms", late[int(len(late) * 0.99)], "Window late, 99 %", "ms", 16.0),
        Figure("stall_longest_ms", late[-1], "Window late, longest", "ms", 50.0),
    ]


def _live(root: tk.Tk, seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        root.update()
        time.sleep(0.0005)


def measure(options: argparse.Namespace) -> Measurement:
    """Write and open a page, log, and follow the log where there is a display."""
    with tempfile.TemporaryDirectory(prefix="log-") as name:
        folder = Path(name)
        figures = [*open_page(options.entries, folder), *write_log(folder)]
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            print("There is no display: the window is not measured.", file=sys.stderr)
        else:
            figures += follow(options.seconds, folder)
    return Measurement("The log", figures)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; 0 when all goals are met."""
    parser = benchmark_parser("log_page", __doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument(
        "--seconds", type=float, default=10.0, help="that the window follows the log"
    )
    return run("log_page", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

"""How quick the window stays: 100,000 films pending, 1,000,000 in the history, 8 jobs telling progress.

``python -m benchmarks.window [--pending N] [--history N] [--library N] [--seconds S] [--json]
[--against CHECKOUT [--pairs N]] [--stalls]``. Needs a display, such as that of ``xvfb-run -a``. ``--against``
does start and use on this checkout and on another in turn, each by its own benchmark, and shows the ratios.
``--stalls`` also prints what ran while the loop was late (``benchmarks.stall_watch``), which costs some time.

The window is the program's own, on a database that is filled first. A thread does what workers do: it
claims jobs, ends them, and puts ten times a second the progress of each running one on the queue's
events. Meanwhile the table is scrolled, sorted and searched, and tabs are switched. A timer of the event
loop that should come every 5 ms tells how late it is: that is how long a key press would have waited.

The start is measured in processes of their own (``benchmarks.window_start``), less the same for an empty
Tk window.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import threading
import time
import tkinter as tk
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterator, List, Optional, Sequence

import psutil

import ui
from app.program import DATABASE_NAME, Program
from benchmarks.against import HERE
from benchmarks.library_films import fill_library
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load
from benchmarks.stall_watch import StallWatch
from benchmarks.window_compared import compare
from benchmarks.window_start import measure_start
from core.events import JobProgressed, JobState
from core.progress import Progress
from core.queue.job import JobEnd
from queue_manager import QueueManager, keep_responsive
from store.connection import Database
from store.jobs import JobStore
from views.dialogs import Dialogs

RUNNING = 8
UPDATES = 10  # a second, of each running job
BEAT = 5  # milliseconds
SETTLE = 3.0  # seconds until the window has done what a start brings
ENDS_EVERY = 1.0  # seconds from one job's end to the next


@dataclass
class Lateness:
    """How late the event loop's timer came, in milliseconds."""

    values: List[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The worst of all."""
        return max(self.values, default=0.0)

    def percentile(self, share: float) -> float:
        """What this share of all turns keeps below."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class StopNow(Dialogs):
    """Answers the window's question at its end."""

    def __init__(self) -> None:
        """No window is needed."""

    def choose(self, _title: str, _text: str, _answers: Sequence[str]) -> Optional[int]:
        """Stop running films."""
        return 1


def fill(path: Path, pending: int, history: int) -> None:
    """Make a database with this many films."""
    columns = (
        "filename, status, position, added_at, start_time, end_time, original_size, "
        "processed_size, message"
    )
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    with Database(path) as database, database.transaction() as connection:
        if history:
            connection.execute(
                f"{numbers} INSERT INTO jobs ({columns}) SELECT "
                "'/library/' || (i * 7919 % 1000) || '/Film ' || (i * 104729 % 999983) || '.mkv', "
                "CASE WHEN i % 50 = 0 THEN 'failed' WHEN i % 20 = 0 THEN 'skipped' "
                "ELSE 'completed' END, i, 1.6e9 + i, 1.6e9 + i, 1.6e9 + i * 60, "
                "4e9 + i * 7919 % 1000000007, 1e9 + i * 104729 % 1000000007, "
                "CASE WHEN i % 50 = 0 THEN 'The disk is full.' ELSE '' END FROM n",
                (history,),
            )
        connection.execute(
            f"{numbers} INSERT INTO jobs ({columns}) SELECT "
            "'/new/' || (i * 7919 % 1000) || '/Film ' || i || '.mkv', 'queued', ? + i, 1.7e9, "
            "NULL, NULL, 4e9 + i, NULL, '' FROM n",
            (pending, history),
        )


class Feeder(threading.Thread):
    """Does what workers do, without their films."""

    def __init__(self, manager: QueueManager, database: Database) -> None:
        super().__init__(name="feeder", daemon=True)
        self._manager = manager
        self._jobs = JobStore(database)
        self.stopping = threading.Event()
        self.told = 0

    def run(self) -> None:
        """Tell progress ten times a second, and end a job now and then."""
        running = [self._next() for _ in range(RUNNING)]
        due, ends = time.monotonic(), time.monotonic() + ENDS_EVERY
        percent = 0.0
        while not self.stopping.is_set():
            percent = (percent + 0.3) % 100
            for job_id in running:
                progress = Progress(
                    "encode", percent, 100, 24.0 + percent, 1.5, 600 - percent, 10**9, 2 * 10**9
                )
                self._manager.events.put(JobProgressed(job_id, progress))
                self.told += 1
            if time.monotonic() > ends:
                ends += ENDS_EVERY
                self._end(running.pop(0))
                running.append(self._next())
            due += 1 / UPDATES
            self.stopping.wait(max(0.0, due - time.monotonic()))

    def _next(self) -> int:
        job = self._jobs.claim_next()
        assert job is not None, "the queue ran empty"
        self._jobs.set_state(job.id, JobState.PROCESSING)
        self._tell(job.id)
        return job.id

    def _end(self, job_id: int) -> None:
        size = 4_000_000_000
        end = JobEnd(JobState.COMPLETED, "Done.", original_size=size, processed_size=size // 3)
        self._jobs.finish(job_id, end)
        self._tell(job_id)

    def _tell(self, job_id: int) -> None:
        job = self._jobs.get(job_id)
        assert job is not None
        self._manager.events.put(job.event)


class Session:
    """The window, the thread that feeds it, and the timer that is late when the loop stalls."""

    def __init__(self, folder: Path) -> None:
        self.parts = Program(folder)
        self.root = tk.Tk(className=ui.NAME)
        self.window = ui.open_window(self.root, self.parts, lambda _root, _look: StopNow())
        keep_responsive()
        self.root.geometry("1280x800+0+0")
        self.queue = self.window.tab("queue").view
        self.tables = self.window.tab("queue").tables
        manager = self.window.services.manager
        self.feeder = Feeder(manager, self.parts.database)
        self.lateness = Lateness()
        self._last = time.perf_counter()

    def live(self, seconds: float, act: Callable[[], None] = lambda: None, every: int = 30) -> None:
        """Let the window live, and do something every few milliseconds."""
        self._act, self._every = act, every
        end = self.root.after(round(seconds * 1000), self.root.quit)
        self._last = time.perf_counter()
        beat = self.root.after(BEAT, self._beat)
        acting = self.root.after(every, self._act_again)
        self.root.mainloop()
        for timer in (end, beat, acting, self._timer, self._acting):
            self.root.after_cancel(timer)

    _timer = _acting = "after#0"

    def _beat(self) -> None:
        now = time.perf_counter()
        self.lateness.values.append(max(0.0, (now - self._last) * 1000 - BEAT))
        self._last = now
        self._timer = self.root.after(BEAT, self._beat)

    def _act_again(self) -> None:
        self._acting = self.root.after(self._every, self._act_again)
        self._act()

    def switch(self, name: str) -> float:
        """Open a tab; the milliseconds until it is drawn."""
        begin = time.perf_counter()
        self.window.open_tab(name)
        self.root.update_idletasks()
        return (time.perf_counter() - begin) * 1000

    def close(self) -> None:
        """End the feeder and the window."""
        self.feeder.stopping.set()
        self.feeder.join()
        self.window.closed = self.root.quit
        self.window.close()
        self.root.mainloop()
        self.root.destroy()
        self.parts.__exit__(None, None, None)


def scroll(session: Session, name: str, seconds: float) -> None:
    """Turn the wheel, page, and pull the scrollbar through a table."""
    session.queue.open(name)
    table = session.queue.views[name].table
    session.live(2.0)
    moves = _moves()
    session.live(seconds, lambda: next(moves)(table), every=25)


def _moves() -> Iterator[Callable[..., None]]:
    step = 0
    while True:
        step += 1
        if step % 60 < 30:
            yield lambda table: table.show_from(table.top + 3)
        elif step % 60 < 40:
            yield lambda table: table.scroll("scroll", "1", "pages")
        else:
            share = (step * 7919 % 1000) / 1000
            yield lambda table, share=share: table.scroll("moveto", str(share))


def measure(
    folder: Path, seconds: float, *, library: bool = False, stalls: bool = False
) -> List[Figure]:
    """Open the window on the filled folder and use it; ``library``: its page too.

    ``stalls`` prints what it waited for.
    """
    session = Session(folder)
    session.live(SETTLE)
    session.lateness.values.clear()
    watch = StallWatch(session.root)
    if stalls:
        watch.start()
    session.feeder.start()
    session.live(seconds)
    scroll(session, "pending", seconds)
    scroll(session, "completed", seconds)
    for column in ("name", "saved", "ended", "ended"):
        session.tables.sort("completed", column)
        session.live(2.0)
    session.queue.views["completed"].search.text.set("film 77")
    session.live(3.0)
    session.queue.views["completed"].search.text.set("")
    session.live(2.0)
    session.queue.table.choice.everything(session.queue.table.count)
    session.queue.table.redraw()
    session.live(2.0)
    switches: List[float] = []

    def switch() -> None:
        names = ("statistics", "logs", "settings", "queue")
        switches.append(session.switch(names[len(switches) % 4]))

    session.live(seconds, switch, every=400)
    memory = psutil.Process().memory_info().rss / 1e6
    late, session.lateness = session.lateness, Lateness()
    films = measure_library(session, seconds) if library else []
    if stalls:
        print(watch.stop().report())
    session.close()
    return [
        Figure("longest_stall", late.longest, "Longest stall of the event loop", "ms", 50),
        Figure("p99_stall", late.percentile(0.99), "99th percentile of all turns", "ms", 16),
        Figure("median_stall", late.percentile(0.5), "Median of all turns", "ms"),
        Figure("tab_switch", max(switches), "Slowest switch to another tab", "ms", 100),
        Figure("memory", memory, "Memory", "MB", 200),
        Figure("turns", len(late.values), "Turns of the event loop"),
        Figure("updates", session.feeder.told, "Progress updates told"),
        *films,
    ]


def measure_library(session: Session, seconds: float) -> List[Figure]:
    """Use the library's page: open it, sort, filter and scroll."""
    page = session.window.tab("library")
    films, view = page.list, page.view
    begin = time.perf_counter()
    session.window.open_tab("library")

    def settled() -> bool:
        table = view.table
        return bool(films.settled and table.count and table.tree.set("0", "name") not in ("", "…"))

    def wait() -> float:
        """Let the window live until the page shows what was asked for; the seconds since ``begin``."""
        deadline = time.perf_counter() + 30
        while not settled():
            assert time.perf_counter() < deadline, "the page of the library stays empty"
            session.live(0.02)
        return time.perf_counter() - begin

    opened = wait()
    taken = []
    for column in ("name", "size", "saving", "state", "folder"):
        begin = time.perf_counter()
        films.sort(column)
        taken.append(wait())
        session.live(0.5)
    for group in ("codec0", "language0", "size1"):
        begin = time.perf_counter()
        view.groups.selection_set(group)
        session.root.update_idletasks()
        session.live(0.05)
        taken.append(wait())
        session.live(0.5)
    view.show_all()
    view.search.text.set("film 77")
    session.live(2.0)
    view.search.text.set("")
    session.live(2.0)
    wait()
    moves = _moves()
    session.live(seconds, lambda: next(moves)(view.table), every=25)
    late = session.lateness
    return [
        Figure("library_open", opened, "Opening the library's page", "s", 0.5),
        Figure("library_change", max(taken), "Sorting and filtering it, slowest", "s"),
        Figure("library_stall", late.longest, "Longest stall there", "ms", 50),
        Figure(
            "library_p99", late.percentile(0.99), "99th percentile of all turns there", "ms", 20
        ),
    ]


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--history", type=int, default=1_000_000)
    parser.add_argument("--library", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each part")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    parser.add_argument("--pairs", type=int, default=5, metavar="N")
    parser.add_argument("--stalls", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    logging.getLogger("mediaprocessor").setLevel(logging.WARNING)
    if arguments.against is not None:
        figures = compare(
            arguments.against.absolute(),
            arguments.pairs,
            arguments.pending,
            arguments.history,
            arguments.seconds,
        )
    else:
        with tempfile.TemporaryDirectory(prefix="window-bench-") as name:
            folder = Path(name)
            fill(folder / DATABASE_NAME, arguments.pending, arguments.history)
            fill_library(folder / DATABASE_NAME, arguments.library)
            figures = [
                *measure_start(folder, HERE, 3),
                *measure(folder, arguments.seconds, library=True, stalls=arguments.stalls),
            ]
    figures.append(Figure("load", machine_load(), "Load of the machine"))
    if arguments.json:
        print(as_json("window", figures))
    else:
        print(as_table("The window", figures))
    return 0 if all_met(figures) else 1


if __name__ == "__main__":
    sys.exit(main())

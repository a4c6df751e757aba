"""How quick the preview is: real films looked at while the window stays quick, and 10,000 rows in its table.

``python -m benchmarks.preview [--films N] [--rows N] [--json]``. Needs a display (``xvfb-run -a``).

The films are copies of one, so that every one is read, asked about and planned. A timer of the event loop
that should come every 5 ms tells how late it is. The rows come from a thread that has them ready, as quick
as the window takes them; then the table is sorted by every column and searched.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
import tkinter as tk
from dataclasses import replace
from pathlib import Path
from typing import Callable, List, Optional, Sequence

import ui
from app.program import Program
from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.sample import sample_film
from benchmarks.window import BEAT, Lateness, StopNow
from core.planning.preview import FilmPreview, FilmsFound, PreviewEnded, PreviewNews
from views.preview_rows import COLUMNS
from window.preview_controller import Preview

SETTLE = 2.0  # seconds until the window has done what a start brings
SHOWN = 300.0  # milliseconds that sorting and showing all rows may take


class Bench:
    """A window with its preview open."""

    def __init__(self, parts: Program) -> None:
        self.root = tk.Tk()
        self.window = ui.open_window(self.root, parts, lambda _root, _look: StopNow())
        self.lateness = Lateness()
        self._last = time.perf_counter()
        self.wait(SETTLE)
        queue = self.window.tab("queue")
        queue.preview.open()
        self.preview: Preview = queue.preview.window
        self.wait(SETTLE / 2)

    def wait(self, seconds: float) -> None:
        """Let the window live for so long."""
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() > end)

    def until(self, reached: Callable[[], bool]) -> float:
        """Let the window live until something is so; the seconds that took."""
        begin = time.perf_counter()
        while not reached():
            self.root.update()
            time.sleep(0.001)
        return time.perf_counter() - begin

    def watch(self) -> None:
        """Begin to measure how late the event loop is."""
        self.lateness = Lateness()
        self._last = time.perf_counter()
        self.root.after(BEAT, self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.lateness.values.append(max(0.0, (now - self._last) * 1000 - BEAT))
        self._last = now
        self.root.after(BEAT, self._beat)

    def close(self) -> None:
        """End as the user does."""
        self.window.close()
        self.root.mainloop()


class Ready:
    """Previews that were made before."""

    def __init__(self, films: Sequence[FilmPreview]) -> None:
        self._films = films

    def pace(self) -> tuple[dict[object, object], dict[object, object]]:
        """Nothing is known."""
        return {}, {}

    def start(self, _paths: Sequence[Path], told: Callable[[PreviewNews], None]) -> Ready:
        """Tell all of them from another thread."""

        def tell() -> None:
            told(FilmsFound(len(self._films)))
            for film in self._films:
                told(film)
            told(PreviewEnded())

        threading.Thread(target=tell, daemon=True).start()
        return self

    def cancel(self) -> None:
        """It is over too soon for that."""


def looked_at(bench: Bench, folder: Path, count: int) -> List[Figure]:
    """Figures of looking at real films."""
    preview = bench.preview
    bench.watch()
    preview.add((folder,))
    took = bench.until(lambda: len(preview.films) == count and not preview.running)
    late = bench.lateness
    packed = sum(len(film.plan) for film in preview.films) / count
    return [
        Figure("film_ms", took / count * 1000, "A film, looked at and planned", "ms"),
        Figure(
            "late_p99", late.percentile(0.99), "Event loop late meanwhile, 99th percentile", "ms"
        ),
        Figure("late_longest", late.longest, "Event loop late meanwhile, longest", "ms"),
        Figure("plan_bytes", packed, "Kept of each plan", "bytes"),
    ]


def shown(bench: Bench, rows: int) -> List[Figure]:
    """Figures of a long table, whose films are like those that were looked at."""
    preview, one = bench.preview, bench.preview.films[0]
    names = [Path(f"/films/{number * 7919 % 1000}/{number}.mkv") for number in range(rows)]
    films = [replace(one, path=path, size=number) for number, path in enumerate(names)]
    object.__setattr__(bench.window.services, "previews", Ready(films))
    preview.forget()
    bench.watch()
    preview.add((Path("/films"),))
    took = bench.until(lambda: preview.view.table.count == rows and not preview.running)
    figures = [
        Figure("rows_seconds", took, f"{rows:,} films taken in", "s"),
        Figure(
            "rows_late", bench.lateness.longest, "Event loop late meanwhile, longest", "ms", SHOWN
        ),
    ]
    slowest = 0.0
    for column in COLUMNS:
        begin = time.perf_counter()
        preview.sort(column.name)
        bench.root.update()
        slowest = max(slowest, (time.perf_counter() - begin) * 1000)
    figures.append(Figure("sort", slowest, "Sorted by a column and shown, slowest", "ms", SHOWN))
    return figures


def measure(options: argparse.Namespace) -> Measurement:
    """Open the window on copies of a film, look at them in the preview, and show many rows there."""
    source = sample_film(2)
    with tempfile.TemporaryDirectory(prefix="preview-bench-") as name:
        library = Path(name) / "films"
        library.mkdir()
        for number in range(options.films):
            shutil.copy(source, library / f"Film {number}.mkv")
        with Program(Path(name) / "data") as parts:
            bench = Bench(parts)
            figures = looked_at(bench, library, options.films)
            figures += shown(bench, options.rows)
            bench.close()
    return Measurement(f"Preview of {options.films:,} films", figures)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("preview", __doc__)
    parser.add_argument("--films", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10_000)
    return run("preview", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

"""How quick the statistics are with a million films in the history.

``python -m benchmarks.statistics_charts [--history N] [--json]``. Needs a display for the drawing. Every
chart is timed alone: its figures read from the database, its shapes computed, and drawn.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import tkinter as tk
from datetime import date, timedelta
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence

from benchmarks.figure import Figure, median
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.window import fill
from core.reporting.statistics import StatisticsSpan, first_day
from core.reporting.statistics_charts import charts_of
from store.connection import Database
from store.figures import FigureStore
from views.charts import ChartView
from views.palette import LIGHT
from views.theme import Look

RUNS = 5
DAYS = 1100


def fill_history(path: Path, count: int) -> None:
    """Make a history of films that ended on the last three years' days, with all their figures."""
    fill(path, 0, count)
    today = date.today()  # noqa: DTZ011
    with Database(path) as database:
        with database.transaction() as connection:
            connection.execute(
                "CREATE TEMP TABLE days AS WITH RECURSIVE n(i) AS "
                "(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i, date(?, '-' || i || "
                "' days') AS day FROM n",
                (DAYS - 1, today.isoformat()),
            )
            connection.execute("CREATE INDEX temp.by_number ON days (i)")
            connection.execute(
                "UPDATE jobs SET end_date = (SELECT day FROM days WHERE i = jobs.id % ?)", (DAYS,)
            )
            connection.execute(
                "INSERT INTO job_ends (job_id, date, state, size_before, size_after, seconds, "
                "film_seconds, machine, content, codec, resolution, template, details) "
                "SELECT id, end_date, status, original_size, coalesce(processed_size, 0), 1800, 6000, "
                "'machine ' || (id % 4), 'film', 'h264', '1080p', 'normal', CASE id % 10 WHEN 0 THEN "
                """'{"audio_before": ["ac3"], "audio_after": ["opus"], "steps": [["encode", 1700]]}' """
                "ELSE '' END FROM jobs"
            )
        FigureStore(database).rebuild()


def timed(work: Callable[[], object]) -> float:
    """The median time of some runs, in milliseconds."""
    taken = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begin) * 1000)
    return median(taken)


def all_times(path: Path) -> List[Figure]:
    """Time every span's figures and every chart's drawing."""
    figures: List[Figure] = []
    with Database(path) as database:
        today = date.today()  # noqa: DTZ011
        spans: Dict[StatisticsSpan, float] = {}
        for span in StatisticsSpan:
            since = first_day(span, today)
            spans[span] = timed(
                lambda since=since: statistics.report(database, since, today.isoformat())  # type: ignore[misc]
            )
            figures.append(
                Figure(span.name.lower(), spans[span], f"All figures: {span.value}", "ms", 100)
            )
        found = statistics.report(database, "", (today + timedelta(1)).isoformat())
    root = tk.Tk()
    look = Look(root)
    look.apply(LIGHT)
    root.geometry("700x400")
    view = ChartView(root, look, 300)
    view.pack(fill="both", expand=True)
    root.update()
    for chart in charts_of(found):

        def draw(chart: object = chart) -> None:
            view.show(chart)  # type: ignore[arg-type]
            root.update_idletasks()

        draw()
        figures.append(Figure(chart.key, timed(draw), f"Drawing: {chart.title}", "ms", 100))
    root.destroy()
    return figures


def measure(options: argparse.Namespace) -> Measurement:
    """Fill a history and time all of it."""
    with tempfile.TemporaryDirectory(prefix="statistics-bench-") as name:
        path = Path(name) / "data.db"
        fill_history(path, options.history)
        return Measurement(f"Statistics of {options.history:,} films", all_times(path))


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("statistics_charts", __doc__)
    parser.add_argument("--history", type=int, default=1_000_000)
    return run("statistics_charts", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

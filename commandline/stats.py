"""``stats`` and ``report FILE``: what the program has achieved, on the screen or as a page."""

from __future__ import annotations

import argparse
import statistics
from datetime import date, datetime
from typing import Dict, List, Tuple

from app.data_folder import DataFolder
from commandline.new_file import new_file
from commandline.output import Output
from core.errors import UsageError
from core.reporting.statistics import Named, StatisticsReport, Sums
from core.text.formatting import size_text, visible
from reports.statistics_page import (
    SPLIT_COLUMNS,
    splits_of,
    statistics_page,
    totals_of,
)
from reports.text_table import table
from reports.whole_file import write_file


def run(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Show the figures; raises UsageError for what is no date."""
    if arguments.rebuild:
        days = statistics.rebuild(folder.database)
        output.text(f"The daily totals of {days} days were recalculated from the history.")
    since, until = _days(arguments)
    found = statistics.report(folder.database, since, until)
    output.record("stats", **_record(found))
    output.text(table(("", ""), totals_of(found)))
    for title, rows in splits_of(found):
        output.text("\n" + table((title, *SPLIT_COLUMNS), rows))
    if found.top:
        top = [
            (visible(one.film), size_text(one.before - one.after), one.date) for one in found.top
        ]
        output.text("\n" + table(("Largest savings", "Saved", "Day"), top))
    return 0


def run_report(folder: DataFolder, arguments: argparse.Namespace, output: Output) -> int:
    """Write the page; raises FolderNotWritable."""
    since, until = _days(arguments)
    path = new_file(arguments.file)
    made = f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
    found = statistics.report(folder.database, since, until)
    write_file(path, statistics_page(found, made).encode("utf-8"))
    output.record("report", file=path)
    output.text(f"{visible(path)} was written.")
    return 0


def _days(arguments: argparse.Namespace) -> Tuple[str, str]:
    """The first and the last day that are asked for; raises UsageError."""
    since, until = _day(arguments.since), _day(arguments.until)
    if since and until and since > until:
        raise UsageError(f"{since} comes after {until}; --since takes the first day.")
    return since, until


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day alone
    except ValueError:
        today = date.today()  # noqa: DTZ011 - the user's own day
        raise UsageError(f"{text!r} is no day; write it as {today.isoformat()}.") from None


def _record(found: StatisticsReport) -> Dict[str, object]:
    def named(names: Named) -> List[Dict[str, object]]:
        return [{"name": name, **_figures(one)} for name, one in names]

    return {
        "since": found.since,
        "until": found.until,
        "total": _figures(found.total),
        "periods": named(found.periods),
        "machines": named(found.machines),
        "contents": named(found.contents),
        "codecs": named(found.codecs),
        "resolutions": named(found.resolutions),
        "templates": named(found.templates),
        "audio_before": {name: one.completed for name, one in found.audio_before},
        "audio_after": {name: one.completed for name, one in found.audio_after},
        "steps": {name: round(one.seconds, 3) for name, one in found.steps},
        "top": [
            {"film": one.film, "date": one.date, "before": one.before, "after": one.after}
            for one in found.top
        ],
    }


def _figures(one: Sums) -> Dict[str, object]:
    return {
        "completed": one.completed,
        "failed": one.failed,
        "skipped": one.skipped,
        "size_before": one.before,
        "size_after": one.after,
        "saved": one.saved,
        "seconds": round(one.seconds, 3),
        "film_seconds": round(one.film_seconds, 3),
        "speed": round(one.speed, 3),
    }

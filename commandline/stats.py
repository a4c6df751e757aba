"""``stats``: what the program has achieved, on the screen; ``report`` makes a page of it."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List

from commandline.command import open_folder, single
from commandline.exit_codes import DONE
from commandline.options import switch
from commandline.output import Output
from commandline.period import days, since_option, until_option
from core.reporting.statistics import Named, StatisticsReport, Sums
from core.text.formatting import size_text, visible
from reports.statistics_page import SPLIT_COLUMNS, splits_of, totals_of
from reports.text_table import table

if TYPE_CHECKING:
    from app.data_folder import DataFolder


@dataclass(frozen=True)
class StatsOptions:
    """What ``stats`` is asked for."""

    rebuild: bool = switch("--rebuild", help="recalculate the daily totals from the history first")
    since: str = since_option()
    until: str = until_option()


def run(folder: DataFolder, options: StatsOptions, output: Output) -> int:
    """Show the figures; raises UsageError for what is no date."""
    if options.rebuild:
        number = statistics.rebuild(folder.database)
        output.text(f"The daily totals of {number} days were recalculated from the history.")
    report = statistics.report(folder.database, *days(options.since, options.until))
    output.record("stats", **_record(report))
    output.text(table(("", ""), totals_of(report)))
    for title, rows in splits_of(report):
        output.text("\n" + table((title, *SPLIT_COLUMNS), rows))
    if report.top:
        top = [
            (visible(saving.film), size_text(saving.before - saving.after), saving.date)
            for saving in report.top
        ]
        output.text("\n" + table(("Largest savings", "Saved", "Day"), top))
    return DONE


def _record(report: StatisticsReport) -> Dict[str, object]:
    def named(names: Named) -> List[Dict[str, object]]:
        return [{"name": name, **_figures(sums)} for name, sums in names]

    return {
        "since": report.since,
        "until": report.until,
        "total": _figures(report.total),
        "periods": named(report.periods),
        "machines": named(report.machines),
        "contents": named(report.contents),
        "codecs": named(report.codecs),
        "resolutions": named(report.resolutions),
        "templates": named(report.templates),
        "audio_before": {name: sums.completed for name, sums in report.audio_before},
        "audio_after": {name: sums.completed for name, sums in report.audio_after},
        "steps": {name: round(sums.seconds, 3) for name, sums in report.steps},
        "top": [
            {
                "film": saving.film,
                "date": saving.date,
                "before": saving.before,
                "after": saving.after,
            }
            for saving in report.top
        ],
    }


def _figures(sums: Sums) -> Dict[str, object]:
    return {
        "completed": sums.completed,
        "failed": sums.failed,
        "skipped": sums.skipped,
        "size_before": sums.before,
        "size_after": sums.after,
        "saved": sums.saved,
        "seconds": round(sums.seconds, 3),
        "film_seconds": round(sums.film_seconds, 3),
        "speed": round(sums.speed, 3),
        "scored": sums.scored,
        "mean_difference": None if sums.mean_difference is None else round(sums.mean_difference, 3),
        "target_met": sums.target_met,
    }


COMMAND = single(open_folder, StatsOptions, run)

"""The charts of the statistics."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from pathlib import PurePath
from typing import List, Sequence, Tuple

from core.ports import Translator
from core.reporting.charts import Chart, ChartKind, Series, Unit
from core.reporting.statistics import StatisticsReport, Sums
from core.steps import step_title
from core.text.formatting import visible
from core.text.sentence import N_

# Every text of the charts, to be translated where they are shown.
TEXTS = (
    N_("Space saved"),
    N_("Films by result"),
    N_("Speed (× real time)"),
    N_("Audio before and after"),
    N_("Largest savings"),
    N_("Time in each step"),
    N_("Completed"),
    N_("Failed"),
    N_("Skipped"),
    N_("Before"),
    N_("After"),
    N_("this machine"),
    N_("copied video"),
    N_("No film was completed in this period."),
)


def charts_of(
    report: StatisticsReport,
    say: Translator = lambda text: text,
    write: Translator = lambda text: text,
    period: Translator = lambda text: text,
) -> Tuple[Chart, ...]:
    """Return the charts of a report.

    ``say`` translates their texts, ``write`` their numbers and ``period`` their days (``2026-01-31``).
    """
    return tuple(replace(chart, write=write) for chart in _charts(report, say, period))


def _charts(report: StatisticsReport, say: Translator, period: Translator) -> Tuple[Chart, ...]:
    empty = say("No film was completed in this period.")
    days = tuple(period(label) for label, _sums in report.periods)

    periods = tuple(sums for _label, sums in report.periods)

    def rows(key: str, title: str, unit: Unit, named: Sequence[Tuple[str, float]]) -> Chart:
        labels = tuple(visible(name) or say("this machine") for name, value in named if value)
        values = tuple(value for _name, value in named if value)
        return Chart(key, say(title), ChartKind.ROWS, unit, labels, (Series("", values),), empty)

    saved = tuple(accumulate(float(sums.saved) for sums in periods))
    results = (
        Series(say("Completed"), tuple(float(sums.completed) for sums in periods)),
        Series(say("Failed"), tuple(float(sums.failed) for sums in periods)),
        Series(say("Skipped"), tuple(float(sums.skipped) for sums in periods)),
    )
    top = report.top
    return (
        Chart(
            "saved",
            say("Space saved"),
            ChartKind.AREA,
            Unit.BYTES,
            days,
            (Series("", saved),),
            empty,
        ),
        Chart(
            "results", say("Films by result"), ChartKind.STACKED, Unit.COUNT, days, results, empty
        ),
        rows(
            "speed",
            "Speed (× real time)",
            Unit.TIMES,
            [(name, sums.speed) for name, sums in report.machines],
        ),
        _sound(report, say, empty),
        Chart(
            "top",
            say("Largest savings"),
            ChartKind.ROWS,
            Unit.BYTES,
            tuple(visible(PurePath(saving.film).name) for saving in top),
            (Series("", tuple(float(saving.before - saving.after) for saving in top)),),
            empty,
        ),
        rows(
            "steps",
            "Time in each step",
            Unit.SECONDS,
            [(say(step_title(name)), sums.seconds) for name, sums in report.steps],
        ),
    )


def _sound(report: StatisticsReport, say: Translator, empty: str) -> Chart:
    before, after = dict(report.audio_before), dict(report.audio_after)
    names: List[str] = sorted({*before, *after}, key=lambda codec: -_tracks(before, codec))
    series = (
        Series(say("Before"), tuple(float(_tracks(before, name)) for name in names)),
        Series(say("After"), tuple(float(_tracks(after, name)) for name in names)),
    )
    title = say("Audio before and after")
    labels = tuple(map(visible, names))
    return Chart("sound", title, ChartKind.ROWS, Unit.COUNT, labels, series, empty)


def _tracks(counts: dict[str, Sums], name: str) -> int:
    return counts[name].completed if name in counts else 0

"""Which charts the figures are shown in."""

from __future__ import annotations

from itertools import accumulate
from pathlib import PurePath
from typing import Callable, List, Tuple

from core.reporting.charts import Chart, ChartKind, Series, Unit
from core.reporting.statistics import Named, StatisticsReport, Sums
from core.text.formatting import visible

# Every text of the charts, to be translated where they are shown.
TEXTS = (
    "Space saved",
    "Films by result",
    "Speed (× real time)",
    "Audio before and after",
    "Largest savings",
    "Time in each step",
    "Completed",
    "Failed",
    "Skipped",
    "Before",
    "After",
    "this machine",
    "copied video",
    "No film was completed in this period.",
)


def charts_of(
    report: StatisticsReport, say: Callable[[str], str] = lambda text: text
) -> Tuple[Chart, ...]:
    """Return the charts of a report; ``say`` translates their texts."""
    empty = say("No film was completed in this period.")
    days = tuple(label for label, _sums in report.periods)

    def over_time(pick: Callable[[Sums], float]) -> Tuple[float, ...]:
        return tuple(pick(sums) for _label, sums in report.periods)

    def rows(
        key: str, title: str, unit: Unit, names: Named, pick: Callable[[Sums], float]
    ) -> Chart:
        found = [(name, pick(sums)) for name, sums in names if pick(sums)]
        labels = tuple(visible(name) or say("this machine") for name, _value in found)
        values = tuple(value for _name, value in found)
        return Chart(key, say(title), ChartKind.ROWS, unit, labels, (Series("", values),), empty)

    saved = tuple(accumulate(over_time(lambda one: one.saved)))
    results = (
        Series(say("Completed"), over_time(lambda one: one.completed)),
        Series(say("Failed"), over_time(lambda one: one.failed)),
        Series(say("Skipped"), over_time(lambda one: one.skipped)),
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
        rows("speed", "Speed (× real time)", Unit.TIMES, report.machines, lambda one: one.speed),
        _sound(report, say, empty),
        Chart(
            "top",
            say("Largest savings"),
            ChartKind.ROWS,
            Unit.BYTES,
            tuple(visible(PurePath(one.film).name) for one in top),
            (Series("", tuple(float(one.before - one.after) for one in top)),),
            empty,
        ),
        rows("steps", "Time in each step", Unit.SECONDS, report.steps, lambda one: one.seconds),
    )


def _sound(report: StatisticsReport, say: Callable[[str], str], empty: str) -> Chart:
    before, after = dict(report.audio_before), dict(report.audio_after)
    names: List[str] = sorted({*before, *after}, key=lambda one: -_tracks(before, one))
    series = (
        Series(say("Before"), tuple(float(_tracks(before, one)) for one in names)),
        Series(say("After"), tuple(float(_tracks(after, one)) for one in names)),
    )
    title = say("Audio before and after")
    labels = tuple(map(visible, names))
    return Chart("sound", title, ChartKind.ROWS, Unit.COUNT, labels, series, empty)


def _tracks(counts: dict[str, Sums], name: str) -> int:
    return counts[name].completed if name in counts else 0

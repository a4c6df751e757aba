"""Statistics manager: what the jobs have achieved, a day and in total, and split up.

All figures are written with each job's end (``store.statistics``, ``store.figures``), so that they can
never disagree with the jobs and no chart has to read a million of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Dict, Tuple

from core.reporting.statistics import (
    DayStatistics,
    Dimension,
    Named,
    StatisticsReport,
    Sums,
    period_of,
    shown_range,
)
from store.connection import Database
from store.figures import FigureStore
from store.nodes import node_names
from store.statistics import StatisticsStore

TOP = 10  # films in the list of the largest savings
_NAMES = 12  # of a dimension; the others are summed up as one


@dataclass(frozen=True)
class Summary:
    """Everything in a range of days: the sum, and day by day in order."""

    total: DayStatistics
    days: Tuple[DayStatistics, ...]


def summary(database: Database, since: str = "", until: str = "9999") -> Summary:
    """Sum up the days from ``since`` to ``until``, both included, as ``YYYY-MM-DD``."""
    stored = StatisticsStore(database)
    total = stored.total(since, until) or DayStatistics(date=since)
    return Summary(total, stored.days(since, until))


def report(database: Database, since: str = "", until: str = "") -> StatisticsReport:
    """Return all figures of a range of days, both included, as ``YYYY-MM-DD``; "" for no bound."""
    figures = FigureStore(database)

    def named(dimension: Dimension) -> Named:
        return _largest(figures.by_name(dimension, since, until))

    names = node_names(database)
    days = figures.by_day(since, until)
    return StatisticsReport(
        since,
        until,
        figures.by_name(Dimension.ALL, since, until).get("", Sums()),
        periods=_periods(days, since, until),
        machines=tuple((names.get(name, name), sums) for name, sums in named(Dimension.MACHINE)),
        contents=named(Dimension.CONTENT),
        codecs=named(Dimension.CODEC),
        resolutions=named(Dimension.RESOLUTION),
        templates=named(Dimension.TEMPLATE),
        audio_before=named(Dimension.AUDIO_BEFORE),
        audio_after=named(Dimension.AUDIO_AFTER),
        steps=named(Dimension.STEP),
        top=figures.top_savings(since, until, TOP),
    )


def rebuild(database: Database) -> int:
    """Recalculate the daily rows and all sums from the ends of jobs; return the number of days."""
    return FigureStore(database).rebuild()


def prune(database: Database, before: date) -> int:
    """Forget ended jobs of days before this one, keeping their sums; return how many there were."""
    return FigureStore(database).prune(before.isoformat())


def _periods(days: Dict[str, Sums], since: str, until: str) -> Named:
    """Days, or weeks or months where there are too many; also those in which nothing ended."""
    if not days:
        return ()
    first, last = shown_range(min(days), max(days), since, until)
    in_all = (last - first).days + 1
    every = (first + timedelta(days=number) for number in range(in_all))
    found = {period_of(day.isoformat(), in_all): Sums() for day in every}
    for day, sums in days.items():
        period = period_of(day, in_all)
        found[period] = _plus(found[period], sums)
    return tuple(sorted(found.items()))


def _largest(sums: Dict[str, Sums]) -> Named:
    """Return the names with most work first; those beyond a dozen are summed as "…"."""
    ordered = sorted(
        sums.items(),
        key=lambda item: (-item[1].seconds, -item[1].completed, -item[1].failed, item[0]),
    )
    rest = Sums()
    for _name, smaller in ordered[_NAMES:]:
        rest = _plus(rest, smaller)
    return tuple(ordered[:_NAMES]) + ((("…", rest),) if len(ordered) > _NAMES else ())


def _plus(first: Sums, second: Sums) -> Sums:
    return Sums(
        first.completed + second.completed,
        first.failed + second.failed,
        first.skipped + second.skipped,
        first.before + second.before,
        first.after + second.after,
        first.seconds + second.seconds,
        first.film_seconds + second.film_seconds,
        first.scored + second.scored,
        first.score_difference + second.score_difference,
        first.target_met + second.target_met,
    )

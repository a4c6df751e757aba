"""Statistics manager: what the jobs have achieved, a day and in total.

The daily rows are written with each job's end (``store.statistics``), so that they can never
disagree with the jobs. Figures by machine, codec and template, and charts, come with the statistics
tab.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from core.statistics import DayStatistics
from store.connection import Database
from store.statistics import StatisticsStore


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

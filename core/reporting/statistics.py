"""What the program has achieved, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Optional, Tuple


@dataclass(frozen=True)
class DayStatistics:
    """One row of the specification's ``statistics`` table, or the sum of several.

    Sizes in bytes; the average in seconds of work a completed job.
    """

    date: str  # YYYY-MM-DD where the job ran
    jobs_completed: int = 0
    jobs_failed: int = 0
    total_size_processed: int = 0
    total_size_saved: int = 0  # negative where results were larger
    average_processing_time: float = 0.0

    @property
    def saved_share(self) -> float:
        """How much of the processed size was saved, 0 to 1."""
        size = self.total_size_processed
        return self.total_size_saved / size if size else 0.0


class Dimension(str, Enum):
    """What figures are split by."""

    ALL = "all"
    MACHINE = "machine"
    CONTENT = "content"
    CODEC = "codec"  # of the picture before
    RESOLUTION = "resolution"
    TEMPLATE = "template"
    AUDIO_BEFORE = "audio before"  # counts tracks
    AUDIO_AFTER = "audio after"
    STEP = "step"  # only seconds


@dataclass(frozen=True)
class Sums:
    """Figures of one name of a dimension in some days; sizes in bytes, times in seconds.

    Sizes, ``seconds`` of work and ``film_seconds`` are those of completed jobs alone. Of the ``scored`` films
    that were encoded for a quality and measured, ``score_difference`` is the sum of how far each is above its
    target, and ``target_met`` how many are near enough to it.
    """

    completed: int = 0
    failed: int = 0
    skipped: int = 0
    before: int = 0
    after: int = 0
    seconds: float = 0.0
    film_seconds: float = 0.0
    scored: int = 0
    score_difference: float = 0.0
    target_met: int = 0

    @property
    def saved(self) -> int:
        """Bytes that were saved; below 0 where results were larger."""
        return self.before - self.after

    @property
    def share(self) -> float:
        """How much of the size was saved, 0 to 1."""
        return self.saved / self.before if self.before else 0.0

    @property
    def speed(self) -> float:
        """Seconds of film a second of work; 0 where nothing is known."""
        return self.film_seconds / self.seconds if self.seconds else 0.0

    @property
    def mean_difference(self) -> Optional[float]:
        """How far films are above their target, on average; None where none was measured."""
        return self.score_difference / self.scored if self.scored else None


@dataclass(frozen=True)
class TopSaving:
    """A film that became much smaller."""

    film: str
    date: str
    before: int
    after: int


MOST_DAYS = 100  # that are shown one by one
Named = Tuple[Tuple[str, Sums], ...]


@dataclass(frozen=True)
class StatisticsReport:
    """All figures of a range of days, both ends included, as ``YYYY-MM-DD``; "" for no bound.

    ``periods`` are days, weeks or months in order, named by their first day.
    """

    since: str
    until: str
    total: Sums
    periods: Named = ()
    machines: Named = ()
    contents: Named = ()
    codecs: Named = ()
    resolutions: Named = ()
    templates: Named = ()
    audio_before: Named = ()
    audio_after: Named = ()
    steps: Named = ()
    top: Tuple[TopSaving, ...] = ()


class StatisticsSpan(str, Enum):
    """How far back the user looks."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    ALL = "all"


_DAYS = {
    StatisticsSpan.DAY: 1,
    StatisticsSpan.WEEK: 7,
    StatisticsSpan.MONTH: 30,
    StatisticsSpan.YEAR: 365,
}


def first_day(span: StatisticsSpan, today: date) -> str:
    """Return the first day of a span that ends today; "" for all."""
    days = _DAYS.get(span)
    return (today - timedelta(days=days - 1)).isoformat() if days else ""


def shown_range(first: str, last: str, since: str, until: str) -> Tuple[date, date]:
    """Return the days that a chart goes from and to, where something ended from ``first`` to ``last``.

    The days that were asked for, while they can be shown one by one; what is empty before and after
    is left out of a longer time.
    """
    begin, end = _date(first), _date(last)
    asked = (_date(since) if since else begin, _date(until) if until else end)
    return asked if (asked[1] - asked[0]).days < MOST_DAYS else (begin, end)


def _date(day: str) -> date:
    return date(*map(int, day.split("-")))


def period_of(day: str, days_in_all: int) -> str:
    """Return the first day of the period that a day is shown in: itself, its Monday, or its month's first.

    ``days_in_all`` is how many days are shown together: a hundred points are enough for a chart.
    """
    at = _date(day)
    if days_in_all <= MOST_DAYS:
        return day
    if days_in_all <= 700:
        return (at - timedelta(days=at.weekday())).isoformat()
    return at.replace(day=1).isoformat()

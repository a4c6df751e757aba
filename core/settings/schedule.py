"""When the queue may work: days of the week and hours, as a text that a person can type.

``mon-fri 22:00-07:00; sat,sun 00:00-24:00`` means every night that begins on a workday, and the whole
weekend. An empty text means always. Hours are those of the wall clock, so that 22:00 stays 22:00
when summer time begins or ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

from core.text.sentence import Sentence

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = FrozenSet[Tuple[int, int]]  # day of the week (0 is Monday) and hour of the day
_DAY_MINUTES = 24 * 60
_SOME_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - the clock on the wall
_ENTRY = re.compile(r"^([a-z,\s-]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$")
_EXAMPLE = "such as mon-fri 22:00-07:00; sat,sun 00:00-24:00"


@dataclass(frozen=True)
class Window:
    """The minutes of a day, from ``begin`` to before ``end``; one that passes midnight ends after 1440."""

    days: FrozenSet[int]  # 0 is Monday: the day it begins on
    begin: int
    end: int


@dataclass(frozen=True)
class Schedule:
    """All windows together; none: always."""

    windows: Tuple[Window, ...] = ()

    def open_at(self, at: datetime) -> bool:
        """Whether the queue may work at this local time."""
        if not self.windows:
            return True
        minute = at.hour * 60 + at.minute
        today, yesterday = at.weekday(), (at.weekday() - 1) % 7
        return any(
            (today in window.days and window.begin <= minute < window.end)
            or (yesterday in window.days and minute + _DAY_MINUTES < window.end)
            for window in self.windows
        )

    def next_change(self, at: datetime) -> Optional[datetime]:
        """Return the local time at which it opens or closes next; None where it never does."""
        now = self.open_at(at)
        for moment in sorted(set(self._edges(at))):
            if moment > at and self.open_at(moment) is not now:
                return moment
        return None

    def _edges(self, at: datetime) -> Iterator[datetime]:
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(-1, 9):
            day = midnight + timedelta(days=days)
            for window in self.windows:
                if day.weekday() in window.days:
                    yield day + timedelta(minutes=window.begin)
                    yield day + timedelta(minutes=window.end)


def parse_schedule(text: str) -> Schedule:
    """Read a schedule; raises ValueError with a sentence of what is wrong with it."""
    windows: List[Window] = []
    for entry in text.lower().split(";"):
        if entry.strip():
            windows.append(_window(entry.strip()))
    return Schedule(tuple(windows))


def schedule_text(schedule: Schedule) -> str:
    """Write a schedule so that ``parse_schedule`` reads it back."""
    return "; ".join(
        f"{','.join(DAYS[day] for day in sorted(window.days))} {_clock(window.begin)}-{_end_clock(window)}"
        for window in schedule.windows
    )


def hours_of(schedule: Schedule) -> Hours:
    """The hours of the week in whose middle the queue may work."""
    return frozenset(
        (day, hour)
        for day in range(len(DAYS))
        for hour in range(24)
        if schedule.open_at(_SOME_MONDAY + timedelta(days=day, hours=hour, minutes=30))
    )


def schedule_of(hours: Hours) -> Schedule:
    """The schedule of these hours: days that are alike share a window; all hours are always.

    No hours cannot be written, since an empty schedule means always; raises ValueError.
    """
    if not hours:
        raise ValueError(Sentence("a schedule needs at least one hour."))
    if len(hours) == len(DAYS) * 24:
        return Schedule()
    days: Dict[Tuple[int, int], Set[int]] = {}
    for day in range(len(DAYS)):
        begin = None
        for hour in range(25):
            inside = (day, hour) in hours
            if inside and begin is None:
                begin = hour
            elif not inside and begin is not None:
                days.setdefault((begin * 60, hour * 60), set()).add(day)
                begin = None
    return Schedule(tuple(Window(frozenset(on), *span) for span, on in days.items()))


def _window(entry: str) -> Window:
    found = _ENTRY.match(entry)
    if found is None:
        raise ValueError(
            Sentence(
                "{entry} is no time of the week; write it {example}.",
                entry=repr(entry),
                example=_EXAMPLE,
            )
        )
    hours = [int(number) for number in found.groups()[1:]]
    begin, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if max(hours[1], hours[3]) > 59 or begin >= _DAY_MINUTES or end > _DAY_MINUTES:
        raise ValueError(
            Sentence(
                "{entry} holds a time that no clock shows; write it {example}.",
                entry=repr(entry),
                example=_EXAMPLE,
            )
        )
    if begin == end:
        raise ValueError(
            Sentence(
                "{entry} begins when it ends; for a whole day write 00:00-24:00.", entry=repr(entry)
            )
        )
    return Window(_days(found.group(1), entry), begin, end if end > begin else end + _DAY_MINUTES)


def _days(text: str, entry: str) -> FrozenSet[int]:
    days: Set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = [day[:3] for day in part.split("-")]
        if not 1 <= len(ends) <= 2 or any(day not in DAYS for day in ends):
            raise ValueError(
                Sentence(
                    "{part} in {entry} is no day; the days are {days}.",
                    part=repr(part),
                    entry=repr(entry),
                    days=", ".join(DAYS),
                )
            )
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(days)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _end_clock(window: Window) -> str:
    end = window.end
    return _clock(end - _DAY_MINUTES if end > _DAY_MINUTES else end)

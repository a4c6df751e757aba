from __future__ import annotations

from datetime import datetime, timedelta
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings.schedule import DAYS, parse_schedule, schedule_text

MONDAY = datetime(2024, 7, 1)  # noqa: DTZ001 - the clock on the wall
NIGHTS = "mon-fri 22:00-07:00; sat,sun 00:00-24:00"


def at(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return MONDAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    ("day", "clock", "expected"),
    [
        (0, "21:59", False),
        (0, "22:00", True),
        (1, "06:59", True),
        (1, "07:00", False),
        (0, "00:30", False),  # Sunday's window ends at midnight
        (5, "03:00", True),
        (5, "12:00", True),
        (6, "23:59", True),
        (7, "00:00", False),
    ],
)
def test_nights_and_weekends(day: int, clock: str, expected: bool) -> None:
    assert parse_schedule(NIGHTS).open_at(at(day, clock)) is expected


def test_an_empty_schedule_is_always_open() -> None:
    schedule = parse_schedule("  ")
    assert schedule.open_at(MONDAY)
    assert schedule.next_change(MONDAY) is None


def test_a_whole_week_never_changes() -> None:
    assert parse_schedule("mon-sun 00:00-24:00").next_change(MONDAY) is None


def test_the_next_change_passes_over_edges_that_change_nothing() -> None:
    schedule = parse_schedule("mon 08:00-12:00; mon 12:00-18:00")
    assert schedule.next_change(at(0, "07:00")) == at(0, "08:00")
    assert schedule.next_change(at(0, "09:00")) == at(0, "18:00")
    assert schedule.next_change(at(0, "18:00")) == at(7, "08:00")


def test_days_may_wrap_around_the_weekend_and_be_written_out() -> None:
    wrapped = parse_schedule("Friday-Monday 10:00-11:00")
    assert [day for day in range(7) if wrapped.open_at(at(day, "10:30"))] == [0, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("always", "is no time of the week"),
        ("mon 25:00-26:00", "no clock shows"),
        ("mon 10:61-12:00", "no clock shows"),
        ("mon 10:00-10:00", "begins when it ends"),
        ("moo 10:00-12:00", "'moo'.* is no day; the days are mon, tue"),
        ("mon-tue-wed 10:00-12:00", "is no day"),
        ("mon 10:00", "is no time of the week; write it such as"),
    ],
)
def test_what_is_no_schedule_is_told_in_a_sentence(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_schedule(text)


@given(
    st.lists(
        st.builds(
            lambda days, begin, end: f"{','.join(days)} {begin:02d}:15-{end:02d}:30",
            st.lists(st.sampled_from(DAYS), min_size=1, max_size=7),
            st.integers(0, 23),
            st.integers(0, 23),
        ),
        max_size=4,
    ),
    st.integers(0, 7 * 24 * 60),
)
def test_what_is_written_is_read_again_and_a_change_is_a_change(
    entries: List[str], minutes: int
) -> None:
    schedule = parse_schedule("; ".join(entries))
    assert parse_schedule(schedule_text(schedule)) == schedule
    moment = MONDAY + timedelta(minutes=minutes)
    change = schedule.next_change(moment)
    if change is not None:
        assert change > moment
        assert schedule.open_at(change) is not schedule.open_at(moment)
        before = change - timedelta(minutes=1)
        assert before < moment or schedule.open_at(before) is schedule.open_at(moment)

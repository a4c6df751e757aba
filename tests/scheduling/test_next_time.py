"""When something is done again: what is wanted while it is under way is done once more at once."""

from __future__ import annotations

from scheduling.next_time import NextTime
from tests.queue_environment import SetClock


def test_it_is_due_at_first_and_again_when_its_time_has_come() -> None:
    clock = SetClock(since=1000.0)
    asking = NextTime(clock)
    assert asking.due
    asking.put_off(20.0, asking.begin())
    assert not asking.due
    clock.since = 1020.0
    assert asking.due


def test_who_wants_it_at_once_waits_for_nothing() -> None:
    asking = NextTime(SetClock(since=1000.0))
    asking.put_off(20.0, asking.begin())
    asking.at_once()
    assert asking.due


def test_what_was_wanted_while_it_was_under_way_is_not_put_off_by_its_end() -> None:
    asking = NextTime(SetClock(since=1000.0))
    begun = asking.begin()
    asking.at_once()
    asking.put_off(20.0, begun)
    assert asking.due
    asking.put_off(20.0, asking.begin())
    assert not asking.due

"""Chosen rows keep their meaning while a long table changes under them."""

from __future__ import annotations

from array import array
from typing import List, Set

from hypothesis import given
from hypothesis import strategies as st

from core.reporting.row_order import Ranges, reorder

_places = st.sets(st.integers(0, 60))
_tables = st.lists(st.integers(0, 60), unique=True)


@given(_places, _places, st.integers(0, 60))
def test_ranges_hold_what_a_set_would(chosen: Set[int], more: Set[int], place: int) -> None:
    ranges = Ranges.of(chosen)
    assert set(ranges) == chosen
    assert ranges.count == len(chosen)
    assert (place in ranges) == (place in chosen)
    assert set(ranges.toggled(place)) == chosen ^ {place}
    assert set(ranges.within(place)) == {number for number in chosen if number < place}
    for number in more:
        ranges = ranges.with_range(number, number + 3)
    assert set(ranges) == chosen | {number + step for number in more for step in range(3)}
    assert ranges == Ranges.of(ranges), "ranges that touch are one"


def test_everything_chosen_is_one_range() -> None:
    assert Ranges().with_range(0, 1_000_000).parts == ((0, 1_000_000),)
    assert 999_999 in Ranges(((0, 1_000_000),))


@given(_tables, _tables, _places)
def test_chosen_rows_are_found_again_wherever_they_went(
    old: List[int], new: List[int], places: Set[int]
) -> None:
    before, after = array("q", old), array("q", new)
    chosen = Ranges.of(places).within(len(old))
    wanted = {before[place] for place in chosen}
    change = reorder(before, after, wanted)
    assert {after[place] for place in change.ranges(chosen, before)} == wanted & set(new)
    for place in chosen:
        found = change.place(place, before[place])
        assert (None if found is None else after[found]) == (
            before[place] if before[place] in new else None
        )


def test_a_row_that_left_moves_the_million_after_it_without_asking_for_them() -> None:
    before = array("q", range(1_000_000))
    after = array("q", [*range(10), *range(11, 1_000_000)])
    change = reorder(before, after)
    assert change.place(5, 5) == 5
    assert change.place(10, 10) is None
    assert change.place(700_000, 700_000) == 699_999
    assert change.ranges(Ranges(((0, 1_000_000),)), before).parts == ((0, 999_999),)

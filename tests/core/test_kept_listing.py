"""Kept originals as a table: sorted by each column, filtered, and added up by disk."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from core.reporting.kept_listing import KeptFilter, KeptRow, KeptState, listed, sums_of

GB = 10**9
ALL = KeptFilter()
ROWS = {
    row.id: row
    for row in (
        KeptRow(1, "/films/b/One.mkv", "/h/1", 9 * GB, 3 * GB, 100.0, 900.0, True, "/films"),
        KeptRow(2, "/films/a/Two.mkv", "/h/2", 5 * GB, 4 * GB, 300.0, 700.0, True, "/more"),
        KeptRow(3, "/films/c/one.mkv", "/h/3", 7 * GB, None, None, None, False, "/films"),
        KeptRow(-1, "", "/h/stray.original", 1 * GB, disk="/more"),
    )
}


def order(sort: str, *, descending: bool = False, chosen: KeptFilter = ALL) -> List[int]:
    return list(listed(ROWS, sort, descending=descending, chosen=chosen))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", [1, 3, -1, 2]),
        ("folder", [2, 1, 3, -1]),
        ("size", [-1, 2, 3, 1]),
        ("saved", [3, -1, 2, 1]),
        ("since", [3, -1, 1, 2]),
        ("expires", [2, 1, 3, -1]),
    ],
)
def test_each_column_sorts(sort: str, expected: List[int]) -> None:
    assert order(sort) == expected
    back = order(sort, descending=True)
    assert back[0] == expected[-1] or ROWS[back[0]].expires is ROWS[expected[-1]].expires


def test_rows_are_chosen_by_text_state_disk_and_the_day_on_which_they_go() -> None:
    assert order("expires", chosen=KeptFilter(text="ONE")) == [1, 3]
    assert order("expires", chosen=KeptFilter(state=KeptState.MISSING)) == [3]
    assert order("expires", chosen=KeptFilter(state=KeptState.UNKNOWN)) == [-1]
    assert order("expires", chosen=KeptFilter(disk="/more")) == [2, -1]
    assert order("expires", chosen=KeptFilter(expires_before=800.0)) == [2]


def test_only_what_lies_on_a_disk_is_added_up() -> None:
    sums = sums_of(ROWS.values())
    assert (sums.count, sums.size, sums.saved, sums.missing) == (4, 15 * GB, 7 * GB, 1)
    assert sums.by_disk == (("/films", 9 * GB), ("/more", 6 * GB))


def test_a_row_is_what_others_take_for_an_original() -> None:
    assert ROWS[1].original.film == Path("/films/b/One.mkv")
    assert (ROWS[1].original.id, ROWS[1].original.saved) == (1, 6 * GB)
    assert (ROWS[-1].original.film, ROWS[-1].original.id) == (None, 0)

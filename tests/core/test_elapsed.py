from __future__ import annotations

from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.queue.elapsed import ClockSeen, time_passed

DAY = 86400.0
YEAR = 365 * DAY
GAP = 14 * DAY
START = 1_790_000_000.0


def passed(*looks: Tuple[float, float]) -> float:
    """How many days are counted over looks at the clock on the wall and the machine's, in days."""
    seen, total = ClockSeen(START, 0.0), 0.0
    for wall, ran in looks:
        counted, seen = time_passed(seen, START + wall * DAY, ran * DAY, GAP)
        total += counted
    return total / DAY


@pytest.mark.parametrize(
    ("looks", "days"),
    [
        ([(1, 1), (2, 2)], 2),  # a machine that runs
        ([(1, 1), (8, 0.1)], 8),  # off for a week
        ([(365, 0.01)], 0.01),  # the clock is a year ahead when the machine starts
        ([(365, 0.01), (1, 0.02), (2, 1.02)], 2),  # and is corrected
        ([(21, 0.1)], 0.1),  # off for longer than originals are kept: not believed either
        ([(-20000, 0.01), (1, 0.02)], 1),  # 1970, and corrected
        ([(-1, 1)], 1),  # set back: what the machine counted has passed
        ([(40, 40)], 40),  # the machine says so, too
        ([(365, 0.5), (366, 1.5), (367, 0.5)], 2.5),  # the same strange time for a day: believed
    ],
)
def test_only_time_that_surely_passed_is_counted(
    looks: List[Tuple[float, float]], days: float
) -> None:
    assert passed(*looks) == pytest.approx(days, abs=0.03)


walls = st.floats(-50 * YEAR, 50 * YEAR)


@given(st.lists(st.tuples(walls, st.floats(0, 3 * DAY)), max_size=20))
def test_a_wild_clock_never_makes_time_run_more_than_a_gap_ahead_of_the_machine(
    steps: List[Tuple[float, float]],
) -> None:
    seen, ran = ClockSeen(START, 0.0), 0.0
    for wall, step in steps:
        ran += step
        counted, seen = time_passed(seen, START + wall, ran, GAP)
        assert step - 1e-3 <= counted <= step + GAP + 1e-3


@given(st.lists(walls, min_size=1, max_size=20))
def test_jumps_back_and_forth_alone_count_no_time_twice(jumps: List[float]) -> None:
    seen, total = ClockSeen(START, 0.0), 0.0
    for wall in jumps:
        counted, seen = time_passed(seen, START + wall, 0.0, GAP)
        total += counted
    assert total <= max(0.0, max(jumps)) + 1e-3

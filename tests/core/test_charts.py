"""Charts as shapes: everything lies where its value says, inside the area, and can be read."""

from __future__ import annotations

from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.reporting.charts import (
    Box,
    Chart,
    ChartKind,
    Line,
    Role,
    Series,
    Shape,
    Text,
    Unit,
    layout,
    needed_height,
    nice_ticks,
)

WIDTH, HEIGHT, LINE = 600.0, 240.0, 16.0


def measure(text: str) -> float:
    return 7.0 * len(text)


def chart(kind: ChartKind, *series: Tuple[float, ...], unit: Unit = Unit.COUNT) -> Chart:
    labels = tuple(f"2024-01-{n + 1:02}" for n in range(len(series[0]) if series else 0))
    made = tuple(Series(f"S{n}", values) for n, values in enumerate(series))
    return Chart("key", "Title", kind, unit, labels, made, "Nothing yet.")


def boxes(marks: List[object]) -> List[Box]:
    return [mark for mark in marks if isinstance(mark, Box) and mark.hint]


@pytest.mark.parametrize("kind", list(ChartKind))
def test_without_values_the_chart_says_so_in_words(kind: ChartKind) -> None:
    for empty_chart in (chart(kind), chart(kind, (0.0, 0.0))):
        (text,) = layout(empty_chart, WIDTH, HEIGHT, measure, LINE)
        assert isinstance(text, Text)
        assert text.text == "Nothing yet."


def test_bars_stand_on_each_other_and_their_heights_are_the_values() -> None:
    marks = layout(chart(ChartKind.STACKED, (10.0,), (30.0,)), WIDTH, HEIGHT, measure, LINE)
    low, high = boxes(list(marks))
    assert (low.role, high.role) == (Role.FIRST, Role.SECOND)
    assert low.y1 == pytest.approx(high.y2)
    assert (high.y2 - high.y1) == pytest.approx(3 * (low.y2 - low.y1))
    assert low.hint == "2024-01-01: S0: 10, S1: 30"


def test_rows_are_as_long_as_their_values_and_say_them() -> None:
    marks = layout(chart(ChartKind.ROWS, (50.0, 100.0)), WIDTH, HEIGHT, measure, LINE)
    short, long = boxes(list(marks))
    assert (long.x2 - long.x1) == pytest.approx(2 * (short.x2 - short.x1))
    assert {"50", "100"} <= {mark.text for mark in marks if isinstance(mark, Text)}


def test_counts_have_no_fractions_on_their_axis() -> None:
    assert nice_ticks(3, whole=True) == (0, 1, 2, 3)
    assert nice_ticks(10, whole=True) == (0, 5, 10)
    assert nice_ticks(1e12) == (0, 2.5e11, 5e11, 7.5e11, 1e12)
    assert nice_ticks(0) == (0, 1)


@given(st.floats(1e-6, 1e18))
def test_the_axis_reaches_over_the_highest_value_with_few_round_ticks(highest: float) -> None:
    ticks = nice_ticks(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest * 0.999
    assert ticks[-1] <= highest * 2.6
    assert 2 <= len(ticks) <= 7


VALUES = st.lists(st.just(0.0) | st.floats(1e-3, 1e15), min_size=1, max_size=60).map(tuple)


@given(st.sampled_from(list(ChartKind)), VALUES, st.sampled_from(list(Unit)), st.floats(200, 2000))
def test_whatever_the_values_are_everything_lies_inside(
    kind: ChartKind, values: Tuple[float, ...], unit: Unit, width: float
) -> None:
    one = chart(kind, values, unit=unit)
    height = needed_height(one, LINE) or HEIGHT
    for mark in layout(one, width, height, measure, LINE):
        if isinstance(mark, Box):
            assert min(mark.x1, mark.x2) >= -3
            assert max(mark.x1, mark.x2) <= width + 3
            assert min(mark.y1, mark.y2) >= -3
            assert max(mark.y1, mark.y2) <= height + 3
        elif isinstance(mark, Shape):
            assert all(0 <= x <= width and -1 <= y <= height + 1 for x, y in mark.points)
        elif isinstance(mark, Line):
            assert 0 <= mark.y1 <= height


@pytest.mark.parametrize("kind", [ChartKind.AREA, ChartKind.STACKED])
@pytest.mark.parametrize("count", [7, 31, 40, 56, 80, 100])
def test_days_stand_side_by_side_without_touching(kind: ChartKind, count: int) -> None:
    marks = layout(chart(kind, tuple(range(1, count + 1))), WIDTH, HEIGHT, measure, LINE)
    days = [mark for mark in marks if isinstance(mark, Text) and mark.text.startswith("2024")]
    edges = sorted((day.x - measure(day.text) / 2, day.x + measure(day.text) / 2) for day in days)
    assert len(days) >= 3
    assert all(first[1] < second[0] for first, second in zip(edges, edges[1:]))
    assert edges[-1][1] <= WIDTH

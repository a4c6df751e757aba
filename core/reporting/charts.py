"""Charts as lists of simple shapes, so that a window, a page and a picture show the same.

No colours here: a shape says what it is for (``Role``), who draws it knows the theme. Sizes in pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Callable, List, Sequence, Tuple, Union

from core.text.formatting import duration_text, size_text


class ChartKind(str, Enum):
    """How values are drawn."""

    AREA = "area"  # over time, one series
    STACKED = "stacked"  # bars over time, several series on top of each other
    ROWS = "rows"  # a bar a name, from the left, several series below each other


class Unit(str, Enum):
    """What values are, and how they are written."""

    COUNT = "count"
    BYTES = "bytes"
    SECONDS = "seconds"
    TIMES = "times"  # × real time

    def text(self, value: float) -> str:
        """Write a value as people read it."""
        if self is Unit.BYTES:
            return size_text(value)
        if self is Unit.SECONDS:
            return duration_text(value)
        return f"{value:,.1f}×" if self is Unit.TIMES else f"{value:,.0f}"


class Role(str, Enum):
    """What a shape is for; the numbered ones tell series apart."""

    GRID = "grid"
    TEXT = "text"
    MUTED = "muted"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


SERIES = (Role.FIRST, Role.SECOND, Role.THIRD)


@dataclass(frozen=True)
class Series:
    """The values of one name, one for each label of the chart."""

    name: str
    values: Tuple[float, ...]


@dataclass(frozen=True)
class Chart:
    """What is shown; ``labels`` are days or names, ``empty`` what is said without any value."""

    key: str
    title: str
    kind: ChartKind
    unit: Unit
    labels: Tuple[str, ...]
    series: Tuple[Series, ...]
    empty: str = ""
    write: Callable[[str], str] = str  # puts an English number into the user's language

    def text(self, value: float) -> str:
        """Write a value as its reader does."""
        return self.write(self.unit.text(value))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for series in self.series for value in series.values)


@dataclass(frozen=True)
class Line:
    """A straight line; ``width`` in pixels of a 96 dpi screen."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role
    width: float = 1.0


@dataclass(frozen=True)
class Box:
    """A filled rectangle; ``hint`` is what is said when the mouse rests on it."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role
    hint: str = ""


@dataclass(frozen=True)
class Shape:
    """A filled area with these corners."""

    points: Tuple[Tuple[float, float], ...]
    role: Role


@dataclass(frozen=True)
class Text:
    """A line of text; ``anchor`` is where (x, y) lies in it: w, e, center, n."""

    x: float
    y: float
    text: str
    role: Role
    anchor: str = "w"


Mark = Union[Line, Box, Shape, Text]
Measure = Callable[[str], float]  # the width of a text


def nice_ticks(highest: float, count: int = 4, *, whole: bool = False) -> Tuple[float, ...]:
    """Return round numbers from 0 up to at least ``highest``, about so many; ``whole``: no fractions."""
    if highest <= 0 or not math.isfinite(highest):
        return (0.0, 1.0)
    rough = max(highest / count, 1.0 if whole else 0.0)
    power = 10.0 ** math.floor(math.log10(rough))
    steps = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    step = next(factor * power for factor in steps if factor * power >= rough * 0.999)
    return tuple(step * number for number in range(math.ceil(highest / step - 1e-9) + 1))


def layout(chart: Chart, width: float, height: float, measure: Measure, line: float) -> List[Mark]:
    """Return what is drawn on an area of this size; ``line`` is the height of a line of text."""
    if chart.is_empty:
        return [Text(width / 2, height / 2, chart.empty, Role.MUTED, "center")]
    if chart.kind is ChartKind.ROWS:
        return _rows(chart, width, measure, line)
    return _over_time(chart, width, height, measure, line)


def needed_height(chart: Chart, line: float) -> float:
    """Return how high a chart of rows has to be; 0 where any height will do."""
    if chart.kind is not ChartKind.ROWS or chart.is_empty:
        return 0.0
    legend = 1.6 * line if len(chart.series) > 1 else 0.0
    return legend + len(chart.labels) * (line * 0.95 * len(chart.series) + line * 0.7) + line * 0.5


def _over_time(
    chart: Chart, width: float, height: float, measure: Measure, line: float
) -> List[Mark]:
    stacked = chart.kind is ChartKind.STACKED
    sums = [
        sum(max(0.0, series.values[n]) for series in chart.series) for n in range(len(chart.labels))
    ]
    ticks = nice_ticks(max(sums), whole=chart.unit is Unit.COUNT)
    left = max(measure(chart.text(tick)) for tick in ticks) + line * 0.6
    top = line * (2.0 if len(chart.series) > 1 else 0.8)
    bottom, right = height - line * 1.5, width - line * 0.5
    tall = bottom - top

    def y(value: float) -> float:
        return bottom - max(0.0, value) / ticks[-1] * tall

    marks: List[Mark] = _legend(chart, left, line, measure)
    for tick in ticks:
        marks.append(Line(left, y(tick), right, y(tick), Role.GRID))
        marks.append(Text(left - line * 0.3, y(tick), chart.text(tick), Role.MUTED, "e"))
    wide = (right - left) / len(chart.labels)
    marks += _day_labels(chart.labels, left, wide, bottom + line * 0.8, measure, line)
    if not stacked and len(chart.labels) > 1:
        values = chart.series[0].values
        points = [(left + wide * (n + 0.5), y(value)) for n, value in enumerate(values)]
        corners = ((points[0][0], bottom), *points, (points[-1][0], bottom))
        marks.append(Shape(corners, Role.FIRST))
    gap = min(line * 0.3, wide * 0.15)
    for n, label in enumerate(chart.labels):
        under = 0.0
        hint = _hint(chart, n, label)
        for series, role in zip(chart.series, SERIES):
            value = max(0.0, series.values[n])
            if value and (stacked or len(chart.labels) == 1):
                x = left + wide * n + gap
                right_side = max(x + 1, left + wide * (n + 1) - gap)
                marks.append(Box(x, y(under + value), right_side, y(under), role, hint))
                under += value
            elif not stacked:
                x = left + wide * (n + 0.5)
                marks.append(Box(x - 2, y(value) - 2, x + 2, y(value) + 2, role, hint))
    return marks


def _rows(chart: Chart, width: float, measure: Measure, line: float) -> List[Mark]:
    marks: List[Mark] = _legend(chart, line * 0.3, line, measure)
    highest = max(value for series in chart.series for value in series.values)
    texts = [_shortened(label, width * 0.4, measure) for label in chart.labels]
    left = max(map(measure, texts)) + line * 0.8
    room = width - left - max(measure(chart.text(highest)), line) - line
    y = line * (1.6 if len(chart.series) > 1 else 0.0)
    thick = line * 0.95
    for n, text in enumerate(texts):
        middle = y + thick * len(chart.series) / 2
        marks.append(Text(left - line * 0.4, middle, text, Role.TEXT, "e"))
        for series, role in zip(chart.series, SERIES):
            value = max(0.0, series.values[n])
            end = left + max(1.0, room * value / highest)
            hint = f"{chart.labels[n]}: {chart.text(value)}"
            marks.append(Box(left, y + 1, end, y + thick - 1, role, hint))
            written = chart.text(series.values[n])
            marks.append(Text(end + line * 0.3, y + thick / 2, written, Role.MUTED, "w"))
            y += thick
        y += line * 0.7
    return marks


def _legend(chart: Chart, x: float, line: float, measure: Measure) -> List[Mark]:
    marks: List[Mark] = []
    if len(chart.series) > 1:
        for series, role in zip(chart.series, SERIES):
            marks.append(Box(x, line * 0.35, x + line * 0.6, line * 0.95, role))
            marks.append(Text(x + line * 0.9, line * 0.65, series.name, Role.TEXT, "w"))
            x += measure(series.name) + line * 2
    return marks


def _day_labels(
    labels: Sequence[str], left: float, wide: float, y: float, measure: Measure, line: float
) -> List[Mark]:
    """As many labels as stand side by side."""
    each = max(1, math.ceil((max(map(measure, labels)) + line) / wide))
    right = left + wide * len(labels) + line * 0.5
    marks: List[Mark] = []
    end = float("-inf")
    for n in range((len(labels) - 1) % each // 2, len(labels), each):
        middle, half = left + wide * (n + 0.5), measure(labels[n]) / 2
        if len(labels) > each:  # a single one may lean over
            middle = min(max(middle, left + half), right - half)
        if middle - half > end:  # the first and the last may have been pushed to their neighbours
            marks.append(Text(middle, y, labels[n], Role.MUTED, "center"))
            end = middle + half + line * 0.3
    return marks


def _hint(chart: Chart, n: int, label: str) -> str:
    parts = [
        f"{series.name}: {chart.text(series.values[n])}"
        if len(chart.series) > 1
        else chart.text(series.values[n])
        for series in chart.series
    ]
    return f"{label}: {', '.join(parts)}"


def _shortened(text: str, most: float, measure: Measure) -> str:
    if measure(text) <= most:
        return text
    while len(text) > 4 and measure(text + "…") > most:
        text = text[:-1]
    return text + "…"

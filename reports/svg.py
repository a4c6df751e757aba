"""Charts as SVG: nothing from outside, readable text, hints by the browser's own tooltips."""

from __future__ import annotations

from html import escape
from typing import List

from core.reporting.charts import Box, Chart, Line, Mark, Role, Shape, Text, layout, needed_height

LINE = 16.0  # pixels
_LETTER = 7.2  # pixels: a generous average of 13 px sans-serif
_ANCHORS = {"w": "start", "e": "end", "center": "middle"}


def svg_of(chart: Chart, width: float = 560.0, height: float = 240.0) -> str:
    """Return the chart as an element for a page, whose colours come from its style sheet (``CSS``)."""
    height = needed_height(chart, LINE) or height
    marks = layout(chart, width, height, lambda text: len(text) * _LETTER, LINE)
    inside = "".join(_element(mark) for mark in marks)
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="{escape(chart.title)}">{inside}</svg>'
    )


CSS = "".join(
    f".{role.value}{{fill:var(--{role.value});stroke:var(--{role.value})}}" for role in Role
)


def _element(mark: Mark) -> str:
    if isinstance(mark, Line):
        return (
            f'<line class="{mark.role.value}" x1="{mark.x1:.1f}" y1="{mark.y1:.1f}" '
            f'x2="{mark.x2:.1f}" y2="{mark.y2:.1f}"/>'
        )
    if isinstance(mark, Box):
        hint = f"<title>{escape(mark.hint)}</title>" if mark.hint else ""
        return (
            f'<rect class="{mark.role.value}" x="{mark.x1:.1f}" y="{mark.y1:.1f}" '
            f'width="{mark.x2 - mark.x1:.1f}" height="{mark.y2 - mark.y1:.1f}">{hint}</rect>'
        )
    if isinstance(mark, Shape):
        points: List[str] = [f"{x:.1f},{y:.1f}" for x, y in mark.points]
        return f'<polygon class="{mark.role.value} area" points="{" ".join(points)}"/>'
    return _text(mark)


def _text(mark: Text) -> str:
    anchor = _ANCHORS.get(mark.anchor, "start")
    return (
        f'<text class="{mark.role.value}" x="{mark.x:.1f}" y="{mark.y:.1f}" '
        f'text-anchor="{anchor}" dominant-baseline="middle">{escape(mark.text)}</text>'
    )

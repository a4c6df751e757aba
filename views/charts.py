"""A chart on a Canvas: redrawn when its size or the theme changes, with a hint for what the mouse is on."""

from __future__ import annotations

import tkinter as tk
from tkinter import font as tkfont
from typing import Dict, Literal, Optional, Sequence

from core.reporting.charts import (
    Box,
    Chart,
    Line,
    Mark,
    Role,
    Shape,
    Text,
    layout,
    needed_height,
)
from views.palette import Palette, between
from views.theme import Look

_ANCHORS: Dict[str, Literal["w", "e", "center"]] = {"w": "w", "e": "e", "center": "center"}


def color_of(palette: Palette, role: str) -> str:
    """Return the colour that a role of ``reporting.charts`` has in a theme, or of the ground, "window"."""
    if role in ("text", "muted", "window"):
        return str(getattr(palette, role))
    return {
        Role.GRID.value: palette.border,
        Role.FIRST.value: palette.accent,
        Role.SECOND.value: palette.error,
        Role.THIRD.value: palette.muted,
    }[role]


class MarkCanvas(tk.Canvas):
    """Draws the marks of what it shows, ``_marks``, again and again as its size or the theme changes."""

    def __init__(self, parent: tk.Misc, look: Look, height: int) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=look.px(height))
        self._look = look
        self._font = tkfont.Font(self, name="TkDefaultFont", exists=True)
        self._widths: Dict[str, int] = {}
        self._drawn = (0, 0, "")
        self.hints: Dict[int, str] = {}
        self.bind("<Configure>", lambda _event: self._draw())
        self.bind("<<ThemeChanged>>", lambda _event: self._draw(forced=True), add=True)
        self.bind("<Motion>", self._point)
        self.bind("<Leave>", lambda _event: self.delete("hint"))

    def _marks(self, width: int, height: int) -> Optional[Sequence[Mark]]:
        """What is drawn on an area of this size (pixels); None while there is nothing yet."""
        raise NotImplementedError

    @property
    def _line(self) -> int:
        return self._font.metrics("linespace")

    def _measure(self, text: str) -> float:
        """Measuring is slow on X11: each text once."""
        if text not in self._widths:
            if len(self._widths) > 5000:
                self._widths.clear()
            self._widths[text] = self._font.measure(text)
        return self._widths[text]

    def _draw(self, *, forced: bool = False) -> None:
        palette = self._look.palette
        size = (self.winfo_width(), self.winfo_height(), palette.window)
        if size[0] < 50 or (size == self._drawn and not forced):
            return
        marks = self._marks(size[0], size[1])
        if marks is None:
            return
        self._drawn = size
        self.delete("all")
        self.hints.clear()
        self.configure(background=palette.window)
        for mark in marks:
            color = color_of(palette, mark.role.value)
            if isinstance(mark, Line):
                wide = max(1, self._look.px(mark.width))
                self.create_line(mark.x1, mark.y1, mark.x2, mark.y2, fill=color, width=wide)
            elif isinstance(mark, Shape):
                flat = [part for point in mark.points for part in point]
                self.create_polygon(*flat, fill=between(palette.window, color))
            elif isinstance(mark, Box):
                item = self.create_rectangle(
                    mark.x1, mark.y1, mark.x2, mark.y2, fill=color, width=0
                )
                if mark.hint:
                    self.hints[item] = mark.hint
            elif isinstance(mark, Text):
                anchor = _ANCHORS.get(mark.anchor, "w")
                self.create_text(
                    mark.x, mark.y, text=mark.text, fill=color, anchor=anchor, font=self._font
                )

    def _point(self, event: tk.Event[tk.Misc]) -> None:
        """Say what is under the mouse."""
        self.delete("hint")
        near = self._look.px(4)
        items = self.find_overlapping(
            event.x - near, event.y - near, event.x + near, event.y + near
        )
        hint = next((self.hints[item] for item in items if item in self.hints), "")
        if not hint:
            return
        palette, gap = self._look.palette, self._look.px(6)
        width = self._measure(hint) + 2 * gap
        x = min(max(0.0, event.x - width / 2), max(0.0, self.winfo_width() - width))
        y = event.y - self._line - 3 * gap
        y = y if y > 0 else event.y + 3 * gap
        self.create_rectangle(
            x,
            y,
            x + width,
            y + self._line + gap,
            fill=palette.raised,
            outline=palette.border,
            tags="hint",
        )
        self.create_text(
            x + gap,
            y + gap / 2,
            text=hint,
            fill=palette.text,
            anchor="nw",
            font=self._font,
            tags="hint",
        )


class ChartView(MarkCanvas):
    """One chart; ``show`` gives it another one."""

    def __init__(self, parent: tk.Misc, look: Look, height: int) -> None:
        super().__init__(parent, look, height)
        self._height = look.px(height)
        self._chart: Optional[Chart] = None

    def show(self, chart: Chart) -> None:
        """Show this chart from now on."""
        self._chart = chart
        line = self._line
        self.configure(
            height=max(self._look.px(60), round(needed_height(chart, line)) or self._height)
        )
        self._draw(forced=True)

    def _marks(self, width: int, height: int) -> Optional[Sequence[Mark]]:
        if self._chart is None:
            return None
        return layout(self._chart, width, height, self._measure, self._line)

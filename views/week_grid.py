"""The hours of the week to choose from: a day a row, an hour a cell, by mouse or by keys."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Optional, Tuple

from core.settings.schedule import DAYS, Hours, hours_of, parse_schedule, schedule_of, schedule_text
from views import cldr
from views.theme import Look

_EVERY_SIX = 6


class WeekGrid(ttk.Frame):
    """Shows and changes ``variable``, a schedule as text; the text itself can be typed above it."""

    def __init__(self, parent: tk.Misc, look: Look, variable: tk.StringVar) -> None:
        super().__init__(parent)
        self._look = look
        self._variable = variable
        self._hours: Hours = frozenset()
        self._painting: Optional[bool] = None  # whether a drag opens cells or closes them
        self._cursor = (0, 0)
        self._cell = cell = look.px(16)
        self._left, self._top = look.px(44), look.px(18)
        self.entry = ttk.Entry(self, textvariable=variable, width=44)
        self.entry.pack(fill="x")
        self.grid_area = tk.Canvas(
            self,
            width=self._left + 24 * cell + 2,
            height=self._top + 7 * cell + 2,
            highlightthickness=look.px(2),
            borderwidth=0,
            takefocus=True,
        )
        look.dress(self.grid_area)
        self.grid_area.pack(anchor="w", pady=(look.px(6), 0))
        area = self.grid_area
        area.bind("<Button-1>", self._pressed)
        area.bind("<B1-Motion>", self._dragged)
        for key, days, hours in (("Up", -1, 0), ("Down", 1, 0), ("Left", 0, -1), ("Right", 0, 1)):
            area.bind(f"<{key}>", lambda _event, d=days, h=hours: self._go(d, h))  # type: ignore[misc]
        area.bind("<space>", lambda _event: self._toggle(self._cursor))
        area.bind("<FocusIn>", lambda _event: self._draw())
        area.bind("<FocusOut>", lambda _event: self._draw())
        self.bind("<<ThemeChanged>>", lambda _event: self._draw())
        variable.trace_add("write", lambda *_names: self._read())
        self._read()

    def cell_at(self, day: int, hour: int) -> Tuple[int, int]:
        """The middle of a cell in the grid's own pixels."""
        half = self._cell // 2
        return self._left + hour * self._cell + half, self._top + day * self._cell + half

    def _read(self) -> None:
        try:
            self._hours = hours_of(parse_schedule(self._variable.get()))
        except ValueError:
            return  # the sentence stands beside the field; the grid shows what was right last
        self._draw()

    def _draw(self) -> None:
        area, palette = self.grid_area, self._look.palette
        area.delete("all")
        for hour in range(0, 24, _EVERY_SIX):
            area.create_text(
                self._left + hour * self._cell,
                0,
                text=f"{hour:02d}:00",
                anchor="nw",
                fill=palette.muted,
            )
        for day in range(len(DAYS)):
            middle = self.cell_at(day, 0)[1]
            area.create_text(
                0, middle, text=cldr.weekday(day, short=True), anchor="w", fill=palette.text
            )
            for hour in range(24):
                self._draw_cell(day, hour)

    def _draw_cell(self, day: int, hour: int) -> None:
        palette = self._look.palette
        chosen = (day, hour) in self._hours
        left, top = self._left + hour * self._cell, self._top + day * self._cell
        here = (day, hour) == self._cursor and self.focus_get() is self.grid_area
        self.grid_area.create_rectangle(
            left,
            top,
            left + self._cell - 1,
            top + self._cell - 1,
            fill=palette.accent if chosen else palette.surface,
            outline=palette.text if here else palette.border,
            width=2 if here else 1,
        )

    def _at(self, event: tk.Event[tk.Canvas]) -> Optional[Tuple[int, int]]:
        day, hour = (event.y - self._top) // self._cell, (event.x - self._left) // self._cell
        return (day, hour) if 0 <= day < len(DAYS) and 0 <= hour < 24 else None

    def _pressed(self, event: tk.Event[tk.Canvas]) -> None:
        self.grid_area.focus_set()
        at = self._at(event)
        self._painting = None if at is None else at not in self._hours
        if at is not None:
            self._cursor = at
            self._toggle(at)

    def _dragged(self, event: tk.Event[tk.Canvas]) -> None:
        at = self._at(event)
        if at is not None and self._painting is not None and (at in self._hours) != self._painting:
            self._toggle(at)

    def _go(self, days: int, hours: int) -> str:
        day, hour = self._cursor
        self._cursor = (day + days) % len(DAYS), (hour + hours) % 24
        self._draw()
        return "break"

    def _toggle(self, cell: Tuple[int, int]) -> None:
        """Open or close an hour; the last one stays, since no hours at all would mean always."""
        hours = self._hours ^ {cell}
        if hours:
            self._variable.set(schedule_text(schedule_of(hours)))

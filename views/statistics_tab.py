"""The statistics: what the jobs have achieved, in total and day by day.

Charts and figures by machine, codec and template come with a later release.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, Literal, Sequence

from core.figures import duration_text, size_text
from core.statistics import DayStatistics
from views.scrolled import AutoScrollbar
from views.theme import Look

_TILES = ("Films completed", "Films failed", "Processed", "Saved", "Saved share", "Average time")
_COLUMNS = ("Day", "Completed", "Failed", "Processed", "Saved", "Saved share", "Average time")


def _figures(day: DayStatistics) -> Sequence[str]:
    """The six figures of a day or of a sum of days, as text."""
    return (
        f"{day.jobs_completed:,}",
        f"{day.jobs_failed:,}",
        size_text(day.total_size_processed),
        size_text(day.total_size_saved),
        f"{day.saved_share:.0%}" if day.jobs_completed else "–",
        duration_text(day.average_processing_time) if day.jobs_completed else "–",
    )


class StatisticsTab(ttk.Frame):
    """Shows what it is given; ``refresh`` asks for new figures, which come by ``show``."""

    def __init__(self, parent: tk.Misc, look: Look, refresh: Callable[[], None]) -> None:
        super().__init__(parent, padding=look.px(10))
        tiles = ttk.Frame(self)
        tiles.pack(fill="x")
        self.tiles: Dict[str, ttk.Label] = {}
        for number, title in enumerate(_TILES):
            tiles.columnconfigure(number, weight=1, uniform="tile")
            tile = ttk.Frame(tiles, style="Card.TFrame", padding=look.px(10))
            tile.grid(
                row=0, column=number, sticky="nsew", padx=(0 if number == 0 else look.px(8), 0)
            )
            ttk.Label(tile, text=title, style="Muted.Card.TLabel").pack(anchor="w")
            self.tiles[title] = ttk.Label(tile, text="–", style="Figure.Card.TLabel")
            self.tiles[title].pack(anchor="w")
        bar = ttk.Frame(self)
        bar.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        ttk.Button(bar, text="Refresh", command=refresh).pack(side="left")
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True, pady=(look.px(10), 0))
        self.days = ttk.Treeview(body, columns=_COLUMNS, show="headings", selectmode="browse")
        for name in _COLUMNS:
            anchor: Literal["w", "e"] = "w" if name == "Day" else "e"
            self.days.heading(name, text=name, anchor=anchor)
            self.days.column(name, width=look.px(110), anchor=anchor)
        scrollbar = AutoScrollbar(body, orient="vertical", command=self.days.yview)
        self.days.configure(yscrollcommand=scrollbar.set)
        body.rowconfigure(0, weight=1)
        body.columnconfigure(0, weight=1)
        self.days.grid(row=0, column=0, sticky="nsew")
        scrollbar.grid(row=0, column=1, sticky="ns")

    def show(self, total: DayStatistics, days: Sequence[DayStatistics]) -> None:
        """Show the sums, and the days with the newest first."""
        for title, text in zip(_TILES, _figures(total)):
            self.tiles[title].configure(text=text)
        self.days.delete(*self.days.get_children())
        for day in reversed(days):
            self.days.insert("", "end", values=(day.date, *_figures(day)))

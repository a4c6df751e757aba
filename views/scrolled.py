"""Scrolling: a frame that scrolls when it is taller than its place, and a bar that hides otherwise."""

from __future__ import annotations

import sys
import tkinter as tk
from tkinter import ttk
from typing import Iterable, List, Optional, Tuple, Union


class AutoScrollbar(ttk.Scrollbar):
    """A scrollbar, placed by ``grid``, that is only there when there is something to scroll."""

    _there: Optional[bool] = None  # None: as it was placed

    def set(self, first: Union[float, str], last: Union[float, str]) -> None:
        """Show which part is seen."""
        wanted = float(first) > 0 or float(last) < 1
        if wanted is not self._there:
            self._there = wanted
            (self.grid if wanted else self.grid_remove)()
        super().set(first, last)


class ScrolledFrame(ttk.Frame):
    """Put widgets into ``inside``; it is as wide as the frame."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, width=10, height=10)
        scrollbar = AutoScrollbar(self, orient="vertical", command=self._canvas.yview)
        self._bar_width = scrollbar.winfo_reqwidth()
        self._canvas.configure(yscrollcommand=scrollbar.set)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        scrollbar.grid(row=0, column=1, sticky="ns")
        self.inside = ttk.Frame(self._canvas)
        self._wrapped: List[Tuple[ttk.Label, int]] = []
        self._window = self._canvas.create_window(0, 0, window=self.inside, anchor="nw")
        self.inside.bind("<Configure>", lambda _event: self._resized())
        self._canvas.bind("<Configure>", self._widened)
        wheel = ("<MouseWheel>",) if sys.platform == "win32" else ("<Button-4>", "<Button-5>")
        for sequence in wheel:
            self.bind_class(str(self), sequence, self._scrolled)

    def follow(self, widget: tk.Misc) -> None:
        """Let the wheel scroll over this widget and all in it, and the keyboard's focus be seen."""
        widget.bindtags((str(self), *widget.bindtags()))
        widget.bind("<FocusIn>", self._focused, add=True)
        for child in widget.winfo_children():
            self.follow(child)

    def wrap(self, labels: Iterable[ttk.Label], margin: int) -> None:
        """Keep these labels as wide as the frame, less ``margin`` pixels.

        Wrapping a label to its own width instead would let the layout chase itself for ever.
        """
        self._wrapped.extend((label, margin) for label in labels)

    def wrap_only(self, labels: Iterable[ttk.Label], margin: int) -> None:
        """The same for these labels instead of all that there were, which are gone."""
        self._wrapped = [(label, margin) for label in labels]
        for label, _margin in self._wrapped:
            label.configure(wraplength=max(1, self._canvas.winfo_width() - margin))

    def keep_room_for_bar(self) -> None:
        """Let nothing inside move when the scrollbar comes and goes."""
        self.columnconfigure(1, minsize=self._bar_width)

    def fix_height(self, height: int) -> None:
        """Be so many pixels high, whatever is inside."""
        if int(self._canvas.cget("height")) != height:
            self._canvas.configure(height=height)

    def to_top(self) -> None:
        """Show the beginning."""
        self._canvas.yview_moveto(0)

    def show(self, widget: tk.Misc) -> None:
        """Scroll so that this widget stands at the top, as far as there is something below it."""
        top = widget.winfo_rooty() - self.inside.winfo_rooty()
        self._canvas.yview_moveto(top / max(1, self.inside.winfo_height()))

    def _resized(self) -> None:
        self._canvas.configure(scrollregion=self._canvas.bbox("all"))

    def _widened(self, event: tk.Event[tk.Canvas]) -> None:
        self._canvas.itemconfigure(self._window, width=event.width)
        for label, margin in self._wrapped:
            label.configure(wraplength=max(1, event.width - margin))

    def _scrolled(self, event: tk.Event[tk.Misc]) -> str:
        if self.inside.winfo_height() > self._canvas.winfo_height():
            down = event.num == 5 or event.delta < 0
            self._canvas.yview_scroll(2 if down else -2, "units")
        return "break"

    def _focused(self, event: tk.Event[tk.Misc]) -> None:
        top = event.widget.winfo_rooty() - self.inside.winfo_rooty()
        bottom = top + event.widget.winfo_height()
        height = max(1, self.inside.winfo_height())
        first, last = (share * height for share in self._canvas.yview())
        if top < first:
            self._canvas.yview_moveto(top / height)
        elif bottom > last:
            self._canvas.yview_moveto((first + bottom - last) / height)

"""A field that searches a moment after the last letter."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Optional

_PAUSE = 250  # milliseconds after the last letter


class SearchEntry(ttk.Entry):
    """``text`` is what stands in it; ``searched`` is called when that has changed. Escape empties it."""

    def __init__(self, parent: tk.Misc, searched: Callable[[], None], *, width: int = 24) -> None:
        self.text = tk.StringVar(parent)
        super().__init__(parent, textvariable=self.text, width=width)
        self._searched = searched
        self._timer = ""
        self.text.trace_add("write", lambda *_names: self._search_soon())
        self.bind("<Escape>", self._escape)

    @property
    def wanted(self) -> str:
        """The text without blanks around it."""
        return self.text.get().strip()

    def take_keyboard(self, _event: object = None) -> str:
        """Put the keyboard into it, ready to be written over; fit for a binding."""
        self.focus_set()
        self.selection_range(0, "end")
        return "break"

    def search(self) -> None:
        """Search now, and not once more after the pause."""
        self._forget()
        self._searched()

    def destroy(self) -> None:
        """Search no more."""
        self._forget()
        super().destroy()

    def _escape(self, _event: object) -> Optional[str]:
        if not self.text.get():
            return None  # it is for the window then
        self.text.set("")
        return "break"

    def _search_soon(self) -> None:
        self._forget()
        self._timer = self.after(_PAUSE, self.search)

    def _forget(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""

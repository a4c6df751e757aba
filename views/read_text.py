"""Text to read and to copy from: wrapped, scrolled where it is long, never changed by the user."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Iterable, Tuple

from views.scrolled import AutoScrollbar
from views.theme import Look


class ReadText(ttk.Frame):
    """``height`` in lines of text; ``mono`` for command lines."""

    def __init__(self, parent: tk.Misc, look: Look, height: int, *, mono: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        font = "TkFixedFont" if mono else "TkTextFont"
        self.text = tk.Text(self, height=height, width=20, wrap="word", font=font, undo=False)
        self.text.configure(state="disabled")
        bar = AutoScrollbar(self, orient="vertical", command=self.text.yview)
        self.text.configure(yscrollcommand=bar.set)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.text.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        # A disabled text takes no focus by itself, and without it there is no copying.
        self.text.bind("<Button-1>", lambda _event: self.text.focus_set())
        self.recolor()

    def show(self, parts: Iterable[Tuple[str, str]]) -> None:
        """Show texts with their tags: ``heading``, ``muted``, or "" for plain text."""
        self.text.configure(state="normal")
        self.text.delete("1.0", "end")
        for text, tag in parts:
            self.text.insert("end", text, tag)
        self.text.configure(state="disabled")
        self.text.yview_moveto(0)

    @property
    def shown(self) -> str:
        """The text as it stands there."""
        return self.text.get("1.0", "end-1c")

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self._look.dress(self.text)
        self.text.tag_configure("heading", font="TkHeadingFont")
        self.text.tag_configure("muted", foreground=self._look.palette.muted)

"""What could not be done with some of many films, film by film, with the reason of each."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Sequence, Tuple

from views.metrics import EDGE
from views.shown import visible
from views.texts import _
from views.theme import Look


class RefusalsWindow(tk.Toplevel):
    """A window over its parent; ``refusals`` are names of films, each with a sentence."""

    def __init__(
        self, parent: tk.Misc, look: Look, title: str, refusals: Sequence[Tuple[str, str]]
    ) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(title)
        owner = parent.winfo_toplevel()
        self.transient(owner)
        body = ttk.Frame(self, padding=look.px(EDGE))
        body.pack(fill="both", expand=True)
        ttk.Label(body, text=title, style="Heading.TLabel").pack(anchor="w", pady=(0, look.px(8)))
        row = ttk.Frame(body)
        row.pack(side="bottom", fill="x", pady=(look.px(10), 0))
        close = ttk.Button(row, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="right")
        lines = [f"{visible(name)}\n{visible(why)}\n" for name, why in refusals]
        copy = ttk.Button(row, text=_("Copy"), command=lambda: self._copy("\n".join(lines)))
        copy.pack(side="left")
        self._make_list(body, refusals)
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Alt-c>", lambda _event: self.destroy())
        look.dress_all(self)
        wide, high = look.px(620), look.px(380)
        left = owner.winfo_rootx() + max(0, (owner.winfo_width() - wide) // 2)
        top = owner.winfo_rooty() + max(0, (owner.winfo_height() - high) // 3)
        self.geometry(f"{wide}x{high}+{left}+{top}")
        self.minsize(look.px(360), look.px(220))
        self.deiconify()
        close.focus_set()

    def _make_list(self, body: ttk.Frame, refusals: Sequence[Tuple[str, str]]) -> None:
        """The bar is always there: one that comes and goes can wrap wrapped text anew for ever."""
        self.list = tk.Text(body, height=12, width=20, wrap="word", font="TkTextFont", undo=False)
        bar = ttk.Scrollbar(body, orient="vertical", command=self.list.yview)
        self.list.configure(yscrollcommand=bar.set)
        bar.pack(side="right", fill="y")
        self.list.pack(fill="both", expand=True)
        self.list.tag_configure("heading", font="TkHeadingFont")
        for name, why in refusals:
            self.list.insert("end", f"{visible(name)}\n", "heading")
            self.list.insert("end", f"{visible(why)}\n\n")
        self.list.configure(state="disabled")
        self.list.bind("<Button-1>", lambda _event: self.list.focus_set())

    @property
    def shown(self) -> str:
        """The text as it stands there."""
        return self.list.get("1.0", "end-1c")

    def _copy(self, text: str) -> None:
        self.clipboard_clear()
        self.clipboard_append(text)

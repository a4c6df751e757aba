"""Pairs of folders that are the same on two machines, as a table that is changed row by row."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import List, Tuple

from core.settings.path_mappings import SEPARATOR, parse_mapping
from views.fitted_tree import FittedTree
from views.texts import _
from views.theme import Look


class MappingList(ttk.Frame):
    """Shows and changes ``variable``: pairs ``theirs=>ours`` with commas between them."""

    def __init__(self, parent: tk.Misc, look: Look, variable: tk.StringVar) -> None:
        super().__init__(parent)
        self._variable = variable
        gap = look.px(6)
        self.table = FittedTree(
            self, look, columns=("theirs", "ours"), show="headings", height=4, selectmode="browse"
        )
        for name, title in (("theirs", _("On the master")), ("ours", _("On this machine"))):
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.px(210))
        self.table.grid(row=0, column=0, columnspan=2, sticky="nsew")
        self.columnconfigure((0, 1), weight=1)
        self.remove_button = ttk.Button(self, text=_("Remove"), command=self.remove)
        self.remove_button.grid(row=0, column=2, sticky="n", padx=(gap, 0))
        self.theirs, self.ours = tk.StringVar(self), tk.StringVar(self)
        for column, value in enumerate((self.theirs, self.ours)):
            entry = ttk.Entry(self, textvariable=value, width=20)
            entry.grid(row=1, column=column, sticky="ew", pady=(gap, 0), padx=(column * gap, 0))
            entry.bind("<Return>", lambda _event: self.add())
            value.trace_add("write", lambda *_names: self._enable())
        self.add_button = ttk.Button(self, text=_("Add"), command=self.add)
        self.add_button.grid(row=1, column=2, sticky="ew", padx=(gap, 0), pady=(gap, 0))
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._enable())
        self.table.bind("<Delete>", lambda _event: self.remove())
        variable.trace_add("write", lambda *_names: self._show())
        self._show()

    @property
    def pairs(self) -> Tuple[str, ...]:
        """The pairs as they stand in the variable."""
        return tuple(pair.strip() for pair in self._variable.get().split(",") if pair.strip())

    def add(self) -> None:
        """Take what is typed as one more pair."""
        theirs, ours = self.theirs.get().strip(), self.ours.get().strip()
        if theirs and ours:
            self._set([*self.pairs, f"{theirs}{SEPARATOR}{ours}"])
            self.theirs.set("")
            self.ours.set("")

    def remove(self) -> None:
        """Take the chosen pair out."""
        chosen = {int(row) for row in self.table.selection()}
        if chosen:
            self._set([pair for number, pair in enumerate(self.pairs) if number not in chosen])

    def _set(self, pairs: List[str]) -> None:
        self._variable.set(", ".join(dict.fromkeys(pairs)))

    def _show(self) -> None:
        self.table.delete(*self.table.get_children())
        for number, pair in enumerate(self.pairs):
            try:
                values: Tuple[str, ...] = parse_mapping(pair)
            except ValueError:
                values = (pair, "")  # what is wrong with it stands below the field
            self.table.insert("", "end", iid=str(number), values=values)
        self._enable()

    def _enable(self) -> None:
        typed = self.theirs.get().strip() and self.ours.get().strip()
        for button, able in (
            (self.add_button, bool(typed)),
            (self.remove_button, bool(self.table.selection())),
        ):
            button.state(["!disabled" if able else "disabled"])

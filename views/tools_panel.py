"""The outside programs as they were found: where, which version, what they can do, what is wrong."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Sequence, Tuple

from core.tools import ToolOrigin
from views.fitted_tree import FittedTree
from views.texts import N_, _, sentence
from views.theme import Look

ORIGINS = {
    ToolOrigin.CONFIGURED: N_("set by you"),
    ToolOrigin.EMBEDDED: N_("comes with MediaProcessor"),
    ToolOrigin.PATH: N_("found in PATH"),
    ToolOrigin.USUAL_PLACE: N_("found in its usual folder"),
}
Row = Tuple[str, str, str, str, str]  # name, version, path, where found, what it can do or is wrong


class ToolsPanel(ttk.Frame):
    """``find_again`` searches for the programs again; the answer comes by ``show``.

    ``check`` opens the check of all encoders.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        find_again: Callable[[], None],
        check: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        columns = {
            "name": (_("Program"), 105),
            "version": (_("Version"), 150),
            "path": (_("Location"), 160),
            "origin": (_("Source"), 215),
        }
        self.table = FittedTree(
            self, look, columns=list(columns), show="headings", height=5, selectmode="browse"
        )
        for name, (title, width) in columns.items():
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.column(width, title), stretch=name == "path")
        self.table.pack(fill="x")
        self.details = ttk.Label(
            self, style="Muted.TLabel", justify="left", wraplength=look.px(560)
        )
        self.details.pack(anchor="w", fill="x", pady=(look.px(6), 0))
        row = ttk.Frame(self)
        row.pack(fill="x", pady=(look.px(6), 0))
        self.again_button = ttk.Button(row, text=_("Search again"), command=find_again)
        self.again_button.pack(side="left")
        self.check_button = ttk.Button(row, text=_("Check this machine…"), command=check)
        self.check_button.pack(side="left", padx=(look.px(6), 0))
        self._details: Sequence[str] = ()
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._show_details())

    def searching(self) -> None:
        """Say that the programs are being looked for."""
        self.again_button.state(["disabled"])
        self.details.configure(text=_("Searching for the programs…"), style="Muted.TLabel")

    def show(self, rows: Sequence[Row]) -> None:
        """Show what was found."""
        self.again_button.state(["!disabled"])
        self.table.delete(*self.table.get_children())
        self._details = [f"{row[2]}\n{row[4]}".strip() for row in rows]
        for number, row in enumerate(rows):
            self.table.insert("", "end", iid=str(number), values=row[:4])
        self.details.configure(
            text=_("Choose a program to see what it can do."), style="Muted.TLabel"
        )

    def tell(self, text: str) -> None:
        """Say why the programs could not be looked for."""
        self.again_button.state(["!disabled"])
        self.details.configure(text=sentence(text), style="Error.TLabel")

    def _show_details(self) -> None:
        for number in self.table.selection():
            self.details.configure(text=self._details[int(number)], style="Muted.TLabel")

"""The system status: every background thread and its last heartbeat."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Literal

from core.reporting.health import ThreadHealth
from core.text.formatting import duration_text
from views.fitted_tree import FittedTree
from views.metrics import EDGE
from views.part_names import part_text
from views.placement import belong
from views.shown import visible
from views.status_bar import Vitals
from views.texts import N_, _
from views.theme import Look

_COLUMNS = (
    ("part", N_("Part"), 220),
    ("state", N_("Status"), 130),
    ("age", N_("Last heartbeat"), 150),
    ("restarts", N_("Started again"), 80),
    ("message", N_("Action taken"), 260),
)

_RECENT = 5.0  # seconds


class HealthPage(tk.Toplevel):
    """A window beside the main one; ``show`` brings it up to date."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("System status"))
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(EDGE))
        body.pack(fill="both", expand=True)
        self.head = ttk.Label(body, style="Title.TLabel")
        self.head.pack(anchor="w", pady=(0, look.px(4)))
        said = ttk.Label(
            body,
            style="Muted.TLabel",
            justify="left",
            text=_(
                "The program watches its own parts. A part that stops responding is restarted "
                "automatically; films are never harmed by that."
            ),
        )
        said.pack(anchor="w", pady=(0, look.px(8)))
        close = ttk.Button(body, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="bottom", anchor="e", pady=(look.px(10), 0))
        names = [name for name, _title, _width in _COLUMNS]
        self.table = FittedTree(body, look, columns=names, show="headings", height=9)
        for name, title, width in _COLUMNS:
            anchor: Literal["e", "w"] = "e" if name in ("age", "restarts") else "w"
            self.table.heading(name, text=_(title), anchor=anchor)
            wide = look.column(width, _(title))
            self.table.column(name, width=wide, anchor=anchor, stretch=name == "message")
        self.table.tag_configure("late", foreground=look.palette.error)
        self.table.pack(fill="both", expand=True)
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent)
        self.deiconify()
        close.focus_set()

    def show(self, vitals: Vitals) -> None:
        """Show the current status of all threads."""
        late = vitals.late
        self.head.configure(
            text=_("A part is not responding.") if late else _("Everything is working.")
        )
        self.table.delete(*self.table.get_children())
        for part in vitals.health:
            self.table.insert(
                "", "end", values=self._row(part, vitals.now), tags=_tags(part, vitals)
            )

    @staticmethod
    def _row(part: ThreadHealth, now: float) -> tuple[str, ...]:
        state = _("not responding") if part.late(now) else _("running")
        seconds = part.age(now)
        age = (
            _("just now")
            if seconds < _RECENT
            else _("{time} ago").format(time=duration_text(seconds))
        )
        return part_text(part.name), state, age, str(part.restarts), visible(part.message)


def _tags(part: ThreadHealth, vitals: Vitals) -> tuple[str, ...]:
    return ("late",) if part.late(vitals.now) else ()

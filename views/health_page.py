"""The system status: every background thread and its last heartbeat."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Literal

from core.reporting.health import ThreadHealth
from core.text.formatting import duration_text, visible
from views.status_bar import Vitals
from views.texts import N_, _, sentence
from views.theme import Look

_COLUMNS = (
    ("part", N_("Part"), 220),
    ("state", N_("Status"), 130),
    ("age", N_("Last heartbeat"), 150),
    ("restarts", N_("Restarts"), 80),
    ("message", N_("Action taken"), 260),
)


class HealthPage(tk.Toplevel):
    """A window beside the main one; ``show`` brings it up to date."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("System status"))
        self.transient(parent.winfo_toplevel())
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(12))
        body.pack(fill="both", expand=True)
        self.head = ttk.Label(body, style="Title.TLabel")
        self.head.pack(anchor="w", pady=(0, look.px(8)))
        close = ttk.Button(body, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="bottom", anchor="e", pady=(look.px(10), 0))
        names = [name for name, _title, _width in _COLUMNS]
        self.table = ttk.Treeview(body, columns=names, show="headings", height=9)
        for name, title, width in _COLUMNS:
            anchor: Literal["e", "w"] = "e" if name in ("age", "restarts") else "w"
            self.table.heading(name, text=_(title), anchor=anchor)
            wide = look.column(width, _(title))
            self.table.column(name, width=wide, anchor=anchor, stretch=name == "message")
        self.table.tag_configure("late", foreground=look.palette.error)
        self.table.pack(fill="both", expand=True)
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Alt-c>", lambda _event: self.destroy())
        self.deiconify()
        close.focus_set()

    def show(self, vitals: Vitals) -> None:
        """Show the current status of all threads."""
        late = vitals.late
        self.head.configure(
            text=_("A part is not responding.") if late else _("All parts are running.")
        )
        self.table.delete(*self.table.get_children())
        for part in vitals.health:
            self.table.insert(
                "", "end", values=self._row(part, vitals.now), tags=_tags(part, vitals)
            )

    @staticmethod
    def _row(part: ThreadHealth, now: float) -> tuple[str, ...]:
        state = _("not responding") if part.late(now) else _("running")
        age = _("{time} ago").format(time=duration_text(part.age(now)))
        return visible(part.name), state, age, str(part.restarts), visible(sentence(part.message))


def _tags(part: ThreadHealth, vitals: Vitals) -> tuple[str, ...]:
    return ("late",) if part.late(vitals.now) else ()

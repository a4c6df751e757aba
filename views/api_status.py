"""The API status dashboard: what every key and instance was used for, and how it fares."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, Optional, Sequence, Tuple

from core.settings.services import ApiStatus
from views.fitted_tree import FittedTree
from views.metrics import EDGE
from views.numbers import moment_text
from views.scrolled import AutoScrollbar
from views.secret_field import ServiceSentence
from views.shown import visible
from views.texts import N_, _
from views.theme import Look

# The specification's columns: name, title, width in pixels of a 96 dpi screen.
_COLUMNS = (
    ("service", N_("Service"), 80),
    ("name", N_("Name"), 150),
    ("status", N_("Status"), 110),
    ("usage", N_("Usage"), 90),
    ("last_used", N_("Last Used"), 160),
    ("errors", N_("Errors"), 100),
)
# What ``metadata.keys`` may call a status.
STATUSES = (N_("Active"), N_("Inactive"), N_("Limit reached"), N_("Errors"), N_("Waiting"))
_NOTHING = N_("Nothing is set up yet: enter an OMDb key, or add a Sonarr or Radarr server.")
_HINT = N_("Usage covers the last 24 hours. Select a row to read its last error.")


class ApiStatusPage(ttk.Frame):
    """Shows what it is given; ``refresh`` asks for the lines of now, which come by ``show``."""

    def __init__(self, parent: tk.Misc, look: Look, refresh: Callable[[], None]) -> None:
        super().__init__(parent, padding=(0, look.px(EDGE), 0, 0))
        self._refresh = refresh
        self._look = look
        self._errors: Dict[str, str] = {}
        self.setup_api_status_ui()

    def setup_api_status_ui(self) -> None:
        """Build the table and what stands around it."""
        look = self._look
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        line = ttk.Frame(self)
        line.grid(row=0, column=0, sticky="ew", pady=(0, look.px(6)))
        ttk.Label(line, text=_("API Status Dashboard"), style="Title.TLabel").pack(side="left")
        self.refresh_button = ttk.Button(
            line, text=_("Refresh Status"), command=self.refresh_api_status
        )
        self.refresh_button.pack(side="right")
        body = ttk.Frame(self)
        body.grid(row=1, column=0, sticky="nsew")
        body.columnconfigure(0, weight=1)
        body.rowconfigure(0, weight=1)
        self.tree = FittedTree(
            body,
            look,
            columns=[name for name, _, _ in _COLUMNS],
            show="headings",
            selectmode="browse",
        )
        for name, title, width in _COLUMNS:
            self.tree.heading(name, text=_(title), anchor="w")
            self.tree.column(
                name, width=look.column(width, _(title)), anchor="w", stretch=name != "service"
            )
        scrollbar = AutoScrollbar(body, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=scrollbar.set)
        self.tree.grid(row=0, column=0, sticky="nsew")
        scrollbar.grid(row=0, column=1, sticky="ns")
        self.note = ServiceSentence(self, look, "Muted.TLabel")
        self.note.grid(row=2, column=0, sticky="ew", pady=(look.px(6), 0))
        self.note.say(_(_NOTHING))
        self.tree.bind("<<TreeviewSelect>>", lambda _event: self._show_error())
        self.tree.bind("<<ThemeChanged>>", lambda _event: self._color(), add=True)
        self._color()

    def refresh_api_status(self) -> None:
        """Ask for the lines of now."""
        self._refresh()

    def show(self, statuses: Sequence[ApiStatus]) -> None:
        """Show these lines; the one that was selected stays so."""
        selected = self._selected()
        self.tree.delete(*self.tree.get_children())
        self._errors.clear()
        for status in statuses:
            cells = _cells(status)
            row = self.tree.insert("", "end", values=cells, tags=(_tag(status.status),))
            if status.last_error:
                self._errors[row] = f"{cells[0]} {cells[1]}: {visible(status.last_error)}"
            if cells[:2] == selected:
                self.tree.selection_set(row)
        self._show_error()

    def _selected(self) -> Optional[Tuple[str, ...]]:
        chosen = self.tree.selection()
        return tuple(map(str, self.tree.item(chosen[0], "values")[:2])) if chosen else None

    def _show_error(self) -> None:
        chosen = self.tree.selection()
        if not self.tree.get_children():
            self.note.say(_(_NOTHING), "Muted.TLabel")
        elif not chosen:
            self.note.say(_(_HINT), "Muted.TLabel")
        else:
            error = self._errors.get(chosen[0], "")
            self.note.say(error or _("No errors since the last success."), "TLabel")

    def _color(self) -> None:
        colors = self._look.palette
        for tag, color in (
            ("good", colors.success),
            ("resting", colors.warning),
            ("bad", colors.error),
        ):
            self.tree.tag_configure(tag, foreground=color)


def _tag(status: str) -> str:
    return {"Active": "good", "Inactive": "bad"}.get(status, "resting")


def _cells(status: ApiStatus) -> Tuple[str, ...]:
    """A line's texts; the cool-down's says until when, as the specification has it."""
    if status.status == "Waiting":
        return (
            status.service,
            status.name,
            _(status.status),
            "",
            status.last_error,
            _("Rate Limited"),
        )
    used = _("Never")
    if status.last_used is not None:
        used = moment_text(status.last_used, seconds=True)
    name = visible(status.name)
    return (status.service, name, _(status.status), status.usage, used, str(status.errors))

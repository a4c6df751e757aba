"""The machines that this one was paired with: where they are, what they can do, whether they are there."""

from __future__ import annotations

import time
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, Optional

from core.protocol.machines import ClusterOverview, Machine, MachineState
from core.settings.choices import NetworkMode
from views.fitted_tree import FittedTree
from views.machine_texts import details_text, seen_text, state_text
from views.shown import visible
from views.texts import _
from views.theme import Look


@dataclass(frozen=True)
class KnownCalls:
    """What the table asks for."""

    revoke: Callable[[Machine], None]
    forget: Callable[[Machine], None]
    machines: Callable[[], None]  # open the view of what all of them do


class KnownMachines(ttk.Frame):
    """``show`` brings it up to date; the chosen row stays chosen."""

    def __init__(self, parent: tk.Misc, look: Look, calls: KnownCalls) -> None:
        super().__init__(parent)
        self._calls = calls
        self._cluster = ClusterOverview(NetworkMode.STANDALONE, "")
        gap = look.px(6)
        ttk.Label(self, text=_("Known machines"), style="Heading.TLabel").pack(anchor="w")
        columns = {
            "name": (_("Machine"), 130),
            "state": (_("Status"), 220),
            "address": (_("Address"), 130),
            "version": (_("Version"), 70),
            "seen": (_("Last seen"), 100),
        }
        self.table = FittedTree(
            self, look, columns=list(columns), show="headings", height=5, selectmode="browse"
        )
        for name, (title, width) in columns.items():
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.column(width, title), stretch=name == "name")
        self.table.pack(fill="x", pady=(gap, 0))
        self.note = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(560))
        self.note.pack(anchor="w", fill="x")
        line = ttk.Frame(self)
        line.pack(anchor="w", pady=(gap, 0))
        self.revoke_button = ttk.Button(line, text=_("Remove…"), command=self._revoke)
        self.forget_button = ttk.Button(line, text=_("Forget…"), command=self._forget)
        self.machines_button = ttk.Button(
            line, text=_("What they are doing…"), command=calls.machines
        )
        for button in (self.revoke_button, self.forget_button, self.machines_button):
            button.pack(side="left", padx=(0, gap))
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._show_chosen())
        self.table.bind("<Delete>", lambda _event: self._revoke())
        self._show_chosen()

    @property
    def chosen(self) -> Optional[Machine]:
        """The machine of the chosen row."""
        for row in self.table.selection():
            return next((machine for machine in self._cluster.machines if machine.id == row), None)
        return None

    def show(self, cluster: ClusterOverview) -> None:
        """Show the machines as they are now."""
        self._cluster = cluster
        now = time.time()
        known = [machine for machine in cluster.machines if machine.state is not MachineState.HERE]
        for machine in known:
            values = (
                visible(machine.name),
                state_text(machine),
                machine.address,
                visible(machine.version),
                seen_text(machine, now),
            )
            if not self.table.exists(machine.id):
                self.table.insert("", "end", iid=machine.id)
            self.table.item(machine.id, values=values)
        ids = {machine.id for machine in known}
        self.table.delete(*(row for row in self.table.get_children() if row not in ids))
        self._show_chosen()

    def tell(self, text: str) -> None:
        """Say what went wrong."""
        self.note.configure(text=visible(text), style="Error.TLabel")

    def _show_chosen(self) -> None:
        chosen, mode = self.chosen, self._cluster.mode
        may = chosen is not None and mode is not NetworkMode.SLAVE
        revoked = chosen is not None and chosen.state is MachineState.REVOKED
        self.revoke_button.state(["!disabled" if may and not revoked else "disabled"])
        self.forget_button.state(["!disabled" if chosen is not None else "disabled"])
        text = details_text(chosen) if chosen else ""
        if not self.table.get_children():
            text = _("No other machine is known yet.")
        self.note.configure(
            text=text, style="Warning.TLabel" if chosen and chosen.held else "Muted.TLabel"
        )

    def _revoke(self) -> None:
        if self.chosen is not None and not self.revoke_button.instate(["disabled"]):
            self._calls.revoke(self.chosen)

    def _forget(self) -> None:
        if self.chosen is not None:
            self._calls.forget(self.chosen)

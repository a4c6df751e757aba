"""All machines that work together: what each does, and, on a master, what it is told to do."""

from __future__ import annotations

import time
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Tuple

from core.protocol.machines import ClusterOverview, Machine, MachineState
from core.protocol.node_commands import NodeCommand
from core.protocol.system_status import WorkStatus
from core.settings.choices import NetworkMode
from views.bars import Bars
from views.empty_state import EmptyState
from views.fitted_tree import FittedTree
from views.machine_texts import (
    details_text,
    free_text,
    job_name,
    job_speed,
    job_text,
    mode_text,
    seen_text,
    slots_text,
    speed_text,
    state_text,
)
from views.metrics import EDGE
from views.placement import belong
from views.scrolled import AutoScrollbar
from views.shown import visible
from views.signs import of_machine
from views.texts import N_, _
from views.theme import Look

_COLUMNS = (
    ("state", N_("Status"), 230),
    ("speed", N_("Speed"), 160),
    ("slots", N_("Films"), 84),
    ("free", N_("Free space"), 105),
    ("seen", N_("Last seen"), 110),
)
# Two lines of buttons: about a machine's films, and about the machine.
_BUTTONS = tuple(
    tuple(
        command
        for command in NodeCommand
        if command.button and command.is_about_films is about_films
    )
    for about_films in (True, False)
)


@dataclass(frozen=True)
class MachineCalls:
    """What the window asks for: a command for a machine, and a film where it is about one."""

    command: Callable[[Machine, NodeCommand, Optional[WorkStatus]], None]
    settings: Callable[[], None]
    now: Callable[[], float] = time.time


class MachinesWindow(tk.Toplevel):
    """``show`` brings it up to date; what is chosen and folded stays."""

    def __init__(self, parent: tk.Misc, look: Look, calls: MachineCalls) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Machines"))
        self._look = look
        self._calls = calls
        self._cluster = ClusterOverview(NetworkMode.STANDALONE, "")
        self._rows: Dict[str, Tuple[Machine, Optional[WorkStatus]]] = {}
        self._bars = Bars(self, look)
        look.dress(self)
        gap = look.px(6)
        body = ttk.Frame(self, padding=look.px(EDGE))
        body.pack(fill="both", expand=True)
        self.head = ttk.Label(body, style="Title.TLabel")
        self.head.pack(anchor="w")
        self.told = ttk.Label(body, style="Muted.TLabel", justify="left")
        self.told.pack(fill="x", pady=(0, gap))
        self._make_foot(body)
        self.note = ttk.Label(body, justify="left")
        self.note.pack(side="bottom", fill="x", pady=(gap, 0))
        self._make_table(body)
        for label in (self.told, self.note):
            label.bind("<Configure>", _wrap)
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent, (look.px(1020), look.px(480)))
        self.deiconify()
        self.table.focus_set()

    def _make_foot(self, body: ttk.Frame) -> None:
        gap = self._look.px(6)
        foot = ttk.Frame(body)
        foot.pack(side="bottom", fill="x", pady=(self._look.px(10), 0))
        close = ttk.Button(foot, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="right")
        ttk.Button(foot, text=_("Network settings…"), command=self._calls.settings).pack(
            side="right", padx=gap
        )
        lines = (ttk.Frame(body), ttk.Frame(foot))
        lines[0].pack(side="bottom", fill="x", pady=(gap, 0))
        lines[1].pack(side="left")
        self.buttons: Dict[NodeCommand, ttk.Button] = {}
        for line, commands in zip(lines, _BUTTONS):
            for command in commands:
                button = ttk.Button(line, text=_(command.button), command=self._asker(command))
                button.pack(side="left", padx=(0, gap))
                self.buttons[command] = button

    def _make_table(self, body: ttk.Frame) -> None:
        look = self._look
        place = ttk.Frame(body)
        place.pack(fill="both", expand=True)
        place.rowconfigure(0, weight=1)
        place.columnconfigure(0, weight=1)
        names = [name for name, _title, _width in _COLUMNS]
        self.table = FittedTree(place, look, columns=names, selectmode="browse", height=8)
        self.table.heading("#0", text=_("Machines and films"), anchor="w")
        self.table.column("#0", width=look.px(280), minwidth=look.px(160), stretch=True)
        for name, title, width in _COLUMNS:
            self.table.heading(name, text=_(title), anchor="w")
            least = look.column(width, _(title))
            self.table.column(name, width=least, minwidth=look.px(60), stretch=False)
        bar = AutoScrollbar(place, orient="vertical", command=self.table.yview)
        wide = AutoScrollbar(place, orient="horizontal", command=self.table.xview)
        self.table.configure(yscrollcommand=bar.set, xscrollcommand=wide.set)
        self.table.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        wide.grid(row=1, column=0, sticky="ew")
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._show_chosen())
        self.alone = EmptyState(
            self.table,
            look,
            _("No other machine shares the work yet."),
            ((_("Network settings…"), self._calls.settings),),
        )
        self.recolor()

    @property
    def chosen(self) -> Tuple[Optional[Machine], Optional[WorkStatus]]:
        """The chosen machine, and its film where one is chosen."""
        for row in self.table.selection():
            return self._rows.get(row, (None, None))
        return None, None

    def show(self, cluster: ClusterOverview) -> None:
        """Show how all machines are now."""
        self._cluster = cluster
        self.head.configure(text=mode_text(cluster))
        told = [cluster.sentence, *cluster.problems]
        if cluster.mode is NetworkMode.SLAVE:
            told.append(
                _("The master decides what is done. From here you control only this machine.")
            )
        self.told.configure(text="\n".join(visible(sentence) for sentence in told if sentence))
        self._rows = {}
        for machine in cluster.machines:
            self._show_machine(machine)
        for row in self._all_rows():
            if row not in self._rows:
                self.table.delete(row)
        self.alone.show(empty=len(cluster.machines) < 2)
        if not self.table.selection() and cluster.machines:
            self.table.selection_set(cluster.machines[0].id)
        self._show_chosen()

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self._bars.recolor()
        colors = self._look.palette
        self.table.tag_configure("away", foreground=colors.muted)
        self.table.tag_configure("held", foreground=colors.warning)

    def _all_rows(self) -> List[str]:
        machines = self.table.get_children()
        return [
            *machines,
            *(row for machine in machines for row in self.table.get_children(machine)),
        ]

    def _show_machine(self, machine: Machine) -> None:
        values = (
            state_text(machine),
            speed_text(machine),
            slots_text(machine),
            free_text(machine),
            seen_text(machine, self._calls.now()),
        )
        tag = "" if machine.there else "away"
        if machine.there and machine.held:
            tag = "held"
        self._put("", machine.id, f" {visible(machine.name)}", values, tag)
        self.table.item(machine.id, image=self._look.icons.image(*of_machine(machine)))
        self._rows[machine.id] = (machine, None)
        for job in machine.jobs:
            row = f"{machine.id}/{job.job_id}"
            values = (job_text(job), job_speed(job), "", "", "")
            self._put(machine.id, row, f" {job_name(job)}", values, "")
            if job.percent is not None:
                self.table.item(row, image=self._bars.image(job.percent))
            self._rows[row] = (machine, job)

    def _put(self, parent: str, row: str, text: str, values: Tuple[str, ...], tag: str) -> None:
        if not self.table.exists(row):
            self.table.insert(parent, "end", iid=row, open=True)
        self.table.item(row, text=text, values=values, tags=(tag,) if tag else ())

    def _show_chosen(self) -> None:
        machine, job = self.chosen
        self.note.configure(
            text=details_text(machine) if machine else "",
            style="Warning.TLabel" if machine and machine.held else "Muted.TLabel",
        )
        for command, button in self.buttons.items():
            able = machine is not None and self._may_command(machine)
            if command is NodeCommand.CANCEL_JOB:
                able = able and job is not None and self._cluster.mode is NetworkMode.MASTER
            button.state(["!disabled" if able else "disabled"])

    def _may_command(self, machine: Machine) -> bool:
        """A master tells all machines what to do, any other only itself."""
        if self._cluster.mode is NetworkMode.MASTER:
            return machine.there
        return machine.state is MachineState.HERE and self._cluster.mode is NetworkMode.SLAVE

    def _asker(self, command: NodeCommand) -> Callable[[], None]:
        def ask() -> None:
            machine, job = self.chosen
            if machine is not None:
                self._calls.command(machine, command, job)

        return ask


def _wrap(event: tk.Event[ttk.Label]) -> None:
    """Wrap a label to its own width, which its frame gives it and not its text."""
    event.widget.configure(wraplength=max(1, event.width))

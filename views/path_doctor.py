"""The path doctor: under which path each machine sees the master's watched folders."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Optional, Protocol, Sequence

from core.protocol.machines import FolderFinding
from views.fitted_tree import FittedTree
from views.numbers import size_text
from views.shown import visible
from views.texts import _
from views.theme import Look


class PathDoctorActions(Protocol):
    """What a user can do about the folders of other machines, in Tk's thread."""

    def examine_folders(self) -> None:
        """Ask all machines under which path they see the watched folders; the answer goes to ``show``."""

    def use_proposal(self, finding: FolderFinding) -> None:
        """Add the suggested mapping to the machine's settings."""


class PathDoctor(ttk.Frame):
    """Which machine sees which watched folder under which path."""

    def __init__(self, parent: tk.Misc, look: Look, actions: PathDoctorActions) -> None:
        super().__init__(parent)
        self._actions = actions
        self._findings: Sequence[FolderFinding] = ()
        gap = look.px(6)
        ttk.Label(self, text=_("Check folder mapping"), style="Heading.TLabel").pack(anchor="w")
        self.told = ttk.Label(
            self,
            text=_(
                "Finds the path under which each machine sees the watched folders. Films that a "
                "machine cannot see are sent over the network."
            ),
            style="Muted.TLabel",
            justify="left",
            wraplength=look.px(560),
        )
        self.told.pack(anchor="w", fill="x")
        columns = {
            "folder": (_("Folder of the master"), 160),
            "machine": (_("Machine"), 100),
            "seen": (_("Path there"), 160),
            "write": (_("Write access"), 90),
            "free": (_("Free space"), 100),
        }
        self.table = FittedTree(
            self, look, columns=list(columns), show="headings", height=4, selectmode="browse"
        )
        for name, (title, width) in columns.items():
            self.table.heading(name, text=title, anchor="w")
            wide = look.column(width, title)
            self.table.column(name, width=wide, stretch=name in ("folder", "seen"))
        self.table.pack(fill="x", pady=(gap, 0))
        self.note = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(560))
        self.note.pack(anchor="w", fill="x")
        line = ttk.Frame(self)
        line.pack(anchor="w", pady=(gap, 0))
        self.examine_button = ttk.Button(line, text=_("Check the folders"), command=self._ask)
        self.examine_button.pack(side="left")
        self.use_button = ttk.Button(line, text=_("Use the suggestion"), command=self._take)
        self.use_button.pack(side="left", padx=gap)
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._show_chosen())
        self._show_chosen()

    @property
    def chosen(self) -> Optional[FolderFinding]:
        """The finding of the chosen row."""
        for row in self.table.selection():
            return self._findings[int(row)]
        return None

    def show(self, findings: Sequence[FolderFinding]) -> None:
        """Show what was found out."""
        self._findings = findings
        self.examine_button.state(["!disabled"])
        self.table.delete(*self.table.get_children())
        for number, finding in enumerate(findings):
            values = (
                visible(finding.folder),
                visible(finding.machine),
                visible(finding.seen_as) if finding.seen_as else _("not visible"),
                "" if not finding.seen_as else _("yes") if finding.writable else _("no"),
                size_text(finding.free_space) if finding.free_space is not None else "",
            )
            self.table.insert("", "end", iid=str(number), values=values)
        first = next((n for n, finding in enumerate(findings) if finding.proposal), 0)
        if findings:
            self.table.selection_set(str(first))
        self._show_chosen()
        if not findings:
            self.tell(_("There are no watched folders, or no other machine is connected."))

    def tell(self, text: str, style: str = "Muted.TLabel") -> None:
        """Show the outcome of the last action."""
        self.examine_button.state(["!disabled"])
        self.note.configure(text=visible(text), style=style)

    def _ask(self) -> None:
        self.examine_button.state(["disabled"])
        self.note.configure(text=_("Asking all machines…"), style="Muted.TLabel")
        self._actions.examine_folders()

    def _take(self) -> None:
        chosen = self.chosen
        if chosen is not None and chosen.proposal:
            self._actions.use_proposal(chosen)

    def _show_chosen(self) -> None:
        chosen = self.chosen
        self.use_button.state(["!disabled" if chosen and chosen.proposal else "disabled"])
        if chosen is not None:
            self.note.configure(text=visible(finding_text(chosen)), style="Muted.TLabel")


def finding_text(finding: FolderFinding) -> str:
    """What a finding means, in a sentence or two."""
    if finding.problem:
        return visible(finding.problem)
    if not finding.seen_as:
        text = _(
            "{machine} cannot see this folder. Films are sent there and back over the network."
        )
        return text.format(machine=finding.machine)
    told = [_("{machine} sees it as {path}.").format(machine=finding.machine, path=finding.seen_as)]
    if not finding.writable:
        told.append(_("No write access: results are sent over the network."))
    if finding.proposal:
        told.append(_("Suggested mapping: {pair}").format(pair=finding.proposal))
    return " ".join(told)

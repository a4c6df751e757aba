"""The watched folders: a table with what each is doing, and buttons to change it."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Optional, Protocol, Sequence, Tuple

from core.settings.ready_presets import READY, preset_like
from core.settings.watched_folder import RootState, WatchedFolder
from views.empty_state import EmptyState
from views.fitted_tree import FittedTree
from views.signs import of_folder
from views.texts import N_, _, ngettext, sentence
from views.theme import Look

Shown = Tuple[WatchedFolder, str, str]  # the folder, its state, the sentence about it

STATES = {
    RootState.STARTING: N_("starting"),
    RootState.SCANNING: N_("scanning"),
    RootState.WATCHING: N_("watching"),
    RootState.POLLING: N_("polling"),
    RootState.OFFLINE: N_("offline"),
    RootState.SWITCHED_OFF: N_("switched off"),
}


class FolderActions(Protocol):
    """What a user can do with watched folders, in Tk's thread."""

    def edit_folder(self, folder: Optional[WatchedFolder]) -> None:
        """Let the user change a folder; None: enter a new one."""

    def remove_folder(self, folder: WatchedFolder) -> None:
        """Stop watching a folder, if the user confirms it."""


class FoldersPage(ttk.Frame):
    """The watched folders and their states; the buttons ask ``actions``."""

    def __init__(self, parent: tk.Misc, look: Look, actions: FolderActions) -> None:
        super().__init__(parent)
        self._look = look
        self._actions = actions
        self._shown: Sequence[Shown] = ()
        gap = look.px(6)
        ttk.Label(self, text=_("Monitored folders"), style="Title.TLabel").pack(anchor="w")
        ttk.Label(
            self,
            text=_(
                "All films in these folders, and new ones, are added to the queue automatically."
            ),
            style="Muted.TLabel",
        ).pack(anchor="w", pady=(0, gap))
        line = ttk.Frame(self)
        line.pack(side="bottom", fill="x", pady=(gap, 0))
        self.add_button = ttk.Button(
            line, text=_("Add…"), command=lambda: actions.edit_folder(None)
        )
        self.edit_button = ttk.Button(line, text=_("Change…"), command=self._edit_chosen)
        self.remove_button = ttk.Button(line, text=_("Remove"), command=self._remove_chosen)
        for button in (self.add_button, self.edit_button, self.remove_button):
            button.pack(side="left", padx=(0, gap))
        self.note = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(560))
        self.note.pack(side="bottom", fill="x")
        self.table = FittedTree(
            self,
            look,
            columns=("path", "own", "state", "priority"),
            show="headings",
            selectmode="browse",
        )
        columns = (
            ("path", _("Folder"), 130),
            ("own", _("What becomes of its films"), 170),
            ("state", _("Status"), 120),
            ("priority", _("Priority"), 80),
        )
        for name, title, width in columns:
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=look.column(width, title), stretch=name == "path")
        self.table.keep_signs()
        self.table.pack(fill="both", expand=True)
        self.empty = EmptyState(
            self.table,
            look,
            _("No folder is watched yet. Add the folder that your films are in."),
            ((_("Add…"), lambda: actions.edit_folder(None)),),
        )
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._chosen_changed())
        self.table.bind("<Double-1>", lambda _event: self._edit_chosen())
        self.table.bind("<Return>", lambda _event: self._edit_chosen())
        self.table.bind("<Delete>", lambda _event: self._remove_chosen())
        self._chosen_changed()

    @property
    def chosen(self) -> Optional[Shown]:
        """The chosen row."""
        for row in self.table.selection():
            return next((folder for folder in self._shown if str(folder[0].id) == row), None)
        return None

    def show(self, folders: Sequence[Shown]) -> None:
        """Show the folders; the chosen one stays chosen."""
        if folders and list(folders) == list(self._shown):
            return
        before = self.table.selection()
        self._shown = folders
        self.table.delete(*self.table.get_children())
        for folder, state, _message in folders:
            values = (
                str(folder.path),
                own_in_words(folder),
                _(STATES[RootState(state)]) if state else "",
                folder.priority,
            )
            sign = of_folder(state)
            image: Any = self._look.icons.image(*sign) if sign else ""
            self.table.insert("", "end", iid=str(folder.id), values=values, image=image)
        self.empty.show(empty=not folders)
        self.table.selection_set([row for row in before if self.table.exists(row)])
        self._chosen_changed()

    def tell(self, text: str) -> None:
        """Say what went wrong."""
        self.note.configure(text=sentence(text), style="Error.TLabel")

    def _chosen_changed(self) -> None:
        chosen = self.chosen
        for button in (self.edit_button, self.remove_button):
            button.state(["!disabled" if chosen else "disabled"])
        self.note.configure(text=chosen[2] if chosen else "", style="Muted.TLabel")

    def _edit_chosen(self) -> None:
        if self.chosen is not None:
            self._actions.edit_folder(self.chosen[0])

    def _remove_chosen(self) -> None:
        if self.chosen is not None:
            self._actions.remove_folder(self.chosen[0])


def own_in_words(folder: WatchedFolder) -> str:
    """What a folder has of its own, in a few words."""
    own = dict(folder.own_settings)
    if not own:
        return _("as for all films")
    preset = preset_like(own, READY)
    if preset is not None and set(own) == set(preset.texts()):
        return sentence(preset.name)
    return ngettext("{number} setting of its own", "{number} settings of its own", len(own)).format(
        number=len(own)
    )

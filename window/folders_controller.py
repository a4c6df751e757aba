"""The page of the watched folders: reads and writes beside the event loop, and looks again while open."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Dict, Optional

from core.settings.watched_folder import WatchedFolder
from views.folder_dialog import FolderDialog
from views.folders_page import FoldersPage
from views.settings_pages import FILMS
from views.settings_tab import SettingsTab
from views.texts import N_, _
from window.services import WindowServices

_LOOK_AGAIN = 2000  # milliseconds
_REMOVE = 0
FOLDER_WORDS = (N_("watched folder, library, film collection, add, only new films, priority"),)


class FoldersController:
    """Makes the page when it is opened."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self.page: Optional[FoldersPage] = None
        self.dialog: Optional[FolderDialog] = None
        tab.add_page("folders", _("Monitored folders"), self._make, FILMS, FOLDER_WORDS)

    def _make(self, parent: tk.Misc) -> FoldersPage:
        self.page = FoldersPage(parent, self._services.look, self)
        self._read()
        self.page.after(_LOOK_AGAIN, self._look)
        return self.page

    def _look(self) -> None:
        """Read the folders again and again, as long as the page is on the screen."""
        page = self.page
        if page is not None and page.winfo_exists():
            if page.winfo_ismapped():
                self._read()
            page.after(_LOOK_AGAIN, self._look)

    def _read(self) -> None:
        if self.page is not None:
            self._services.commands.call(
                lambda: self._services.folders.all(), self.page.show, self._failed
            )

    def edit_folder(self, folder: Optional[WatchedFolder]) -> None:
        """Open the dialog of a folder, or of a new one."""
        if self.page is not None:
            self.dialog = FolderDialog(
                self.page,
                self._services.look,
                folder or WatchedFolder(Path()),
                self._save,
                self._services.dialogs.path,
            )

    def _save(self, folder: WatchedFolder) -> None:
        self._services.commands.call(lambda: self._store(folder), self._saved, self._refused)

    def _store(self, folder: WatchedFolder) -> Dict[str, str]:
        """Store a folder that is right; what is wrong comes back otherwise."""
        problems = self._services.folders.check(folder)
        if not problems:
            self._services.folders.store(folder)
        return problems

    def _saved(self, problems: Dict[str, str]) -> None:
        if self.dialog is not None and self.dialog.winfo_exists():
            if problems:
                self.dialog.show_problems(problems)
            else:
                self.dialog.destroy()
        self._read()

    def _refused(self, error: Exception) -> None:
        if self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.show_problems({"": str(error)})

    def remove_folder(self, folder: WatchedFolder) -> None:
        """Ask, then stop watching a folder."""
        answer = self._services.dialogs.choose(
            _("Stop watching a folder"),
            _("{path} will no longer be watched. Its films and jobs stay.").format(
                path=folder.path
            ),
            (_("Stop watching"), _("Keep watching")),
        )
        if answer == _REMOVE:
            self._services.commands.call(
                lambda: self._services.folders.remove(folder.id),
                lambda _done: self._read(),
                self._failed,
            )

    def _failed(self, error: Exception) -> None:
        if self.page is not None:
            self.page.tell(str(error))

"""The page of the watched folders: reads and writes beside the event loop, and looks again while open."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Callable, Dict, Optional, Sequence

from app.presets import PresetList
from core.errors import JobCancelled
from core.queue.outcome import sentence_of
from core.settings.presets import Preset
from core.settings.ready_presets import READY
from core.settings.watched_folder import PresentFilms, WatchedFolder
from views.folder_dialog import FolderCalls, FolderDialog
from views.folder_films import FolderFilms
from views.folders_page import FoldersPage
from views.settings_pages import FILMS
from views.settings_tab import SettingsTab
from views.shown import visible
from views.texts import N_, _
from window.services import WindowServices

_LOOK_AGAIN = 2000  # milliseconds
_PROGRESS_EVERY = 150  # milliseconds
_REMOVE = 0
Progress = Callable[[PresentFilms], None]
FOLDER_WORDS = (N_("watched folder, library, film collection, add, only new films, priority"),)


class FoldersController:
    """Makes the page when it is opened."""

    def __init__(self, tab: SettingsTab, services: WindowServices) -> None:
        self._services = services
        self.page: Optional[FoldersPage] = None
        self.dialog: Optional[FolderDialog] = None
        self._tab = tab
        self._stored: Callable[[], None] = self._read  # what follows when a folder was stored
        self._asked = 0  # what was asked for last; threads that do something older give up
        self._found: Optional[PresentFilms] = None  # how far the thread is
        self._shown: Optional[Callable[[FolderFilms, PresentFilms], None]] = None
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
        """Open the dialog of a folder, or of one that the user chooses first."""
        if self.page is not None:
            self._edit(folder, self.page, self._read)

    def watch_folder(self, over: tk.Misc, stored: Callable[[], None]) -> None:
        """Open the dialog of a folder that the user chooses, over a page that is not this one.

        ``stored`` is called in Tk's thread when the folder is watched.
        """
        self._edit(None, over, stored)

    def _edit(
        self, folder: Optional[WatchedFolder], over: tk.Misc, stored: Callable[[], None]
    ) -> None:
        if folder is None:
            chosen = self._services.dialogs.folder()
            if chosen is None:
                return
            folder = WatchedFolder(chosen)
        shown = folder
        program = self._services.program
        self._services.commands.call(
            lambda: PresetList(program.database, program.config).all(),
            lambda presets: self._open(shown, presets, over, stored),
            self._failed,
        )

    def _open(
        self,
        folder: WatchedFolder,
        presets: Sequence[Preset],
        over: tk.Misc,
        stored: Callable[[], None],
    ) -> None:
        services = self._services
        calls = FolderCalls(
            self._save,
            lambda kind: services.dialogs.over(self.dialog or over).path(kind),
            self._count,
            self._look_first,
        )
        self._stored = stored
        self.dialog = FolderDialog(
            over, services.look, folder, calls, services.config.describe(), (*READY, *presets)
        )
        self.dialog.bind("<Destroy>", self._destroyed, add=True)

    def _save(self, folder: WatchedFolder, only_new: bool) -> None:
        """Store a folder; noting what it holds may take long, and ends with the dialog."""
        progress = self._progress(lambda films, found: films.show_noted(found.films))
        thread = self._services.tests if only_new else self._services.commands
        thread.call(lambda: self._store(folder, only_new, progress), self._saved, self._refused)

    def _store(self, folder: WatchedFolder, only_new: bool, progress: Progress) -> Dict[str, str]:
        """Store a folder that is right; what is wrong comes back otherwise."""
        folders = self._services.folders
        problems = folders.check(folder)
        if not problems:
            folders.store(folder, only_new=only_new, progress=progress)
        return problems

    def _count(self, folder: WatchedFolder) -> None:
        """Count the films of a folder that is not watched yet."""

        def show(films: FolderFilms, found: PresentFilms) -> None:
            films.show_count(found.films, found.size, counting=True)

        progress = self._progress(show)
        number = self._asked

        def counted(found: PresentFilms) -> None:
            if number == self._asked and self._films is not None:
                self._shown = None
                self._films.show_count(found.films, found.size, counting=False)

        def failed(error: Exception) -> None:
            if number == self._asked and self._films is not None:
                self._shown = None
                self._films.show_unknown(sentence_of(error))

        self._services.tests.call(
            lambda: self._services.folders.count(folder, progress), counted, failed
        )

    @property
    def _films(self) -> Optional[FolderFilms]:
        """The part of the open dialog that shows how many films there are."""
        if self.dialog is None or not self.dialog.winfo_exists():
            return None
        return self.dialog.films

    def _progress(self, show: Callable[[FolderFilms, PresentFilms], None]) -> Progress:
        """Return what a thread tells its progress, shown by a timer while the dialog is open.

        Ends the work with the dialog, or when something else was asked for.
        """
        self._asked += 1
        number, dialog = self._asked, self.dialog
        self._found, self._shown = None, show

        def progressed(found: PresentFilms) -> None:
            if number != self._asked or dialog is not self.dialog:
                raise JobCancelled
            self._found = found

        self._show_later(number)
        return progressed

    def _show_progress(self, number: int) -> None:
        films, show = self._films, self._shown
        if number != self._asked or films is None or show is None:
            return
        if self._found is not None:
            show(films, self._found)
        self._show_later(number)

    def _show_later(self, number: int) -> None:
        self._tab.after(_PROGRESS_EVERY, lambda: self._show_progress(number))

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self.dialog:
            self.dialog = None
            self._asked += 1

    def _look_first(self, path: Path) -> None:
        """Show what would become of a folder's films; the dialog waits for the decision."""
        preview = self._services.window.open_tab("queue").preview
        preview.open()
        preview.window.add((path,))

    def _saved(self, problems: Dict[str, str]) -> None:
        self._shown = None
        if self.dialog is not None and self.dialog.winfo_exists():
            if problems:
                self.dialog.show_problems(problems)
            else:
                self.dialog.destroy()
        if not problems:
            self._stored()

    def _refused(self, error: Exception) -> None:
        if self.dialog is not None and self.dialog.winfo_exists():
            self.dialog.show_problems({"": sentence_of(error)})

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
            self.page.tell(visible(str(error)))
        else:
            self._services.window.failed(error)

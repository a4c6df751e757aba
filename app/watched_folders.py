"""The watched folders as the window shows and changes them: the list, and what each is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Sequence, Tuple

from core.errors import UsageError
from core.settings.watched_folder import PresentFilms, RootStatus, WatchedFolder
from core.text.sentence import Sentence
from monitor import FolderList, Monitor
from monitoring.present_films import PresentFilmsSink, count_present


class WatchedFolders:
    """Calls read the database and look at the disk: make them beside Tk's thread."""

    def __init__(self, folders: FolderList, monitor: Monitor) -> None:
        self._folders = folders
        self._monitor = monitor

    def all(self) -> Tuple[Tuple[WatchedFolder, str, str], ...]:
        """Every folder with its state and the sentence that belongs to it; both may be empty."""
        doing: Dict[int, RootStatus] = {
            status.folder.id: status for status in self._monitor.statuses()
        }
        shown = []
        for folder in self._folders.all():
            status = doing.get(folder.id)
            shown.append(
                (folder, status.state.value if status else "", status.message if status else "")
            )
        return tuple(shown)

    def check(self, folder: WatchedFolder) -> Dict[str, str]:
        """What is wrong with a folder that is to be stored, a sentence by field."""
        return self._folders.check(folder)

    def store(
        self,
        folder: WatchedFolder,
        *,
        only_new: bool = False,
        progress: PresentFilmsSink = lambda _found: None,
    ) -> None:
        """Add a folder without an id, or change the one of that id; raises UsageError.

        ``only_new`` leaves the films alone that a new folder holds now; ``progress`` learns how many of them
        were noted, and ends it by raising.
        """
        if folder.id:
            self._folders.change(folder)
        elif only_new:
            self._folders.add_for_new_films(folder, progress)
        else:
            self._folders.add(folder)
        self._monitor.reload()

    def count(self, folder: WatchedFolder, progress: PresentFilmsSink) -> PresentFilms:
        """Count the films that a folder would take now; raises UsageError where it cannot be read."""
        try:
            return count_present(folder, progress)
        except OSError as error:
            raise UsageError(
                Sentence(
                    "{path} cannot be read ({why}).",
                    path=str(folder.path),
                    why=error.strerror or "",
                )
            ) from error

    def watch(self, paths: Sequence[Path], *, only_new: bool = False) -> None:
        """Watch folders that are not watched yet; raises UsageError.

        ``only_new`` leaves the films alone that they hold now, and takes one folder after the other; else
        all or none are watched.
        """
        watched = {folder.path for folder in self._folders.all()}
        folders = [WatchedFolder(path) for path in paths if path not in watched]
        if only_new:
            for folder in folders:
                self._folders.add_for_new_films(folder)
        else:
            self._folders.add_all(folders)
        self._monitor.reload()

    def remove(self, folder_id: int) -> None:
        """Stop watching a folder; its films and jobs stay."""
        self._folders.remove(folder_id)
        self._monitor.reload()

"""The watched folders as the window shows and changes them: the list, and what each is doing."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, Sequence, Tuple

from core.settings.watched_folder import RootStatus, WatchedFolder
from monitor import FolderList, Monitor


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

    def store(self, folder: WatchedFolder) -> None:
        """Add a folder without an id, or change the one of that id; raises UsageError."""
        if folder.id:
            self._folders.change(folder)
        else:
            self._folders.add(folder)
        self._monitor.reload()

    def watch(self, paths: Sequence[Path]) -> None:
        """Watch folders that are not watched yet, all or none; raises UsageError."""
        watched = {folder.path for folder in self._folders.all()}
        self._folders.add_all([WatchedFolder(path) for path in paths if path not in watched])
        self._monitor.reload()

    def remove(self, folder_id: int) -> None:
        """Stop watching a folder; its films and jobs stay."""
        self._folders.remove(folder_id)
        self._monitor.reload()

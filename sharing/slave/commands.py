"""What a slave does for its master that is no work, and what it tells of its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence

import psutil

from core.errors import FileUnavailable, MediaProcessorError, PeerError
from core.protocol.node_commands import NodeCommand
from core.queue.job import NewJob
from core.settings.path_mappings import PathMapping, pure_path, with_mapping
from processing.filesystem import FileOperations
from sharing.master.reported_films import MOST
from sharing.path_doctor import look_for_marker
from store.slave_jobs import FoundFilm, SlaveJobStore
from store.verdicts import fingerprint

_LARGEST_LOG = 400_000  # characters that are sent
_SLOTS = {"gpu": "queue.gpu_jobs", "software": "queue.software_jobs", "remux": "queue.remux_jobs"}


class SlaveCommands:
    """``change_settings`` takes keys with texts (``Config.change``), ``log_tail`` gives the log's last lines.

    ``mappings`` are those of this moment, ``own_folders`` the folders that are watched here.
    """

    def __init__(
        self,
        store: SlaveJobStore,
        *,
        change_settings: Callable[[Mapping[str, str]], None],
        rescan: Callable[[], None],
        log_tail: Callable[[int], str],
        work_folder: Callable[[], Path],
        mappings: Callable[[], Sequence[PathMapping]],
        own_folders: Callable[[], Sequence[Path]],
        largest: Callable[[], int] = lambda: 0,
    ) -> None:
        self._store = store
        self._change_settings = change_settings
        self._rescan = rescan
        self._log_tail = log_tail
        self._work_folder = work_folder
        self._mappings = mappings
        self._own_folders = own_folders
        self._largest = largest

    def do(self, command: NodeCommand, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        """Do it and return the answer; raises MediaProcessorError."""
        if command is NodeCommand.SET_SLOTS:
            return self._set_slots(arguments)
        if command is NodeCommand.RESCAN:
            self._rescan()
            return {}
        if command is NodeCommand.SEND_LOG:
            lines = arguments.get("lines", 200)
            count = lines if isinstance(lines, int) and 0 < lines <= 10_000 else 200
            return {"log": self._log_tail(count)[-_LARGEST_LOG:]}
        if command is NodeCommand.ADD_MAPPING:
            return self._add_mapping(arguments)
        if command is NodeCommand.DOCTOR_PATHS:
            return look_for_marker(arguments, self._mappings(), self._own_folders())
        raise PeerError(f"{command.value} is not for this machine.")

    def _set_slots(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        wanted = {_SLOTS[name]: str(arguments[name]) for name in _SLOTS if name in arguments}
        if not wanted:
            raise PeerError("No slots were named.")
        self._change_settings(wanted)
        return {}

    def _add_mapping(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        """Know one more folder of the master's; each job still proves that a film is the same."""
        theirs, ours = (str(arguments.get(key, "")) for key in ("theirs", "ours"))
        try:
            text = with_mapping(map(str, self._mappings()), theirs, ours)
        except ValueError as error:
            raise PeerError(str(error)) from error
        self._change_settings({"network.path_mappings": text})
        return {}

    def how_it_is(self) -> Dict[str, Any]:
        """Return what is shown of this machine."""
        return {"load": min(1.0, psutil.cpu_percent() / 100), "free_space": self._free_space()}

    def room(self) -> Dict[str, int]:
        """Return how large a film may be now."""
        largest = self._largest()
        return {"largest": largest} if largest else {}

    def found(self) -> List[Dict[str, str]]:
        """Return films that the master does not know of yet, under its names for them."""
        return [
            {"path": self._theirs(one.path), "content": one.content}
            for one in self._store.unconfirmed(MOST)
        ]

    def report(self, films: Sequence[NewJob]) -> None:
        """Keep films that were found here, until the master knows of them."""
        found = []
        for film in films:
            try:
                found.append(FoundFilm(film.path, film.size or 0, fingerprint(film.path)))
            except FileUnavailable:
                continue  # it is gone again
        self._store.keep_found(found)

    def _theirs(self, path: Path) -> str:
        for one in sorted(self._mappings(), key=lambda one: -len(one.ours)):
            theirs = one.to_theirs(str(path))
            if theirs is not None:
                return theirs
        return str(pure_path(str(path)))

    def _free_space(self) -> int:
        folder = self._work_folder()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return FileOperations().free_space(folder)
        except (OSError, MediaProcessorError):
            return 0

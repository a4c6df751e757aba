"""What a slave does for its master that is no work, and what it tells of its machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence

import psutil

from core.errors import FileUnavailable, MediaProcessorError
from core.peer_errors import PeerError
from core.protocol.node_commands import NodeCommand
from core.queue.job import NewJob
from core.settings.path_mappings import pure_path, with_mapping
from core.text.sentence import Sentence
from processing.filesystem import FileOperations
from sharing.master.reported_films import MOST
from sharing.path_doctor import look_for_marker
from sharing.slave.ports import ControlledMachine
from store.slave_jobs import FoundFilm, SlaveJobStore
from store.verdicts import fingerprint

_LARGEST_LOG = 400_000  # characters that are sent
_SLOTS = {"gpu": "queue.gpu_jobs", "software": "queue.software_jobs", "remux": "queue.remux_jobs"}

Handler = Callable[[Mapping[str, Any]], Dict[str, Any]]  # arguments in, the answer out


class SlaveCommands:
    """Usable from every thread."""

    def __init__(self, store: SlaveJobStore, machine: ControlledMachine) -> None:
        self._store = store
        self._machine = machine
        self.handlers: Mapping[NodeCommand, Handler] = {
            NodeCommand.SET_SLOTS: self._set_slots,
            NodeCommand.RESCAN: self._rescan,
            NodeCommand.SEND_LOG: self._send_log,
            NodeCommand.ADD_MAPPING: self._add_mapping,
            NodeCommand.DOCTOR_PATHS: self._examine_paths,
        }

    def do(self, command: NodeCommand, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        """Do it and return the answer; raises MediaProcessorError."""
        handler = self.handlers.get(command)
        if handler is None:
            raise PeerError(Sentence("{command} is not for this machine.", command=command.value))
        return handler(arguments)

    def _rescan(self, _arguments: Mapping[str, Any]) -> Dict[str, Any]:
        self._machine.rescan()
        return {}

    def _send_log(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        lines = arguments.get("lines", 200)
        count = lines if isinstance(lines, int) and 0 < lines <= 10_000 else 200
        return {"log": self._machine.log_tail(count)[-_LARGEST_LOG:]}

    def _examine_paths(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        return look_for_marker(
            arguments, self._machine.path_mappings(), self._machine.watched_folders()
        )

    def _set_slots(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        wanted = {_SLOTS[name]: str(arguments[name]) for name in _SLOTS if name in arguments}
        if not wanted:
            raise PeerError(Sentence("No slots were named."))
        self._machine.change_settings(wanted)
        return {}

    def _add_mapping(self, arguments: Mapping[str, Any]) -> Dict[str, Any]:
        """Know one more folder of the master's; each job still proves that a film is the same."""
        theirs, ours = (str(arguments.get(key, "")) for key in ("theirs", "ours"))
        try:
            text = with_mapping(map(str, self._machine.path_mappings()), theirs, ours)
        except ValueError as error:
            raise PeerError(str(error)) from error
        self._machine.change_settings({"network.path_mappings": text})
        return {}

    def how_it_is(self) -> Dict[str, Any]:
        """Return what is shown of this machine."""
        free = free_space_below(self._machine.work_folder())
        return {"load": min(1.0, psutil.cpu_percent() / 100), "free_space": free}

    def room(self) -> Dict[str, int]:
        """Return how large a film may be now."""
        largest = self._machine.largest_film()
        return {"largest": largest} if largest else {}

    def found(self) -> List[Dict[str, str]]:
        """Return films that the master does not know of yet, under its names for them."""
        return [
            {"path": self._theirs(film.path), "content": film.content}
            for film in self._store.unconfirmed(MOST)
        ]

    def report(self, films: Sequence[NewJob]) -> None:
        """Keep films that were found here, until the master knows of them."""
        kept = []
        for film in films:
            try:
                kept.append(FoundFilm(film.path, film.size or 0, fingerprint(film.path)))
            except FileUnavailable:
                continue  # it is gone again
        self._store.keep_found(kept)

    def _theirs(self, path: Path) -> str:
        mappings = self._machine.path_mappings()
        for mapping in sorted(mappings, key=lambda mapping: -len(mapping.ours)):
            theirs = mapping.to_theirs(str(path))
            if theirs is not None:
                return theirs
        return str(pure_path(str(path)))


def free_space_below(folder: Path) -> int:
    """Return the bytes that are free where a folder is or will be made; 0 where that is not known."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return FileOperations().free_space(folder)
    except (OSError, MediaProcessorError):
        return 0

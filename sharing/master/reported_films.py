"""Films that slaves found in folders that they watch: looked at here, and queued where they are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Mapping, Tuple

from cluster.ports import Node
from core.errors import FileUnavailable, PeerError
from core.protocol.node_commands import NodeCommand
from core.protocol.peer_fields import PeerFields, shown
from core.queue.job import NewJob
from core.settings.path_mappings import is_plain
from sharing.master.queue_access import Inside
from store.verdicts import VerdictKind, VerdictStore, fingerprint

MOST = 20  # films that are told at once
_MOST = 10_000  # that a machine of an older version may name


class FoundFilms:
    """``send`` gives a node a command; raises PeerError where it is away."""

    def __init__(
        self, inside: Inside, send: Callable[[str, NodeCommand, Mapping[str, Any]], object]
    ) -> None:
        self._inside = inside
        self._send = send
        self._verdicts = VerdictStore(inside.database)

    def take(self, node: Node, status: Mapping[str, Any]) -> None:
        """Queue what is the same film here, and tell the node that its word has come.

        A film that cannot be seen here is told to the user, once for all that came together. Raises
        WrongField for what is no list of films.
        """
        known: List[str] = []
        unseen: List[str] = []
        films: List[NewJob] = []
        for path, content in _films(status):
            known.append(content)
            if not is_plain(path) or not _is_there(Path(path), content):
                unseen.append(path)
            elif not self._verdicts.among((content,), VerdictKind.RESULT):
                films.append(NewJob(Path(path), size=Path(path).stat().st_size))
        if films:
            ids = self._inside.jobs.add(films)
            for job_id in ids:
                self._inside.tell(job_id)
            with self._inside.changed:
                self._inside.changed.notify_all()
        if unseen:
            self._inside.notice(
                f"{node.name} found {len(unseen)} films that this machine does not see, such as "
                f"{shown(unseen[0])}. Say in its settings how its folders are called here."
            )
        try:
            self._send(node.instance_id, NodeCommand.FOUND_KNOWN, {"contents": known})
        except PeerError:
            return  # it tells them again


def _films(status: Mapping[str, Any]) -> Tuple[Tuple[str, str], ...]:
    """Read the paths and contents of all before anything is done about one of them."""
    told = PeerFields(status, "A machine's word on films that it has found")
    films = [
        PeerFields(film, "A film that a machine has found") for film in told.several("found", _MOST)
    ]
    return tuple((film.path("path"), film.text("content")) for film in films[:MOST])


def _is_there(path: Path, content: str) -> bool:
    """Whether the very same film lies here; what is no plain file is not even opened: a pipe never ends."""
    try:
        return path.is_file() and fingerprint(path) == content
    except (FileUnavailable, OSError, ValueError):
        return False

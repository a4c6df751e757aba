"""Films that slaves found in folders that they watch: looked at here, and queued where they are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Mapping, Tuple

from cluster.ports import Node
from core.errors import FileUnavailable
from core.peer_errors import PeerError
from core.protocol.node_commands import NodeCommand
from core.protocol.peer_fields import PeerFields, shown
from core.queue.job import NewJob
from core.settings.path_mappings import is_plain
from core.text.sentence import Sentence
from scheduling.shared_queue import SharedQueue
from sharing.master.ports import NodeCommander
from store.verdicts import VerdictKind, VerdictStore, fingerprint

MOST = 20  # films that are told at once
_MOST = 10_000  # that a machine of an older version may name


class ReportedFilms:
    """Used in threads that may wait, without the queue's lock."""

    def __init__(self, queue: SharedQueue, nodes: NodeCommander) -> None:
        self._queue = queue
        self._nodes = nodes
        self._verdicts = VerdictStore(queue.database)

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
            self._queue.submit(films)
        if unseen:
            self._queue.error(
                Sentence(
                    "{node} found {number} films that this machine does not see, such as {unseen}. Say in "
                    "its settings how its folders are called here.",
                    node=node.name,
                    number=len(unseen),
                    unseen=shown(unseen[0]),
                )
            )
        try:
            self._nodes.command(node.instance_id, NodeCommand.FOUND_KNOWN, {"contents": known})
        except PeerError:
            return  # it tells them again


def _films(status: Mapping[str, Any]) -> Tuple[Tuple[str, str], ...]:
    """Read the paths and contents of all before anything is done about one of them."""
    report = PeerFields(status, Sentence("A machine's word on films that it has found"))
    names = report.several("found", _MOST)
    films = [PeerFields(film, Sentence("A film that a machine has found")) for film in names]
    return tuple((film.path("path"), film.text("content")) for film in films[:MOST])


def _is_there(path: Path, content: str) -> bool:
    """Whether the very same film lies here; what is no plain file is not even opened: a pipe never ends."""
    try:
        return path.is_file() and fingerprint(path) == content
    except (FileUnavailable, OSError, ValueError):
        return False

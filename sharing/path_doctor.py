"""Finds out how a folder of the master's is called on its nodes: by a marker that each looks for."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Sequence, Tuple

import psutil

from core.peer_errors import PeerError
from core.protocol.node_commands import NodeCommand
from core.protocol.peer_fields import PeerFields, shown
from core.settings.path_mappings import (
    PathMapping,
    is_plain,
    parse_mapping,
    places,
    proposal,
    pure_path,
)
from core.system_errors import not_written
from core.text.sentence import Sentence
from processing.filesystem import FileOperations
from sharing.master.ports import NodeCommander

_PREFIX = ".mediaprocessor-path-"


@dataclass(frozen=True)
class PathFinding:
    """How one node sees a folder; ``seen`` is "" where it does not, ``proposal`` where nothing need change.

    ``free`` in bytes.
    """

    node_id: str
    seen: str = ""
    writable: bool = False
    renames: bool = False
    free: int = 0
    proposal: str = ""
    problem: str = ""


def examine(folder: Path, node_ids: Sequence[str], nodes: NodeCommander) -> Tuple[PathFinding, ...]:
    """Lay a marker into a folder, ask each node about it, and take it away again.

    Raises FolderNotWritable.
    """
    marker, content = f"{_PREFIX}{uuid.uuid4().hex}", uuid.uuid4().hex
    path = folder / marker
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise not_written(path, error) from error
    arguments = {"folder": str(folder), "marker": marker, "content": content}
    try:
        return tuple(_asked(node_id, nodes, arguments) for node_id in node_ids)
    finally:
        with suppress(OSError):
            path.unlink()


def _asked(node_id: str, nodes: NodeCommander, arguments: Mapping[str, Any]) -> PathFinding:
    try:
        answer = nodes.command(node_id, NodeCommand.DOCTOR_PATHS, arguments)
        return _finding(node_id, str(arguments["folder"]), answer)
    except PeerError as error:
        return PathFinding(node_id, problem=str(error))


def _finding(node_id: str, folder: str, answer: Mapping[str, Any]) -> PathFinding:
    """Read a node's answer; raises WrongField. Its proposal must be about the folder that was asked for."""
    reader = PeerFields(answer, Sentence("A machine's answer about a folder"))
    seen = reader.path("seen")
    if not seen:
        return PathFinding(node_id)
    proposed = reader.path("proposal")
    if proposed:
        try:
            mapping = PathMapping(*parse_mapping(proposed))
        except ValueError as error:
            raise reader.wrong("proposal") from error
        if mapping.to_ours(folder) is None or proposed != shown(proposed, len(proposed)):
            raise reader.wrong("proposal")
    return PathFinding(
        node_id,
        shown(seen),
        reader.flag("writable"),
        reader.flag("renames"),
        reader.whole("free"),
        proposed,
    )


def look_for_marker(
    arguments: Mapping[str, Any], mappings: Sequence[PathMapping], own_folders: Sequence[Path]
) -> Dict[str, Any]:
    """Say where this machine sees the master's folder, and what it may do there; raises PeerError."""
    folder, marker, content = (arguments.get(key) for key in ("folder", "marker", "content"))
    if not (isinstance(folder, str) and is_plain(folder) and isinstance(content, str)):
        raise PeerError(Sentence("The folder to look for is no full path."))
    if not (isinstance(marker, str) and marker.startswith(_PREFIX) and marker.isprintable()):
        raise PeerError(Sentence("The marker to look for has a name that it cannot have."))
    if "/" in marker or "\\" in marker:
        raise PeerError(Sentence("The marker to look for has a name that it cannot have."))
    for place in _places(folder, mappings, own_folders):
        if _holds(place, marker, content):
            proposed = proposal(folder, str(place))
            names = map(Path, places(folder, mappings))
            mapped = {name for name in names if name.is_absolute()}
            return {
                "seen": str(place),
                "proposal": "" if proposed is None or place in mapped else str(proposed),
                **_rights(place),
            }
    return {"seen": ""}


def _places(
    folder: str, mappings: Sequence[PathMapping], own_folders: Sequence[Path]
) -> Iterator[Path]:
    """Where the folder may be: as it is mapped, then below each watched folder, disk and share."""
    for name in places(folder, mappings):
        yield Path(name)
    parts = [part for part in pure_path(folder).parts if part not in ("/", "\\")]
    tails = [parts[first:] for first in range(1 if ":" in "".join(parts[:1]) else 0, len(parts))]
    for root in (*own_folders, *_disks()):
        yield root
        for tail in tails:
            yield root.joinpath(*tail)


def _disks() -> Iterator[Path]:
    for disk in psutil.disk_partitions(all=True):
        if not disk.mountpoint.startswith(("/proc", "/sys", "/dev", "/run/user")):
            yield Path(disk.mountpoint)


def _holds(place: Path, marker: str, content: str) -> bool:
    with suppress(OSError, ValueError), (place / marker).open(encoding="utf-8") as file:
        return file.read(len(content) + 1) == content
    return False


def _rights(place: Path) -> Dict[str, Any]:
    """Whether files can be written there and get another name, and what is free."""
    first, second = (place / f"{_PREFIX}{uuid.uuid4().hex}" for _ in range(2))
    rights = {"writable": False, "renames": False, "free": 0}
    with suppress(OSError):
        rights["free"] = FileOperations().free_space(place)
        first.write_bytes(b"")
        rights["writable"] = True
        first.replace(second)
        rights["renames"] = True
    for trial in (first, second):
        with suppress(OSError):
            trial.unlink()
    return rights

"""Finds out how a folder of the master's is called on its nodes: by a marker that each looks for."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Mapping, Sequence, Tuple

import psutil

from core.errors import PeerError
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
from processing.filesystem import FileOperations

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


def examine(
    folder: Path,
    node_ids: Sequence[str],
    ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
) -> Tuple[PathFinding, ...]:
    """Lay a marker into a folder, ask each node about it, and take it away again.

    ``ask`` gives a node the command and may raise PeerError. Raises FolderNotWritable.
    """
    marker, content = f"{_PREFIX}{uuid.uuid4().hex}", uuid.uuid4().hex
    path = folder / marker
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise not_written(path, error) from error
    arguments = {"folder": str(folder), "marker": marker, "content": content}
    try:
        return tuple(_asked(node_id, ask, arguments) for node_id in node_ids)
    finally:
        with suppress(OSError):
            path.unlink()


def _asked(
    node_id: str,
    ask: Callable[[str, Mapping[str, Any]], Mapping[str, Any]],
    arguments: Mapping[str, Any],
) -> PathFinding:
    try:
        return _finding(node_id, str(arguments["folder"]), ask(node_id, arguments))
    except PeerError as error:
        return PathFinding(node_id, problem=str(error))


def _finding(node_id: str, folder: str, answer: Mapping[str, Any]) -> PathFinding:
    """Read a node's answer; raises WrongField. Its proposal must be about the folder that was asked for."""
    told = PeerFields(answer, "A machine's answer about a folder")
    seen = told.path("seen")
    if not seen:
        return PathFinding(node_id)
    proposed = told.path("proposal")
    if proposed:
        try:
            mapping = PathMapping(*parse_mapping(proposed))
        except ValueError as error:
            raise told.wrong("proposal") from error
        if mapping.to_ours(folder) is None or proposed != shown(proposed, len(proposed)):
            raise told.wrong("proposal")
    return PathFinding(
        node_id,
        shown(seen),
        told.flag("writable"),
        told.flag("renames"),
        told.whole("free"),
        proposed,
    )


def look_for_marker(
    arguments: Mapping[str, Any], mappings: Sequence[PathMapping], own_folders: Sequence[Path]
) -> Dict[str, Any]:
    """Say where this machine sees the master's folder, and what it may do there; raises PeerError."""
    folder, marker, content = (arguments.get(key) for key in ("folder", "marker", "content"))
    if not (isinstance(folder, str) and is_plain(folder) and isinstance(content, str)):
        raise PeerError("The folder to look for is no full path.")
    if not (isinstance(marker, str) and marker.startswith(_PREFIX) and marker.isprintable()):
        raise PeerError("The marker to look for has a name that it cannot have.")
    if "/" in marker or "\\" in marker:
        raise PeerError("The marker to look for has a name that it cannot have.")
    for place in _places(folder, mappings, own_folders):
        if _holds(place, marker, content):
            found = proposal(folder, str(place))
            mapped = {Path(one) for one in places(folder, mappings) if Path(one).is_absolute()}
            return {
                "seen": str(place),
                "proposal": "" if found is None or place in mapped else str(found),
                **_rights(place),
            }
    return {"seen": ""}


def _places(
    folder: str, mappings: Sequence[PathMapping], own_folders: Sequence[Path]
) -> Iterator[Path]:
    """Where the folder may be: as it is mapped, then below each watched folder, disk and share."""
    for name in places(folder, mappings):
        yield Path(name)
    parts = [one for one in pure_path(folder).parts if one not in ("/", "\\")]
    tails = [parts[first:] for first in range(1 if ":" in "".join(parts[:1]) else 0, len(parts))]
    for root in (*own_folders, *_disks()):
        yield root
        for tail in tails:
            yield root.joinpath(*tail)


def _disks() -> Iterator[Path]:
    for one in psutil.disk_partitions(all=True):
        if not one.mountpoint.startswith(("/proc", "/sys", "/dev", "/run/user")):
            yield Path(one.mountpoint)


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
    for one in (first, second):
        with suppress(OSError):
            one.unlink()
    return rights

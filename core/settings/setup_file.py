"""A whole setup as one JSON file: settings with their templates, watched folders, Sonarrs and Radarrs.

Keys and passwords are sealed or left out. What belongs to a single machine is not included: its queue, its
history, its pairings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Sequence, Tuple, TypeVar

from core.errors import UsageError
from core.settings.fields import FIELDS
from core.settings.services import SERVERS, ArrInstance, Service
from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder
from core.text.sentence import Sentence

FORMAT = 1
_KIND = "setup"
_Value = TypeVar("_Value")
Places = Sequence[Tuple[str, str]]  # folders of the other machine, each with its name here


@dataclass(frozen=True)
class Setup:
    """What a file holds: ``settings`` by key as JSON has them, instances without their keys.

    ``sealed`` is what ``store.sealed_keys`` made of the keys; empty where there are none.
    """

    settings: Mapping[str, Any]
    folders: Tuple[WatchedFolder, ...] = ()
    instances: Tuple[ArrInstance, ...] = ()
    sealed: str = ""

    def moved(self, places: Places) -> Setup:
        """The setup for a machine on which folders are called otherwise."""
        return replace(
            self,
            settings={
                key: _here(value, places) if _is_place(key) else value
                for key, value in self.settings.items()
            },
            folders=tuple(
                replace(folder, path=Path(_here(str(folder.path), places)))
                for folder in self.folders
            ),
        )


def setup_to_json(setup: Setup, version: str) -> Dict[str, Any]:
    """Return the file's content; ``version`` is the program's that writes it."""
    return {
        "program": "MediaProcessor",
        "kind": _KIND,
        "format": FORMAT,
        "version": version,
        "settings": dict(setup.settings),
        "folders": [
            {
                "path": str(folder.path),
                "enabled": folder.enabled,
                "recursive": folder.recursive,
                "include": list(folder.include),
                "ignore": list(folder.ignore),
                "minimum_size": folder.minimum_size,
                "content": folder.content_type.value,
                "observer": folder.observer.value,
                "priority": folder.priority,
                "settings": dict(folder.own_settings),
            }
            for folder in setup.folders
        ],
        "instances": [
            {
                "service": instance.service.value,
                "name": instance.name,
                "url": instance.url,
                "priority": instance.priority,
                "enabled": instance.enabled,
                "path_mappings": [list(pair) for pair in instance.path_mappings],
            }
            for instance in setup.instances
        ],
        "sealed_keys": setup.sealed,
    }


def setup_from_json(found: object) -> Setup:
    """Read what ``setup_to_json`` made; raises UsageError for anything else."""
    if not isinstance(found, dict) or found.get("kind") != _KIND:
        raise UsageError(
            Sentence(
                "This file holds no setup of MediaProcessor; nothing was changed. A file of `settings "
                "export` is read by `settings import`."
            )
        )
    if found.get("format") != FORMAT:
        raise UsageError(
            Sentence(
                "This setup has format {found}, this program reads format {wanted}; nothing was changed.",
                found=repr(found.get("format")),
                wanted=str(FORMAT),
            )
        )
    settings: Dict[str, Any] = _field(found, "settings", dict)
    return Setup(
        settings,
        tuple(_each(found, "folders", _folder)),
        tuple(_each(found, "instances", _instance)),
        _field(found, "sealed_keys", str),
    )


def _each(
    found: Mapping[str, Any], name: str, read: Callable[[Mapping[str, Any]], _Value]
) -> Sequence[_Value]:
    rows: List[Any] = _field(found, name, list)
    return [read(row if isinstance(row, dict) else {}) for row in rows]


def _folder(row: Mapping[str, Any]) -> WatchedFolder:
    own: Dict[str, Any] = _field(row, "settings", dict)
    return WatchedFolder(
        Path(_field(row, "path", str)),
        enabled=_field(row, "enabled", bool),
        recursive=_field(row, "recursive", bool),
        include=_texts(row, "include"),
        ignore=_texts(row, "ignore"),
        minimum_size=_field(row, "minimum_size", int),
        content_type=_one_of(row, "content", ContentType),
        observer=_one_of(row, "observer", ObserverKind),
        priority=_field(row, "priority", int),
        own_settings=tuple(sorted((str(key), str(text)) for key, text in own.items())),
    )


def _instance(row: Mapping[str, Any]) -> ArrInstance:
    service = _one_of(row, "service", Service)
    if service not in SERVERS:
        raise _wrong("service")
    pairs: List[Any] = _field(row, "path_mappings", list)
    if not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise _wrong("path_mappings")
    return ArrInstance(
        service,
        _field(row, "name", str),
        _field(row, "url", str),
        "",
        priority=_field(row, "priority", int),
        enabled=_field(row, "enabled", bool),
        path_mappings=tuple((str(theirs), str(ours)) for theirs, ours in pairs),
    )


def _field(row: Mapping[str, Any], name: str, kind: Callable[..., _Value]) -> _Value:
    value = row.get(name)
    if type(value) is not kind:  # True is no number here
        raise _wrong(name)
    return value  # type: ignore[return-value]


def _texts(row: Mapping[str, Any], name: str) -> Tuple[str, ...]:
    texts: List[Any] = _field(row, name, list)
    return tuple(str(text) for text in texts)


def _one_of(row: Mapping[str, Any], name: str, kind: Callable[[str], _Value]) -> _Value:
    try:
        return kind(_field(row, name, str))
    except ValueError:
        raise _wrong(name) from None


def _wrong(name: str) -> UsageError:
    return UsageError(
        Sentence(
            "This setup is damaged: {name} is not as it should be. Nothing was changed.", name=name
        )
    )


def _is_place(key: str) -> bool:
    return key in FIELDS and FIELDS[key].check in ("folder", "program")


def _here(path: str, places: Places) -> str:
    """The name of a path here; the longest folder that it lies in counts."""
    for theirs, ours in sorted(places, key=lambda pair: -len(pair[0])):
        base = theirs.rstrip("/\\")
        below = path[len(base) :]
        if path.startswith(base) and (not below or below[0] in "/\\"):
            return str(Path(ours, *below.replace("\\", "/").split("/")[1:]))
    return path

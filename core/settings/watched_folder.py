"""A folder that is watched for films: what counts there, how it is watched, which settings hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Dict, Optional, Tuple

from core.errors import ConfigError
from core.settings.declaring import Scope
from core.settings.fields import find_field, keys_of
from core.settings.quality_choice import of_folder
from core.settings.tree import Settings
from core.text.sentence import Listed, Sentence

LARGEST_PRIORITY = 1000
_GIVEN_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)


class ContentType(str, Enum):
    """What a folder holds."""

    AUTOMATIC = "automatic"  # told by each film's name
    FILM = "film"
    SERIES = "series"


class ObserverKind(str, Enum):
    """How changes in a folder are noticed."""

    AUTOMATIC = "automatic"  # polling for network shares, else native
    NATIVE = "native"  # the system tells
    POLLING = "polling"  # the folder is scanned at intervals


class RootState(str, Enum):
    """The state of a watched folder."""

    STARTING = "starting"
    SCANNING = "scanning"
    WATCHING = "watching"
    POLLING = "polling"
    OFFLINE = "offline"
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True)
class WatchedFolder:
    """One folder; ``minimum_size`` in bytes, a higher ``priority`` goes first in the queue.

    ``include`` and ``ignore`` are shell patterns (``*``, ``?``, ``[a-z]``) that are compared with a
    film's name and its path below the folder, in any case; with no ``include`` every film
    counts. ``own_settings`` are keys with texts as ``settings set`` takes them.
    """

    path: Path
    id: int = 0
    enabled: bool = True
    recursive: bool = True
    include: Tuple[str, ...] = ()
    ignore: Tuple[str, ...] = ()
    minimum_size: int = 0
    content_type: ContentType = ContentType.AUTOMATIC
    observer: ObserverKind = ObserverKind.AUTOMATIC
    priority: int = 0
    own_settings: Tuple[Tuple[str, str], ...] = ()

    def settings(self, settings: Settings) -> Settings:
        """The settings that hold for this folder's films.

        A value that an update of the program made invalid is skipped.
        """
        values = {}
        for key, text in self.own_settings:
            try:
                values[key] = find_field(key).parse(text)
            except ConfigError:
                continue
        return of_folder(settings, values)


@dataclass(frozen=True)
class PresentFilms:
    """How many films a folder holds, as far as they were counted, and their size in bytes."""

    films: int = 0
    size: int = 0


@dataclass(frozen=True)
class RootStatus:
    """What a watched folder is doing; ``since`` in seconds since the epoch.

    ``films`` were seen there, ``waiting`` of them are still being written. ``message`` is a sentence
    for the user: why it is offline, or why it is polled.
    """

    folder: WatchedFolder
    state: RootState
    since: float
    films: int = 0
    waiting: int = 0
    message: str = ""


def folder_problems(folder: WatchedFolder) -> Dict[str, str]:
    """What is wrong with a folder's fields, a sentence a field; where it lies is not looked at."""
    problems: Dict[str, str] = {}
    if not folder.path.is_absolute():
        problems["path"] = Sentence(
            "{path} is not a full path from the root or a drive.", path=folder.path
        )
    for name, patterns in (("include", folder.include), ("ignore", folder.ignore)):
        problem = next(filter(None, map(_pattern_problem, patterns)), "")
        if problem:
            problems[name] = problem
    if folder.minimum_size < 0:
        problems["minimum_size"] = Sentence("The smallest size must not be below 0.")
    if abs(folder.priority) > LARGEST_PRIORITY:
        problems["priority"] = Sentence(
            "The priority must lie between -{limit} and {limit}.", limit=str(LARGEST_PRIORITY)
        )
    problem = next(
        filter(None, (own_setting_problem(*own_setting) for own_setting in folder.own_settings)), ""
    )
    if problem:
        problems["own_settings"] = problem
    return problems


def own_setting_problem(key: str, text: str) -> str:
    """What is wrong with one setting of a folder's own; empty when it may be so."""
    try:
        find_field(key).parse(text)
    except ConfigError as error:
        return str(error)
    if Scope.PER_FOLDER not in find_field(key).scopes:
        groups = list(dict.fromkeys(each.split(".")[0] for each in keys_of(Scope.PER_FOLDER)))
        return Sentence(
            "{key} belongs to the whole program; a folder may have its own {groups} and {last} settings.",
            key=key,
            groups=Listed(groups[:-1]),
            last=groups[-1],
        )
    return ""


def size_from_text(text: str) -> Optional[int]:
    """Read a size as people write it (``700 MB``, ``1.5G``, ``4096``) in bytes; None for no size."""
    match = _GIVEN_SIZE.fullmatch(text.strip())
    if match is None:
        return None
    step = 1024 if match[3] else 1000
    return int(float(match[1]) * step ** " kmgt".index(match[2].lower() or " "))


def _pattern_problem(pattern: str) -> str:
    if not pattern.strip():
        return Sentence("A pattern must not be empty.")
    if "\0" in pattern or len(pattern.splitlines()) > 1:
        return Sentence("{pattern} is not one line of text.", pattern=repr(pattern))
    if pattern.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", pattern):
        return Sentence(
            "{pattern} is a full path; patterns begin below the folder.", pattern=repr(pattern)
        )
    return ""

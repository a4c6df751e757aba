"""What is remembered of a file in a watched folder, so that it is looked into only once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Optional


class SeenKind(str, Enum):
    """What a file in a watched folder was taken for."""

    FILM = "film"  # it was given to the queue
    RESULT = "result"  # made by this program, here or elsewhere
    RESTORED = "restored"  # an original that the user brought back
    SAME_FILE = "same file"  # another name (hard link) of a film that was given to the queue
    NO_FILM = "no film"  # its name is a film's, its content is none


class KnownFile(NamedTuple):
    """A file as it was when it was looked into; a tuple, since there are a hundred thousand of them."""

    size: int
    mtime_ns: int
    file_id: int
    id: int
    missing: bool


@dataclass(frozen=True)
class SeenFile:
    """One row: where a file lay, what it was. ``directory`` is its path below the watched folder."""

    folder_id: int
    directory: str
    name: str
    size: int
    mtime_ns: int
    file_id: int
    content: str
    duration: float
    kind: SeenKind
    id: int = 0
    missing_since: Optional[float] = None


@dataclass(frozen=True)
class FilmGlance:
    """What a short look into a film tells: seconds, and the plan that made it, where we did."""

    duration: float
    plan_signature: str = ""

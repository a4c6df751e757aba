"""What is stored about a file in a watched folder, so that it is examined only once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Optional, Tuple

from core.text.sentence import Sentence


class SeenKind(str, Enum):
    """What a file in a watched folder was taken for."""

    FILM = "film"  # it was given to the queue
    MOVED = "moved"  # a film that was queued and finished under another name
    RESULT = "result"  # made by this program, here or elsewhere
    RESTORED = "restored"  # an original that the user brought back
    SAME_FILE = "same file"  # another name (hard link) of a film that was given to the queue
    NO_FILM = "no film"  # it has a film's name, but is not a film
    LEFT_ALONE = "left alone"  # it was there when its folder was added for new films only

    @property
    def queued_once(self) -> bool:
        """Whether a file of this content was given to the queue: a copy of it is a film of its own."""
        return self in (SeenKind.FILM, SeenKind.MOVED)

    @property
    def why_passed_over(self) -> str:
        """Why a file of this kind is not given to the queue; empty where it is."""
        return _PASSED_OVER.get(self, "")


_PASSED_OVER = {
    SeenKind.MOVED: Sentence(
        "it is known under another name, from which it was moved or renamed, and was dealt with"
    ),
    SeenKind.RESULT: Sentence("this program made it"),
    SeenKind.RESTORED: Sentence("it is an original that was brought back"),
    SeenKind.SAME_FILE: Sentence("it is another name (hard link) of a film that is known"),
    SeenKind.NO_FILM: Sentence("it has a film's name, but no film inside"),
    SeenKind.LEFT_ALONE: Sentence("it was there when the folder was added for new films only"),
}


class KnownFile(NamedTuple):
    """A file's state when it was examined, as the database gives it."""

    size: int
    mtime_ns: int
    file_id: int
    id: int
    missing: int  # 0 or 1

    @classmethod
    def of(cls, row: KnownRow) -> KnownFile:
        """Return the file of a row."""
        return cls(*row[:5])


# The same with its name behind, without names of its values: there may be a million of them.
KnownRow = Tuple[int, int, int, int, int, str]


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
    """The result of a short look into a film: seconds, and the plan that made it, if it is our result."""

    duration: float
    plan_signature: str = ""

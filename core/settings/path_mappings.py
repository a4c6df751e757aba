"""The same folder under its names on two machines: pairs of prefixes, written ``theirs=>ours``.

A path of another machine is text here: it may be one of Windows on a machine that runs Linux, and the
other way round.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Iterable, Iterator, Optional, Tuple

from core.text.composed import composed
from core.text.sentence import Sentence

SEPARATOR = "=>"
_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


@dataclass(frozen=True)
class PathMapping:
    """The folder that is ``theirs`` on the master is ``ours`` here."""

    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"{self.theirs}{SEPARATOR}{self.ours}"

    def to_ours(self, path: str) -> Optional[str]:
        """Return the name here of a path of theirs; None where it lies elsewhere."""
        return _exchanged(path, self.theirs, self.ours)

    def to_theirs(self, path: str) -> Optional[str]:
        """Return the name there of a path of ours; None where it lies elsewhere."""
        return _exchanged(path, self.ours, self.theirs)


def parse_mapping(text: str) -> Tuple[str, str]:
    """Read one pair: the other machine's folder and ours; raises ValueError with what is wrong."""
    theirs, separator, ours = (part.strip() for part in text.partition(SEPARATOR))
    if not (theirs and separator and ours):
        raise ValueError(
            Sentence(
                "{text} is no pair of folders; write /films=>/mnt/films.", text=repr(text.strip())
            )
        )
    return theirs, ours


def mappings_of(texts: Iterable[str]) -> Tuple[PathMapping, ...]:
    """Return the pairs that a setting holds; it was checked when it was set."""
    return tuple(PathMapping(*parse_mapping(text)) for text in texts)


def with_mapping(kept: Iterable[str], theirs: str, ours: str) -> str:
    """Return the setting's text with one more pair; raises ValueError with what is wrong with it."""
    for path in (theirs, ours):
        if not is_plain(path) or SEPARATOR in path:
            raise ValueError(Sentence("{path} is no full path of a folder.", path=repr(path)))
        if "," in path:  # which separates the pairs
            raise ValueError(
                Sentence("{path} has a comma; map the folder above it.", path=repr(path))
            )
    return ", ".join(dict.fromkeys([*kept, str(PathMapping(theirs, ours))]))


def pure_path(text: str) -> PurePath:
    """Return a path of any machine, of the kind that its form says."""
    return PureWindowsPath(text) if _OF_WINDOWS.match(text) else PurePosixPath(text)


def is_absolute(text: str) -> bool:
    """Whether it is a full path, of whatever system."""
    return pure_path(text).is_absolute()


def is_plain(text: str) -> bool:
    """Whether it is a full path that leads nowhere but down: no ``..``, no NUL."""
    return is_absolute(text) and "\0" not in text and ".." not in pure_path(text).parts


def places(path: str, mappings: Iterable[PathMapping]) -> Iterator[str]:
    """Return where a path of the master may lie here: by each mapping, else under its own name."""
    longest = sorted(mappings, key=lambda mapping: -len(mapping.theirs))
    found = [ours for mapping in longest for ours in (mapping.to_ours(path),) if ours is not None]
    yield from dict.fromkeys(found or (path,))


def proposal(theirs: str, ours: str) -> Optional[PathMapping]:
    """Return the shortest prefixes that make two names of one folder each other; None where they are equal.

    ``/srv/films/a/b`` and ``M:\\a\\b`` give ``/srv/films=>M:\\``.
    """
    their_path, our_path = pure_path(theirs), pure_path(ours)
    while their_path.name and their_path.name == our_path.name:
        their_path, our_path = their_path.parent, our_path.parent
    if type(their_path) is type(our_path) and their_path == our_path:
        return None
    return PathMapping(str(their_path), str(our_path))


def _exchanged(path: str, before: str, after: str) -> Optional[str]:
    whole, prefix = pure_path(path), pure_path(before)
    if type(whole) is not type(prefix):
        return None
    try:
        pure_path(composed(path)).relative_to(pure_path(composed(before)))
    except ValueError:
        return None
    return str(pure_path(after).joinpath(*whole.parts[len(prefix.parts) :]))

"""Finds the files of a journal entry again: on a disconnected disk, or in a renamed folder.

Sonarr, Radarr and people rename folders while a film in them is worked on. Our dot folder goes along, and
with it the result and perhaps the original.
"""

from __future__ import annotations

import contextlib
import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Iterable, Iterator, Tuple

from core.media.model import FileIdentity
from processing.filesystem import DOT_FOLDER, FileOperations, outgoing, same_file
from store.journal import JournalEntry

_LONG_AWAY = 7 * 86400.0  # seconds


def aside_for(entry: JournalEntry, name: Path) -> Path:
    """Return where a file lies between a film's name and a place of ours; no sweep removes it there."""
    ending = ".aside" if name == entry.target else ".source-aside"
    return entry.staged.with_suffix(ending)


def demand_disk(files: FileOperations, entry: JournalEntry) -> None:
    """Raise OSError if the film's disk or share is disconnected: it would look empty."""
    folders = [entry.source.parent]
    own = entry.holding.parent.parent  # the folder that holds "originals"
    if own.name != DOT_FOLDER and not files.taken(entry.source):
        folders.append(own)
    for folder in folders:
        if not folder.is_dir() or _is_bare_mount_point(files, folder, entry):
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV), str(folder))


def is_gone(files: FileOperations, entry: JournalEntry, now: float) -> bool:
    """Whether the film's folder was removed, or moved out of sight: missing for days on a disk that is here.

    ``now`` in seconds since the epoch.
    """
    above = entry.source.parent
    if above.is_dir() or now - (entry.swapped_at or entry.created_at) < _LONG_AWAY:
        return False
    while not above.is_dir() and above != above.parent:
        above = above.parent
    found = files.identity(above)
    return found is not None and found.device == entry.source_identity.device


def followed(files: FileOperations, entry: JournalEntry) -> JournalEntry:
    """Return the entry with the paths of today, where its folder or one above it was renamed.

    Only what is recognised as this entry's film, result or original proves that it is the same folder.
    """
    old = entry.target.parent
    if any(map(files.taken, _ours(entry))):
        return entry
    if any(_known(files, entry, (entry.source, entry.target))):
        return entry
    for new in _renamed(old):
        moved = _moved(entry, old, new)
        if (new / DOT_FOLDER).is_dir() and any(_known(files, entry, _films(moved))):
            return moved
    return entry


def _is_bare_mount_point(files: FileOperations, folder: Path, entry: JournalEntry) -> bool:
    """Whether the folder is what is left of a disk that is not mounted: empty, and of another disk."""
    found = files.identity(folder)
    elsewhere = found is not None and found.device != entry.source_identity.device
    return elsewhere and folder == entry.source.parent and not any(folder.iterdir())


def _renamed(old: Path) -> Iterator[Path]:
    """Yield the folders that ``old`` may have become when one part of its path got another name."""
    above = old.parent
    while not above.is_dir() and above != above.parent:
        above = above.parent
    below = old.relative_to(above).parts[1:]
    with contextlib.suppress(OSError):
        for sibling in above.iterdir():
            if sibling.name != DOT_FOLDER and sibling.is_dir():
                yield sibling.joinpath(*below)


def _moved(entry: JournalEntry, old: Path, new: Path) -> JournalEntry:
    def moved(path: Path) -> Path:
        return new / path.relative_to(old) if old in path.parents else path

    return replace(
        entry,
        source=moved(entry.source),
        target=moved(entry.target),
        staged=moved(entry.staged),
        holding=moved(entry.holding),
    )


def _ours(entry: JournalEntry) -> Tuple[Path, ...]:
    """Return what may lie in our dot folder beside the film."""
    asides = (aside_for(entry, entry.target), aside_for(entry, entry.source))
    ours = (entry.staged, *asides, *map(outgoing, asides))
    return ours + ((entry.holding,) if entry.target.parent in entry.holding.parents else ())


def _films(entry: JournalEntry) -> Iterator[Path]:
    """Yield what may be the entry's in its folder, the sure ones first."""
    yield from _ours(entry)
    with contextlib.suppress(OSError):
        yield from (path for path in entry.target.parent.iterdir() if path.is_file())


def _known(files: FileOperations, entry: JournalEntry, paths: Iterable[Path]) -> Iterator[bool]:
    known: Tuple[FileIdentity, ...] = (entry.source_identity,)
    if entry.result_identity is not None:
        known += (entry.result_identity,)
    for path in paths:
        found = files.identity(path)
        yield found is not None and any(same_file(found, identity) for identity in known)

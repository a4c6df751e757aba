"""Finds out from the journal which files of a watched folder come from our own swaps."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Optional

from core.media.model import FileIdentity
from core.media.seen_file import SeenKind
from core.system_errors import is_missing
from store.journal import Journal, JournalEntry, Original, Outcome


class Swaps:
    """Questions to the journal about watched files."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def kind(self, path: Path, here: FileIdentity) -> Optional[SeenKind]:
        """Return what a swap has made of the file at this path; None where no swap knows it."""
        for entry in self._journal.of_film(path):
            if entry.target == path and _is_it(entry.result_identity, here):
                return SeenKind.RESULT
            brought_back = entry.outcome is Outcome.RESTORED and entry.source == path
            if brought_back and _is_it(entry.source_identity, here):
                return SeenKind.RESTORED
        return None

    def that_took(self, path: Path, known: FileIdentity) -> Optional[JournalEntry]:
        """Return the swap that took this file away from this path.

        Such a file has not moved; another file of its content is another film.
        """
        for entry in self._journal.of_film(path):
            swapped = entry.swapped_at is not None and entry.outcome is not Outcome.RESTORED
            same = entry.source == path and _is_it(entry.source_identity, known)
            if swapped and same:
                return entry
        return None


def _is_it(known: Optional[FileIdentity], here: FileIdentity) -> bool:
    """Whether a file is this one: by content, or by size and date where the content is not stored."""
    if known is None or not (known.content and here.content):
        return known is not None and (known.size, known.mtime_ns) == (here.size, here.mtime_ns)
    return known.content == here.content


def was_brought_back(swap: JournalEntry) -> bool:
    """Whether somebody has restored the original by hand."""
    return swap.original is Original.HELD and not is_there(swap.holding)


def is_there(path: Path) -> bool:
    """Whether a file has this name; True where that is unknown (its share may be unreachable)."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as error:
        return not is_missing(error)

"""What our own swaps say about the files of a watched folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Optional

from core.seen_file import SeenKind
from core.system_errors import is_missing
from store.journal import Journal, JournalEntry, Original, Outcome


class Swaps:
    """The journal, as far as watching goes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def kind(self, path: Path, state: os.stat_result) -> Optional[SeenKind]:
        """What a swap made of the file at this place; None where none knows it by size and date."""
        here = (state.st_size, state.st_mtime_ns)
        for entry in self._journal.of_film(path):
            result, source = entry.result_identity, entry.source_identity
            is_result = result is not None and here == (result.size, result.mtime_ns)
            if is_result and entry.target == path:
                return SeenKind.RESULT
            brought_back = entry.outcome is Outcome.RESTORED and entry.source == path
            if brought_back and here == (source.size, source.mtime_ns):
                return SeenKind.RESTORED
        return None

    def that_took(self, path: Path, size: int, mtime_ns: int) -> Optional[JournalEntry]:
        """Return the swap that took a file of this size and date away from this place.

        Such a file has not moved, and what else has its content is another film.
        """
        for entry in self._journal.of_film(path):
            source = entry.source_identity
            swapped = entry.swapped_at is not None and entry.outcome is not Outcome.RESTORED
            same = entry.source == path and (size, mtime_ns) == (source.size, source.mtime_ns)
            if swapped and same:
                return entry
        return None


def was_brought_back(swap: JournalEntry) -> bool:
    """Whether somebody took the original out of holding by hand."""
    return swap.original is Original.HELD and not is_there(swap.holding)


def is_there(path: Path) -> bool:
    """Whether a file has this name; True where that cannot be told (its share may be away)."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError as error:
        return not is_missing(error)

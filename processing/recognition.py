"""What lies under the names of a journal's entry, by its looks at this moment."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Optional

from core.media.model import FileIdentity
from processing.filesystem import FileOperations, same_content, same_file
from store.journal import JournalEntry


class Recognition:
    """Computes each answer again: nothing is remembered."""

    def __init__(self, files: FileOperations, entry: JournalEntry) -> None:
        self._files = files
        self.entry = entry

    def is_source(self, path: Path) -> bool:
        """Whether this is the very film that was analysed, unchanged."""
        return self._is(self.entry.source_identity, path)

    def is_result(self, path: Path) -> bool:
        """Whether this is the result that was proved, unchanged."""
        return self._is(self.entry.result_identity, path)

    def is_original(self, path: Path) -> bool:
        """Whether this is the original or a whole copy of it.

        Its content decides where it is known. Else a copy has its original's time, to the nanosecond where it
        is on the same file system; so also what was written within two seconds of the original is not taken
        for it there.
        """
        if self.is_result(path):
            return False
        found, wanted = self._files.identity(path), self.entry.source_identity
        if found is None:
            return False
        if wanted.content and found.content:
            return found.content == wanted.content and same_content(found, wanted)
        if found.device and found.device == wanted.device:
            return (found.size, found.mtime_ns) == (wanted.size, wanted.mtime_ns)
        return same_content(found, wanted)

    def is_held(self) -> bool:
        """Whether the complete original is in holding (its name appears there only once it is complete)."""
        return self.is_original(self.entry.holding)

    def is_spare(self, path: Path) -> bool:
        """Whether this is the original, of which holding has all as well."""
        return path != self.entry.holding and self.is_source(path) and self.is_held()

    def lives_beside(self) -> bool:
        """Whether what is in holding has a second name in the film's folder: it was renamed there."""
        held = self._files.identity(self.entry.holding)
        if held is None or not held.inode or self._files.names(self.entry.holding) < 2:
            return False
        with contextlib.suppress(OSError):
            for path in self.entry.source.parent.iterdir():
                if path.is_file() and self._same_inode(held, path):
                    return True
        return False

    def _same_inode(self, held: FileIdentity, path: Path) -> bool:
        found = self._files.identity(path)
        return found is not None and (found.device, found.inode) == (held.device, held.inode)

    def _is(self, wanted: Optional[FileIdentity], path: Path) -> bool:
        found = self._files.identity(path)
        return wanted is not None and found is not None and same_file(wanted, found)

"""File systems that cannot do what the usual ones can."""

from __future__ import annotations

from pathlib import Path

from processing.filesystem import FileOperations


class Plain(FileOperations):
    """A file system that neither exchanges two names nor refuses a taken one (NFS)."""

    def exchange(self, one: Path, other: Path) -> bool:
        return False

    def rename_new(self, old: Path, new: Path) -> bool:
        return False

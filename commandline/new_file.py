"""A file that a command is asked to write: where it cannot be, that is said before any work is done."""

from __future__ import annotations

from pathlib import Path

from core.errors import UsageError


def new_file(name: str) -> Path:
    """Return the whole path; raises UsageError where its folder does not exist, or a folder has the name."""
    path = Path(name).absolute()
    if not path.parent.is_dir():
        why = "is no folder" if path.parent.exists() else "does not exist"
        raise UsageError(f"{path} cannot be written: {path.parent} {why}.")
    if path.is_dir():
        raise UsageError(f"{path} cannot be written: it is a folder. Name a file in it.")
    return path

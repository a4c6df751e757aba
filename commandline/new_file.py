"""A file that a command is asked to write: where it cannot be, that is said before any work is done."""

from __future__ import annotations

from pathlib import Path

from core.errors import UsageError


def new_file(name: str, ending: str) -> Path:
    """Return the whole path of a file that may be written.

    One that exists is replaced only where its name has the ``ending`` of what is written, as ``.json``: a
    film that was named by mistake stays. Raises UsageError for another, where its folder does not exist, and
    where a folder has the name.
    """
    path = Path(name).absolute()
    if not path.parent.is_dir():
        why = "is no folder" if path.parent.exists() else "does not exist"
        raise UsageError(f"{path} cannot be written: {path.parent} {why}.")
    if path.is_dir():
        raise UsageError(f"{path} cannot be written: it is a folder. Name a file in it.")
    if path.exists() and path.suffix.lower() != ending:
        raise UsageError(
            f"{path} exists, and was not replaced: its name does not end in {ending}. Name a new file."
        )
    return path

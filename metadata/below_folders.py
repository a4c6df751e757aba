"""Checks that a file named by another program lies in a folder where the user allows that."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterable, List, Sequence, Tuple

from core.settings.path_mappings import is_plain


def files_below(
    paths: Iterable[Path], folders: Sequence[Path]
) -> Tuple[Tuple[Path, ...], Tuple[Path, ...]]:
    """Return the paths that lie below one of these folders, and the others.

    Links are followed, and another spelling of a folder is the same folder. Folders, pipes and
    devices do not count; a path that does not exist (yet) counts by its name.
    """
    good: List[Path] = []
    others: List[Path] = []
    for path in paths:
        (good if any(_is_below(path, folder) for folder in folders) else others).append(path)
    return tuple(good), tuple(others)


def _is_below(path: Path, folder: Path) -> bool:
    if not is_plain(str(path)) or not path.is_absolute():
        return False
    try:
        root = Path(os.path.realpath(folder))
        # By name first: even a look at a path such as \\server\share logs in at that server.
        if not (_named_below(path, folder) or _named_below(path, root)):
            return False
        real = Path(os.path.realpath(path))
        if real.exists() and not real.is_file():
            return False
        return root in real.parents or any(_same(parent, root) for parent in real.parents)
    except (OSError, ValueError):
        return False


def _named_below(path: Path, folder: Path) -> bool:
    parts, above = ([part.casefold() for part in name.parts] for name in (path, folder))
    return len(parts) > len(above) and parts[: len(above)] == above


def _same(first: Path, second: Path) -> bool:
    try:
        return first.samefile(second)
    except OSError:
        return False

"""A server's whole library, fetched once and searched here: neither API can filter by IMDb id."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Sequence, Tuple

from core.text.composed import composed
from metadata.arr import ArrTitle

_DRIVE = re.compile(r"^[a-z]:/")


def _folded(path: str) -> str:
    """Return a path in the form that is compared: forward slashes, none at the end, Windows' case folded,
    and accents composed, which macOS keeps apart from their letters."""
    unified = composed(path).replace("\\", "/").rstrip("/")
    windows = unified.startswith("//") or _DRIVE.match(unified.lower())
    return unified.lower() if windows else unified


def map_path(path: str, mappings: Sequence[Tuple[str, str]]) -> str:
    """Return a server's path as this machine sees it: its longest mapped prefix is replaced."""
    folded = _folded(path)
    for theirs, ours in sorted(mappings, key=lambda pair: -len(pair[0])):
        prefix = theirs.replace("\\", "/").rstrip("/")
        if theirs.strip() and (folded + "/").startswith(_folded(theirs) + "/"):
            rest = path.replace("\\", "/").split("/")[prefix.count("/") + 1 :]
            return "/".join([ours.rstrip("/\\"), *rest])
    return path


class LibraryIndex:
    """Titles by IMDb id and by their folder."""

    def __init__(
        self, titles: Sequence[ArrTitle], mappings: Sequence[Tuple[str, str]] = ()
    ) -> None:
        self._by_imdb: Dict[str, ArrTitle] = {
            title.imdb_id: title for title in titles if title.imdb_id
        }
        self._by_path: Dict[str, ArrTitle] = {
            _folded(map_path(title.path, mappings)): title for title in titles if title.path
        }

    def by_imdb(self, imdb_id: str) -> Optional[ArrTitle]:
        """Return the title with that id."""
        return self._by_imdb.get(imdb_id.lower())

    def by_path(self, path: str) -> Optional[ArrTitle]:
        """Return the title whose folder contains this file; the innermost folder wins."""
        parts: List[str] = _folded(path).split("/")
        for length in range(len(parts) - 1, 0, -1):
            title = self._by_path.get("/".join(parts[:length]))
            if title is not None:
                return title
        return None

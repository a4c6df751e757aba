"""The list of what is never touched: films and folders that the user has excluded."""

from __future__ import annotations

import os
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Tuple, TypeVar, Union

from core.ports import TimeSource
from core.queue.exclusion import Exclusion, ExclusionCause
from store.connection import Database, path_from_sql, path_to_sql, text_to_sql

_CHUNK = 400  # values in one question
_COLUMNS = "id, path, is_folder, cause, note, added_at, size, content"
Value = TypeVar("Value")


class ExclusionStore:
    """Exclusions in the database; thread-safe. ``now`` gives seconds since the epoch.

    Names are compared as the system does (Windows: in any case), and as they are without links.
    """

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    def all(self) -> Tuple[Exclusion, ...]:
        """Return the whole list, the newest first."""
        return tuple(self._select("ORDER BY added_at DESC, id DESC"))

    @property
    def empty(self) -> bool:
        """Whether nothing is excluded."""
        with self._database.read() as connection:
            return connection.execute("SELECT 1 FROM exclusions LIMIT 1").fetchone() is None

    def find(self, path: Path) -> Optional[Exclusion]:
        """Return the entry of exactly this path; None where there is none."""
        return next(self._select("WHERE place = ?", _place(path)), None)

    def add(self, exclusions: Iterable[Exclusion]) -> Tuple[Exclusion, ...]:
        """Store new entries, in one transaction; one of the same path is written over.

        They come back with their numbers, and the time where they had none.
        """
        at = self._now()
        added = [
            exclusion if exclusion.added_at else replace(exclusion, added_at=at)
            for exclusion in exclusions
        ]
        with self._database.transaction(full_sync=True) as connection:
            for number, exclusion in enumerate(added):
                place = _place(exclusion.path)
                connection.execute("DELETE FROM exclusions WHERE place = ?", (place,))
                cursor = connection.execute(
                    "INSERT INTO exclusions (path, place, true_place, is_folder, cause, note, added_at, "
                    "size, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        path_to_sql(exclusion.path),
                        place,
                        _place(_lies_at(exclusion)),
                        *_rest(exclusion),
                    ),
                )
                added[number] = replace(exclusion, id=int(cursor.lastrowid or 0))
        return tuple(added)

    def remove(self, ids: Sequence[int]) -> int:
        """Take entries off the list; return how many were there."""
        with self._database.transaction(full_sync=True) as connection:
            return sum(
                connection.execute("DELETE FROM exclusions WHERE id = ?", (number,)).rowcount
                for number in ids
            )

    def follow(self, exclusion: Exclusion, path: Path) -> None:
        """Give an entry the path under which its film or folder is known now."""
        with self._database.transaction(full_sync=True):
            self.remove((exclusion.id,))
            self.add((replace(exclusion, path=path),))

    def by_path(self, paths: Sequence[Path]) -> Dict[Path, Exclusion]:
        """Return which of these paths are excluded by their names, or those of folders above them."""
        folders: Dict[Path, Path] = {}
        names = {path: _names(path, folders) for path in paths}
        wanted = dict.fromkeys(name for several in names.values() for name in several)
        known: Dict[object, Exclusion] = {}
        for part in _parts(tuple(wanted)):
            marks = ", ".join("?" * len(part))
            for row in self._rows(
                f"WHERE place IN ({marks}) OR true_place IN ({marks})", *part, *part
            ):
                for key in (row["place"], row["true_place"]):
                    known[key] = _exclusion(row)
        found: Dict[Path, Exclusion] = {}
        for path, several in names.items():
            own = several[:2]  # its own names; the others are folders
            for name in several:
                exclusion = known.get(name)
                if exclusion is not None and (exclusion.is_folder or name in own):
                    found[path] = exclusion
                    break
        return found

    def sizes_among(self, sizes: Sequence[int]) -> Tuple[int, ...]:
        """Return which of these sizes (bytes) an excluded film has: only they may be one of them."""
        found: List[int] = []
        with self._database.read() as connection:
            for part in _parts(tuple(dict.fromkeys(sizes))):
                marks = ", ".join("?" * len(part))
                rows = connection.execute(
                    f"SELECT DISTINCT size FROM exclusions WHERE content <> '' AND size IN ({marks})",  # noqa: S608
                    part,
                )
                found.extend(row[0] for row in rows)
        return tuple(found)

    def of_content(self, content: str) -> Optional[Exclusion]:
        """Return the entry of a film of this content; None where there is none."""
        return next(self._select("WHERE content = ? AND content <> ''", content), None)

    def _select(self, where: str, *values: object) -> Iterator[Exclusion]:
        return map(_exclusion, self._rows(where, *values))

    def _rows(self, where: str, *values: object) -> List[sqlite3.Row]:
        with self._database.read() as connection:
            return connection.execute(
                f"SELECT {_COLUMNS}, place, true_place FROM exclusions {where}",  # noqa: S608
                values,
            ).fetchall()


def _place(path: Path) -> Union[str, bytes]:
    """Return a path as the system compares names."""
    return text_to_sql(os.path.normcase(path))


def _true(path: Path, folders: Dict[Path, Path]) -> Path:
    """Return a path whose folders are no links; ``folders`` are those that are known already."""
    if path.parent not in folders:
        folders[path.parent] = Path(os.path.realpath(path.parent))
    return folders[path.parent] / path.name


def _lies_at(exclusion: Exclusion) -> Path:
    """Return where an entry lies: a folder that is a link leads to another one."""
    if exclusion.is_folder:
        return Path(os.path.realpath(exclusion.path))
    return _true(exclusion.path, {})


def _names(path: Path, known: Dict[Path, Path]) -> Tuple[Union[str, bytes], ...]:
    """Return all names by which a path may be excluded: its own two first, then those of its folders."""
    true = _true(path, known)
    folders = (*path.parents, *true.parents)
    return (_place(path), _place(true), *map(_place, folders))


def _parts(values: Tuple[Value, ...]) -> Iterator[Tuple[Value, ...]]:
    return (values[first : first + _CHUNK] for first in range(0, len(values), _CHUNK))


def _rest(exclusion: Exclusion) -> Tuple[object, ...]:
    return (
        exclusion.is_folder,
        exclusion.cause.value,
        exclusion.note,
        exclusion.added_at,
        exclusion.size,
        exclusion.content,
    )


def _exclusion(row: sqlite3.Row) -> Exclusion:
    return Exclusion(
        path_from_sql(row["path"]),
        bool(row["is_folder"]),
        ExclusionCause(row["cause"]),
        row["note"],
        row["added_at"],
        row["size"],
        row["content"],
        row["id"],
    )

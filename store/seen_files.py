"""The files seen in the watched folders, and their content.

A row takes a few hundred bytes. A file that is gone keeps its row for a while, so that it is
recognised under another name.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, Iterator, Sequence, Tuple

from core.media.seen_file import SeenFile, SeenKind
from core.ports import TimeSource
from store.connection import Database, path_from_sql, path_to_sql, text_from_sql, text_to_sql
from store.inserting import insert_rows
from store.known_files import KnownFiles

_SELECT = (
    "SELECT f.id, d.folder_id, d.path, f.name, f.size, f.mtime_ns, f.file_id, f.content, "
    "f.duration, f.kind, f.missing_since, w.path AS root FROM seen_files f "
    "JOIN seen_directories d ON d.id = f.directory_id JOIN watched_folders w ON w.id = d.folder_id "
)
Gone = Tuple[str, Sequence[Tuple[int, str]]]  # a directory, and rows and names of files in it
_SIGNED = 1 << 63


def file_id_to_sql(number: int) -> int:
    """Make a file's number (inode) fit for SQLite's signed integers; those of ReFS have 128 bits."""
    return (number + _SIGNED) % (1 << 64) - _SIGNED


class SeenFileStore:
    """Seen files in the database; thread-safe. ``now`` gives seconds since the epoch."""

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    def known(self, folder_id: int, directory: str = "", *, below: bool = True) -> KnownFiles:
        """Return the files of one directory of a folder, and of those ``below`` it, to be read bit by bit."""
        return KnownFiles(self._database, folder_id, directory, below=below)

    def by_file_id(
        self, file_id: int, size: int, mtime_ns: int
    ) -> Tuple[Tuple[SeenFile, Path], ...]:
        """Return the rows that may be this very file under another name, with their paths."""
        return self._rows(
            "WHERE f.file_id = ? AND f.size = ? AND f.mtime_ns = ?", file_id, size, mtime_ns
        )

    def file_ids_among(self, numbers: Sequence[int]) -> FrozenSet[int]:
        """Return which of these numbers (a few hundred) any row has."""
        return frozenset(self._among("file_id", numbers))

    def contents_among(self, contents: Sequence[str]) -> FrozenSet[str]:
        """Return which of these contents (a few hundred) any row has."""
        return frozenset(self._among("content", contents))

    def _among(self, column: str, values: Sequence[object]) -> Iterator[Any]:
        marks = ", ".join("?" * len(values))
        query = f"SELECT DISTINCT {column} FROM seen_files WHERE {column} IN ({marks})"  # noqa: S608
        return (row[0] for row in self._database.select(query, tuple(values)))

    def by_content(self, content: str) -> Tuple[Tuple[SeenFile, Path], ...]:
        """Return the rows of this content with their paths; missing files first."""
        return self._rows(
            "WHERE f.content = ? ORDER BY f.missing_since IS NULL, f.id LIMIT 20", content
        )

    def count(self, folder_id: int) -> int:
        """Return how many files of a folder are known and not missing."""
        with self._database.read() as connection:
            row = connection.execute(
                # The missing ones are few and have an index; all others are counted by theirs alone.
                "SELECT (SELECT count(*) FROM seen_directories d JOIN seen_files f "
                "ON f.directory_id = d.id WHERE d.folder_id = ?1) - "
                "(SELECT count(*) FROM seen_files f JOIN seen_directories d ON d.id = f.directory_id "
                "WHERE f.missing_since IS NOT NULL AND d.folder_id = ?1)",
                (folder_id,),
            ).fetchone()
        return int(row[0])

    def has_any(self, folder_id: int) -> bool:
        """Return whether a file of a folder is known and not missing."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM seen_directories d JOIN seen_files f "
                "ON f.directory_id = d.id WHERE d.folder_id = ? AND f.missing_since IS NULL)",
                (folder_id,),
            ).fetchone()
        return bool(row[0])

    def keep(self, files: Sequence[SeenFile]) -> None:
        """Store what was seen, in one transaction; replaces older rows of the same names."""
        if not files:
            return
        directories: Dict[Tuple[int, str], int] = {}
        with self._database.transaction() as connection:
            # Numbers are never reused: a scan in progress could report a row of that number as gone.
            number = connection.execute("SELECT coalesce(max(id), 0) FROM seen_files").fetchone()[0]
            for file in files:
                place = (file.folder_id, file.directory)
                if place not in directories:
                    directories[place] = _directory(connection, *place)
                if file.id:  # it has moved here: its old row goes, another of this name as well
                    connection.execute("DELETE FROM seen_files WHERE id = ?", (file.id,))
            insert_rows(
                connection,
                "INSERT OR REPLACE INTO seen_files (id, directory_id, name, size, mtime_ns, file_id, "
                "content, duration, kind)",
                [
                    (
                        number + count,
                        directories[file.folder_id, file.directory],
                        text_to_sql(file.name),
                        file.size,
                        file.mtime_ns,
                        file.file_id,
                        file.content,
                        file.duration,
                        file.kind.value,
                    )
                    for count, file in enumerate(files, 1)
                ],
            )

    def mark_gone(self, folder_id: int, gone: Sequence[Gone]) -> int:
        """Mark files as missing; return how many, without those that have moved.

        A number alone does not do: that of a row which has just moved is given to the next one.
        """
        if not gone:
            return 0
        at = self._now()
        rows = (
            (at, row, folder_id, text_to_sql(directory), text_to_sql(name))
            for directory, files in gone
            for row, name in files
        )
        with self._database.transaction() as connection:
            return connection.executemany(
                "UPDATE seen_files SET missing_since = ? WHERE id = ? AND directory_id = "
                "(SELECT id FROM seen_directories WHERE folder_id = ? AND path = ?) AND name = ?",
                rows,
            ).rowcount

    def mark_returned(self, ids: Iterable[int]) -> None:
        """Mark files as present again."""
        rows = [(file_id,) for file_id in ids]
        if rows:
            with self._database.transaction() as connection:
                connection.executemany(
                    "UPDATE seen_files SET missing_since = NULL WHERE id = ?", rows
                )

    def missing(
        self, folder_id: int, after: float, before: float
    ) -> Tuple[Tuple[SeenFile, Path], ...]:
        """Return the files of a folder that went missing between these times."""
        return self._rows(
            "WHERE f.missing_since > ? AND f.missing_since <= ? AND d.folder_id = ?",
            after,
            before,
            folder_id,
        )

    def of_kinds(
        self, folder_id: int, kinds: Sequence[SeenKind]
    ) -> Tuple[Tuple[SeenFile, Path], ...]:
        """Return the present files of a folder that are of these kinds, ordered by path."""
        marks = ", ".join("?" * len(kinds))
        return self._rows(
            f"WHERE d.folder_id = ? AND f.missing_since IS NULL AND f.kind IN ({marks}) "
            "ORDER BY d.path, f.name",
            folder_id,
            *(kind.value for kind in kinds),
        )

    def forget_unqueued(self, paths: Sequence[Path]) -> int:
        """Forget films at or below these paths that were found and never got a job; return how many.

        The next scan finds them anew.
        """
        wanted = set(paths)
        with self._database.transaction() as connection:
            rows = connection.execute(
                _SELECT + "WHERE f.kind = 'film' AND f.missing_since IS NULL"
            ).fetchall()
            unqueued = []
            for row in rows:
                place = _place(row)
                if wanted.isdisjoint((place, *place.parents)):
                    continue
                had = connection.execute(
                    "SELECT 1 FROM jobs WHERE filename = ? LIMIT 1", (path_to_sql(place),)
                ).fetchone()
                if had is None:
                    unqueued.append((row["id"],))
            connection.executemany("DELETE FROM seen_files WHERE id = ?", unqueued)
        return len(unqueued)

    def forget_missing(self, folder_id: int, before: float) -> None:
        """Delete the rows of a folder's files that have been missing since before a time."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM seen_files WHERE missing_since < ? AND directory_id IN "
                "(SELECT id FROM seen_directories WHERE folder_id = ?)",
                (before, folder_id),
            )

    def _rows(self, where: str, *values: object) -> Tuple[Tuple[SeenFile, Path], ...]:
        with self._database.read() as connection:
            rows = connection.execute(_SELECT + where, values).fetchall()
        return tuple((_seen(row), _place(row)) for row in rows)


def _directory(connection: sqlite3.Connection, folder_id: int, directory: str) -> int:
    values = (folder_id, text_to_sql(directory))
    connection.execute(
        "INSERT OR IGNORE INTO seen_directories (folder_id, path) VALUES (?, ?)", values
    )
    row = connection.execute(
        "SELECT id FROM seen_directories WHERE folder_id = ? AND path = ?", values
    ).fetchone()
    return int(row[0])


def _seen(row: sqlite3.Row) -> SeenFile:
    return SeenFile(
        folder_id=row["folder_id"],
        directory=text_from_sql(row["path"]),
        name=text_from_sql(row["name"]),
        size=row["size"],
        mtime_ns=row["mtime_ns"],
        file_id=row["file_id"],
        content=row["content"],
        duration=row["duration"],
        kind=SeenKind(row["kind"]),
        id=row["id"],
        missing_since=row["missing_since"],
    )


def _place(row: sqlite3.Row) -> Path:
    return path_from_sql(row["root"]) / text_from_sql(row["path"]) / text_from_sql(row["name"])

"""The folders that are watched, as the user set them up."""

from __future__ import annotations

import json
import sqlite3
from typing import Optional, Tuple

from core.errors import UsageError
from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder
from core.text.sentence import Sentence
from store.connection import Database, path_from_sql, path_to_sql

_COLUMNS = (
    "path, enabled, recursive, include, ignore, minimum_size, content_type, observer, priority, "
    "own_settings"
)


class WatchedFolderStore:
    """Watched folders in the database; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Tuple[WatchedFolder, ...]:
        """Return every folder, by its path."""
        return self._select("ORDER BY path")

    def get(self, folder_id: int) -> Optional[WatchedFolder]:
        """Return the folder of this id, or None."""
        return next(iter(self._select("WHERE id = ?", folder_id)), None)

    def add(self, folder: WatchedFolder) -> WatchedFolder:
        """Store a new folder; it comes back with its id. Raises UsageError for a path that is there."""
        marks = ", ".join("?" * len(_COLUMNS.split(",")))
        with self._database.transaction() as connection:
            try:
                cursor = connection.execute(
                    f"INSERT INTO watched_folders ({_COLUMNS}) VALUES ({marks})",  # noqa: S608
                    _values(folder),
                )
            except sqlite3.IntegrityError:
                raise _taken(folder) from None
            row = cursor.lastrowid or 0
        return self._select("WHERE id = ?", row)[0]

    def change(self, folder: WatchedFolder) -> bool:
        """Store a folder's new fields; False where it is gone. Raises UsageError for a taken path."""
        columns = ", ".join(f"{name.strip()} = ?" for name in _COLUMNS.split(","))
        with self._database.transaction() as connection:
            try:
                cursor = connection.execute(
                    f"UPDATE watched_folders SET {columns} WHERE id = ?",  # noqa: S608
                    (*_values(folder), folder.id),
                )
            except sqlite3.IntegrityError:
                raise _taken(folder) from None
            return cursor.rowcount == 1

    def remove(self, folder_id: int) -> bool:
        """Forget a folder and what was seen there; its jobs stay. False where it is gone."""
        with self._database.transaction() as connection:
            cursor = connection.execute("DELETE FROM watched_folders WHERE id = ?", (folder_id,))
            return cursor.rowcount == 1

    def _select(self, where: str, *values: object) -> Tuple[WatchedFolder, ...]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT id, {_COLUMNS} FROM watched_folders {where}",  # noqa: S608
                values,
            ).fetchall()
        return tuple(_folder(row) for row in rows)


def _taken(folder: WatchedFolder) -> UsageError:
    return UsageError(Sentence("{path} is watched already; change it instead.", path=folder.path))


def _values(folder: WatchedFolder) -> Tuple[object, ...]:
    return (
        path_to_sql(folder.path),
        folder.enabled,
        folder.recursive,
        json.dumps(folder.include),
        json.dumps(folder.ignore),
        folder.minimum_size,
        folder.content_type.value,
        folder.observer.value,
        folder.priority,
        json.dumps(folder.own_settings),
    )


def _folder(row: sqlite3.Row) -> WatchedFolder:
    return WatchedFolder(
        path=path_from_sql(row["path"]),
        id=row["id"],
        enabled=bool(row["enabled"]),
        recursive=bool(row["recursive"]),
        include=tuple(json.loads(row["include"])),
        ignore=tuple(json.loads(row["ignore"])),
        minimum_size=row["minimum_size"],
        content_type=ContentType(row["content_type"]),
        observer=ObserverKind(row["observer"]),
        priority=row["priority"],
        own_settings=tuple((key, text) for key, text in json.loads(row["own_settings"])),
    )

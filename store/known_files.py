"""The files of a watched folder as they were last seen, read a few directories at a time.

A million files in memory would take 300 MB.
"""

from __future__ import annotations

import sqlite3
from typing import Dict, Iterator, List, Optional, Sequence, Tuple, Union

from core.media.seen_file import KnownRow
from store.connection import Database, text_from_sql, text_to_sql

_FILES = (
    "SELECT f.size, f.mtime_ns, f.file_id, f.id, f.missing_since IS NOT NULL, f.name, d.id "
    "FROM seen_directories d JOIN seen_files f ON f.directory_id = d.id "
    "WHERE d.folder_id = ? AND d.path = ?"
)
_AT_ONCE = 2048  # files, after which no further directory is read ahead
_AHEAD = 64  # directories that are looked for at once, of those that nobody has asked for

_Files = Dict[str, KnownRow]
_Place = Union[str, bytes]


class KnownFiles:
    """The files below ``start``, or in it alone; for one thread, which asks for each directory once.

    What is stored meanwhile may be among them or not.
    """

    def __init__(
        self, database: Database, folder_id: int, start: str = "", *, below: bool = True
    ) -> None:
        self._database = database
        self._folder_id = folder_id
        self._start = start
        self._below = below
        self._ahead: Dict[str, Tuple[int, _Files]] = {}
        with database.read() as connection:
            newest = connection.execute("SELECT coalesce(max(id), 0) FROM seen_directories")
            # By the directory's number: a set of a million would take 60 MB.
            self._asked = bytearray(newest.fetchone()[0] + 1)

    def files(self, directory: str, soon: Sequence[str] = ()) -> _Files:
        """Return the files of a directory by name; ``soon`` are asked for next, and are read along."""
        if directory not in self._ahead:
            with self._database.read() as connection:
                self._read_ahead(_plain(connection), directory, soon)
        number, files = self._ahead.pop(directory)
        if number < len(self._asked):
            self._asked[number] = True
        return files

    def unasked(self) -> Iterator[Tuple[str, _Files]]:
        """Return the directories that nobody has asked for, with their files."""
        self._ahead.clear()
        start = self._start
        yield from self._left("path = ?", text_to_sql(start))[1]
        condition = "path > ? AND path < ?" if start else "path > ?"
        end = (text_to_sql(f"{start}0"),) if start else ()  # 0 follows /
        last: Optional[_Place] = text_to_sql(f"{start}/" if start else "")
        while self._below and last is not None:
            last, found = self._left(condition, last, *end)
            yield from found

    def _left(
        self, condition: str, *values: object
    ) -> Tuple[Optional[_Place], List[Tuple[str, _Files]]]:
        """Return where some directories end, None where there are none, and those that were not asked for."""
        with self._database.read() as connection:
            cursor = _plain(connection)
            places = cursor.execute(
                "SELECT id, path FROM seen_directories WHERE folder_id = ? "  # noqa: S608
                f"AND {condition} ORDER BY path LIMIT {_AHEAD}",
                (self._folder_id, *values),
            ).fetchall()
            left = [
                text_from_sql(path)
                for number, path in places
                if number < len(self._asked) and not self._asked[number]
            ]
            found = [(directory, self._files_of(cursor, directory)[1]) for directory in left]
        return (places[-1][1] if places else None), found

    def _read_ahead(self, cursor: sqlite3.Cursor, directory: str, soon: Sequence[str]) -> None:
        """Read one directory, and those that come next until these are many files."""
        count = 0
        for wanted in (directory, *soon):
            if wanted in self._ahead:
                continue
            self._ahead[wanted] = self._files_of(cursor, wanted)
            count += len(self._ahead[wanted][1])
            if count >= _AT_ONCE:
                break

    def _files_of(self, cursor: sqlite3.Cursor, directory: str) -> Tuple[int, _Files]:
        """The number of a directory, 0 where it is not known, and its files."""
        rows = cursor.execute(_FILES, (self._folder_id, text_to_sql(directory))).fetchall()
        files = {row[5]: row for row in rows}
        for name in [name for name in files if type(name) is bytes]:
            files[text_from_sql(name)] = files.pop(name)
        return (rows[0][6] if rows else 0), files


def _plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """A cursor whose rows are tuples: those that know their columns take three times as long."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor

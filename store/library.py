"""The films of the watched folders with what a look into each has shown, kept until the file changes.

A row stands for a file as it was seen (``store.seen_files``): where that is gone or has changed, what was
known of it is forgotten.
"""

from __future__ import annotations

import json
import os
import sqlite3
from typing import Dict, Optional, Sequence, Tuple

from core.damage import Damage
from core.library.film import FilmHealth, FilmLook, LibraryFilm, LibraryState
from core.media.seen_file import SeenKind
from core.text.sentence import to_json
from store.connection import Database, path_from_sql, path_to_sql, shown_text
from store.queue_order import follow_savings

_SEPARATOR = "'" + os.sep.replace("'", "''") + "'"
_NO_FILM = f"'{SeenKind.NO_FILM.value}'"
_CHECK = "check"  # the wish that all films be checked
_TAKEN_OVER = "seen"  # the state of the seen files that the library follows
# What is different after any change of them: rows that are written get new numbers, others come to miss.
_STATE_OF_SEEN = (
    "SELECT (SELECT coalesce(max(id), 0) FROM seen_files) || ' ' || "
    "(SELECT count(*) || ' ' || total(id) FROM seen_files WHERE missing_since IS NOT NULL)"
)


def _joined(*parts: str) -> str:
    """SQL for a path of parts; bytes where one of them is bytes."""
    bytes_among = " OR ".join(f"typeof({part}) = 'blob'" for part in parts[:3])
    text = " || ".join(parts[3:])
    return f"CASE WHEN {bytes_among} THEN CAST({text} AS BLOB) ELSE {text} END"


_PARTS = ("w.path", "d.path", "f.name")
_ROOT = f"CASE substr(w.path, -1) WHEN {_SEPARATOR} THEN w.path ELSE w.path || {_SEPARATOR} END"
_BELOW = f"CASE d.path WHEN '' THEN '' ELSE replace(d.path, '/', {_SEPARATOR}) || {_SEPARATOR} END"
_TOP = (
    "CASE instr(d.path, '/') WHEN 0 THEN d.path ELSE substr(d.path, 1, instr(d.path, '/') - 1) END"
)
_PATH = _joined(*_PARTS, _ROOT, _BELOW, "f.name")
_SHELF = f"CASE d.path WHEN '' THEN w.path ELSE {_joined(*_PARTS, _ROOT, _TOP)} END"
_SEEN = f"missing_since IS NULL AND kind <> {_NO_FILM}"
_SAME = "s.directory_id = {0}.directory_id AND s.name = {0}.name"
# Rows whose file is gone or has changed, and files that have no row.
_OLD = (
    "SELECT id FROM library_films l WHERE NOT EXISTS (SELECT 1 FROM seen_files s WHERE "  # noqa: S608 - names of ours only
    f"{_SAME.format('l')} AND s.size = l.size AND s.mtime_ns = l.mtime_ns AND s.kind = l.kind "
    f"AND s.{_SEEN})"
)
_NEW = (
    f"FROM seen_files f WHERE {_SEEN} AND NOT EXISTS "  # noqa: S608 - names of ours only
    f"(SELECT 1 FROM library_films s WHERE {_SAME.format('f')})"
)


class LibraryStore:
    """The library in the database; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def update(self) -> bool:
        """Take over what the watched folders hold now; False where nothing had changed.

        Writes only then: other threads wait for a writer.
        """
        with self._database.read() as connection:
            state = connection.execute(_STATE_OF_SEEN).fetchone()[0]
            if state == _wish(connection, _TAKEN_OVER):
                return False
        with self._database.transaction() as connection:
            state = connection.execute(_STATE_OF_SEEN).fetchone()[0]
            connection.execute(
                "INSERT OR REPLACE INTO library_wish VALUES (?, ?)", (_TAKEN_OVER, state)
            )
            _follow_kinds(connection)
            connection.execute(f"DELETE FROM library_films WHERE id IN ({_OLD})")  # noqa: S608
            connection.execute(
                "INSERT INTO library_films (directory_id, name, path, folder_id, root, shelf, size, "  # noqa: S608
                f"mtime_ns, kind, duration) SELECT d.id, f.name, {_PATH}, w.id, w.path, {_SHELF}, "
                "f.size, f.mtime_ns, f.kind, f.duration FROM seen_files f "
                "JOIN seen_directories d ON d.id = f.directory_id "
                f"JOIN watched_folders w ON w.id = d.folder_id WHERE f.id IN (SELECT f.id {_NEW})"
            )
        return True

    def keep(self, look: FilmLook) -> bool:
        """Keep what a look has shown; False where this film, as it is now, is none of the library's."""
        facts, outlook = look.facts, look.outlook
        expected = outlook.expected
        languages = "," + ",".join(facts.languages) + "," if facts.languages else ""
        place = path_to_sql(look.path), look.identity.size, look.identity.mtime_ns
        there = "SELECT id FROM library_films WHERE path = ? AND size = ? AND mtime_ns = ?"
        if not self._database.select(there, place):
            return False  # nobody need wait for the database's writer
        with self._database.transaction() as connection:
            kept = connection.execute(
                "UPDATE library_films SET rules = ?, codec = ?, width = ?, height = ?, resolution = ?, "
                "hdr = ?, duration = ?, languages = ?, outcome = ?, message = ?, message_parts = ?, "
                "template = ?, expected = ?, spread = ?, error = ? "
                "WHERE path = ? AND size = ? AND mtime_ns = ?",
                (
                    *(look.rules, facts.codec, facts.width, facts.height, facts.resolution),
                    *(facts.hdr, facts.duration, languages, outlook.outcome.value),
                    *_sentence(outlook.message),
                    outlook.template,
                    expected.likely if expected else None,
                    expected.likely * expected.spread if expected else 0.0,
                    expected.likely * expected.error if expected else 0.0,
                    *place,
                ),
            )
            if kept.rowcount:
                follow_savings(connection, look.path)
            return kept.rowcount > 0

    def keep_unreadable(self, film_id: int, message: str, rules: str) -> None:
        """Keep that a film cannot be understood."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE library_films SET rules = ?, outcome = 'unreadable', message = ?, "
                "message_parts = ? WHERE id = ?",
                (rules, *_sentence(message), film_id),
            )

    def to_look_at(
        self, folder_id: int, rules: str, after: int, limit: int
    ) -> Tuple[LibraryFilm, ...]:
        """Return films of a folder that nobody has looked at by these rules, from an id on."""
        return self._films(
            "folder_id = ? AND rules <> ? AND id > ? ORDER BY id LIMIT ?",
            *(folder_id, rules, after, limit),
        )

    def count_to_look_at(self, marks: Dict[int, str]) -> int:
        """Return how many films nobody has looked at by the rules of their folder."""
        with self._database.read() as connection:
            return sum(
                connection.execute(
                    "SELECT count(*) FROM library_films WHERE folder_id = ? AND rules <> ?", mark
                ).fetchone()[0]
                for mark in marks.items()
            )

    def count_unseen(self) -> int:
        """Return how many films nobody has looked at."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT count(*) FROM library_films WHERE rules = ''"
            ).fetchone()
        return int(row[0])

    def has_folders(self) -> bool:
        """Return whether any folder is watched."""
        with self._database.read() as connection:
            row = connection.execute("SELECT EXISTS (SELECT 1 FROM watched_folders)").fetchone()
        return bool(row[0])

    def to_check(self, after: int, limit: int = 1) -> Tuple[LibraryFilm, ...]:
        """Return films that nobody has checked for damage, from an id on."""
        return self._films("health = '' AND id > ? ORDER BY id LIMIT ?", after, limit)

    def counts_of_health(self) -> Dict[FilmHealth, Tuple[int, int]]:
        """Return how many films there are of each health, and their bytes."""
        found = dict.fromkeys(FilmHealth, (0, 0))
        with self._database.read() as connection:
            for health, films, size in connection.execute(
                "SELECT health, count(*), sum(size) FROM library_films GROUP BY health"
            ):
                found[FilmHealth(health)] = (films, size)
        return found

    def keep_health(
        self,
        film: LibraryFilm,
        health: FilmHealth,
        damage: Optional[Damage] = None,
        message: str = "",
    ) -> None:
        """Keep what a check of a film has shown, unless it has changed meanwhile."""
        places = [[place.start, place.end] for place in damage.places] if damage else []
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE library_films SET health = ?, damage = ?, health_message = ?, health_parts = ? "
                "WHERE id = ? AND size = ?",
                (
                    *(health.value, json.dumps(places) if places else ""),
                    *_sentence(message),
                    *(film.id, film.size),
                ),
            )

    def forget_health(self) -> None:
        """Have all films checked again."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE library_films SET health = '', damage = '', health_message = '', "
                "health_parts = '' WHERE health <> ''"
            )

    @property
    def check_wished(self) -> bool:
        """Whether the user wants all films checked, also after a restart."""
        with self._database.read() as connection:
            return _wish(connection, _CHECK) == "on"

    def wish_check(self, *, wanted: bool) -> None:
        """Keep whether the user wants all films checked."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO library_wish VALUES (?, ?)",
                (_CHECK, "on" if wanted else "off"),
            )

    def _films(self, where: str, *values: object) -> Tuple[LibraryFilm, ...]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT id, path, size FROM library_films WHERE {where}",  # noqa: S608
                values,
            ).fetchall()
        return tuple(
            LibraryFilm(row[0], path_from_sql(row[1]), row[2], LibraryState.UNKNOWN) for row in rows
        )


def _wish(connection: sqlite3.Connection, name: str) -> str:
    row = connection.execute("SELECT value FROM library_wish WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def _follow_kinds(connection: sqlite3.Connection) -> None:
    """A file that turns out to be a result, or one that was moved, is the same film."""
    same = f"{_SAME.format('library_films')} AND s.size = library_films.size"
    other = f"FROM seen_files s WHERE {same} AND s.kind <> library_films.kind"
    connection.execute(
        f"UPDATE library_films SET kind = (SELECT s.kind {other}) WHERE EXISTS (SELECT 1 {other})"  # noqa: S608
    )


def _sentence(text: str) -> Sequence[Optional[str]]:
    """A sentence and what it is made of, for two columns."""
    parts = to_json(text)
    return shown_text(text), json.dumps(parts) if parts else ""

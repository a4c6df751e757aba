"""The library's list, groups and sums by SQL: the ids of all rows in their order, rows a screen at a time."""

from __future__ import annotations

import json
import sqlite3
from array import array
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from core.damage import Damage, Place
from core.library.film import FilmFacts, FilmHealth, LibraryFilm, LibraryState
from core.library.grouping import (
    SIZE_LIMITS,
    GroupBy,
    LibraryGroup,
    by_language,
    in_order,
)
from core.library.savings import (
    LibrarySums,
    Share,
    WorkGroup,
    saving_of,
    share_of,
    total_saving,
)
from core.planning.forecast import Expected, RatioKey
from core.planning.preview import WORK, PreviewOutcome
from core.queue.estimate import Pool
from core.queue.job import NewJob
from core.text.sentence import from_json
from store.connection import Database, path_from_sql, text_from_sql
from store.job_pages import listed, numbers_in
from store.migrations import FINAL_STATES
from store.queue_order import shares_table
from store.ratios import ratios_in

_MOST_IDS = 500  # of one statement
_MOST_SHELVES = 60  # folders that are shown; of more only the watched ones
_WORK = ", ".join(f"'{outcome.value}'" for outcome in WORK)
_HAS_WORK = f"l.outcome IN ({_WORK}) AND l.kind <> 'result'"
_STATE = f"""CASE
    WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.filename = l.path AND j.status NOT IN ({FINAL_STATES}))
        THEN '{LibraryState.PENDING.value}'
    WHEN l.kind = 'result' THEN '{LibraryState.PROCESSED.value}'
    WHEN l.outcome IN ({_WORK}) THEN '{LibraryState.TO_PROCESS.value}'
    WHEN l.outcome = 'unreadable' THEN '{LibraryState.UNREADABLE.value}'
    WHEN l.outcome = '' THEN '{LibraryState.UNKNOWN.value}'
    ELSE '{LibraryState.LEFT_ALONE.value}' END"""  # noqa: S608 - names of ours only
_BAND = (
    "CASE "
    + " ".join(f"WHEN l.size < {limit} THEN {band}" for band, limit in enumerate(SIZE_LIMITS))
    + f" ELSE {len(SIZE_LIMITS)} END"
)
_SAVING = f"CASE WHEN {_HAS_WORK} THEN max(0, l.size - coalesce(l.expected, l.size * s.likely)) END"
_SHARES = "LEFT JOIN shares s ON s.template = l.template AND s.resolution = l.resolution"


class LibrarySort(str, Enum):
    """What the list is sorted by."""

    NAME = "name"
    FOLDER = "folder"
    CODEC = "codec"
    RESOLUTION = "resolution"
    HDR = "hdr"
    LENGTH = "length"
    SIZE = "size"
    RATE = "rate"
    LANGUAGES = "languages"
    STATE = "state"
    SAVING = "saving"
    HEALTH = "health"


_ORDERS: Dict[LibrarySort, str] = {
    LibrarySort.NAME: "l.name COLLATE NOCASE",
    LibrarySort.FOLDER: "l.path COLLATE NOCASE",
    LibrarySort.CODEC: "l.codec",
    LibrarySort.RESOLUTION: "l.width * l.height",
    LibrarySort.HDR: "l.hdr",
    LibrarySort.LENGTH: "l.duration",
    LibrarySort.SIZE: "l.size",
    LibrarySort.RATE: "CASE WHEN l.duration > 0 THEN l.size / l.duration ELSE 0 END",
    LibrarySort.LANGUAGES: "l.languages",
    LibrarySort.STATE: _STATE,
    LibrarySort.SAVING: f"coalesce({_SAVING}, -1)",
    LibrarySort.HEALTH: "l.health",
}


@dataclass(frozen=True)
class LibraryListing:
    """Which films the list has, and in which order; ``text`` must be part of the path."""

    sort: LibrarySort = LibrarySort.FOLDER
    descending: bool = False
    text: str = ""
    state: Optional[LibraryState] = None
    health: Optional[FilmHealth] = None
    by: Optional[GroupBy] = None  # with ``value``: those of one group alone
    value: str = ""


class KnownShares:
    """What share stays of films under each template and resolution, by the films up to job end ``newest``."""

    def __init__(self, newest: int, ratios: Mapping[RatioKey, Pool]) -> None:
        self.newest = newest
        self._ratios = ratios
        self._found: Dict[RatioKey, Optional[Share]] = {}

    def of(self, template: str, resolution: str) -> Optional[Share]:
        """Return it; None where nothing is known, or the picture is not encoded."""
        key = (template, resolution)
        if template and key not in self._found:
            self._found[key] = share_of(self._ratios, *key)
        return self._found.get(key)


class LibraryPages:
    """Reads the library; every thread that asks has its own connection."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = KnownShares(-1, {})

    def ids(self, listing: LibraryListing) -> array[int]:
        """Return the ids of all rows in their order."""
        where, values = _where(listing)
        down = " DESC" if listing.descending else ""
        with self._database.read() as connection:
            table, join = "", ""
            of_table: Tuple[object, ...] = ()
            if listing.sort is LibrarySort.SAVING:
                (table, of_table), join = shares_table(connection), _SHARES
            statement = (
                f"{table} SELECT {listed('id')} FROM (SELECT l.id FROM library_films l {join} "  # noqa: S608
                f"WHERE {where} ORDER BY {_ORDERS[listing.sort]}{down}, l.id{down})"
            )
            text = connection.execute(statement, (*of_table, *values)).fetchone()[0] or ""
        return numbers_in(text)

    def rows(self, ids: Sequence[int]) -> Dict[int, LibraryFilm]:
        """Return the films of these ids that there are."""
        found: Dict[int, LibraryFilm] = {}
        with self._database.read() as connection:
            known = self._shares(connection)
            for first in range(0, len(ids), _MOST_IDS):
                part = ids[first : first + _MOST_IDS]
                rows = connection.execute(
                    f"SELECT l.*, {_STATE} AS state FROM library_films l "  # noqa: S608
                    f"WHERE l.id IN ({', '.join('?' * len(part))})",
                    tuple(part),
                )
                found.update((row["id"], _film(row, known)) for row in rows)
        return found

    def films(self, listing: LibraryListing, limit: int = -1) -> List[LibraryFilm]:
        """Return films in the order of a listing, so many at most (-1: all)."""
        ids = self.ids(listing)
        wanted = ids if limit < 0 else ids[:limit]
        rows = self.rows(wanted)
        return [rows[film_id] for film_id in wanted if film_id in rows]

    def jobs(self, ids: Sequence[int], priority: Optional[int] = None) -> List[NewJob]:
        """Return jobs for these films, but for those that have one which has not ended.

        Without a ``priority`` each has its watched folder's.
        """
        found: Dict[int, NewJob] = {}
        with self._database.read() as connection:
            for first in range(0, len(ids), _MOST_IDS):
                part = ids[first : first + _MOST_IDS]
                rows = connection.execute(
                    "SELECT l.id, l.path, l.size, l.mtime_ns, l.folder_id, w.priority "  # noqa: S608
                    "FROM library_films l JOIN watched_folders w ON w.id = l.folder_id "
                    f"WHERE l.id IN ({', '.join('?' * len(part))}) AND NOT EXISTS (SELECT 1 FROM jobs j "
                    f"WHERE j.filename = l.path AND j.status NOT IN ({FINAL_STATES}))",
                    tuple(part),
                )
                for film_id, path, size, mtime_ns, folder_id, usual in map(tuple, rows):
                    found[film_id] = NewJob(
                        path_from_sql(path),
                        usual if priority is None else priority,
                        size=size,
                        folder_id=folder_id,
                        film_time=mtime_ns / 1e9,
                    )
        return [found[film_id] for film_id in ids if film_id in found]

    def sums(self, listing: LibraryListing) -> LibrarySums:
        """Return what the films of a listing come to, and what processing them would save."""
        where, values = _where(listing)
        with self._database.read() as connection:
            known = self._shares(connection)
            films, size, unseen, unseen_size = connection.execute(
                "SELECT count(*), coalesce(sum(l.size), 0), coalesce(sum(l.outcome = ''), 0), "  # noqa: S608
                "coalesce(sum(CASE WHEN l.outcome = '' THEN l.size END), 0) "
                f"FROM library_films l WHERE {where}",
                values,
            ).fetchone()
            rows = connection.execute(
                "SELECT l.template, l.resolution, count(*), sum(l.size), "  # noqa: S608
                "sum(CAST(l.size AS REAL) * l.size), sum(l.expected), sum(l.spread * l.spread), "
                f"sum(l.error) FROM library_films l WHERE {where} AND {_HAS_WORK} "
                "GROUP BY l.template, l.resolution, l.expected IS NULL",
                values,
            ).fetchall()
        groups = [
            WorkGroup(row[2], row[3], row[4], known.of(row[0], row[1]), *tuple(row)[5:8])
            for row in rows
        ]
        without = [group for group in groups if group.expected is None and group.share is None]
        return LibrarySums(
            films,
            size,
            sum(group.films for group in groups),
            total_saving(groups),
            sum(group.films for group in without),
            sum(group.size for group in without),
            unseen,
            unseen_size,
        )

    def _shares(self, connection: sqlite3.Connection) -> KnownShares:
        """What the films of the past tell, read again where one more has ended."""
        newest = connection.execute("SELECT coalesce(max(id), 0) FROM job_ends").fetchone()[0]
        if self._known.newest != newest:
            self._known = KnownShares(newest, ratios_in(connection))
        return self._known

    def groups(self, by: GroupBy, listing: LibraryListing) -> Tuple[LibraryGroup, ...]:
        """Return the films of a listing by what they have in common."""
        where, values = _where(listing)

        def read(column: str) -> List[LibraryGroup]:
            rows = connection.execute(
                f"SELECT {column}, count(*), sum(l.size) FROM library_films l WHERE {where} GROUP BY 1",  # noqa: S608
                values,
            )
            return [LibraryGroup(_text(row[0]), row[1], row[2]) for row in rows]

        with self._database.read() as connection:
            if by is GroupBy.FOLDER:
                found = read("l.shelf")
                if len(found) > _MOST_SHELVES:
                    found = read("l.root")
            elif by is GroupBy.LANGUAGE:
                found = by_language(read("l.languages"))
            else:
                found = read(_BAND if by is GroupBy.SIZE else f"l.{by.value}")
        return in_order(by, found)


def _text(value: object) -> str:
    return text_from_sql(value) if isinstance(value, bytes) else str(value)


def _where(listing: LibraryListing) -> Tuple[str, Tuple[object, ...]]:
    parts: List[str] = []
    values: List[object] = []
    if listing.text:
        pattern = listing.text
        for special in "\\%_":
            pattern = pattern.replace(special, "\\" + special)
        parts.append("l.path LIKE ? ESCAPE '\\'")
        values.append(f"%{pattern}%")
    if listing.state is not None:
        parts.append(f"{_STATE} = ?")
        values.append(listing.state.value)
    if listing.health is not None:
        parts.append("l.health = ?")
        values.append(listing.health.value)
    if listing.by is not None:
        parts.append(_OF_GROUP[listing.by])
        value = listing.value
        if listing.by is GroupBy.LANGUAGE:
            value = f"%,{value},%" if value else ""
        values += [value] * _OF_GROUP[listing.by].count("?")
    return " AND ".join(parts) or "1", tuple(values)


_OF_GROUP: Mapping[GroupBy, str] = {
    GroupBy.CODEC: "l.codec = ?",
    GroupBy.RESOLUTION: "l.resolution = ?",
    GroupBy.SIZE: f"{_BAND} = CAST(? AS INTEGER)",
    GroupBy.FOLDER: "CAST(? AS BLOB) IN (CAST(l.shelf AS BLOB), CAST(l.root AS BLOB))",
    GroupBy.LANGUAGE: "l.languages LIKE ?",
}


def _film(row: sqlite3.Row, known: KnownShares) -> LibraryFilm:
    outcome = PreviewOutcome(row["outcome"]) if row["outcome"] else None
    saving = None
    if outcome in WORK and row["kind"] != "result":
        likely, expected = row["expected"], None
        if likely:
            expected = Expected(likely, row["spread"] / likely, row["error"] / likely)
        share = known.of(row["template"], row["resolution"])
        saving = saving_of(row["size"], share, expected)
    return LibraryFilm(
        row["id"],
        path_from_sql(row["path"]),
        row["size"],
        LibraryState(row["state"]),
        FilmFacts(
            row["codec"],
            row["width"],
            row["height"],
            row["resolution"],
            row["hdr"],
            row["duration"],
            tuple(filter(None, row["languages"].split(","))),
        ),
        _sentence(row["message"], row["message_parts"]),
        outcome,
        FilmHealth(row["health"]),
        _damage(row["damage"]),
        _sentence(row["health_message"], row["health_parts"]),
        saving,
    )


def _sentence(text: str, parts: str) -> str:
    return from_json(text, _loaded(parts))


def _damage(places: str) -> Damage:
    return Damage(tuple(Place(float(start), float(end)) for start, end in _loaded(places) or ()))


def _loaded(text: str) -> Any:
    return json.loads(text) if text else None

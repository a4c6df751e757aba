"""The journal of swaps: each file operation on a film, written before it is done.

Every write is synced to the disk before the file operation that it announces, so that after a crash
the disk can be read against it. One entry per attempt of a job: ``intent → verified → swapped → done``,
and later, when the user wants the original back, ``restoring → done``.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Dict, FrozenSet, Optional, Sequence, Tuple

from core.media.model import FileIdentity
from store.connection import Database, path_from_sql, path_to_sql
from store.held_time import HeldTime
from store.migrations import FINAL_STATES


class Stage(str, Enum):
    """How far an entry has come."""

    INTENT = "intent"  # a staged result may exist; the film is untouched
    VERIFIED = "verified"  # the staged result is proved; the swap may be under way
    SWAPPED = "swapped"  # the result has the film's name; the original is in holding
    RESTORING = "restoring"  # the original is on its way back
    DONE = "done"


class Outcome(str, Enum):
    """How an entry ended."""

    OPEN = ""
    REPLACED = "replaced"
    ROLLED_BACK = "rolled back"
    RESTORED = "restored"


class Original(str, Enum):
    """Where the original is."""

    IN_PLACE = "in place"
    HELD = "held"
    REMOVED = "removed"


@dataclass(frozen=True)
class JournalEntry:
    """One attempt at one film; times in seconds since the epoch.

    While the original is kept, the paths follow the film when that is renamed (``Journal.follow``).
    """

    job_id: int
    attempt: int
    source: Path  # the film as it is named before
    target: Path  # its name afterwards
    staged: Path  # the result beside its target, with a name that is no video's
    holding: Path  # where the original waits
    source_identity: FileIdentity
    run: str  # marks the child processes of the program that works on it
    owner_pid: int
    owner_started: float
    created_at: float
    work: Optional[Path] = None  # the result's first place, when that is on another disk
    id: int = 0
    stage: Stage = Stage.INTENT
    outcome: Outcome = Outcome.OPEN
    original: Original = Original.IN_PLACE
    result_identity: Optional[FileIdentity] = None
    swapped_at: Optional[float] = None
    report: str = ""  # JSON: verification, sizes, commands


_COLUMNS = (
    "job_id, attempt, source, target, staged, holding, source_identity, run, owner_pid,"
    " owner_started, created_at, work, stage, outcome, original, result_identity, swapped_at, report,"
    " source_content, result_content"
)
_HELD = "stage = 'done' AND original = 'held'"


class Journal:
    """The journal's table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, entry: JournalEntry) -> JournalEntry:
        """Store the entry, synced to the disk; a new one comes back with its id."""
        values = _values(entry)
        with self._database.transaction(full_sync=True) as connection:
            if entry.id:
                columns = ", ".join(f"{name.strip()} = ?" for name in _COLUMNS.split(","))
                connection.execute(
                    f"UPDATE journal SET {columns} WHERE id = ?",  # noqa: S608 - our own names
                    (*values, entry.id),
                )
                return entry
            marks = ", ".join("?" * len(values))
            cursor = connection.execute(
                f"INSERT INTO journal ({_COLUMNS}) VALUES ({marks})",  # noqa: S608
                values,
            )
            return replace(entry, id=int(cursor.lastrowid or 0))

    def demand_there(self) -> None:
        """Raise StoreGone where what is written here would be lost: the database's file is gone."""
        self._database.demand_there()

    @property
    def held_time(self) -> HeldTime:
        """Return for how long originals have been kept."""
        return HeldTime(self._database)

    def unfinished(self) -> Tuple[JournalEntry, ...]:
        """Return the swaps that were unfinished when the program ended, oldest first."""
        return self._select("WHERE stage <> 'done' ORDER BY id")

    def held(self) -> Tuple[JournalEntry, ...]:
        """Return the originals that wait in holding, oldest swap first.

        Also those of films that another program replaced in the middle of their swap.
        """
        return self._select(f"WHERE {_HELD} ORDER BY COALESCE(swapped_at, created_at), id")

    def held_for(self, content: str) -> Tuple[JournalEntry, ...]:
        """Return the swaps that left a result of this content and whose original waits, newest first."""
        return self._select(f"WHERE {_HELD} AND result_content = ? ORDER BY id DESC", content)

    def held_once_named(self, path: Path) -> Tuple[JournalEntry, ...]:
        """Return the swaps whose original waits and whose film had this name once, newest first."""
        named = "id IN (SELECT entry_id FROM former_names WHERE path = ?)"
        return self._select(f"WHERE {_HELD} AND {named} ORDER BY id DESC", path_to_sql(path))

    def former_names(self, entry_id: int) -> Tuple[Path, ...]:
        """Return what the film of an entry was called before it was renamed."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT path FROM former_names WHERE entry_id = ? ORDER BY path", (entry_id,)
            ).fetchall()
        return tuple(path_from_sql(row[0]) for row in rows)

    def all_former_names(self) -> Dict[int, Tuple[Path, ...]]:
        """Return the same for all entries at once, by their numbers."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT entry_id, path FROM former_names ORDER BY path")
            names: Dict[int, Tuple[Path, ...]] = {}
            for number, path in rows:
                names[number] = (*names.get(number, ()), path_from_sql(path))
        return names

    def entry(self, entry_id: int) -> Optional[JournalEntry]:
        """Return the entry of this number; None where there is none."""
        return next(iter(self._select("WHERE id = ?", entry_id)), None)

    def wanted_again(self) -> FrozenSet[Path]:
        """Return the films that wait in the queue to be made once more from their kept originals."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT filename FROM jobs INDEXED BY jobs_again WHERE again = 'original' "  # noqa: S608
                f"AND status NOT IN ({FINAL_STATES})"
            )
            return frozenset(path_from_sql(row[0]) for row in rows)

    def follow(self, moved: JournalEntry) -> bool:
        """Store where a film and its original lie now; the old names are kept beside the new ones.

        False, and nothing is changed, where the original does not wait any more.
        """
        with self._database.transaction(full_sync=True) as connection:
            row = connection.execute(
                f"SELECT source, target, staged, holding FROM journal WHERE id = ? AND {_HELD}",  # noqa: S608
                (moved.id,),
            ).fetchone()
            now = tuple(map(path_to_sql, (moved.source, moved.target, moved.staged, moved.holding)))
            if row is None or tuple(row) == now:
                return row is not None
            connection.executemany(
                "INSERT OR IGNORE INTO former_names VALUES (?, ?)",
                [(name, moved.id) for name in set(row[:2]) - set(now[:2])],
            )
            connection.execute(
                "UPDATE journal SET source = ?, target = ?, staged = ?, holding = ? WHERE id = ?",
                (*now, moved.id),
            )
        return True

    def of_job(self, job_id: int) -> Tuple[JournalEntry, ...]:
        """Return all attempts of a job, newest first."""
        return self._select("WHERE job_id = ? ORDER BY id DESC", job_id)

    def of_film(self, path: Path) -> Tuple[JournalEntry, ...]:
        """Return the entries in which a film had or has this name, newest first."""
        value = path_to_sql(path)
        return self._select("WHERE source = ? OR target = ? ORDER BY id DESC", value, value)

    def films_among(self, paths: Sequence[Path]) -> FrozenSet[Path]:
        """Return which of these paths (a few hundred) a film of any entry has or had."""
        values = tuple(map(path_to_sql, paths))
        marks = ", ".join("?" * len(values))
        rows = self._database.select(
            f"SELECT source FROM journal WHERE source IN ({marks}) "  # noqa: S608
            f"UNION SELECT target FROM journal WHERE target IN ({marks})",
            (*values, *values),
        )
        return frozenset(path_from_sql(row[0]) for row in rows)

    def staged_paths(self) -> Tuple[Path, ...]:
        """Return where results were ever staged: the folders that may hold leftovers."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT DISTINCT staged FROM journal").fetchall()
        return tuple(path_from_sql(row[0]) for row in rows)

    def _select(self, where: str, *values: object) -> Tuple[JournalEntry, ...]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS}, id FROM journal {where}",  # noqa: S608 - our own conditions
                values,
            ).fetchall()
        return tuple(_entry(row) for row in rows)


def _values(entry: JournalEntry) -> Tuple[object, ...]:
    return (
        entry.job_id,
        entry.attempt,
        path_to_sql(entry.source),
        path_to_sql(entry.target),
        path_to_sql(entry.staged),
        path_to_sql(entry.holding),
        _identity_to_text(entry.source_identity),
        entry.run,
        entry.owner_pid,
        entry.owner_started,
        entry.created_at,
        None if entry.work is None else path_to_sql(entry.work),
        entry.stage.value,
        entry.outcome.value,
        entry.original.value,
        None if entry.result_identity is None else _identity_to_text(entry.result_identity),
        entry.swapped_at,
        entry.report,
        entry.source_identity.content,
        "" if entry.result_identity is None else entry.result_identity.content,
    )


def _entry(row: sqlite3.Row) -> JournalEntry:
    return JournalEntry(
        job_id=row[0],
        attempt=row[1],
        source=path_from_sql(row[2]),
        target=path_from_sql(row[3]),
        staged=path_from_sql(row[4]),
        holding=path_from_sql(row[5]),
        source_identity=_identity_from_text(row[6], row[18]),
        run=row[7],
        owner_pid=row[8],
        owner_started=row[9],
        created_at=row[10],
        work=None if row[11] is None else path_from_sql(row[11]),
        stage=Stage(row[12]),
        outcome=Outcome(row[13]),
        original=Original(row[14]),
        result_identity=None if row[15] is None else _identity_from_text(row[15], row[19]),
        swapped_at=row[16],
        report=row[17],
        id=row[20],
    )


def _identity_to_text(identity: FileIdentity) -> str:
    # As text: file ids of Windows need more bits than SQLite's integers have.
    return json.dumps([identity.size, identity.mtime_ns, identity.device, identity.inode])


def _identity_from_text(text: str, content: str) -> FileIdentity:
    size, mtime_ns, device, inode = json.loads(text)
    return FileIdentity(size, mtime_ns, device, inode, content)

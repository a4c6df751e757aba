"""Finished chunks of films, so that an encode goes on where it was: sets of them, one for each film and way.

A row is written after its chunk is durable on the disk, and removed after its file, so that after a crash no
row speaks of less than there is and no file of ours is without a set.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, Iterable, Mapping, Tuple

from core.events import JobState
from store.connection import Database, path_from_sql, path_to_sql
from store.migrations import FINAL_STATES


@dataclass(frozen=True)
class Owner:
    """A program that works with a set: its run, and what tells whether it is still alive."""

    run: str = ""
    pid: int = 0
    started: float = 0.0


NOBODY = Owner()


@dataclass(frozen=True)
class StoredChunk:
    """A finished chunk; ``size`` in bytes.

    ``file`` is its name in the set's folder. ``film_seconds`` is its length, ``seconds`` what it took to
    make; ``machine`` is the instance that made it, "" for this one.
    """

    number: int
    file: str
    size: int
    seal: str
    film_seconds: float
    seconds: float
    proof: Mapping[str, Any]
    machine: str = ""


@dataclass(frozen=True)
class ChunkSet:
    """The chunks of one film that can be joined: all made from, and with, the same things.

    ``made_from`` says from what; ``key`` is a hash over it.
    """

    key: str
    made_from: Mapping[str, str]
    content: str
    film: Path
    job_id: int
    folder: Path
    plan: Mapping[str, Any]
    owner: Owner
    used_at: float  # seconds since the epoch
    finished: Tuple[StoredChunk, ...] = ()  # in order
    id: int = 0

    @property
    def size(self) -> int:
        """What the finished chunks take, in bytes."""
        return sum(chunk.size for chunk in self.finished)


_COLUMNS = (
    "key, made_from, content, film, job_id, folder, plan, run, owner_pid, owner_started, used_at"
)
_CHUNK_COLUMNS = "number, file, size, seal, film_seconds, seconds, machine, proof"
# Jobs that may still go on with their chunks: those that are not over, and for a while those that failed.
_MAY_GO_ON = (
    f"(status NOT IN ({FINAL_STATES}) OR status = '{JobState.FAILED.value}' AND end_time > ?)"
)


class ChunkStore:
    """The sets of chunks; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, made: ChunkSet) -> ChunkSet:
        """Store a new set, synced to the disk, before its folder is made; it comes back with its id."""
        with self._database.transaction(full_sync=True) as connection:
            cursor = connection.execute(
                f"INSERT INTO chunk_sets ({_COLUMNS}) VALUES ({_marks(_COLUMNS)})",  # noqa: S608
                _values(made),
            )
            return replace(made, id=int(cursor.lastrowid or 0))

    def of_key(self, key: str) -> Tuple[ChunkSet, ...]:
        """Return the sets whose chunks fit, the one with the most first."""
        found = self._select("WHERE key = ? ORDER BY id", key)
        return tuple(sorted(found, key=lambda known: -len(known.finished)))

    def of_film(self, film: Path, job_id: int) -> Tuple[ChunkSet, ...]:
        """Return the sets of a film, by its name or its job."""
        return self._select("WHERE film = ? OR job_id = ? ORDER BY id", path_to_sql(film), job_id)

    def all(self) -> Tuple[ChunkSet, ...]:
        """Return every set, oldest first."""
        return self._select("ORDER BY id")

    @property
    def empty(self) -> bool:
        """Whether no film has chunks."""
        with self._database.read() as connection:
            return connection.execute("SELECT 1 FROM chunk_sets LIMIT 1").fetchone() is None

    def take(self, known: ChunkSet, now: ChunkSet) -> bool:
        """Give a set to another owner, job, film or folder; False where somebody else was faster."""
        with self._database.transaction(full_sync=True) as connection:
            cursor = connection.execute(
                "UPDATE chunk_sets SET film = ?, job_id = ?, folder = ?, run = ?, owner_pid = ?, "
                "owner_started = ?, used_at = ? WHERE id = ? AND run = ?",
                (
                    *(path_to_sql(now.film), now.job_id, path_to_sql(now.folder)),
                    *(now.owner.run, now.owner.pid, now.owner.started, now.used_at),
                    *(known.id, known.owner.run),
                ),
            )
            self._tell_job(connection, now)
            return cursor.rowcount == 1

    def add(self, known: ChunkSet, chunk: StoredChunk) -> ChunkSet:
        """Store a finished chunk that is durable on the disk, synced; return the set with it."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute(
                f"INSERT OR REPLACE INTO chunks (set_id, {_CHUNK_COLUMNS}) "  # noqa: S608
                f"VALUES (?, {_marks(_CHUNK_COLUMNS)})",
                (known.id, *_chunk_values(chunk)),
            )
            others = tuple(other for other in known.finished if other.number != chunk.number)
            grown = replace(
                known, finished=tuple(sorted((*others, chunk), key=lambda stored: stored.number))
            )
            self._tell_job(connection, grown)
            return grown

    def lose(self, known: ChunkSet, chunk: StoredChunk) -> ChunkSet:
        """Forget a chunk that is no good any more; return the set without it."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute(
                "DELETE FROM chunks WHERE set_id = ? AND number = ?", (known.id, chunk.number)
            )
            left = tuple(other for other in known.finished if other.number != chunk.number)
            shrunk = replace(known, finished=left)
            self._tell_job(connection, shrunk)
            return shrunk

    def drop(self, known: ChunkSet) -> None:
        """Forget a set whose files are gone."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute("DELETE FROM chunk_sets WHERE id = ?", (known.id,))
            connection.execute("UPDATE jobs SET done_share = 0 WHERE id = ?", (known.job_id,))

    def may_go_on(self, known: ChunkSet, failed_since: float) -> bool:
        """Whether a job may still use a set: one that is not over, or that has failed after this time."""
        with self._database.read() as connection:
            row = connection.execute(
                f"SELECT 1 FROM jobs WHERE (id = ? OR filename = ?) AND {_MAY_GO_ON}",  # noqa: S608
                (known.job_id, path_to_sql(known.film), failed_since),
            ).fetchone()
        return row is not None

    @staticmethod
    def _tell_job(connection: sqlite3.Connection, known: ChunkSet) -> None:
        connection.execute(
            "UPDATE jobs SET done_share = ? WHERE id = ?", (share_of(known), known.job_id)
        )

    def _select(self, where: str, *values: object) -> Tuple[ChunkSet, ...]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS}, id FROM chunk_sets {where}",  # noqa: S608 - our own conditions
                values,
            ).fetchall()
            return tuple(
                _set(
                    row,
                    connection.execute(
                        f"SELECT {_CHUNK_COLUMNS} FROM chunks WHERE set_id = ? ORDER BY number",  # noqa: S608
                        (row[11],),
                    ).fetchall(),
                )
                for row in rows
            )


def share_of(known: ChunkSet) -> float:
    """Return the share of the film (0 to 1) that the finished chunks hold."""
    chunks = known.plan.get("chunks", ())
    whole = sum(chunk["until"] - chunk["start"] for chunk in chunks)
    done = sum(chunk.film_seconds for chunk in known.finished)
    return min(1.0, done / whole) if whole > 0 else 0.0


def _marks(columns: str) -> str:
    return ", ".join("?" * len(columns.split(",")))


def _values(made: ChunkSet) -> Tuple[object, ...]:
    return (
        made.key,
        json.dumps(dict(made.made_from)),
        made.content,
        path_to_sql(made.film),
        made.job_id,
        path_to_sql(made.folder),
        json.dumps(dict(made.plan)),
        made.owner.run,
        made.owner.pid,
        made.owner.started,
        made.used_at,
    )


def _chunk_values(chunk: StoredChunk) -> Tuple[object, ...]:
    return (
        chunk.number,
        chunk.file,
        chunk.size,
        chunk.seal,
        chunk.film_seconds,
        chunk.seconds,
        chunk.machine,
        json.dumps(dict(chunk.proof)),
    )


def _set(row: sqlite3.Row, chunks: Iterable[sqlite3.Row]) -> ChunkSet:
    return ChunkSet(
        key=row[0],
        made_from=_mapping(row[1]),
        content=row[2],
        film=path_from_sql(row[3]),
        job_id=row[4],
        folder=path_from_sql(row[5]),
        plan=_mapping(row[6]),
        owner=Owner(row[7], row[8], row[9]),
        used_at=row[10],
        finished=tuple(map(_chunk, chunks)),
        id=row[11],
    )


def _chunk(row: sqlite3.Row) -> StoredChunk:
    return StoredChunk(
        number=row[0],
        file=row[1],
        size=row[2],
        seal=row[3],
        film_seconds=row[4],
        seconds=row[5],
        proof=_mapping(row[7]),
        machine=row[6],
    )


def _mapping(text: str) -> Dict[str, Any]:
    found: Dict[str, Any] = json.loads(text)
    return found

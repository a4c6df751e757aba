"""A slave's own memory: what it makes for its master, and films that it found and has to tell of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Tuple

from store.connection import Database, path_from_sql, path_to_sql


@dataclass(frozen=True)
class SlaveJob:
    """One attempt at one of a master's jobs.

    ``result`` is where the result lies or grows, ``folder`` our own folder of the job. ``report`` is what
    will be handed in, empty as long as it is in work.
    """

    master_id: str
    job_id: int
    attempt: int
    result: Path
    folder: Path
    report: Mapping[str, Any]


@dataclass(frozen=True)
class FoundFilm:
    """A film in a folder that the slave watches, with its proof; the path is the slave's."""

    path: Path
    size: int
    content: str


@dataclass(frozen=True)
class SlaveWish:
    """What a slave is to do: as its master ``master_id`` wants it, or its own user where that is "".

    ``until`` is when it goes on by itself, in seconds since the epoch.
    """

    master_id: str = ""
    wish: str = ""
    until: Optional[float] = None


class SlaveWishStore:
    """Whether this machine was told to pause or to take no more; usable from every thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> SlaveWish:
        """Return what was wished last; empty where nobody did."""
        with self._database.read() as connection:
            row = connection.execute("SELECT master_id, wish, until FROM slave_wish").fetchone()
        return SlaveWish(*row) if row else SlaveWish()

    def save(self, wish: SlaveWish) -> None:
        """Keep a wish until there is another."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO slave_wish (id, master_id, wish, until) VALUES (1, ?, ?, ?)",
                (wish.master_id, wish.wish, wish.until),
            )


class SlaveJobStore:
    """Usable from every thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.wishes = SlaveWishStore(database)

    def begin(self, job: SlaveJob) -> None:
        """Note, before a byte is written, where the work will lie."""
        self._write(job)

    def finish(self, job: SlaveJob) -> None:
        """Keep a finished result's report."""
        self._write(job)

    def _write(self, job: SlaveJob) -> None:
        with self._database.transaction(full_sync=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO slave_jobs VALUES (?, ?, ?, ?, ?, ?)",
                (
                    job.master_id,
                    job.job_id,
                    job.attempt,
                    path_to_sql(job.result),
                    path_to_sql(job.folder),
                    json.dumps(job.report) if job.report else "",
                ),
            )

    def forget(self, job: SlaveJob) -> None:
        """The master has it, or does not want it; its files are gone."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM slave_jobs WHERE master_id = ? AND job_id = ? AND attempt = ?",
                (job.master_id, job.job_id, job.attempt),
            )

    def finished(self) -> Tuple[SlaveJob, ...]:
        """Return what waits to be handed in, oldest job first."""
        return tuple(job for job in self.all() if job.report)

    def all(self) -> Tuple[SlaveJob, ...]:
        """Return everything, oldest job first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT master_id, job_id, attempt, result, folder, report FROM slave_jobs "
                "ORDER BY job_id, attempt"
            ).fetchall()
        return tuple(
            SlaveJob(
                row[0],
                row[1],
                row[2],
                path_from_sql(row[3]),
                path_from_sql(row[4]),
                json.loads(row[5]) if row[5] else {},
            )
            for row in rows
        )

    def found(self, films: Sequence[FoundFilm]) -> None:
        """Keep films that the master does not know of yet."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO found_films (path, size, content) VALUES (?, ?, ?)",
                [(path_to_sql(film.path), film.size, film.content) for film in films],
            )

    def untold(self, limit: int) -> Tuple[FoundFilm, ...]:
        """Return the oldest films that the master has not answered for."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT path, size, content FROM found_films ORDER BY rowid LIMIT ?", (limit,)
            ).fetchall()
        return tuple(FoundFilm(path_from_sql(row[0]), row[1], row[2]) for row in rows)

    def told(self, contents: Sequence[str]) -> None:
        """The master knows of these, by their content."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM found_films WHERE content = ?", [(content,) for content in contents]
            )

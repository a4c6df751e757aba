"""What a slave keeps over restarts: its master's jobs, and films that it found and has to report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Tuple

from store.connection import Database, path_from_sql, path_to_sql


@dataclass(frozen=True)
class SlaveJob:
    """One attempt at one of a master's jobs.

    ``result`` is the result's path, ``folder`` our own folder of the job. ``report`` is what the master will
    get, empty until the job is finished.
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
class SlaveRequest:
    """A state requested of a slave: by its master ``master_id``, or by its own user where that is "".

    ``until`` is when it continues by itself, in seconds since the epoch.
    """

    master_id: str = ""
    requested: str = ""
    until: Optional[float] = None


class SlaveRequestStore:
    """Whether this machine was told to pause or to take no more jobs; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> SlaveRequest:
        """Return the last request; empty where there was none."""
        with self._database.read() as connection:
            row = connection.execute("SELECT master_id, wish, until FROM slave_wish").fetchone()
        return SlaveRequest(*row) if row else SlaveRequest()

    def save(self, request: SlaveRequest) -> None:
        """Store a request until the next one."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO slave_wish (id, master_id, wish, until) VALUES (1, ?, ?, ?)",
                (request.master_id, request.requested, request.until),
            )


class SlaveJobStore:
    """Jobs of a master on this machine; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.requests = SlaveRequestStore(database)

    def begin(self, job: SlaveJob) -> None:
        """Store where the result will be, before a byte of it is written."""
        self._write(job)

    def finish(self, job: SlaveJob) -> None:
        """Store a finished result's report."""
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
        """Delete a job that the master has or does not want; its files are gone."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM slave_jobs WHERE master_id = ? AND job_id = ? AND attempt = ?",
                (job.master_id, job.job_id, job.attempt),
            )

    def finished(self) -> Tuple[SlaveJob, ...]:
        """Return the finished jobs that the master does not have yet, oldest first."""
        return tuple(job for job in self.all() if job.report)

    def all(self) -> Tuple[SlaveJob, ...]:
        """Return all jobs, oldest first."""
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

    def keep_found(self, films: Sequence[FoundFilm]) -> None:
        """Store films that the master does not know of yet."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO found_films (path, size, content) VALUES (?, ?, ?)",
                [(path_to_sql(film.path), film.size, film.content) for film in films],
            )

    def unconfirmed(self, limit: int) -> Tuple[FoundFilm, ...]:
        """Return the oldest films that the master has not confirmed."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT path, size, content FROM found_films ORDER BY rowid LIMIT ?", (limit,)
            ).fetchall()
        return tuple(FoundFilm(path_from_sql(row[0]), row[1], row[2]) for row in rows)

    def confirm(self, contents: Sequence[str]) -> None:
        """Delete films that the master has confirmed, by their content."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM found_films WHERE content = ?", [(content,) for content in contents]
            )

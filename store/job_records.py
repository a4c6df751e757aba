"""Everything that the database holds about one job, in one read."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Dict, Iterable, Optional

from core.chunk_progress import from_rows
from core.queue.job import Job
from core.queue.job_facts import JobFacts
from core.queue.job_record import AttemptRecord, JobRecord
from core.target_quality.film_quality import FilmQuality
from core.target_quality.quality_json import read_quality
from store.connection import Database
from store.job_row import FACTS
from store.jobs import JobStore
from store.journal import Journal, JournalEntry, Original, Outcome, Stage

_AT_ONCE = 500  # jobs in one question: SQLite takes no more than 999 marks


class JobRecords:
    """Reads records; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs = JobStore(database)
        self._journal = Journal(database)

    def get(self, job_id: int) -> Optional[JobRecord]:
        """Return what is known of a job; None where nothing has this id."""
        with self._database.read() as connection:
            job = self._jobs.get(job_id)
            if job is None:
                return None
            plan, commands, verification = self._jobs.details(job_id)
            attempts = tuple(reversed(self._journal.of_job(job_id)))
            return JobRecord(
                job,
                _facts(connection, job_id),
                plan,
                commands,
                verification,
                tuple(_attempt(entry) for entry in attempts),
                self.original(job) is not None,
            )

    def qualities(self, job_ids: Iterable[int]) -> Dict[int, FilmQuality]:
        """Return the qualities of those jobs' films that were encoded for one."""
        found: Dict[int, FilmQuality] = {}
        wanted = tuple(job_ids)
        with self._database.read() as connection:
            for first in range(0, len(wanted), _AT_ONCE):
                ids = wanted[first : first + _AT_ONCE]
                rows = connection.execute(
                    # By their days, which have an index; a later end of the same job counts.
                    "SELECT jobs.id, job_ends.details FROM jobs JOIN job_ends "  # noqa: S608 - marks
                    "ON job_ends.date = jobs.end_date AND job_ends.job_id = jobs.id "
                    f"WHERE jobs.id IN ({', '.join('?' * len(ids))}) "
                    "AND job_ends.details LIKE '%\"quality\"%' ORDER BY job_ends.id",
                    ids,
                )
                for job_id, details in rows:
                    for quality in map(read_quality, json.loads(details).get("quality", ())):
                        if quality is not None:
                            found[job_id] = quality
        return found

    def original(self, job: Job) -> Optional[JournalEntry]:
        """Return the swap whose original can come back for this job; None where there is none.

        The caller checks whether the file is still there.
        """
        own = next(iter(self._journal.of_job(job.id)), None)
        # The journal knows where the film was moved to since.
        entries = self._journal.of_film(job.result_path if own is None else own.target)
        if any(entry.stage is not Stage.DONE for entry in entries):
            return None
        newest = next((entry for entry in entries if entry.outcome is Outcome.REPLACED), None)
        if newest is None or newest.job_id != job.id or newest.original is not Original.HELD:
            return None
        return newest


def _attempt(entry: JournalEntry) -> AttemptRecord:
    return AttemptRecord(
        entry.attempt,
        entry.created_at,
        entry.outcome.value,
        entry.original.value,
        entry.swapped_at,
    )


def _facts(connection: sqlite3.Connection, job_id: int) -> JobFacts:
    row = connection.execute(
        f"SELECT {FACTS.columns} FROM jobs WHERE id = ?",  # noqa: S608 - our own names
        (job_id,),
    ).fetchone()
    # By its day, which has an index; a job that was queued again has no day and no steps yet.
    end = connection.execute(
        "SELECT details FROM job_ends WHERE job_id = ?1 AND "
        "date = (SELECT end_date FROM jobs WHERE id = ?1) ORDER BY id DESC LIMIT 1",
        (job_id,),
    ).fetchone()
    details = json.loads(end[0]) if end is not None and end[0] else {}
    return replace(
        FACTS.read(row),
        step_seconds=tuple((name, seconds) for name, seconds in details.get("steps", ())),
        audio_before=tuple(details.get("audio_before", ())),
        audio_after=tuple(details.get("audio_after", ())),
        chunks=from_rows(details.get("chunks", ())),
        quality=tuple(filter(None, map(read_quality, details.get("quality", ())))),
    )

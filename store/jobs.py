"""The queue and the history: one row per job."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Container, Dict, Iterable, Optional, Sequence, Tuple

from core.queue.going_on import INTERRUPTED
from core.queue.job import Job, JobEnd, JobKind, NewJob
from core.queue.job_facts import JobFacts
from core.states import JobState
from store.connection import path_to_sql, shown_parts, shown_text
from store.inserting import insert_rows
from store.job_row import FACTS, JOB, NEW_JOB
from store.migrations import FINAL_STATES
from store.waiting_jobs import FARTHEST, WaitingJobs

# The two orders of a listing, and the columns that they sort by.
_QUEUE = ("priority DESC, position, id", "id, priority, position")
_HISTORY = ("end_time DESC, id DESC", "id, end_time")
_READY = "status = 'queued' AND not_before IS NULL"
_PLANNED = "status = 'queued' AND kind <> ''"
_LONGEST_PAUSE = (
    7 * 86400.0
)  # seconds that a job may be paused, or wait for its result to be swapped
_WORKING = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)


class JobStore(WaitingJobs):
    """Jobs in the database; thread-safe. ``now`` gives seconds since the epoch."""

    def add(self, jobs: Iterable[NewJob]) -> Tuple[int, ...]:
        """Queue films in this order, in one transaction; return the ids of the new jobs.

        A film that is in an unfinished job already gets no second one (see ``open_job``).
        """
        from store.queue_order import place_by_rule  # what reads jobs alone needs no rules

        at = self._now()
        with self._database.transaction() as connection:
            newest = connection.execute(
                "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'jobs'"
            ).fetchone()[0]
            insert_rows(
                connection,
                f"INSERT INTO jobs (id, status, position, added_at, {NEW_JOB.columns})",
                [
                    (number, "queued", number, at, *NEW_JOB.values(job))
                    for number, job in enumerate(jobs, start=newest + 1)
                ],
                "ON CONFLICT DO NOTHING",
            )
            rows = connection.execute("SELECT id FROM jobs WHERE id > ? ORDER BY id", (newest,))
            ids = tuple(row[0] for row in rows)
            place_by_rule(connection, ids)
            return ids

    def get(self, job_id: int) -> Optional[Job]:
        """Return the job, or None where nothing has this id."""
        return self._one("WHERE id = ?", job_id)

    def open_job(self, path: Path) -> Optional[Job]:
        """Return the unfinished job of a film, or None."""
        return self._one(
            f"WHERE filename = ? AND status NOT IN ({FINAL_STATES})", path_to_sql(path)
        )

    def next_queued(self, kinds: Optional[Sequence[JobKind]] = None) -> Optional[Job]:
        """Return the job that runs next, without claiming it; None where none may run now.

        ``kinds`` are those that have a free slot; all where it is left out.
        """
        wanted = tuple(kinds if kinds is not None else JobKind)
        if not wanted:  # SQLite refuses the hinted index for an empty list
            return None
        values = tuple(kind.value for kind in wanted)
        where = f"kind IN ({', '.join('?' * len(wanted))}) ORDER BY {_QUEUE[0]} LIMIT 1"
        # Without the hint SQLite scans the whole queue instead of the few rows of these indexes.
        ready, planned = "INDEXED BY jobs_ready", "INDEXED BY jobs_planned"
        if JobKind.UNKNOWN in wanted:
            found = self._one(f"{ready} WHERE {_READY} AND {where}", *values)
        else:
            found = self._one(
                f"{planned} WHERE {_PLANNED} AND not_before IS NULL AND {where}", *values
            )
        if found is not None:
            return found
        due = "INDEXED BY jobs_waiting WHERE status = 'queued' AND not_before <= ?"
        return self._one(f"{due} AND {where}", self._now(), *values)

    def wake(self) -> None:
        """Release the queued jobs whose waiting time is over."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE jobs INDEXED BY jobs_waiting SET not_before = NULL, message = '' "
                "WHERE status = 'queued' AND not_before <= ?",
                (self._now(),),
            )
            connection.execute(
                "UPDATE jobs INDEXED BY jobs_waiting SET not_before = NULL, message = '' "
                "WHERE status = 'queued' AND not_before > ?",
                (self._now() + FARTHEST,),
            )

    def claim_next(
        self, instance_id: str = "", kinds: Optional[Sequence[JobKind]] = None
    ) -> Optional[Job]:
        """Claim the next job, so that no other worker gets it; its state becomes ``analyzing``."""
        with self._database.transaction():
            self.wake()
            job = self.next_queued(kinds)
            if job is None:
                return None
            self._update(
                "status = ?, start_time = ?, instance_id = ?, not_before = NULL, message = '' "
                "WHERE id = ?",
                JobState.ANALYZING.value,
                self._now(),
                instance_id,
                job.id,
            )
            return self.get(job.id)

    def give_back(self, job_id: int, kind: JobKind, message: str = "") -> bool:
        """Return a claimed job to its place, now that its kind is known; that is not an attempt."""
        return self._update(
            "status = ?, kind = ?, message = ?, message_parts = ?, start_time = NULL, step = '' "
            "WHERE id = ? AND status = ?",
            JobState.QUEUED.value,
            kind.value,
            shown_text(message),
            shown_parts(message),
            job_id,
            JobState.ANALYZING.value,
        )

    def set_kind(self, job_id: int, kind: JobKind) -> bool:
        """Store which kind of slot a job needs."""
        return self._update("kind = ? WHERE id = ?", kind.value, job_id)

    def keep_facts(self, job_id: int, facts: JobFacts) -> bool:
        """Store the facts of a job's film, from its plan or its end."""
        return self._update(f"{FACTS.assignments} WHERE id = ?", *FACTS.values(facts), job_id)

    def planned_ahead(self, kinds: Sequence[JobKind] = tuple(JobKind)) -> int:
        """Return how many jobs of these kinds are planned and only wait for a slot."""
        if not kinds:
            return 0
        marks = ", ".join("?" * len(kinds))
        rows = self._database.select(
            "SELECT count(*) FROM jobs INDEXED BY jobs_ahead "  # noqa: S608
            f"WHERE {_PLANNED} AND not_before IS NULL AND kind IN ({marks})",
            tuple(kind.value for kind in kinds),
        )
        return int(rows[0][0])

    def set_step(self, job_id: int, step: str) -> bool:
        """Store the step of a running job; called when the step changes, not for progress."""
        return self._update(
            f"step = ? WHERE id = ? AND status NOT IN ({FINAL_STATES})", step, job_id
        )

    def set_state(self, job_id: int, state: JobState, message: str = "", step: str = "") -> bool:
        """Change the state of an unfinished job; False, without a change, where it has ended already.

        See ``finish`` for the end and ``requeue`` for another attempt.
        """
        if state.final:
            raise ValueError(f"{state} is an end: use finish()")
        return self._update(
            "status = ?, message = ?, message_parts = ?, step = ?, start_time = coalesce(start_time, ?) "
            f"WHERE id = ? AND status NOT IN ({FINAL_STATES})",
            state.value,
            shown_text(message),
            shown_parts(message),
            step,
            self._now() if state in _WORKING else None,
            job_id,
        )

    def finish(self, job_id: int, end: JobEnd) -> bool:
        """End a job and count it in the day's statistics, in one transaction.

        False, and nothing counted, where the job has ended already.
        """
        at = self._now()
        date = datetime.fromtimestamp(at, timezone.utc).astimezone().date().isoformat()
        failed = end.state is JobState.FAILED
        with self._database.transaction() as connection:
            ended = self._update(
                "status = ?, end_time = ?, end_date = ?, message = ?, message_parts = ?, step = '', "
                "error_code = ?, "
                "error_message = ?, original_size = coalesce(?, original_size), "
                "processed_size = ?, target = ?, command_used = ? "
                f"WHERE id = ? AND status NOT IN ({FINAL_STATES})",
                end.state.value,
                at,
                date,
                shown_text(end.message),
                shown_parts(end.message),
                end.error_code,
                shown_text(end.message) if failed else None,
                end.original_size,
                end.processed_size,
                path_to_sql(end.target) if end.target else None,
                json.dumps(end.commands) if end.commands else None,
                job_id,
            )
            if not ended:
                return False
            if replace(end.facts, quality=()) != JobFacts():  # a recovered job's are known already
                self.keep_facts(job_id, end.facts)
            if end.verification:
                self._keep(connection, job_id, "verification", end.verification)
            row = connection.execute(
                "SELECT start_time, kind, instance_id FROM jobs WHERE id = ?", (job_id,)
            ).fetchone()
            took = _believed(at - (row[0] or at), end.facts)
            from store.figures import record_figures
            from store.speeds import record_speed
            from store.statistics import record_end

            record_end(connection, date, end, took)
            record_figures(connection, job_id, date, end, took, row[2] or "")
            record_speed(connection, end, JobKind(row[1]), row[2] or "")
        return True

    def requeue(
        self,
        job_id: int,
        message: str = "",
        *,
        failed: bool = False,
        kind: JobKind = JobKind.UNKNOWN,
    ) -> bool:
        """Queue a job for its next attempt, from any state.

        With ``failed`` the attempt counts as a failure; without, all failures are forgotten where the
        job had ended. ``kind`` is given where its plan still holds. False where it is queued already,
        or where another job for the same film is unfinished.
        """
        try:
            with self._database.transaction():
                again = self._update(
                    "status = ?, attempt = attempt + 1, message = ?, message_parts = ?, step = '', "
                    "start_time = NULL, end_time = NULL, end_date = NULL, error_code = '', "
                    "error_message = NULL, processed_size = NULL, target = NULL, kind = ?, "
                    "not_before = NULL, "
                    "failures = CASE WHEN ? THEN failures + 1 "
                    f"WHEN status IN ({FINAL_STATES}) THEN 0 ELSE failures END, "
                    f"delays = CASE WHEN status IN ({FINAL_STATES}) THEN 0 ELSE delays END "
                    "WHERE id = ? AND status <> ?",
                    JobState.QUEUED.value,
                    shown_text(message),
                    shown_parts(message),
                    kind.value,
                    failed,
                    job_id,
                    JobState.QUEUED.value,
                )
                if again:
                    self._forget_checks(job_id)
                return again
        except sqlite3.IntegrityError:
            return False

    def pause(self, job_id: int, *, paused: bool) -> bool:
        """Pause a queued job, or resume it in its old place."""
        before, after = JobState.QUEUED, JobState.PAUSED
        if not paused:
            before, after = after, before
        return self._update(
            "status = ?, start_time = NULL, step = '', message = '' WHERE id = ? AND status = ?",
            after.value,
            job_id,
            before.value,
        )

    def follow(self, job_id: int, before: Path, after: Path, message: str) -> bool:
        """Requeue a running job under its film's new name; False where that name is queued already."""
        from store.film_moves import MoveKind, move_film

        with self._database.transaction():
            self.requeue(job_id, message)
            return move_film(self._database, before, after, message).kind is MoveKind.FOLLOWED

    def _forget_checks(self, job_id: int) -> None:
        """Delete the verification of the previous attempt: it says nothing about the next result."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE job_details SET verification = NULL WHERE job_id = ?", (job_id,)
            )

    def all_failed(self) -> Tuple[int, ...]:
        """Return the ids of all failed jobs, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT id FROM jobs WHERE status = 'failed' ORDER BY id")
            return tuple(row[0] for row in rows)

    def remove(self, job_id: int) -> bool:
        """Delete a job that no worker has, with its plan; False where there is none."""
        working = ", ".join("?" * len(_WORKING))
        with self._database.transaction() as connection:
            cursor = connection.execute(
                f"DELETE FROM jobs WHERE id = ? AND status NOT IN ({working})",  # noqa: S608
                (job_id, *(state.value for state in _WORKING)),
            )
            return cursor.rowcount == 1

    def requeue_interrupted(self, others: Container[int] = ()) -> Tuple[int, ...]:
        """Queue what the last run of the program left unfinished; return the ids.

        To be called at start, before any worker. A job that waits to be swapped keeps its result
        and is not among them; a job that the user paused stays paused. ``others`` belong to other machines.
        """
        with self._database.transaction() as connection:
            # The reason to wait may be gone after a restart.
            connection.execute(
                "UPDATE jobs INDEXED BY jobs_waiting SET not_before = NULL, message = '', "
                "error_code = '' WHERE not_before IS NOT NULL AND status = 'queued'"
            )
            connection.execute(  # one that stood still holds nothing any more
                "UPDATE jobs SET start_time = NULL, step = '' WHERE status = 'paused' "
                "AND (start_time IS NOT NULL OR step <> '')"
            )
            ids = tuple(job.id for job in self.page(_WORKING, limit=-1) if job.id not in others)
            for job_id in ids:
                self.requeue(job_id, INTERRUPTED)
        return ids

    def page(
        self,
        states: Sequence[JobState],
        *,
        limit: int = 100,
        offset: int = 0,
        newest_first: bool = False,
    ) -> Tuple[Job, ...]:
        """Return jobs in one of these states, in the queue's order or by their end, newest first.

        ``limit=-1`` returns all.
        """
        if not states:
            return ()
        order, keys = _HISTORY if newest_first else _QUEUE
        # The index gives each state in order; all states at once would have to be sorted.
        part = (
            f"SELECT * FROM (SELECT {keys} FROM jobs "  # noqa: S608 - names of ours only
            f"WHERE status = ? ORDER BY {order} LIMIT {-1 if limit < 0 else offset + limit})"
        )
        union = " UNION ALL ".join([part] * len(states))
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {JOB.columns} FROM jobs WHERE id IN "  # noqa: S608
                f"(SELECT id FROM ({union}) ORDER BY {order} LIMIT ? OFFSET ?) ORDER BY {order}",
                (*(state.value for state in states), limit, offset),
            )
            return tuple(JOB.read(row) for row in rows)

    def of_ids(self, ids: Sequence[int]) -> Tuple[Job, ...]:
        """Return the jobs of these ids that exist, in no order; for a few hundred at a time."""
        marks = ", ".join("?" * len(ids))
        rows = self._database.select(
            f"SELECT {JOB.columns} FROM jobs WHERE id IN ({marks})",  # noqa: S608
            tuple(ids),
        )
        return tuple(JOB.read(row) for row in rows)

    def any_spread(self, ids: Sequence[int]) -> bool:
        """Whether any of these jobs, a few hundred at most, is to be made by all machines together."""
        marks = ", ".join("?" * len(ids))
        found = self._database.select(
            f"SELECT 1 FROM jobs WHERE id IN ({marks}) AND spread LIMIT 1",  # noqa: S608
            tuple(ids),
        )
        return bool(found)

    def counts(self) -> Dict[JobState, int]:
        """Return how many jobs there are in every state, zeros included."""
        found = dict.fromkeys(JobState, 0)
        for status, jobs in self._database.select("SELECT status, jobs FROM job_counts"):
            found[JobState(status)] = jobs
        return found

    def keep_plan(self, job_id: int, plan: str, facts: Optional[JobFacts] = None) -> None:
        """Keep the plan of a job, as JSON text, and the ``facts`` of its film."""
        with self._database.transaction() as connection:
            self._keep(connection, job_id, "plan", plan)
            if facts is not None:
                self.keep_facts(job_id, facts)

    def details(self, job_id: int) -> Tuple[str, str, str]:
        """Return a job's plan, commands and verification as JSON texts, empty where there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT plan, command_used, verification FROM jobs "
                "LEFT JOIN job_details ON job_id = id WHERE id = ?",
                (job_id,),
            ).fetchone()
        plan, commands, verification = (text or "" for text in row or ("", "", ""))
        return plan, commands, verification

    @staticmethod
    def _keep(connection: sqlite3.Connection, job_id: int, column: str, text: str) -> None:
        connection.execute("INSERT OR IGNORE INTO job_details (job_id) VALUES (?)", (job_id,))
        connection.execute(
            f"UPDATE job_details SET {column} = ? WHERE job_id = ?",  # noqa: S608
            (shown_text(text), job_id),
        )

    def _one(self, where: str, *values: object) -> Optional[Job]:
        rows = self._database.select(f"SELECT {JOB.columns} FROM jobs {where}", values)  # noqa: S608
        return JOB.read(rows[0]) if rows else None


def _believed(seconds: float, facts: JobFacts) -> float:
    """Return how long a job took by the wall clock, or its steps' time where that clock was set."""
    worked = sum(took for _step, took in facts.step_seconds)
    if worked and not worked <= seconds <= worked + _LONGEST_PAUSE:
        return worked
    return max(0.0, seconds)

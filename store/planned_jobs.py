"""The queued jobs that are planned already, from which machines are given their next job."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from core.events import JobState
from core.queue.job import JobKind
from store.connection import Database
from store.jobs import JobStore


class PlannedJobs:
    """The jobs that a machine may be given; thread-safe."""

    def __init__(self, database: Database, jobs: JobStore) -> None:
        self._database = database
        self._jobs = jobs

    def ids(
        self,
        kinds: Sequence[JobKind],
        limit: int,
        before: Optional[Tuple[int, float, int]] = None,
    ) -> Tuple[int, ...]:
        """Return the planned jobs of these kinds that may run now, in the queue's order.

        With ``before``, only those ahead of that place: minus the priority, the position, the id.
        """
        if not kinds:  # SQLite refuses the hinted index for an empty list
            return ()
        marks = ", ".join("?" * len(kinds))
        above = "AND (-priority, position, id) < (?, ?, ?) " if before is not None else ""
        rows = self._database.select(
            "SELECT id FROM jobs INDEXED BY jobs_planned WHERE status = 'queued' AND kind <> '' "  # noqa: S608
            f"AND not_before IS NULL AND kind IN ({marks}) {above}"
            "ORDER BY priority DESC, position, id LIMIT ?",
            (*(kind.value for kind in kinds), *(before or ()), limit),
        )
        return tuple(row[0] for row in rows)

    def take(self, job_id: int, machine: str, kind: JobKind) -> bool:
        """Assign a planned job to a machine, by its id; False where another has it by now."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET status = ?, kind = ?, instance_id = ?, start_time = ?, message = '', "
                "message_parts = '', step = '' "
                "WHERE id = ? AND status = 'queued' AND not_before IS NULL",
                (JobState.ANALYZING.value, kind.value, machine, self._jobs.now, job_id),
            )
            return cursor.rowcount == 1

    def adopt(self, job_id: int, attempt: int, machine: str, kind: JobKind) -> bool:
        """Give a requeued job that was not started yet back to the machine of the previous attempt.

        Also where it waits: that machine has its result in work already.
        """
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "UPDATE jobs SET attempt = ?, not_before = NULL "
                "WHERE id = ? AND status = 'queued' AND attempt = ?",
                (attempt, job_id, attempt + 1),
            )
            return cursor.rowcount == 1 and self.take(job_id, machine, kind)

    def forget_plans(self, job_ids: Sequence[int]) -> None:
        """Have queued jobs planned again whose plan was lost."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE jobs SET kind = '' WHERE id = ? AND status = 'queued'",
                [(job_id,) for job_id in job_ids],
            )

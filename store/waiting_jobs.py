"""Jobs that wait: after an error that may pass, for a share that is away, for a film in use."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Tuple, Union

from core.states import JobState
from store.connection import Database, path_from_sql, path_to_sql, shown_parts, shown_text
from store.migrations import FINAL_STATES

if TYPE_CHECKING:
    from core.ports import TimeSource

# Seconds: nothing waits for longer (queue.retry, monitoring.root). What seems to was put off by a clock that
# was set back since.
FARTHEST = 6 * 3600.0


class WaitingJobs:
    """The part of ``store.jobs.JobStore`` that deals with waiting."""

    def __init__(self, database: Database, now: TimeSource = time.time) -> None:
        self._database = database
        self._now = now

    @property
    def now(self) -> float:
        """Return the time by which rows are written, in seconds since the epoch."""
        return self._now()

    def put_off(
        self,
        job_id: int,
        until: float,
        message: str,
        state: JobState = JobState.QUEUED,
        code: str = "",
    ) -> bool:
        """Let an unfinished job wait until a time, for its next attempt or the swap of its result.

        ``code`` is that of the error that is to pass.
        """
        return self._update(
            "status = ?, not_before = ?, message = ?, message_parts = ?, error_code = ?, step = '', "
            "kind = '', delays = delays + 1, "
            "attempt = attempt + (? = 'queued'), start_time = "
            "CASE WHEN ? = 'queued' THEN NULL ELSE start_time END "
            f"WHERE id = ? AND status NOT IN ({FINAL_STATES})",
            state.value,
            until,
            shown_text(message),
            shown_parts(message),
            code,
            state.value,
            state.value,
            job_id,
        )

    def put_off_below(self, root: Path, until: float, message: str) -> int:
        """Let every queued film below a folder wait until a time; return their number."""
        with self._database.transaction() as connection:
            return connection.execute(
                "UPDATE jobs SET not_before = ?, message = ?, message_parts = ?, error_code = '' "
                "WHERE status = 'queued' AND filename BETWEEN ? AND ?",
                (until, shown_text(message), shown_parts(message), *_below(root)),
            ).rowcount

    def unfinished_below(self, folder: Path) -> Tuple[int, ...]:
        """Return the unfinished jobs of the films in and below a folder."""
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT id FROM jobs WHERE status NOT IN ({FINAL_STATES}) "  # noqa: S608
                "AND filename BETWEEN ? AND ? ORDER BY id",
                _below(folder),
            )
            return tuple(row[0] for row in rows)

    def unfinished_of_size(self, size: int) -> Tuple[Tuple[int, Path], ...]:
        """Return the unfinished jobs of films that had this size (bytes) when they were queued."""
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT id, filename FROM jobs WHERE status NOT IN ({FINAL_STATES}) "  # noqa: S608
                "AND original_size = ?",
                (size,),
            )
            return tuple((row[0], path_from_sql(row[1])) for row in rows)

    def due(self, state: JobState) -> Tuple[int, ...]:
        """Return the jobs of this state whose waiting time is over."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id FROM jobs WHERE (not_before <= ? OR not_before > ?) AND status = ?",
                (self._now(), self._now() + FARTHEST, state.value),
            )
            return tuple(row[0] for row in rows)

    def waiting_for(self, code: str) -> Tuple[Tuple[int, Path], ...]:
        """Return the jobs that wait for this error to pass, with their films."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, filename FROM jobs INDEXED BY jobs_waiting "
                "WHERE status = 'queued' AND not_before IS NOT NULL AND error_code = ?",
                (code,),
            )
            return tuple((row[0], path_from_sql(row[1])) for row in rows)

    def hurry(self, job_id: int) -> bool:
        """Let a waiting job run now; False where it does not wait."""
        return self._update(
            "not_before = NULL, message = '' WHERE id = ? AND status = 'queued' "
            "AND not_before IS NOT NULL",
            job_id,
        )

    def hurry_all(self, code: str) -> int:
        """Let all jobs run that wait for this error to pass, and reset their delays.

        Return their number.
        """
        with self._database.transaction() as connection:
            return connection.execute(
                "UPDATE jobs INDEXED BY jobs_waiting SET not_before = NULL, message = '', "
                "delays = delays - 1 "
                "WHERE status = 'queued' AND not_before IS NOT NULL AND error_code = ?",
                (code,),
            ).rowcount

    def _update(self, assignments: str, *values: object) -> bool:
        with self._database.transaction() as connection:
            cursor = connection.execute(f"UPDATE jobs SET {assignments}", values)  # noqa: S608
            return cursor.rowcount == 1


def _below(folder: Path) -> Tuple[Union[str, bytes], Union[str, bytes]]:
    """Return between which texts the paths below a folder lie."""
    first = path_to_sql(folder / "x")[:-1]
    last = first + (b"\xff" if isinstance(first, bytes) else "\U0010ffff")  # type: ignore[operator]
    return first, last

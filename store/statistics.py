"""The specification's ``statistics`` table: one row a day, kept with each job's end."""

from __future__ import annotations

import sqlite3
from typing import Optional, Tuple

from core.events import JobState
from core.queue.job import JobEnd
from core.reporting.statistics import DayStatistics
from store.connection import Database


def record_end(connection: sqlite3.Connection, date: str, end: JobEnd, seconds: float) -> None:
    """Count one job's end under ``date``, inside the transaction that ends the job.

    Only completed and failed jobs count; sizes and time (``seconds`` of work) only of completed ones.
    """
    if end.state is JobState.FAILED:
        counts = (date, 0, 1, 0, 0, 0.0)
    elif end.state is JobState.COMPLETED:
        before = end.original_size or 0
        after = before if end.processed_size is None else end.processed_size
        counts = (date, 1, 0, before, before - after, seconds)
    else:
        return
    connection.execute(
        """
        INSERT INTO statistics VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (date) DO UPDATE SET
            average_processing_time = CASE WHEN excluded.jobs_completed
                THEN (average_processing_time * jobs_completed + excluded.average_processing_time)
                    / (jobs_completed + 1)
                ELSE average_processing_time END,
            jobs_completed = jobs_completed + excluded.jobs_completed,
            jobs_failed = jobs_failed + excluded.jobs_failed,
            total_size_processed = total_size_processed + excluded.total_size_processed,
            total_size_saved = total_size_saved + excluded.total_size_saved
        """,
        counts,
    )


class StatisticsStore:
    """Reads the daily rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def days(self, since: str = "", until: str = "9999") -> Tuple[DayStatistics, ...]:
        """Return the days from ``since`` to ``until`` (both included, ``YYYY-MM-DD``), in order."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT date, jobs_completed, jobs_failed, total_size_processed, total_size_saved, "
                "average_processing_time FROM statistics WHERE date BETWEEN ? AND ? ORDER BY date",
                (since, until),
            )
            return tuple(DayStatistics(*row) for row in rows)

    def total(self, since: str = "", until: str = "9999") -> Optional[DayStatistics]:
        """Return the sums of those days, dated with the first; None where there is none."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT min(date), sum(jobs_completed), sum(jobs_failed), "
                "sum(total_size_processed), sum(total_size_saved), "
                "coalesce(sum(average_processing_time * jobs_completed) / "
                "nullif(sum(jobs_completed), 0), 0.0) "
                "FROM statistics WHERE date BETWEEN ? AND ?",
                (since, until),
            ).fetchone()
        return None if row[0] is None else DayStatistics(*row)

"""A job as it stands in its row."""

from __future__ import annotations

import sqlite3

from core.events import JobState
from core.queue.job import Job, JobKind
from store.connection import path_from_sql

COLUMNS = (
    "id, filename, status, added_at, priority, position, attempt, kind, not_before, failures, delays, "
    "start_time, end_time, "
    "original_size, processed_size, target, native_language, instance_id, step, "
    "message, error_code, error_message, folder_id"
)


def job_of(row: sqlite3.Row) -> Job:
    """Read a row of ``COLUMNS``."""
    return Job(
        id=row["id"],
        path=path_from_sql(row["filename"]),
        state=JobState(row["status"]),
        added_at=row["added_at"],
        priority=row["priority"],
        position=row["position"],
        attempt=row["attempt"],
        kind=JobKind(row["kind"]),
        not_before=row["not_before"],
        failures=row["failures"],
        delays=row["delays"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        original_size=row["original_size"],
        processed_size=row["processed_size"],
        target=path_from_sql(row["target"]) if row["target"] is not None else None,
        native_language=row["native_language"],
        instance_id=row["instance_id"] or "",
        step=row["step"],
        message=row["message"],
        error_code=row["error_code"],
        error_message=row["error_message"] or "",
        folder_id=row["folder_id"],
    )

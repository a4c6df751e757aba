"""Several jobs that are changed together: all of them, or none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator, Sequence

from scheduling.event_publisher import EventPublisher
from store.connection import Database


@contextmanager
def all_or_none(
    database: Database, events: EventPublisher, job_ids: Sequence[int]
) -> Iterator[None]:
    """Undo what the block wrote where it fails; these jobs are then told anew, as they are."""
    try:
        with database.transaction(full_sync=True):
            yield
    except BaseException:
        events.jobs_changed(job_ids)
        raise

"""The queue's list, read before there is a window to show it."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from core.events import JobState
from core.queue.job import NewJob
from store.connection import Database
from store.job_pages import JobPages, Listing
from store.jobs import JobStore
from window.queue_ahead import AHEAD, QueueAhead


@pytest.fixture
def queue_of_three(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data.db") as database:
        JobStore(database).add([NewJob(Path(f"/films/{n}.mkv"), priority=n) for n in range(3)])
        yield database


def test_what_was_read_ahead_is_the_queue_and_is_given_out_once(queue_of_three: Database) -> None:
    ahead = QueueAhead(queue_of_three)
    assert ahead.take(AHEAD) == JobPages(queue_of_three).ids(AHEAD)
    assert ahead.take(AHEAD) is None, "it may be older than what has changed since"


def test_another_list_is_read_by_who_wants_it(queue_of_three: Database) -> None:
    ahead = QueueAhead(queue_of_three)
    assert ahead.take(Listing((JobState.COMPLETED,))) is None


def test_a_database_that_cannot_be_read_is_told_by_who_reads_it_next(
    queue_of_three: Database,
) -> None:
    with queue_of_three.transaction() as connection:
        connection.execute("ALTER TABLE jobs RENAME TO gone")
    assert QueueAhead(queue_of_three).take(AHEAD) is None

"""Many rows are written by few statements, as if each had been written for itself."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from core.media.seen_file import SeenFile, SeenKind
from core.queue.job import NewJob
from core.settings.watched_folder import WatchedFolder
from store.connection import Database
from store.jobs import JobStore
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

FILMS = 500  # more than a statement takes
FEW = 20  # statements


@pytest.fixture
def statements(database: Database) -> List[str]:
    """What this thread's connection is told; once more for each trigger that a statement sets off."""
    told: List[str] = []
    with database.transaction() as connection:
        connection.set_trace_callback(told.append)
    return told


def writes(statements: List[str], table: str) -> int:
    return sum(
        told.startswith("INSERT") and f"INTO {table} " in told for told in dict.fromkeys(statements)
    )


def film(number: int, content: str = "") -> SeenFile:
    name = f"{number}.mkv"
    return SeenFile(1, "Films", name, 1, 1, number, content or name, 60.0, SeenKind.FILM)


def test_films_are_queued_in_their_order_without_those_that_wait_already(
    database: Database, statements: List[str]
) -> None:
    jobs = JobStore(database)
    films = [NewJob(Path(f"/films/{number}.mkv"), size=number) for number in range(FILMS)]
    waiting = jobs.add(films[::50])
    new = jobs.add(films)
    assert len(new) == FILMS - len(waiting)
    expected = [job for number, job in enumerate(films) if number % 50]
    found = [jobs.get(job_id) for job_id in new]
    assert [(job.path, job.original_size) for job in found if job] == [
        (job.path, job.size) for job in expected
    ]
    assert 0 < writes(statements, "jobs") <= FEW


def test_of_files_that_were_seen_twice_the_last_look_counts(
    database: Database, statements: List[str]
) -> None:
    WatchedFolderStore(database).add(WatchedFolder(Path("/films")))
    seen = SeenFileStore(database)
    seen.keep([film(number) for number in range(FILMS)])
    seen.keep([*(film(number, "older") for number in range(FILMS)), film(7, "newest")])
    assert seen.count(1) == FILMS
    ((newest, place),) = seen.by_content("newest")
    assert place == Path("/films/Films/7.mkv")
    assert newest.id == 2 * FILMS + 1, "numbers are given in order, and none twice"
    assert 0 < writes(statements, "seen_files") <= FEW


def test_nothing_is_written_where_there_are_no_films(
    database: Database, statements: List[str]
) -> None:
    assert JobStore(database).add([]) == ()
    SeenFileStore(database).keep([])
    assert writes(statements, "jobs") == writes(statements, "seen_files") == 0

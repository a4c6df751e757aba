"""What is asked again and again reads what it answers, however many rows there are."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Tuple

import pytest

from core.events import JobState
from core.media.seen_file import SeenFile, SeenKind
from core.queue.job import JobEnd, NewJob, Where
from core.settings.choices import QueueOrder
from core.settings.watched_folder import WatchedFolder
from store.connection import Database
from store.figures import FigureStore
from store.job_order import JobOrder
from store.jobs import JobStore
from store.library import LibraryStore
from store.queue_order import QueueOrderStore, follow_savings
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

FILMS = 20_000
A_FEW = 40  # hundreds of SQLite's own instructions; a look at every row takes ten times as many
ROOT = Path("/films")


def film(number: int, size: int = 1) -> SeenFile:
    return SeenFile(1, "", f"{number}.mkv", size, 1, number, str(number), 60.0, SeenKind.FILM)


@pytest.fixture
def many(database: Database) -> Database:
    WatchedFolderStore(database).add(WatchedFolder(ROOT))
    SeenFileStore(database).keep([film(number) for number in range(FILMS)])
    LibraryStore(database).update()
    jobs = JobStore(database)
    jobs.add(NewJob(ROOT / f"{number}.mkv", size=number) for number in range(FILMS))
    (ended,) = jobs.add([NewJob(Path("/ended.mkv"))])
    jobs.finish(ended, JobEnd(JobState.COMPLETED))
    with database.transaction() as connection:
        connection.execute("UPDATE library_films SET rules = 'old', template = 'AV1'")
    return database


@contextmanager
def counted(database: Database) -> Iterator[List[int]]:
    """Count SQLite's instructions, in hundreds."""
    steps: List[int] = []

    def count() -> int:
        steps.append(1)
        return 0

    with database.read() as connection:
        connection.set_progress_handler(count, 100)
    try:
        yield steps
    finally:
        connection.set_progress_handler(None, 0)


def one_more_film(database: Database) -> None:
    SeenFileStore(database).keep([film(FILMS)])
    assert LibraryStore(database).update()


def one_film_less(database: Database) -> None:
    assert SeenFileStore(database).mark_gone(1, [("", [(7, "6.mkv")])]) == 1
    assert LibraryStore(database).update()


def saving_of_one(database: Database) -> None:
    with database.transaction() as connection:
        follow_savings(connection, ROOT / "500.mkv")


ASKED: Dict[str, Callable[[Database], object]] = {
    "the library follows a film that came": one_more_film,
    "the library follows a film that went": one_film_less,
    "the next films to look at": lambda database: LibraryStore(database).to_look_at(1, "new", 0, 5),
    "a film's saving becomes known": saving_of_one,
    "a start": lambda database: JobStore(database).requeue_interrupted(),
    "a share without films is away": lambda database: JobStore(database).put_off_below(
        ROOT / "none", 1.0, ""
    ),
    "history whose time is over": lambda database: FigureStore(database).prune("2000-01-01"),
    "a film goes up in the queue": lambda database: JobOrder(database).move([FILMS // 2], Where.UP),
    "a film goes down in the queue": lambda database: JobOrder(database).move(
        [FILMS // 2], Where.DOWN
    ),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_often_looks_at_few_rows(many: Database, asked: str) -> None:
    if asked == "a film's saving becomes known":
        QueueOrderStore(many).follow(QueueOrder.SAVING)
    with counted(many) as steps:
        ASKED[asked](many)
    assert len(steps) < A_FEW


def test_a_look_at_every_row_would_be_noticed(many: Database) -> None:
    with counted(many) as steps, many.read() as connection:
        connection.execute("SELECT sum(original_size) FROM jobs").fetchone()
    assert len(steps) > A_FEW


def plan_of(database: Database, query: str, *values: object) -> Tuple[str, ...]:
    with database.read() as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {query}", values)
        return tuple(row["detail"] for row in rows)


def test_sums_of_health_come_from_an_index_alone(database: Database) -> None:
    (step,) = plan_of(
        database, "SELECT health, count(*), sum(size) FROM library_films GROUP BY health"
    )
    assert "COVERING INDEX library_health" in step


def test_a_film_moves_past_those_of_another_priority_only_in_its_turn(database: Database) -> None:
    jobs, order = JobStore(database), JobOrder(database)
    films = [NewJob(Path(f"/{name}.mkv"), priority) for name, priority in zip("abcd", (2, 1, 1, 0))]
    first, second, third, last = jobs.add(films)

    def now() -> List[int]:
        return [job.id for job in jobs.page((JobState.QUEUED, JobState.PAUSED))]

    order.move([third], Where.UP)
    assert now() == [first, third, second, last]
    order.move([third], Where.UP)
    assert now() == [third, first, second, last]
    order.move([second], Where.DOWN)
    assert now() == [third, first, last, second]

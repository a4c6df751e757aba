"""By which rule films wait, on a real database; what the user moves stays where it was put."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Iterator, List, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.events import JobState
from core.library.film import FilmFacts, FilmLook, FilmOutlook
from core.media.model import FileIdentity
from core.media.seen_file import SeenFile, SeenKind
from core.planning.forecast import Expected
from core.planning.preview import PreviewOutcome
from core.queue.job import JobKind, NewJob, Where
from core.queue.order_rule import in_rule_order
from core.settings.choices import QueueOrder
from core.settings.watched_folder import WatchedFolder
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore
from store.library import LibraryStore
from store.planned_jobs import PlannedJobs
from store.queue_order import QueueOrderStore
from store.seen_files import SeenFileStore
from store.watched_folders import WatchedFolderStore

GB = 1_000_000_000


class Waiting:
    """A queue of films that are no files."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = JobStore(database, lambda: 2e9)
        self.order = JobOrder(database)
        self.rule = QueueOrderStore(database)

    def add(
        self, *gigabytes: float, priority: int = 0, times: Optional[List[float]] = None
    ) -> None:
        newest = len(self.now())
        self.jobs.add(
            [
                NewJob(
                    Path(f"/films/{newest + place}.mkv"),
                    priority,
                    size=round(size * GB),
                    film_time=times[place] if times else None,
                )
                for place, size in enumerate(gigabytes)
            ]
        )

    def now(self) -> List[int]:
        return [job.id for job in self.jobs.page([JobState.QUEUED, JobState.PAUSED], limit=-1)]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Waiting]:
    with Database(tmp_path / "queue.db") as database:
        yield Waiting(database)


def test_films_wait_as_they_were_found_until_a_rule_is_chosen(queue: Waiting) -> None:
    queue.add(1, 3, 2)
    assert (queue.now(), queue.rule.rule) == ([1, 2, 3], QueueOrder.FOUND)


def test_the_largest_goes_first_also_of_those_that_come_later(queue: Waiting) -> None:
    queue.add(1, 3, 2)
    assert queue.rule.follow(QueueOrder.LARGEST)
    assert queue.now() == [2, 3, 1]
    queue.add(2.5, 9)
    assert queue.now() == [5, 2, 4, 3, 1]
    assert not queue.rule.follow(QueueOrder.LARGEST), "it holds already"


def test_the_oldest_goes_first_by_its_own_time_or_by_when_it_was_queued(queue: Waiting) -> None:
    queue.add(1, 1, 1, times=[1.7e9, 1.5e9, 1.6e9])
    queue.add(1)
    queue.rule.follow(QueueOrder.OLDEST)
    assert queue.now() == [2, 3, 1, 4]
    queue.add(1, times=[1.55e9])
    assert queue.now() == [2, 5, 3, 1, 4]


def test_found_brings_back_the_order_in_which_they_came(queue: Waiting) -> None:
    queue.add(1, 3, 2)
    queue.rule.follow(QueueOrder.LARGEST)
    queue.add(7)
    queue.rule.follow(QueueOrder.FOUND)
    queue.add(8)
    assert queue.now() == [1, 2, 3, 4, 5]


def test_a_higher_priority_goes_first_whatever_the_rule(queue: Waiting) -> None:
    queue.add(1, 9)
    queue.add(2, 3, priority=5)
    queue.rule.follow(QueueOrder.LARGEST)
    assert queue.now() == [4, 3, 2, 1]
    queue.order.set_priority([1], 5)
    assert queue.now() == [4, 3, 1, 2]
    queue.order.set_priority([2], 5)
    assert queue.now() == [2, 4, 3, 1], "among its equals the rule holds"


@pytest.mark.parametrize("rule", QueueOrder)
def test_what_the_user_put_first_and_last_stays_there(queue: Waiting, rule: QueueOrder) -> None:
    queue.add(1, 5, 3)
    queue.rule.follow(rule)
    queue.order.move([1], Where.TOP)
    last = queue.now()[1]
    queue.order.move([last], Where.BOTTOM)
    if rule is not QueueOrder.FOUND:
        queue.add(90, 0.001, times=[1.0, 3e9])
        assert (queue.now()[0], queue.now()[-1]) == (1, last)
    for other in (*QueueOrder, rule):
        queue.rule.follow(other)
        assert (queue.now()[0], queue.now()[-1]) == (1, last), other


def test_what_the_user_put_between_two_films_keeps_its_place_in_the_list(queue: Waiting) -> None:
    queue.add(1, 5, 3, 4)
    queue.rule.follow(QueueOrder.LARGEST)
    assert queue.now() == [2, 4, 3, 1]
    queue.order.place_before([1], 4)
    assert queue.now() == [2, 1, 4, 3]
    queue.rule.follow(QueueOrder.FOUND)
    assert queue.now() == [2, 1, 3, 4]


def test_films_of_one_size_can_be_moved_among_each_other(queue: Waiting) -> None:
    queue.add(2, 2, 2, 2, 1)
    queue.rule.follow(QueueOrder.LARGEST)
    queue.order.place_before([1], 4)
    assert queue.now() == [2, 3, 1, 4, 5]
    queue.order.move([3], Where.DOWN)
    assert queue.now() == [2, 1, 3, 4, 5]
    queue.order.move([4], Where.UP)
    assert queue.now() == [2, 1, 4, 3, 5]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("rule", [QueueOrder.LARGEST, QueueOrder.OLDEST])
def test_any_moves_give_what_the_same_moves_of_a_list_give(
    queue: Waiting, rule: QueueOrder, seed: int
) -> None:
    chance = random.Random(seed)
    queue.add(*(chance.choice([1, 2, 2.000000001, 3]) for _ in range(12)))
    queue.rule.follow(rule)
    wanted = queue.now()
    for _turn in range(40):
        chosen = sorted(chance.sample(wanted, chance.randint(1, 4)), key=wanted.index)
        rest = [job_id for job_id in wanted if job_id not in chosen]
        before: Optional[int] = chance.choice([*rest, None])
        place = rest.index(before) if before is not None else len(rest)
        wanted = rest[:place] + chosen + rest[place:]
        queue.order.place_before(chosen, before)
        assert queue.now() == wanted


def test_many_moves_into_one_gap_keep_the_order_under_a_rule(queue: Waiting) -> None:
    queue.add(9, 8, 7, 6)
    queue.rule.follow(QueueOrder.LARGEST)
    for turn in range(200):
        queue.order.place_before([[2, 3][turn % 2]], 4)
    assert queue.now() == [1, 2, 3, 4]


def test_the_next_job_and_what_machines_are_given_follow_the_rule(queue: Waiting) -> None:
    queue.add(1, 5, 3)
    for job_id in (1, 2, 3):
        queue.jobs.set_kind(job_id, JobKind.SOFTWARE)
    queue.rule.follow(QueueOrder.LARGEST)
    assert PlannedJobs(queue.database, queue.jobs).ids((JobKind.SOFTWARE,), 5) == (2, 3, 1)
    job = queue.jobs.claim_next()
    assert job is not None
    assert job.id == 2


def test_the_largest_saving_goes_first_as_soon_as_it_is_known(
    queue: Waiting, tmp_path: Path
) -> None:
    folder = WatchedFolderStore(queue.database).add(WatchedFolder(Path("/films")))
    rows = [
        SeenFile(folder.id, "", f"{n}.mkv", size * GB, 1, 0, str(n), 60.0, SeenKind.FILM)
        for n, size in enumerate((10, 6, 4))
    ]
    SeenFileStore(queue.database).keep(rows)
    library = LibraryStore(queue.database)
    library.update()

    def look(number: int, size: int, result: float) -> None:
        outlook = FilmOutlook(PreviewOutcome.COPY, expected=Expected(result * GB))
        place, identity = Path(f"/films/{number}.mkv"), FileIdentity(size * GB, 1)
        library.keep(FilmLook(place, identity, FilmFacts("h264"), outlook, "mark"))

    look(0, 10, 9.5)
    queue.add(10, 6, 4)
    queue.rule.follow(QueueOrder.SAVING)
    assert queue.now() == [2, 3, 1], "of what is unknown the usual share is taken"
    look(2, 4, 0.5)
    assert queue.now() == [3, 2, 1]


def test_a_rule_of_another_version_is_taken_for_none(queue: Waiting) -> None:
    with queue.database.transaction() as connection:
        connection.execute("INSERT INTO queue_order VALUES (1, 'by the moon')")
    assert queue.rule.rule is QueueOrder.FOUND


KEYS = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=30)


@given(KEYS, st.booleans())
def test_placed_jobs_keep_their_places_and_the_others_are_sorted(
    keys: List[Optional[float]], ends_beyond: bool
) -> None:
    jobs = list(enumerate(keys))
    order = in_rule_order(jobs, ends_beyond=ends_beyond)
    numbers = [number for number, _position in order]
    assert sorted(numbers) == [number for number, _key in jobs]
    for place, (number, key) in enumerate(jobs):
        if key is None:
            assert numbers[place] == number
    positions = [position for _number, position in order]
    assert positions == sorted(positions)
    free = [keys[number] for number in numbers if keys[number] is not None]
    assert free == sorted(key for key in keys if key is not None)

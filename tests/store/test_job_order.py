"""The order that the user gives the queue, on a real database."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Iterator, List, Optional

import pytest

from core.events import JobState
from core.queue.job import NewJob, Where
from store.connection import Database
from store.job_order import JobOrder
from store.jobs import JobStore


class Queue:
    def __init__(self, database: Database) -> None:
        self.jobs = JobStore(database)
        self.order = JobOrder(database)

    def fill(self, count: int, priority: int = 0) -> List[int]:
        start = len(self.now())
        films = [NewJob(Path(f"/films/{start + n}.mkv"), priority) for n in range(count)]
        return list(self.jobs.add(films))

    def now(self) -> List[int]:
        return [job.id for job in self.jobs.page([JobState.QUEUED, JobState.PAUSED], limit=-1)]


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    with Database(tmp_path / "queue.db") as database:
        yield Queue(database)


def test_a_job_goes_to_the_top_the_bottom_and_by_one_place(queue: Queue) -> None:
    queue.fill(5)
    queue.order.move([4], Where.TOP)
    assert queue.now() == [4, 1, 2, 3, 5]
    queue.order.move([1], Where.BOTTOM)
    assert queue.now() == [4, 2, 3, 5, 1]
    queue.order.move([5], Where.UP)
    assert queue.now() == [4, 2, 5, 3, 1]
    queue.order.move([2], Where.DOWN)
    assert queue.now() == [4, 5, 2, 3, 1]


def test_a_job_that_is_to_be_made_by_all_machines_goes_to_the_top(queue: Queue) -> None:
    queue.fill(4)
    queue.order.spread([3], True)
    assert queue.now() == [3, 1, 2, 4]
    assert [bool(job.spread) for job in queue.jobs.of_ids([3, 1])] == [False, True]
    queue.order.spread([3], False)
    assert queue.now() == [3, 1, 2, 4]
    assert not any(job.spread for job in queue.jobs.of_ids([1, 2, 3, 4]))


def test_several_jobs_keep_their_order_and_come_together(queue: Queue) -> None:
    queue.fill(6)
    queue.order.move([6, 2, 4], Where.TOP)
    assert queue.now() == [2, 4, 6, 1, 3, 5]
    queue.order.move([4, 2], Where.DOWN)
    assert queue.now() == [6, 2, 4, 1, 3, 5]
    queue.order.place_before([6, 5], 3)
    assert queue.now() == [2, 4, 1, 6, 5, 3]
    queue.order.place_before([2], None)
    assert queue.now() == [4, 1, 6, 5, 3, 2]


def test_what_is_at_the_end_already_stays_there(queue: Queue) -> None:
    queue.fill(3)
    queue.order.move([1], Where.UP)
    queue.order.move([1], Where.TOP)
    queue.order.move([3], Where.DOWN)
    queue.order.move([3], Where.BOTTOM)
    queue.order.move([1, 2, 3], Where.TOP)
    queue.order.place_before([2], 2)
    assert queue.now() == [1, 2, 3]


def test_a_job_takes_the_priority_of_the_place_it_is_put_at(queue: Queue) -> None:
    low, high = queue.fill(2), queue.fill(2, priority=5)
    assert queue.now() == [*high, *low]
    queue.order.move([low[0]], Where.UP)
    assert queue.now() == [high[0], low[0], high[1], low[1]]
    queue.order.move([high[0]], Where.BOTTOM)
    assert queue.now() == [low[0], high[1], low[1], high[0]]


def test_a_higher_priority_goes_first_and_last_among_its_equals(queue: Queue) -> None:
    queue.fill(4)
    queue.order.set_priority([3, 2], 7)
    assert queue.now() == [2, 3, 1, 4]
    queue.order.set_priority([4], 7)
    assert queue.now() == [2, 3, 4, 1]


def test_paused_jobs_have_a_place_and_running_and_ended_ones_have_none(queue: Queue) -> None:
    queue.fill(4)
    queue.jobs.pause(2, paused=True)
    queue.jobs.claim_next()
    queue.order.move([1, 4], Where.TOP)
    assert queue.now() == [4, 2, 3]
    queue.order.move([99], Where.TOP)
    assert queue.now() == [4, 2, 3]


def test_ten_thousand_moves_into_one_gap_keep_the_order(queue: Queue) -> None:
    """Each halves the gap: without dealing out anew the numbers would run out after some fifty."""
    queue.fill(4)
    for turn in range(400):
        queue.order.place_before([[2, 3][turn % 2]], 4)
    assert queue.now() == [1, 2, 3, 4]


@pytest.mark.parametrize("seed", range(6))
def test_any_moves_give_what_the_same_moves_of_a_list_give(queue: Queue, seed: int) -> None:
    chance = random.Random(seed)
    wanted = queue.fill(12)
    for _turn in range(60):
        chosen = sorted(chance.sample(wanted, chance.randint(1, 4)), key=wanted.index)
        rest = [job_id for job_id in wanted if job_id not in chosen]
        before: Optional[int] = chance.choice([*rest, None])
        place = rest.index(before) if before is not None else len(rest)
        wanted = rest[:place] + chosen + rest[place:]
        queue.order.place_before(chosen, before)
        assert queue.now() == wanted

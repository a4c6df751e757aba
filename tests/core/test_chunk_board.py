"""Chunks of one film, dealt out to machines that come, go, are slow and fail."""

from __future__ import annotations

import math
from typing import Dict, List, Optional, Set, Tuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.chunks.board import MOST_FAILURES, ChunkBoard, ChunkLease

HERE = "here"


def board_of(*seconds: float, **more: object) -> ChunkBoard:
    return ChunkBoard(dict(enumerate(seconds)), here=[HERE], **more)  # type: ignore[arg-type]


def take(board: ChunkBoard, taker: str, now: float = 0.0) -> ChunkLease:
    lease = board.next_for(taker, now)
    assert lease is not None
    return lease


def made(board: ChunkBoard, lease: ChunkLease, now: float) -> Optional[Tuple[ChunkLease, ...]]:
    return board.finish(*lease.key, now)


def test_each_machine_gets_the_next_chunk_that_waits() -> None:
    board = board_of(60, 60, 60)
    assert [take(board, name).chunk for name in (HERE, "attic", "cellar")] == [0, 1, 2]
    assert board.waiting == ()


def test_this_machine_may_make_several_at_once() -> None:
    board = board_of(60, 60, 60)
    assert [take(board, HERE).chunk, take(board, HERE).chunk] == [0, 1]


def test_another_machine_gets_a_second_chunk_once_its_first_is_proved() -> None:
    board = board_of(60, 60, 60)
    first = take(board, "attic")
    assert board.next_for("attic", 1) is None
    assert made(board, first, 30) == ()
    assert take(board, "attic", 30).chunk == 1
    assert take(board, "attic", 30).chunk == 2


def test_a_machine_does_not_wait_idly_while_its_first_chunk_is_being_proved() -> None:
    board = board_of(60, 60, 60)
    first = take(board, "attic")
    board.renew(*first.key, 30, 1.0)
    assert take(board, "attic", 30).chunk == 1
    assert board.next_for("attic", 31) is None
    board.exclude("attic", "does not fit")
    assert board.waiting == (0, 1, 2)


def test_chunks_that_an_earlier_run_has_proved_are_not_made_again() -> None:
    board = board_of(60, 60, 60, finished=[0, 2])
    assert take(board, HERE).chunk == 1
    assert board.next_for(HERE, 1) is None


def test_the_film_is_complete_when_all_chunks_are_proved() -> None:
    board = board_of(60, 30)
    for now in (10, 20):
        assert not board.complete
        made(board, take(board, HERE, now - 10), now)
    assert board.complete
    assert board.share == 1.0


def test_what_is_in_hand_counts_as_far_as_it_is() -> None:
    board = board_of(60, 60)
    lease = take(board, HERE)
    board.renew(*lease.key, 10, 0.5)
    assert board.share == 0.25


def test_a_machine_without_signs_of_life_loses_its_chunk_and_nothing_else() -> None:
    board = board_of(60, 60, 60, lease_seconds=10)
    made(board, take(board, "attic"), 5)
    lost = take(board, "attic", 5)
    board.renew(*lost.key, 8, 0.9)
    assert board.expire(17.9) == ()
    assert [lease.chunk for lease in board.expire(18)] == [1]
    assert board.done == {0}
    assert take(board, HERE, 18).chunk == 1


def test_this_machine_needs_no_signs_of_life() -> None:
    board = board_of(60, lease_seconds=10)
    assert take(board, HERE).until == math.inf
    assert board.expire(1e9) == ()


def test_what_an_older_attempt_reports_is_refused() -> None:
    board = board_of(60, 60, lease_seconds=10)
    old = take(board, "attic")
    board.expire(10)
    new = take(board, HERE, 10)
    assert new.chunk == old.chunk
    assert new.attempt > old.attempt
    assert made(board, old, 11) is None
    assert not board.renew(*old.key, 11)
    assert not board.fail(*old.key)
    assert not board.adopt(*old.key, 11)
    assert board.done == frozenset()


def test_a_machine_that_is_back_goes_on_with_a_chunk_that_nobody_has_begun() -> None:
    board = board_of(60, lease_seconds=10)
    lease = take(board, "attic")
    board.expire(10)
    assert board.adopt(*lease.key, 11)
    assert made(board, lease, 12) == ()


def test_a_later_run_takes_nothing_for_what_an_earlier_one_handed_out() -> None:
    before = take(board_of(60, first_attempt=1000), "attic")
    now = board_of(60, first_attempt=2000)
    take(now, "attic")
    assert made(now, before, 5) is None


def test_a_chunk_that_failed_goes_to_another_machine() -> None:
    board = board_of(60, 60)
    take(board, HERE)
    failed = take(board, "attic")
    assert board.fail(*failed.key)
    assert board.next_for("attic", 2) is None
    assert take(board, HERE, 2).chunk == failed.chunk


def test_a_chunk_that_failed_is_tried_again_where_no_other_machine_is_there() -> None:
    board = board_of(60)
    board.fail(*take(board, HERE).key)
    assert take(board, HERE, 1).chunk == 0


def test_a_machine_that_has_not_been_heard_of_for_a_lease_keeps_no_chunk_waiting() -> None:
    board = board_of(60, lease_seconds=10)
    failed = take(board, HERE)
    board.next_for("attic", 0)
    board.fail(*failed.key)
    assert board.next_for(HERE, 9) is None
    assert take(board, HERE, 10).chunk == 0


def test_a_chunk_that_fails_again_and_again_gives_the_film_up() -> None:
    board = board_of(60, 60)
    for number in range(MOST_FAILURES):
        assert board.hopeless is None
        board.fail(*take(board, f"machine {number}").key)
    assert board.hopeless == 0
    assert board.next_for(HERE, 5) is None


def test_a_machine_whose_chunks_do_not_fit_gets_no_more_of_them() -> None:
    board = board_of(60, 60)
    take(board, "attic")
    assert [lease.chunk for lease in board.exclude("attic", "other parameter sets")] == [0]
    assert board.next_for("attic", 1) is None
    assert board.excluded == {"attic": "other parameter sets"}
    assert take(board, HERE, 1).chunk == 0


def test_a_stopped_machine_gives_its_chunk_back_without_blame() -> None:
    board = board_of(60)
    for _time in range(MOST_FAILURES + 1):
        assert board.give_back(*take(board, HERE).key)
    assert board.hopeless is None


def board_with_a_slow_machine(count: int, now: float) -> Tuple[ChunkBoard, ChunkLease]:
    """A machine here makes a chunk in 10 s, another in 40; the slow one is free, the other began ``now``."""
    board = board_of(*[60] * count)
    slow = take(board, "slow")
    made(board, take(board, HERE), 10)
    made(board, slow, 40)
    return board, take(board, HERE, now)


def test_a_slow_machine_gets_no_chunk_that_would_hold_up_the_end() -> None:
    board, _lease = board_with_a_slow_machine(7, 40)
    assert (
        len(board.waiting) == 4
    )  # the fast one would be ready with all in 50 s, the slow one in 40
    assert board.next_for("slow", 40.1) is not None
    board, _lease = board_with_a_slow_machine(5, 40)
    assert len(board.waiting) == 2  # in 30 s
    assert board.next_for("slow", 40.1) is None


def test_a_slow_machine_gets_it_after_all_where_the_fast_one_is_lost() -> None:
    board, _lease = board_with_a_slow_machine(4, 40)
    assert board.next_for("slow", 41) is None
    board.leave(HERE)
    assert take(board, "slow", 42).chunk == 2


def test_at_the_end_a_slow_machines_chunk_is_given_to_a_free_one_too() -> None:
    board = board_of(60, 60, 60)
    slow = take(board, "slow")
    for now in (10, 20):
        made(board, take(board, HERE, now - 10), now)
    board.renew(*slow.key, 20, 0.2)  # 80 s more; here it takes 10
    second = take(board, HERE, 20)
    assert second.chunk == slow.chunk
    assert [lease.taker for lease in made(board, second, 30) or ()] == ["slow"]
    assert board.complete
    assert made(board, slow, 31) is None


def test_the_slow_machines_result_counts_where_it_is_proved_first() -> None:
    board = board_of(60, 60)
    slow = take(board, "slow")
    made(board, take(board, HERE), 10)
    second = take(board, HERE, 30)
    assert made(board, slow, 31) == (second,)
    assert made(board, second, 40) is None


def test_a_chunk_that_is_nearly_made_is_not_given_to_another() -> None:
    board = board_of(60, 60)
    other = take(board, "attic")
    made(board, take(board, HERE), 10)
    board.renew(*other.key, 10, 0.9)
    assert board.next_for(HERE, 10) is None


def test_a_chunk_that_is_being_proved_is_not_given_to_another() -> None:
    board = board_of(60, 60)
    other = take(board, "attic")
    made(board, take(board, HERE), 10)
    board.renew(*other.key, 100, 1.0)
    assert board.next_for(HERE, 100) is None


def test_at_most_two_machines_make_the_same_chunk() -> None:
    board = board_of(60, 60)
    take(board, "silent")
    made(board, take(board, HERE), 10)
    assert take(board, HERE, 40).chunk == 0
    assert board.next_for("third", 40) is None


def test_no_chunk_is_made_twice_as_long_as_one_waits() -> None:
    board = board_of(60, 60, 60, 60)
    take(board, "silent")
    made(board, take(board, HERE), 1)
    assert take(board, HERE, 500).chunk == 2


def test_a_chunk_whose_file_is_gone_is_made_again() -> None:
    board = board_of(60)
    made(board, take(board, HERE), 10)
    board.reopen(0)
    assert not board.complete
    assert take(board, HERE, 11).chunk == 0


def test_what_is_left_follows_from_the_pace_of_those_at_work() -> None:
    board = board_of(60, 60, 60, 60)
    assert board.seconds_left(0) is None
    made(board, take(board, HERE), 10)
    take(board, HERE, 10)
    take(board, "attic", 10)
    assert board.seconds_left(10) == 20.0


class Dealing(RuleBasedStateMachine):
    """Machines take, lose, fail and hand in chunks in any order; the board keeps its promises."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 6
        self.board = ChunkBoard(
            {number: 10.0 + 5 * number for number in range(self.count)},
            here=[HERE],
            lease_seconds=20,
        )
        self.now = 0.0
        self.granted: List[ChunkLease] = []
        self.accepted: Dict[int, int] = {}
        self.attempts: Set[int] = set()

    names = st.sampled_from([HERE, "attic", "cellar", "barn"])
    some = st.integers(min_value=0)

    def one(self, number: int) -> ChunkLease:
        return self.granted[number % len(self.granted)]

    @rule(taker=names)
    def ask(self, taker: str) -> None:
        held = {lease.chunk for lease in self.board.in_hand}
        nobody = not held
        waiting, done = set(self.board.waiting), self.board.done
        lease = self.board.next_for(taker, self.now)
        if lease is None:
            able = taker not in self.board.excluded and self.board.hopeless is None
            if nobody and able and waiting:  # else the film would stand still for good
                failed_here = [
                    old for old in self.granted if old.chunk in waiting and old.taker == taker
                ]
                assert len({old.chunk for old in failed_here}) == len(waiting)
            return
        assert lease.attempt not in self.attempts
        assert lease.chunk not in done
        assert (lease.chunk in waiting) or not waiting
        self.attempts.add(lease.attempt)
        self.granted.append(lease)

    @rule(seconds=st.floats(min_value=0.1, max_value=15))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.granted)
    @rule(number=some, share=st.floats(min_value=0, max_value=1))
    def sign(self, number: int, share: float) -> None:
        lease = self.one(number)
        assert self.board.renew(*lease.key, self.now, share) == self.board.holds(*lease.key)

    @precondition(lambda self: self.granted)
    @rule(number=some)
    def hand_in(self, number: int) -> None:
        lease = self.one(number)
        held = self.board.holds(*lease.key)
        others = self.board.finish(*lease.key, self.now)
        assert (others is not None) == held
        if others is not None:
            assert lease.chunk not in self.accepted
            self.accepted[lease.chunk] = lease.attempt
            assert not any(self.board.holds(*other.key) for other in others)

    @precondition(lambda self: self.granted)
    @rule(number=some)
    def fail(self, number: int) -> None:
        lease = self.one(number)
        assert self.board.fail(*lease.key) in (True, False)
        assert not self.board.holds(*lease.key)

    @precondition(lambda self: self.granted)
    @rule(number=some)
    def back(self, number: int) -> None:
        lease = self.one(number)
        if self.board.adopt(*lease.key, self.now):
            assert self.board.holds(*lease.key)

    @rule(taker=names)
    def leave(self, taker: str) -> None:
        self.board.leave(taker)
        assert self.board.of_taker(taker) == ()

    @rule()
    def expire(self) -> None:
        self.board.expire(self.now)
        assert all(lease.until > self.now for lease in self.board.in_hand)

    @rule(taker=st.sampled_from(["attic", "cellar"]))
    def exclude(self, taker: str) -> None:
        self.board.exclude(taker, "does not fit")

    @invariant()
    def every_chunk_is_in_one_place(self) -> None:
        held = {lease.chunk for lease in self.board.in_hand}
        waiting, done = set(self.board.waiting), set(self.board.done)
        assert held | waiting | done == set(range(self.count))
        assert len(held) + len(waiting) + len(done) == self.count

    @invariant()
    def what_was_taken_stays_taken(self) -> None:
        assert set(self.accepted) == self.board.done

    @invariant()
    def at_most_two_have_the_same_chunk_and_never_one_machine_twice(self) -> None:
        for number in range(self.count):
            takers = [lease.taker for lease in self.board.in_hand if lease.chunk == number]
            assert len(takers) <= 2
            assert len(set(takers)) == len(takers)

    @invariant()
    def the_share_is_one(self) -> None:
        assert 0.0 <= self.board.share <= 1.0
        left = self.board.seconds_left(self.now)
        assert left is None or left >= 0


TestDealing = Dealing.TestCase
TestDealing.settings = settings(max_examples=15, stateful_step_count=40, deadline=None)

from __future__ import annotations

from typing import Dict, Set, Tuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cluster.leases import (
    FAILURES_TO_QUARANTINE,
    LEASE_SECONDS,
    QUARANTINE_SECONDS,
    Lease,
    LeaseTable,
    Quarantine,
)


def test_a_sign_of_life_keeps_the_job_and_silence_gives_it_back() -> None:
    table = LeaseTable()
    table.grant(7, 1, "laptop", now=0.0)
    assert table.renew(7, 1, "laptop", now=50.0)
    assert table.expire(now=60.0) == ()
    assert table.expire(now=110.0) == (Lease(7, 1, "laptop", 110.0),)
    assert not table.renew(7, 1, "laptop", now=111.0)


def test_what_an_older_attempt_reports_is_refused() -> None:
    table = LeaseTable()
    table.grant(7, 1, "laptop", now=0.0)
    table.expire(now=100.0)
    table.grant(7, 2, "desktop", now=100.0)
    assert not table.end(7, 1, "laptop")
    assert not table.renew(7, 1, "laptop", now=101.0)
    assert not table.end(7, 2, "laptop")
    assert table.end(7, 2, "desktop")
    assert len(table) == 0


def test_a_node_that_comes_back_goes_on_where_nobody_else_has_its_job() -> None:
    table = LeaseTable()
    assert table.adopt(7, 1, "laptop", now=0.0)
    assert table.adopt(7, 1, "laptop", now=1.0)
    assert not table.adopt(7, 1, "desktop", now=1.0)
    assert not table.adopt(7, 2, "laptop", now=1.0)


def test_a_master_that_restarts_waits_one_lease_for_the_owners() -> None:
    table = LeaseTable([Lease(7, 3, "laptop", 12.0)], now=5000.0)
    assert table.expire(now=5059.0) == ()
    assert table.renew(7, 3, "laptop", now=5059.0)


def test_a_job_in_somebodys_hands_is_not_handed_out_again() -> None:
    table = LeaseTable()
    table.grant(7, 1, "laptop", now=0.0)
    with pytest.raises(ValueError, match="job 7 is leased"):
        table.grant(7, 2, "desktop", now=0.0)
    assert [lease.job_id for lease in table.of_node("laptop")] == [7]
    assert table.of_node("desktop") == ()


def test_a_node_that_fails_job_after_job_rests_and_says_why() -> None:
    nodes = Quarantine()
    for _ in range(FAILURES_TO_QUARANTINE - 1):
        assert not nodes.failed("laptop", "No space.", now=0.0)
        assert nodes.reason("laptop", now=0.0) == ""
    assert nodes.failed("laptop", "No space.", now=0.0)
    assert nodes.reason("laptop", now=60.0).endswith("the last so: No space. Again in 29 min.")
    assert nodes.reason("desktop", now=60.0) == ""
    assert nodes.reason("laptop", now=QUARANTINE_SECONDS) == ""
    assert nodes.failed("laptop", "No space.", now=QUARANTINE_SECONDS), "the one that was tried"
    nodes.succeeded("laptop")
    assert nodes.reason("laptop", now=QUARANTINE_SECONDS) == ""


class Cluster(RuleBasedStateMachine):
    """Nodes that work, fall asleep and come back, and a master that forgets nothing."""

    jobs = st.integers(1, 4)
    nodes = st.sampled_from(["a", "b", "c"])

    def __init__(self) -> None:
        super().__init__()
        self.table = LeaseTable()
        self.now = 0.0
        self.attempts: Dict[int, int] = {}
        self.believed: Set[Tuple[int, int, str]] = set()  # what nodes think they have
        self.done: Dict[int, int] = {}

    @rule(job=jobs, node=nodes)
    def hand_out(self, job: int, node: str) -> None:
        if job in self.done or any(
            self.table.holds(job, self.attempts.get(job, 0), node_id) for node_id in "abc"
        ):
            return
        self.attempts[job] = self.attempts.get(job, 0) + 1
        self.table.grant(job, self.attempts[job], node, self.now)
        self.believed.add((job, self.attempts[job], node))

    @rule(seconds=st.floats(0, 2 * LEASE_SECONDS))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.table.expire(self.now)

    @rule(data=st.data())
    def sign_of_life(self, data: st.DataObject) -> None:
        if self.believed:
            claim = data.draw(st.sampled_from(sorted(self.believed)))
            if not self.table.renew(*claim, self.now):
                self.believed.discard(claim)

    @rule(data=st.data())
    def hand_in(self, data: st.DataObject) -> None:
        if self.believed:
            job, attempt, node = data.draw(st.sampled_from(sorted(self.believed)))
            self.believed.discard((job, attempt, node))
            if self.table.end(job, attempt, node):
                self.done[job] = self.done.get(job, 0) + 1

    @invariant()
    def no_job_is_done_twice(self) -> None:
        assert all(count == 1 for count in self.done.values())

    @invariant()
    def only_the_newest_attempt_is_held(self) -> None:
        for node in "abc":
            for lease in self.table.of_node(node):
                assert lease.attempt == self.attempts[lease.job_id]


TestCluster = Cluster.TestCase
TestCluster.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)

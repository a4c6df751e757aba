"""A machine that comes back with a film that was lost to it, which is not made twice while nobody has it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Iterator, List, NoReturn

import pytest

from core.errors import PeerError
from core.events import JobState
from core.job import Job
from core.messages import MessageType
from core.tools import Toolset
from scheduling.equipment import Equipment
from store.jobs import JobStore
from store.leases import LeaseStore
from tests.processing.bench import open_bench
from tests.scheduling.pair import Master, Pair
from tests.scheduling.test_cluster_work import lose_the_master_at_the_result, queue_film
from tests.scheduling.test_hostile_nodes import a_node, offer_to


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    """Whose leases are short."""
    with open_bench(tmp_path, toolset) as bench:
        one = Pair(Master(bench, lease=1.0))
        yield one
        one.end()


def until_lost(pair: Pair, job_id: int) -> None:
    def lost() -> bool:
        job = pair.master.job(job_id)
        planned = JobStore(pair.master.bench.database).planned_ahead() == 1
        return planned and (job.state, job.attempt) == (JobState.QUEUED, 2)

    pair.master.until(lost, "the end of the lease, and the film planned for others")


def test_a_film_that_is_planned_for_others_just_now_is_still_its_last_machines(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    sign = {"job": offer["job"], "attempt": offer["attempt"]}
    planning, go_on = threading.Event(), threading.Event()
    attempts = pair.master.manager.inside.attempts
    equip = attempts._equip

    def slowly(job: Job) -> Equipment:
        planning.set()
        assert go_on.wait(60.0)
        return equip(job)

    attempts._equip = slowly
    until_lost(pair, job_id)
    pair.master.work.settings_changed()
    pair.master.until(planning.is_set, "its planning anew")
    with pytest.raises(PeerError, match="ask again"):
        node.line.ask(MessageType.JOB_STATUS, sign)
    go_on.set()
    until_lost(pair, job_id)
    assert node.line.ask(MessageType.JOB_STATUS, sign)["go_on"]
    assert pair.master.job(job_id).attempt == 1


def test_a_machine_is_not_given_a_film_anew_that_it_has_in_hand(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    until_lost(pair, job_id)
    holding: List[Any] = [[offer["job"], offer["attempt"]], [True, None], "nonsense", [1, 2, 3]]
    question = {"free": ["remux"], "holding": holding}
    assert "offer" not in node.line.ask(MessageType.JOB_REQUEST, question)
    job = pair.master.job(job_id)
    assert (job.attempt, job.instance_id) == (1, "node")


def test_a_film_that_waits_is_its_last_machines_as_well(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer = offer_to(pair, node)
    until_lost(pair, job_id)
    with pair.master.bench.database.transaction() as connection:
        connection.execute("UPDATE jobs SET not_before = 9e9 WHERE id = ?", (job_id,))
    sign = {"job": offer["job"], "attempt": offer["attempt"]}
    assert node.line.ask(MessageType.JOB_STATUS, sign)["go_on"]
    job = pair.master.job(job_id)
    assert (job.attempt, job.not_before, job.instance_id) == (1, None, "node")


def test_a_film_that_a_machine_is_told_to_drop_gets_no_more_signs_of_life(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)

    def not_now(*_asked: object) -> NoReturn:
        raise PeerError("The master is not ready for the result yet; it is sent again.")

    pair.master.work.result_place = not_now  # type: ignore[method-assign, assignment]
    pair.master.start()
    slave.start()
    pair.master.until(
        lambda: any(one.report for one in slave.store.all()) and slave.work.work, "the result"
    )
    slave.work.command("cancel_job", {"job": job_id, "attempt": 1})
    before = len(slave.asked_for(MessageType.JOB_STATUS))

    def signs() -> List[List[int]]:
        told = slave.asked_for(MessageType.JOB_STATUS)[before + 1 :]  # one may have been on its way
        return [[one["job"], one["attempt"]] for one in told]

    pair.master.until(lambda: [job_id, 2] in signs(), "the film's next attempt")
    assert [job_id, 1] not in signs()


def test_a_restarted_master_calls_a_machine_that_stays_away_by_its_name(
    pair: Pair, tmp_path: Path, toolset: Toolset
) -> None:
    job_id = queue_film(pair)
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    lose_the_master_at_the_result(pair, slave)
    assert LeaseStore(pair.master.bench.database).held()
    pair.master.restart()
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "the end of the lease")
    assert pair.master.job(job_id).message.startswith("laptop could not do it")

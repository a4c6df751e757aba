"""A machine that comes back with a film that was lost to it, which is not made twice while nobody has it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, List, NoReturn, Optional

import pytest

from core.events import JobState
from core.peer_errors import PeerError
from core.protocol.messages import MessageType
from core.queue.job import Job
from core.tools import Toolset
from scheduling.job_context import JobContext
from scheduling.running_jobs import Running
from store.jobs import JobStore
from store.leases import HandedOut, LeaseStore
from tests.processing.bench import open_bench
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import lose_the_master_at_the_result, queue_film


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    """Whose leases are short."""
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench, lease=1.0))
        yield pair
        pair.end()


@dataclass
class Lost:
    """A film that was lost to ``node``, is planned for others, and that nobody has begun again."""

    master: Master
    node: Slave
    job_id: int

    def until_planned(self) -> None:
        """Wait until somebody else could have it."""

        def planned() -> bool:
            job = self.job
            ready = JobStore(self.master.bench.database).planned_ahead() == 1
            return ready and (job.state, job.attempt) == (JobState.QUEUED, 2)

        self.master.until(planned, "the end of the lease, and the film planned for others")

    def sign_of_life(self) -> Any:
        """Have the node say that it still works on its attempt."""
        return self.node.line.ask(MessageType.JOB_STATUS, {"job": self.job_id, "attempt": 1})

    @property
    def job(self) -> Job:
        return self.master.job(self.job_id)


@pytest.fixture
def lost(pair: Pair, tmp_path: Path, toolset: Toolset) -> Lost:
    job_id = queue_film(pair)
    node = a_node(pair, tmp_path, toolset)
    pair.master.start()
    offer_to(pair, node)
    lost = Lost(pair.master, node, job_id)
    lost.until_planned()
    pair.master.work._jobs._table.seconds = 60.0  # what it is given from now on stays with it
    return lost


def test_a_film_that_is_planned_for_others_just_now_is_still_its_last_machines(lost: Lost) -> None:
    planning, go_on = threading.Event(), threading.Event()
    equip = lost.master.equipment

    def slowly() -> JobContext:
        planning.set()
        assert go_on.wait(60.0)
        return equip()

    lost.master.equipment = slowly  # type: ignore[method-assign]
    lost.master.work.settings_changed()
    lost.master.until(planning.is_set, "its planning anew")
    with pytest.raises(PeerError, match="ask again"):
        lost.sign_of_life()
    go_on.set()
    lost.until_planned()
    assert lost.sign_of_life()["go_on"]
    assert lost.job.attempt == 1


def test_a_film_that_is_on_its_way_back_to_the_queue_is_still_its_last_machines(
    lost: Lost,
) -> None:
    jobs = lost.master.manager.shared.running
    running = jobs.begin(lost.job_id, Running(node="node"))
    with pytest.raises(PeerError, match="ask again"):
        lost.sign_of_life()
    jobs.end(lost.job_id, running)
    assert lost.sign_of_life()["go_on"]


def test_a_machine_is_not_given_a_film_anew_that_it_has_in_hand(lost: Lost) -> None:
    holding: List[Any] = [[lost.job_id, 1], [True, None], "nonsense", [1, 2, 3]]
    question = {"free": ["remux"], "holding": holding}
    assert "offer" not in lost.node.line.ask(MessageType.JOB_REQUEST, question)
    assert (lost.job.attempt, lost.job.instance_id) == (1, "node")


def test_a_machine_that_claims_to_hold_more_films_than_there_are_holds_up_nobody(
    lost: Lost,
) -> None:
    leases = lost.master.work._jobs._leases
    looked_up: List[int] = []
    get = leases.get

    def counted(job_id: int) -> Optional[HandedOut]:
        looked_up.append(job_id)
        return get(job_id)

    leases.get = counted  # type: ignore[method-assign]
    claimed = [[10**30, 1], [1, -(10**30)], *([number, 1] for number in range(10**6, 10**6 + 5000))]
    lost.node.line.ask(MessageType.JOB_REQUEST, {"free": [], "holding": claimed})
    assert 0 < len(looked_up) < 500


def test_a_sign_of_life_for_a_number_that_no_job_can_have_is_for_no_job(lost: Lost) -> None:
    for job_id, attempt in ((10**30, 1), (-(10**30), 1), (lost.job_id, 10**30)):
        sign = {"job": job_id, "attempt": attempt}
        assert lost.node.line.ask(MessageType.JOB_STATUS, sign)["go_on"] is False


def test_a_film_that_waits_is_its_last_machines_as_well(lost: Lost) -> None:
    with lost.master.bench.database.transaction() as connection:
        connection.execute("UPDATE jobs SET not_before = 9e9 WHERE id = ?", (lost.job_id,))
    assert lost.sign_of_life()["go_on"]
    job = lost.job
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
        lambda: any(job.report for job in slave.store.all()) and slave.work.work, "the result"
    )
    slave.work.command("cancel_job", {"job": job_id, "attempt": 1})
    before = len(slave.asked_for(MessageType.JOB_STATUS))

    def signs() -> List[List[int]]:
        told = slave.asked_for(MessageType.JOB_STATUS)[before + 1 :]  # one may have been on its way
        return [[sign["job"], sign["attempt"]] for sign in told]

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
    assert pair.master.job(job_id).message.startswith("laptop could not process this film")

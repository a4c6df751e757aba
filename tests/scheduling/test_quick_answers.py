"""What a slave is answered where it was heard, without a thread: a sign of life, that nothing is ready."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from cluster.ports import Data
from core.progress import Progress
from core.protocol.messages import MessageType
from core.tools import Toolset
from sharing.master.quick_answers import ASK_AGAIN
from tests.processing.bench import open_bench
from tests.scheduling.lone_node import a_node, offer_to
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import queue_film

_QUESTION = {"free": ["remux"], "holding": []}
_NOTHING = {"none": True, "after": ASK_AGAIN, "reason": ""}


@pytest.fixture
def idle(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    """A master without films."""
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        pair.master.start()
        yield pair
        pair.end()


@pytest.fixture
def node(idle: Pair, tmp_path: Path, toolset: Toolset) -> Slave:
    """A machine that has asked once."""
    node = a_node(idle, tmp_path, toolset)
    node.line.ask(MessageType.JOB_REQUEST, _QUESTION)
    return node


def at_once(pair: Pair, node: Slave, kind: MessageType, data: Data) -> Optional[Data]:
    """The answer, if there is one of twenty times: a thread of the queue may hold its lock just then."""
    answers = (pair.master.work.at_once(node.line.node, kind, data) for _ in range(20))
    return next((answer for answer in answers if answer is not None), None)


def nothing_is_known(pair: Pair, node: Slave) -> Data:
    """Ask until the master has just seen that nothing is planned; what it says then at once."""
    found: List[Data] = []

    def asked() -> bool:
        node.line.ask(MessageType.JOB_REQUEST, _QUESTION)
        answer = at_once(pair, node, MessageType.JOB_REQUEST, _QUESTION)
        found.extend([answer] if answer is not None else [])
        return bool(found)

    pair.master.until(asked, "an answer at once")
    return found[0]


def in_hand(pair: Pair, node: Slave) -> Dict[str, Any]:
    """Give the machine a film; its part of every message about it."""
    queue_film(pair)
    offer = offer_to(pair, node)
    return {"job": offer["job"], "attempt": offer["attempt"]}


def test_who_asks_while_nothing_is_planned_is_told_so_at_once(idle: Pair, node: Slave) -> None:
    assert {**nothing_is_known(idle, node), "reason": ""} == _NOTHING


def test_a_film_that_is_planned_meanwhile_is_not_hidden(idle: Pair, node: Slave) -> None:
    job_id = queue_film(idle)
    assert offer_to(idle, node)["job"] == job_id


def test_that_nothing_is_planned_is_believed_for_a_moment_alone(idle: Pair, node: Slave) -> None:
    idle.master.until(
        lambda: at_once(idle, node, MessageType.JOB_REQUEST, _QUESTION) is None, "another look"
    )


def test_a_machine_that_has_just_come_is_looked_at_closely(
    idle: Pair, node: Slave, tmp_path: Path, toolset: Toolset
) -> None:
    nothing_is_known(idle, node)
    other = a_node(idle, tmp_path, toolset, "other")
    assert nothing_is_known(idle, node), "a machine that came may do what nobody could"
    assert at_once(idle, other, MessageType.JOB_REQUEST, _QUESTION) is None


@pytest.mark.parametrize(
    "question",
    [
        {"free": ["remux"], "holding": [[99, 1]]},
        {"free": ["remux"], "holding": "all"},
        {"free": [], "holding": []},
        {"free": ["remux"], "holding": [], "largest": "huge"},
    ],
)
def test_a_question_that_says_something_else_is_looked_at_closely(
    idle: Pair, node: Slave, question: Data
) -> None:
    nothing_is_known(idle, node)
    assert at_once(idle, node, MessageType.JOB_REQUEST, question) is None


def test_a_sign_of_life_renews_the_lease_and_moves_the_film_on(idle: Pair, node: Slave) -> None:
    sign = {**in_hand(idle, node), "progress": {"step": "encode", "percent": 40.0}}
    answers: List[Optional[Data]] = []

    def answered() -> bool:
        answers.append(at_once(idle, node, MessageType.JOB_STATUS, sign))
        return answers[-1] is not None

    idle.master.until(answered, "an answer")
    assert answers[-1] == {"go_on": True, "pause": False}

    def shown() -> Optional[Progress]:
        return idle.master.manager.shared.running.progress().get(sign["job"])

    idle.master.until(lambda: getattr(shown(), "percent", 0.0) == 40.0, "the progress")


def test_a_film_that_its_user_pauses_stands_still_at_the_next_sign(idle: Pair, node: Slave) -> None:
    job = in_hand(idle, node)
    idle.master.manager.pause_job(job["job"])

    def paused() -> bool:
        answer = at_once(idle, node, MessageType.JOB_STATUS, job)
        return answer is not None and answer["pause"]

    idle.master.until(paused, "the machine to hear of the pause")
    idle.master.manager.resume_job(job["job"])


@pytest.mark.parametrize(
    "other",
    [
        {"job": 10**6},
        {"attempt": 7},
        {"job": "1"},
        {"attempt": None},
        {"progress": {"step": "encode", "percent": "half"}},
    ],
)
def test_a_sign_for_what_is_not_its_own_is_looked_at_closely(
    idle: Pair, node: Slave, other: Data
) -> None:
    job = in_hand(idle, node)
    assert at_once(idle, node, MessageType.JOB_STATUS, {**job, **other}) is None


@pytest.mark.parametrize("kind", [MessageType.JOB_STATUS, MessageType.JOB_REQUEST])
def test_the_wire_never_waits_for_the_queues_lock(
    idle: Pair, node: Slave, kind: MessageType
) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with idle.master.manager.shared.changed:
            held.set()
            done.wait(30.0)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30.0)
        assert at_once(idle, node, kind, {**_QUESTION, "job": 1, "attempt": 1}) is None
    finally:
        done.set()
        holder.join()

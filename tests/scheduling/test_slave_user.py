"""What a slave's user wishes: the work for the master stands still, ends, goes on, and the master sees it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Iterator

import pytest

from cluster.ports import Data
from core.events import JobState, QueueState
from core.protocol.messages import MessageType
from core.protocol.node_commands import NodeCommand
from core.tools import Toolset
from tests.processing.bench import open_bench
from tests.scheduling.pair import Master, Pair, Slave
from tests.scheduling.shared_films import beside, make_slow, queue_film, until_encoding


@pytest.fixture
def pair(tmp_path: Path, toolset: Toolset) -> Iterator[Pair]:
    with open_bench(tmp_path, toolset) as bench:
        pair = Pair(Master(bench))
        yield pair
        pair.end()


@pytest.fixture
def slave(pair: Pair, tmp_path: Path, toolset: Toolset) -> Slave:
    slave = pair.slave("laptop", tmp_path / "laptop", toolset)
    pair.master.start()
    slave.start()
    return slave


def held(pair: Pair, name: str = "laptop") -> str:
    """What the master says of why the slave takes no films."""
    return next((node.held for node in pair.master.work.system.nodes if node.id == name), "")


def state(slave: Slave) -> QueueState:
    now = slave.work.state
    assert now is not None
    return now.state


def test_a_pause_lets_the_film_in_hand_stand_still_and_the_master_sees_why(
    pair: Pair, slave: Slave
) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    until_encoding(pair, job_id)
    slave.work.wish(NodeCommand.PAUSE)
    (task,) = slave.work._jobs._tasks.values()
    assert task.control.paused
    assert state(slave) is QueueState.PAUSED
    pair.master.until(lambda: "paused there" in held(pair), "the master to see it")
    before = len(slave.asked_for(MessageType.JOB_STATUS))
    pair.master.until(
        lambda: len(slave.asked_for(MessageType.JOB_STATUS)) > before + 3, "signs of life"
    )
    assert task.control.paused, "the master's answers do not let it go on"
    assert pair.master.job(job_id).attempt == 1
    slave.work.wish(NodeCommand.START)
    assert not task.control.paused
    pair.master.until(lambda: not held(pair), "the master to see that it goes on")


def test_a_stop_gives_the_film_back_at_once_and_to_nobodys_blame(pair: Pair, slave: Slave) -> None:
    make_slow(pair)
    job_id = queue_film(pair, seconds=20.0)
    until_encoding(pair, job_id)
    slave.work.wish(NodeCommand.DRAIN, cancel_running=True)
    pair.master.until(lambda: pair.master.job(job_id).attempt == 2, "the film to come back")
    assert pair.master.job(job_id).failures == 0
    assert not pair.master.work._nodes.quarantine("laptop")
    pair.master.until(lambda: "stopped there" in held(pair), "the master to see it")
    pair.master.until(lambda: not slave.left_over() and not slave.store.all(), "tidying up")
    pair.master.until(lambda: not beside(pair), "tidying up at the master")
    assert state(slave) is QueueState.STOPPED
    asked = slave.asked_for(MessageType.JOB_REQUEST)
    assert asked[-1] == {"free": [], "holding": []}, "no other job is asked for"


def test_a_stop_after_the_present_film_lets_it_come_to_its_end_and_asks_for_no_other(
    pair: Pair, slave: Slave
) -> None:
    first, second = queue_film(pair, seconds=3.0), queue_film(pair, "Other.mkv")
    pair.master.until(lambda: slave.work.work, "a film in hand")
    slave.work.wish(NodeCommand.DRAIN)
    mine = slave.work.work[0].job_id
    other = second if mine == first else first
    assert state(slave) in (QueueState.STOPPING, QueueState.STOPPED)
    pair.master.until_state(mine, JobState.COMPLETED)
    pair.master.until(lambda: state(slave) is QueueState.STOPPED, "the stop")
    pair.master.until(lambda: "stopped there" in held(pair), "the master to see it")
    taken = slave.work.work
    assert (taken, pair.master.job(other).state.final) == ((), False)
    slave.work.wish(NodeCommand.START)
    pair.master.until_state(other, JobState.COMPLETED)


def test_a_pause_for_a_while_ends_by_itself(pair: Pair, slave: Slave) -> None:
    until = time.time() + 1800
    slave.work.wish(NodeCommand.PAUSE, until)
    now = slave.work.state
    assert now is not None
    assert (now.state, now.until) == (QueueState.PAUSED, until)
    slave.clock.at = until + 1
    job_id = queue_film(pair)
    pair.master.until_state(job_id, JobState.COMPLETED)
    assert state(slave) is QueueState.RUNNING


def test_a_wish_holds_over_a_restart_and_with_whatever_master(pair: Pair, slave: Slave) -> None:
    slave.work.wish(NodeCommand.PAUSE, time.time() + 1800)
    slave.line.cut()
    slave.stop()
    slave.restart()
    slave.line.connect()
    slave.work.connected("another-master", "Other")
    now = slave.work.state
    assert now is not None
    assert now.state is QueueState.PAUSED
    assert now.until


def test_the_last_word_holds_whoever_has_it(pair: Pair, slave: Slave) -> None:
    slave.work.wish(NodeCommand.PAUSE)
    pair.master.work.command("laptop", NodeCommand.RESUME)
    assert state(slave) is QueueState.RUNNING
    pair.master.work.command("laptop", NodeCommand.PAUSE)
    now = slave.work.state
    assert now is not None
    assert "master told" in now.reason
    slave.work.wish(NodeCommand.START)
    assert state(slave) is QueueState.RUNNING


def test_a_start_while_the_master_is_being_asked_asks_it_again_at_once(
    pair: Pair, slave: Slave, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer, "in a minute", is no answer to what came after the question."""
    asked = []
    ask = slave.line.ask

    def answer_late(kind: MessageType, data: Data, *more: Any) -> Data:
        answer = ask(kind, data, *more)
        if kind is MessageType.JOB_REQUEST:
            asked.append(data)
            if len(asked) == 1:
                slave.work.wish(NodeCommand.START)
            return {**answer, "after": 60.0}
        return answer

    pair.master.until(lambda: slave.asked_for(MessageType.JOB_REQUEST), "the first question")
    monkeypatch.setattr(slave.line, "ask", answer_late)
    slave.work.wish(NodeCommand.START)
    pair.master.until(lambda: len(asked) > 1, "the second question", seconds=20.0)

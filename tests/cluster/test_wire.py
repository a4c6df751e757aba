"""A master and its slaves over real sockets: pairing, questions and answers, and coming back."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Iterator

import pytest

from cluster.ports import Node, NodeState
from core.peer_errors import PeerError, PeerRefused
from core.protocol.messages import MessageType
from core.settings.choices import NetworkMode
from network import InstanceRole
from tests.cluster.machines import Lan, lan, node_id, online, wait_for


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


def test_a_slave_that_was_paired_connects_and_is_known_with_what_it_can_do(place: Lan) -> None:
    slave = place.slave()
    (node,) = place.master.network.nodes()
    assert (node.name, node.address, node.version) == ("Laptop", "127.0.0.1", "1.2")
    assert (node.state, node.capabilities) == (NodeState.ONLINE, {"cores": 2})
    assert abs(node.last_seen - time.time()) < 60
    wait_for(lambda: slave.slave_work.of("connected") == ["Living room"])
    assert place.master.network.state() == "Master: 1 of 1 slaves connected."
    assert slave.network.state() == "Slave of Living room: connected."


def test_a_slaves_question_is_answered_by_the_masters_work(place: Lan) -> None:
    slave = place.slave()
    kinds = (MessageType.JOB_REQUEST, MessageType.JOB_STATUS, MessageType.JOB_COMPLETE)
    for kind in kinds:
        assert slave.network.ask(kind, {"slots": 2}) == {"kind": kind.value.lower(), "slots": 2}


def test_an_error_of_the_masters_work_is_the_askers_error(place: Lan) -> None:
    slave = place.slave()

    def refuse(kind: str, data: object) -> dict[str, object]:
        raise PeerError("The lease has ended.")

    place.master.master_work.answer = refuse
    with pytest.raises(PeerRefused, match="The lease has ended") as caught:
        slave.network.ask(MessageType.JOB_STATUS, {})
    assert caught.value.peer_code == "peer"


def test_a_mistake_in_the_masters_work_is_told_and_the_connection_stays(place: Lan) -> None:
    slave = place.slave()
    place.master.master_work.answer = lambda kind, data: {"x": 1 // 0}
    with pytest.raises(PeerRefused, match="its log has the details"):
        slave.network.ask(MessageType.JOB_STATUS, {})
    place.master.master_work.answer = lambda kind, data: {"fine": True}
    assert slave.network.ask(MessageType.JOB_STATUS, {}) == {"fine": True}


def test_a_command_is_answered_by_the_slaves_work(place: Lan) -> None:
    slave = place.slave()
    answer = place.master.network.command(node_id(slave), "pause", {"minutes": 5})
    assert answer == {"did": "pause"}
    assert slave.slave_work.of("command") == [("pause", {"minutes": 5})]


@pytest.mark.parametrize("asking", ["slave", "master"])
def test_whoever_is_told_of_a_connection_may_ask_at_once(place: Lan, asking: str) -> None:
    slave = place.machine("Laptop")
    place.pair(slave)
    answers = []

    def ask_at_once(master_id: str, name: str) -> None:
        answers.append(slave.network.ask(MessageType.JOB_REQUEST, {"n": 7}))

    def command_at_once(node: Node) -> None:
        answers.append(place.master.network.command(node.instance_id, "slots", {}))

    if asking == "slave":
        slave.slave_work.connected = ask_at_once  # type: ignore[method-assign]
    else:
        place.master.master_work.joined = command_at_once  # type: ignore[method-assign]
    slave.change(mode=NetworkMode.SLAVE)
    slave.start()
    wanted = {"kind": "job_request", "n": 7} if asking == "slave" else {"did": "slots"}
    wait_for(lambda: answers == [wanted])


def test_a_command_that_takes_too_long_is_given_up(place: Lan) -> None:
    slave = place.slave()
    gate = threading.Event()

    def wait(command: str, arguments: object) -> dict[str, object]:
        gate.wait(30)
        return {}

    slave.slave_work.answer = wait
    with pytest.raises(PeerError, match="did not answer within 1 seconds"):
        place.master.network.command(node_id(slave), "pause", {}, timeout=1.0)
    gate.set()


def test_a_command_to_a_machine_that_is_away_says_so(place: Lan) -> None:
    slave = place.slave()
    identity = node_id(slave)
    slave.network.stop()
    wait_for(lambda: not online(place.master))
    with pytest.raises(PeerError, match="not connected"):
        place.master.network.command(identity, "pause", {})
    assert place.master.master_work.of("left") == [None]


def test_what_a_slave_says_is_handled_in_its_order(place: Lan) -> None:
    slave = place.slave()
    asked = [
        threading.Thread(target=slave.network.ask, args=(MessageType.JOB_STATUS, {"n": n}))
        for n in range(40)
    ]
    for thread in asked:
        thread.start()
        thread.join(0.002)  # usually asked before the one before is answered
    for thread in asked:
        thread.join(30)
    numbers = [data["n"] for data in place.master.master_work.of("job_status")]
    assert sorted(numbers) == list(range(40))


def test_the_systems_status_reaches_all_slaves_and_whoever_comes_later(place: Lan) -> None:
    first = place.slave("Laptop")
    place.master.network.broadcast({"running": 3})
    wait_for(lambda: first.slave_work.of("system_status") == [{"running": 3}])
    second = place.slave("Desktop")
    wait_for(lambda: second.slave_work.of("system_status") == [{"running": 3}])


def test_a_flood_of_statuses_becomes_a_few(place: Lan) -> None:
    slave = place.slave()
    for number in range(500):
        slave.network.tell(MessageType.STATUS, {"free": number})
    wait_for(lambda: {"free": 499} in place.master.master_work.of("status"))
    assert len(place.master.master_work.of("status")) < 10
    assert slave.network.connected


def test_the_last_status_is_said_again_as_a_sign_of_life(place: Lan) -> None:
    slave = place.slave()
    slave.network.tell(MessageType.STATUS, {"free": 1})
    wait_for(lambda: place.master.master_work.of("status").count({"free": 1}) >= 2)


def test_a_master_that_restarts_is_found_again(place: Lan) -> None:
    slave = place.slave()
    place.master.restart()
    wait_for(lambda: slave.slave_work.of("disconnected"))
    wait_for(lambda: len(slave.slave_work.of("connected")) == 2)
    assert slave.network.ask(MessageType.JOB_REQUEST, {"n": 1})["n"] == 1


def test_a_slave_that_restarts_comes_back_without_a_new_code(place: Lan) -> None:
    slave = place.slave()
    slave.restart()
    wait_for(lambda: place.master.master_work.of("joined")[1:])
    assert len(place.master.network.nodes()) == 1


def test_a_machine_that_is_removed_is_cut_off_and_not_let_in_again(place: Lan) -> None:
    slave = place.slave()
    place.master.network.revoke(node_id(slave))
    (reason,) = wait_for(lambda: slave.slave_work.of("disconnected"))
    assert "removed from the master's list" in reason
    wait_for(lambda: "could not prove that it belongs here" in slave.network.state())
    assert [node.state for node in place.master.network.nodes()] == [NodeState.REVOKED]
    with pytest.raises(PeerError, match="no such machine"):
        place.master.network.revoke("somebody-else")


def test_a_removed_machine_can_be_paired_again(place: Lan) -> None:
    slave = place.slave()
    place.master.network.revoke(node_id(slave))
    wait_for(lambda: slave.slave_work.of("disconnected"))
    place.pair(slave)
    wait_for(lambda: online(place.master) == [node_id(slave)])


def test_a_code_is_good_for_one_machine(place: Lan) -> None:
    wait_for(place.listens)
    code = place.master.network.show_code().text
    where = f"127.0.0.1:{place.port}"
    assert place.machine("Laptop").network.pair(where, code) == "Living room"
    with pytest.raises(PeerError, match="pairing code is wrong"):
        place.machine("Desktop").network.pair(where, code)
    assert any("was paired with this machine" in notice for notice in place.master.notices)


def test_a_wrong_code_is_shown_to_the_masters_user_with_the_address(place: Lan) -> None:
    wait_for(place.listens)
    place.master.network.show_code()
    with pytest.raises(PeerError, match="pairing code is wrong"):
        place.machine("Laptop").network.pair(f"127.0.0.1:{place.port}", "AAAAA-AAAAA")
    assert any("127.0.0.1 was refused" in notice for notice in place.master.notices)


def test_an_address_where_nobody_listens_is_a_sentence(place: Lan) -> None:
    with pytest.raises(PeerError, match=r"No master answers at 127\.0\.0\.1, port \d+ \("):
        place.machine("Laptop").network.pair("127.0.0.1:1", "AAAAA-AAAAA")
    with pytest.raises(PeerError, match="is no address of a machine"):
        place.machine("Desktop").network.pair("http://nas/", "AAAAA-AAAAA")


def test_the_part_is_changed_while_the_program_runs(place: Lan) -> None:
    slave = place.slave()
    slave.change(mode=NetworkMode.STANDALONE)
    assert slave.network.role() is InstanceRole.STANDALONE
    wait_for(lambda: not online(place.master))
    slave.change(mode=NetworkMode.SLAVE)
    wait_for(lambda: online(place.master))
    slave.change(mode=NetworkMode.MASTER, port=place.port + 1)
    wait_for(lambda: not online(place.master))
    assert slave.network.role() is InstanceRole.MASTER
    place.master.change(mode=NetworkMode.SLAVE)
    assert place.master.network.role() is InstanceRole.SLAVE
    wait_for(lambda: "No master is known" in place.master.network.state())


def test_a_port_that_is_taken_is_told_and_tried_again(place: Lan) -> None:
    wait_for(place.listens)
    other = place.machine("Second master", mode=NetworkMode.MASTER)
    other.start()
    wait_for(lambda: "cannot listen on port" in other.network.state())
    wait_for(lambda: any("choose another port" in notice for notice in other.notices))
    place.master.change(mode=NetworkMode.STANDALONE)
    wait_for(lambda: other.network.state() == "Master: 0 of 0 slaves connected.")


def test_an_address_that_this_machine_does_not_have_is_told_as_what_it_is(place: Lan) -> None:
    away = place.machine("Docked elsewhere", mode=NetworkMode.MASTER)
    away.start()
    away.change(listen_address="192.0.2.7")
    wait_for(lambda: "has no such address now" in away.network.state())
    assert "192.0.2.7" in away.network.state()
    assert "choose another port" not in away.network.state()


def test_secrets_are_neither_in_the_database_nor_readable_by_others(place: Lan) -> None:
    slave = place.slave()
    secret = slave.network._pairings.store.master_secret(node_id(place.master))
    assert secret is not None
    for machine in (place.master, slave):
        for file in machine.folder.glob("mediaprocessor.db*"):
            content = file.read_bytes()
            assert secret not in content
            assert secret.hex().encode() not in content

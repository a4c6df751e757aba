"""Whoever is not one of us gets nothing, breaks nothing, and is written down. Real sockets throughout."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import socket
import ssl
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Iterator

import psutil
import pytest
from websockets.exceptions import ConnectionClosed

from cluster import handshake, sockets, unproven_connections
from cluster import master as master_module
from cluster.identity import client_context
from cluster.limits import LARGEST_STRANGER, MOST_STRANGERS, STRANGERS_SHARE
from cluster.network_thread import NetworkThread
from core.peer_errors import PeerError
from core.protocol.messages import MessageType
from tests import protocol_campaign
from tests.cluster.hostile import Relay, as_text, dial, last_words, register, run
from tests.cluster.machines import Lan, Machine, free_port, lan, node_id, wait_for


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


def secret_of(slave: Machine, place: Lan) -> bytes:
    secret = slave.network._pairings.store.master_secret(node_id(place.master))
    assert secret is not None
    return secret


def still_served(slave: Machine) -> None:
    """An honest slave gets its answers as ever."""
    wait_for(lambda: slave.network.connected)
    assert slave.network.ask(MessageType.JOB_REQUEST, {"n": 1})["n"] == 1


def test_whoever_has_no_secret_sees_nothing_but_hello(place: Lan) -> None:
    wait_for(place.listens)

    async def listen() -> Any:
        connection = await dial(place.port)
        hello = json.loads(await connection.recv())
        await connection.send(json.dumps({**hello, "type": "STATUS", "instance_role": "slave"}))
        return hello, await last_words(connection)

    hello, words = run(listen())
    assert set(hello["data"]) == {"protocol", "nonce", "version"}
    assert words.startswith("1008 The other end sent STATUS")


def test_a_wrong_secret_is_refused_logged_and_shown(
    place: Lan, caplog: pytest.LogCaptureFixture
) -> None:
    slave = place.slave()

    async def try_it() -> str:
        connection = await dial(place.port)
        with contextlib.suppress(ConnectionClosed):
            await register(connection, b"x" * 32, node_id(slave))
        return await last_words(connection)

    assert "could not prove that it belongs here" in run(try_it())
    assert any("127.0.0.2 was refused" in record.getMessage() for record in caplog.records)
    assert any("127.0.0.2 was refused" in notice for notice in place.master.notices)
    still_served(slave)


def test_an_address_that_guesses_has_to_wait_and_others_have_not(place: Lan) -> None:
    slave = place.slave()

    async def guess() -> str:
        connection = await dial(place.port)
        with contextlib.suppress(ConnectionClosed):
            await register(connection, b"x" * 32, "slave-9")
        return await last_words(connection)

    words = [run(guess()) for _ in range(6)]
    assert any("Too many wrong proofs" in word for word in words)
    slave.restart()
    still_served(slave)


def test_a_recorded_registration_opens_nothing(place: Lan) -> None:
    slave = place.slave()
    secret = secret_of(slave, place)

    async def record_and_replay() -> str:
        first = await dial(place.port)
        answer, acknowledgement = await register(first, secret, node_id(slave))
        assert "registered" in acknowledgement
        await first.close()
        second = await dial(place.port)
        await second.recv()
        await second.send(as_text(answer))
        return await last_words(second)

    assert "could not prove that it belongs here" in run(record_and_replay())


def test_a_relay_between_two_honest_ends_is_found(place: Lan, tmp_path: Path) -> None:
    slave = place.slave()
    port = free_port()
    (tmp_path / "relay").mkdir()
    relay = Relay(tmp_path / "relay", port, place.port)
    thread = NetworkThread()
    thread.begin(relay.run())
    try:
        joined = len(place.master.master_work.of("joined"))
        slave.change(master=f"127.0.0.1:{port}")
        wait_for(lambda: "could not prove" in slave.network.state())
        assert len(relay.passed) >= 2, "HELLO and the registration went through it"
        assert not slave.network.connected
        assert len(place.master.master_work.of("joined")) == joined
    finally:
        thread.stop()


@pytest.mark.parametrize(("older", "end"), [((0, 0), "master"), ((2, 3), "slave")])
def test_versions_that_cannot_talk_say_so_to_the_user(
    place: Lan, monkeypatch: pytest.MonkeyPatch, older: Any, end: str
) -> None:
    """A slave of another time, which the master has to refuse, and a master that the slave refuses."""
    slave = place.slave()
    if end == "slave":
        monkeypatch.setattr(handshake, "VERSIONS", older)
        slave.network.stop()
        with pytest.raises(PeerError, match="do not understand each other"):
            _fake_slave(place, slave, protocol=1)
        return
    with pytest.raises(PeerError, match="do not understand each other"):
        _fake_slave(place, slave, protocol=7)


def _fake_slave(place: Lan, slave: Machine, protocol: int) -> None:
    secret = secret_of(slave, place)

    async def try_it() -> str:
        connection = await dial(place.port)
        if handshake.VERSIONS[0] > protocol:  # this slave does not check what the master speaks
            hello = json.loads(await connection.recv())
            data = {"protocol": protocol, "nonce": "a" * 64, "proof": "b" * 64, "version": "0.9"}
            answer = {**hello, "type": "REGISTER_SLAVE", "instance_role": "slave", "data": data}
            await connection.send(json.dumps(answer))
        else:
            with contextlib.suppress(ConnectionClosed):
                await register(connection, secret, node_id(slave), protocol=protocol)
        return await last_words(connection)

    raise PeerError(run(try_it()))


def test_a_stranger_cannot_send_much(place: Lan) -> None:
    slave = place.slave()

    async def shout() -> str:
        connection = await dial(place.port)
        await connection.send("x" * (LARGEST_STRANGER + 1))
        return await last_words(connection)

    assert run(shout()).startswith("1009")
    still_served(slave)


def test_not_even_a_paired_slave_can_send_a_message_that_is_too_large(place: Lan) -> None:
    slave = place.slave()
    secret = secret_of(place.slave("Desktop"), place)
    other = node_id(place.machines[-1])

    async def shout() -> str:
        connection = await dial(place.port)
        await register(connection, secret, other)
        await connection.send("x" * (1024 * 1024 + 1))
        return await last_words(connection)

    assert run(shout()).startswith("1009")
    still_served(slave)


def test_a_flood_of_messages_ends_the_connection_of_whoever_floods(place: Lan) -> None:
    slave = place.slave()
    secret = secret_of(slave, place)

    async def flood() -> str:
        connection = await dial(place.port)
        answer, _acknowledgement = await register(connection, secret, node_id(slave))
        envelope = json.loads(as_text(answer))
        with contextlib.suppress(ConnectionClosed):
            for _ in range(5000):
                status = {**envelope, "type": "STATUS", "data": {"free": 1}}
                await connection.send(json.dumps(status))
        return await last_words(connection)

    assert "Too many messages" in run(flood())
    assert len(place.master.master_work.of("status")) < 1000
    still_served(slave)


def test_another_instances_name_on_a_proven_connection_is_refused(place: Lan) -> None:
    slave = place.slave()
    secret = secret_of(slave, place)

    async def lie() -> str:
        connection = await dial(place.port)
        answer, _acknowledgement = await register(connection, secret, node_id(slave))
        envelope = {**json.loads(as_text(answer)), "type": "STATUS", "instance_id": "slave-9"}
        await connection.send(json.dumps({**envelope, "data": {}}))
        return await last_words(connection)

    assert "in the name of another instance" in run(lie())


def test_a_type_of_a_later_version_is_answered_with_an_error_and_nothing_more(place: Lan) -> None:
    slave = place.slave()
    secret = secret_of(slave, place)

    async def speak() -> Any:
        connection = await dial(place.port)
        answer, _acknowledgement = await register(connection, secret, node_id(slave))
        envelope = json.loads(as_text(answer))
        later = {**envelope, "type": "GOSSIP", "data": {"id": 4}, "mood": "good"}
        await connection.send(json.dumps(later))
        error = json.loads(await connection.recv())
        known = {**envelope, "type": "JOB_REQUEST", "data": {"id": 5, "x": 1}, "mood": "good"}
        await connection.send(json.dumps(known))
        return error, json.loads(await connection.recv())

    error, answer = run(speak())
    assert (error["type"], error["data"]["answers"]) == ("MASTER_COMMAND", 4)
    assert error["data"]["code"] == "unknown_message"
    assert answer["data"]["answers"] == 5


PATHS = [
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\Windows\\x",
    "\\\\host\\share\\x",
    "..",
    "\0",
    "7/..",
]


@pytest.mark.parametrize("path", PATHS)
def test_what_could_become_a_path_is_a_number_or_refused(place: Lan, path: str) -> None:
    slave = place.slave()
    secret = secret_of(slave, place)

    async def ask(instance_id: str, **changes: Any) -> str:
        connection = await dial(place.port)
        request = {"purpose": "transfer", "direction": "upload", "attempt": 1, "size": 5}
        with contextlib.suppress(ConnectionClosed):
            answer = await register(
                connection, secret, instance_id, {**request, "job_id": 1, **changes}
            )
            return answer[1] + str(await connection.recv())
        return await last_words(connection)

    assert "no usable instance_id" in run(ask(path))
    for name in ("job_id", "attempt", "size", "direction"):
        words = run(ask(node_id(slave), **{name: path}))
        assert "A transfer was asked for that is none" in words
    assert place.master.master_work.of("result_place") == []


def test_who_only_connects_is_shown_the_door_in_time(
    place: Lan, monkeypatch: pytest.MonkeyPatch
) -> None:
    slave = place.slave()
    monkeypatch.setattr(master_module, "HELLO_SECONDS", 0.5)

    async def wait() -> str:
        connection = await dial(place.port)
        return await last_words(connection)

    assert "did not prove itself in time" in run(wait())
    monkeypatch.undo()
    still_served(slave)


def test_connections_that_drip_do_not_keep_others_out(
    place: Lan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow-loris: sockets that never finish TLS, or HTTP, or the handshake."""
    monkeypatch.setattr(sockets, "HELLO_SECONDS", 1.0)
    monkeypatch.setattr(unproven_connections, "HELLO_SECONDS", 1.0)
    place.master.restart()
    slave = place.slave()
    drips = []
    for number in range(60):
        one = socket.create_connection(("127.0.0.1", place.port), source_address=("127.0.0.2", 0))
        one.settimeout(30)
        if number % 2:
            tls = client_context().wrap_socket(one, server_hostname="x")
            tls.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
            one = tls
        else:
            one.send(b"\x16\x03\x01")
        drips.append(one)
    try:
        still_served(slave)
        for drip in drips:
            with contextlib.suppress(OSError, ssl.SSLError):
                while drip.recv(1000):
                    pass
    finally:
        for drip in drips:
            drip.close()
    still_served(slave)


@pytest.mark.parametrize("addresses", [1, 12], ids=["one address", "twelve addresses"])
def test_hundreds_of_strangers_keep_no_slave_out(
    place: Lan, addresses: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some say nothing at all, some speak TLS and then nothing more; they come and stay all the time."""
    for module in (sockets, unproven_connections, master_module):
        monkeypatch.setattr(module, "HELLO_SECONDS", 300.0)  # no time limit lets them go
    place.master.restart()
    slave = place.slave()
    silent: Deque[socket.socket] = deque()
    enough, over = 3 * MOST_STRANGERS, threading.Event()
    known = open_files()
    crowding = threading.Thread(
        target=crowd_in, args=(place.port, addresses, silent, enough, over), daemon=True
    )
    crowding.start()
    limit = STRANGERS_SHARE if addresses == 1 else MOST_STRANGERS
    try:
        wait_for(lambda: len(silent) >= enough, "the crowd")
        still_served(slave)
        slave.restart()
        still_served(slave)
        over.set()
        crowding.join(60)
        wait_for(lambda: open_files() - known - len(silent) <= limit + 4, "the oldest to go")
        assert closed(silent[0]), "the oldest went"
    finally:
        over.set()
        for connection in silent:
            connection.close()
    lines = [record for record in caplog.records if "turned away" in record.getMessage()]
    assert len(lines) == 1, "the first is told at once, the others in a line a minute"


def crowd_in(
    port: int, addresses: int, there: Deque[socket.socket], most: int, over: threading.Event
) -> None:
    """Connect again and again from so many addresses; keep the newest."""
    number = 0
    while not over.is_set():
        number += 1
        source = f"127.0.0.{20 + number % addresses}"
        with contextlib.suppress(OSError):
            one = socket.create_connection(("127.0.0.1", port), 5, source_address=(source, 0))
            if number % 8 == 0:
                one = client_context().wrap_socket(one, server_hostname="x")
            there.append(one)
        if len(there) > most:
            there.popleft().close()


def open_files() -> int:
    process: Any = psutil.Process()
    return int(process.num_fds()) if hasattr(process, "num_fds") else 0


def closed(one: socket.socket) -> bool:
    one.settimeout(5)
    try:
        return one.recv(1) == b""
    except (OSError, ValueError):
        return True


def test_the_newest_stranger_is_let_in_and_the_oldest_goes(place: Lan) -> None:
    wait_for(place.listens)

    async def crowd() -> Any:
        there = [
            await dial(place.port, f"127.0.0.{2 + number // STRANGERS_SHARE}")
            for number in range(MOST_STRANGERS)
        ]
        for connection in there:
            await connection.recv()
        late = await dial(place.port, "127.0.0.99")
        hello = json.loads(await late.recv())
        oldest = await last_words(there[0])
        second = there[1].protocol.close_code
        for connection in (*there, late):
            connection.transport.abort()
        return hello["type"], oldest, second

    assert run(crowd()) == ("HELLO", "1006 ", None)


def test_a_slave_at_the_address_of_a_guesser_is_let_in_all_the_same(place: Lan) -> None:
    """Many machines may have one address, behind a router or in containers."""
    slave = place.slave()
    secret, identity = secret_of(place.slave("Desktop"), place), node_id(place.machines[-1])
    place.machines[-1].network.stop()

    async def guess_then_prove() -> Any:
        words = ""
        for _ in range(6):
            connection = await dial(place.port)
            with contextlib.suppress(ConnectionClosed):
                await register(connection, b"x" * 32, "slave-9")
            words = await last_words(connection)
        connection = await dial(place.port)
        with contextlib.suppress(ConnectionClosed):
            await register(connection, b"x" * 32, "slave-9", pairing=True)
        pairing = await last_words(connection)
        connection = await dial(place.port)
        _answer, acknowledgement = await register(connection, secret, identity)
        connection.transport.abort()
        return words, pairing, acknowledgement

    words, pairing, acknowledgement = run(guess_then_prove())
    assert "Too many wrong proofs" in words
    assert "Too many wrong proofs" in pairing
    assert "registered" in acknowledgement
    still_served(slave)


def test_what_is_no_tls_and_what_is_no_websocket_harms_nobody(
    place: Lan, caplog: pytest.LogCaptureFixture
) -> None:
    slave = place.slave()
    for said in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\xff\xff" + b"x" * 5000, b""):
        with socket.create_connection(("127.0.0.1", place.port)) as one:
            one.sendall(said)
            one.shutdown(socket.SHUT_WR)
            closed(one)
        with socket.create_connection(("127.0.0.1", place.port)) as one:
            tls = client_context().wrap_socket(one, server_hostname="x")
            with contextlib.suppress(OSError):
                tls.sendall(said)
                tls.settimeout(5)
                tls.unwrap()
    still_served(slave)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_mutated_messages_are_refused_by_everything_that_reads_them() -> None:
    counts, wrong = protocol_campaign.run(6000, seed=7)
    assert wrong == []
    assert sum(counts.values()) == 6000
    assert all(counts[name, "refused"] for name, _what in counts)


@pytest.mark.parametrize("proven", [False, True], ids=["stranger", "paired"])
def test_mutated_messages_through_a_socket_break_nothing(
    place: Lan, proven: bool, caplog: pytest.LogCaptureFixture
) -> None:
    slave = place.slave()
    secret = secret_of(place.slave("Desktop"), place)
    desktop = place.machines[-1]
    identity = node_id(desktop)
    desktop.network.stop()
    dice = random.Random(3)
    process = psutil.Process()
    place.master.network._roles.master._proofs.wait = lambda address: 0.0  # type: ignore[union-attr, method-assign]

    async def bother(count: int) -> None:
        sent = 0
        while sent < count:
            connection = await dial(place.port)
            with contextlib.suppress(ConnectionClosed):
                if proven:
                    await register(connection, secret, identity)
                for _ in range(20):
                    sent += 1
                    text = protocol_campaign.mutated(dice, dice.choice(protocol_campaign.MESSAGES))
                    text = text.replace("slave-1", identity)
                    frame = protocol_campaign.mutated_frame(dice)
                    await connection.send(frame if dice.random() < 0.2 else text)
            connection.transport.abort()

    run(bother(200))
    before = process.memory_info().rss
    run(bother(1500))
    assert process.memory_info().rss - before < 40e6
    still_served(slave)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.getMessage() for record in errors] == []


def test_a_dead_line_is_noticed_by_both_ends_in_time(
    place: Lan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relay passes bytes on until it stops doing so, without closing anything: a cable that was cut."""
    slave = place.slave()
    port = free_port()
    thread = NetworkThread()
    cut = threading.Event()  # asyncio's belong to a loop up to Python 3.9

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            data = await reader.read(65536)
            if cut.is_set():
                await asyncio.Future()
            writer.write(data)

    async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", place.port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async def serve() -> None:
        await asyncio.start_server(between, "127.0.0.1", port)

    thread.call(serve())
    try:
        slave.change(master=f"127.0.0.1:{port}")
        wait_for(lambda: slave.network.connected)
        wait_for(lambda: len(place.master.master_work.of("joined")) == 2)
        ended = len(slave.slave_work.of("disconnected"))
        left = len(place.master.master_work.of("left"))
        cut.set()
        begin = time.monotonic()
        wait_for(lambda: len(slave.slave_work.of("disconnected")) > ended)
        wait_for(lambda: len(place.master.master_work.of("left")) > left)
        assert time.monotonic() - begin < 15 + 5, "15 s, and what a loaded machine adds"
    finally:
        thread.stop()

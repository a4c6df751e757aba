"""Who is let in, without sockets: two ends hand each other messages as text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cluster import handshake
from cluster.handshake import LocalInstance, MasterHandshake, SlaveHandshake
from cluster.proof import CODE_LETTERS, Channel, new_code, new_secret, plain_code, prove, proven
from core.peer_errors import PeerError
from core.protocol.messages import InstanceRole, Message, MessageType, decode

NOW = 1_700_000_000.0
MASTER = LocalInstance("master-1", "Living room", "1.2", lambda: NOW)
SLAVE = LocalInstance("slave-1", "Laptop", "1.2", lambda: NOW)
CERTIFICATE = "ab" * 32
SECRET = new_secret()


class Secrets:
    """What a master shares with its slaves."""

    def __init__(self, secret: Optional[bytes], *slaves: str) -> None:
        self._known = {} if secret is None else dict.fromkeys(slaves, secret)

    def secret_of(self, node_id: str) -> Optional[bytes]:
        return self._known.get(node_id)


class Code:
    """The code on the master's screen."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def current(self) -> str:
        return self._text


def wire(message: Message) -> Message:
    return decode(message.encode())


def master_end(
    *, secret: Optional[bytes] = SECRET, code: str = "", fingerprint: str = CERTIFICATE
) -> MasterHandshake:
    return MasterHandshake(MASTER, fingerprint, Secrets(secret, "slave-1"), Code(code))


def slave_end(
    *, me: LocalInstance = SLAVE, fingerprint: str = CERTIFICATE, **known: Any
) -> SlaveHandshake:
    return SlaveHandshake(me, fingerprint, {"slots": 2}, **(known or {"secret": SECRET}))


def test_a_paired_slave_and_its_master_believe_each_other() -> None:
    master, slave = master_end(), slave_end()
    registered = master.receive(wire(slave.answer(wire(master.hello()))))
    peer, secret = slave.receive(wire(registered.acknowledgement))
    assert (registered.peer.name, registered.peer.capabilities) == ("Laptop", {"slots": 2})
    assert (peer.name, peer.instance_id, peer.protocol) == ("Living room", "master-1", 1)
    assert registered.new_secret is None
    assert secret == SECRET


def test_a_pairing_code_gives_the_slave_a_secret_of_its_own() -> None:
    code = new_code()
    master = master_end(secret=None, code=code)
    slave = slave_end(code=code.lower().replace("-", " "))
    registered = master.receive(wire(slave.answer(wire(master.hello()))))
    _peer, secret = slave.receive(wire(registered.acknowledgement))
    assert registered.new_secret == secret
    assert len(secret) == 32
    again = master_end(secret=secret)
    assert again.receive(wire(slave_end(secret=secret).answer(wire(again.hello()))))


@pytest.mark.parametrize(
    ("master", "slave"),
    [
        (master_end(secret=None), slave_end()),
        (master_end(secret=new_secret()), slave_end()),
        (master_end(secret=None, code=""), slave_end(code="7QK2M-9TXWA")),
        (master_end(secret=None, code="7QK2M-9TXWA"), slave_end(code="7QK2M-9TXWB")),
        (master_end(secret=SECRET, code=""), slave_end(code="7QK2M-9TXWA")),
    ],
    ids=["unknown", "wrong secret", "no code shown", "wrong code", "code after pairing"],
)
def test_whoever_cannot_prove_himself_is_refused(
    master: MasterHandshake, slave: SlaveHandshake
) -> None:
    with pytest.raises(PeerError, match=r"could not prove that it belongs here|code is wrong"):
        master.receive(wire(slave.answer(wire(master.hello()))))


def test_a_recorded_registration_proves_nothing_to_the_next_connection() -> None:
    first = master_end()
    recorded = slave_end().answer(wire(first.hello()))
    first.receive(wire(recorded))
    with pytest.raises(PeerError, match="could not prove"):
        master_end().receive(wire(recorded))


def test_a_recorded_acknowledgement_proves_nothing_to_the_next_connection() -> None:
    master, slave = master_end(), slave_end()
    recorded = master.receive(wire(slave.answer(wire(master.hello())))).acknowledgement
    later = slave_end()
    later.answer(wire(master.hello()))
    with pytest.raises(PeerError, match="could not prove that it is the master"):
        later.receive(wire(recorded))


def test_a_relay_between_two_honest_ends_is_found_by_both() -> None:
    """It has to show a certificate of its own, and everything else it passes on as it is."""
    master, slave = master_end(), slave_end(fingerprint="cd" * 32)
    with pytest.raises(PeerError, match="could not prove that it belongs"):
        master.receive(wire(slave.answer(wire(master.hello()))))
    honest = slave_end()
    acknowledgement = master.receive(wire(honest.answer(wire(master.hello())))).acknowledgement
    with pytest.raises(PeerError, match="could not prove that it is the master"):
        slave.receive(wire(acknowledgement))


def test_a_slave_proof_is_no_master_proof() -> None:
    slave = slave_end()
    answer = slave.answer(wire(master_end().hello()))
    data = {"command": "registered", "proof": answer.data["proof"], "name": "x"}
    mirrored = MASTER.message(InstanceRole.MASTER, MessageType.MASTER_COMMAND, data)
    with pytest.raises(PeerError, match="could not prove that it is the master"):
        slave.receive(wire(mirrored))


def test_another_name_does_not_fit_the_proof() -> None:
    master, slave = master_end(), slave_end()
    answer = replace(slave.answer(wire(master.hello())), instance_id="slave-2")
    known = Secrets(SECRET, "slave-1", "slave-2")
    other = MasterHandshake(MASTER, CERTIFICATE, known, Code())
    with pytest.raises(PeerError, match="slave-2 could not prove"):
        other.receive(wire(answer))


def test_nothing_but_a_registration_is_taken_from_a_stranger() -> None:
    master = master_end()
    for kind in MessageType:
        for role in InstanceRole:
            if (kind, role) == (MessageType.REGISTER_SLAVE, InstanceRole.SLAVE):
                continue
            with pytest.raises(PeerError, match="before it had proven itself"):
                master.receive(wire(SLAVE.message(role, kind, {"nonce": "1", "proof": "2"})))


def test_clocks_that_are_far_apart_are_told_in_minutes() -> None:
    late = replace(SLAVE, now=lambda: NOW + 3600)
    master = master_end()
    with pytest.raises(PeerError, match="60 minutes apart"):
        slave_end(me=late).answer(wire(master.hello()))
    near = replace(SLAVE, now=lambda: NOW + 200)
    registered = master.receive(wire(slave_end(me=near).answer(wire(master.hello()))))
    assert registered.peer.skew == 200


def test_versions_that_have_no_protocol_in_common_say_which_programs_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hello = wire(master_end().hello())
    monkeypatch.setattr(handshake, "VERSIONS", (2, 3))
    with pytest.raises(PeerError, match=r"runs MediaProcessor 1\.2, this one 1\.2.*same version"):
        slave_end().answer(hello)


def test_the_newest_protocol_that_both_speak_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshake, "VERSIONS", (1, 4))
    hello = wire(master_end().hello())
    monkeypatch.setattr(handshake, "VERSIONS", (2, 9))
    assert slave_end().answer(hello).data["protocol"] == 4


def test_a_stranger_sees_nothing_but_the_version_and_a_number() -> None:
    assert set(master_end().hello().data) == {"protocol", "nonce", "version"}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = st.sampled_from(["protocol", "nonce", "proof", "version", "name", "pairing", "capabilities"])


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON))
def test_whatever_a_stranger_sends_ends_in_a_sentence(data: Dict[str, Any]) -> None:
    master = master_end()
    message = wire(SLAVE.message(InstanceRole.SLAVE, MessageType.REGISTER_SLAVE, data))
    with pytest.raises(PeerError, match=r"[a-z].*\.$"):
        master.receive(message)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(KEYS, JSON))
def test_whatever_a_false_master_says_ends_in_a_sentence(data: Dict[str, Any]) -> None:
    slave = slave_end()
    slave.answer(wire(master_end().hello()))
    message = wire(MASTER.message(InstanceRole.MASTER, MessageType.MASTER_COMMAND, data))
    with pytest.raises(PeerError, match=r"[a-z].*\.$"):
        slave.receive(message)


@given(st.lists(st.text(max_size=6), min_size=10, max_size=10))
def test_no_two_channels_share_a_proof(parts: List[str]) -> None:
    one, other = Channel(*parts[:5]), Channel(*parts[5:])
    shared = prove(SECRET, InstanceRole.SLAVE, one)
    assert proven(shared, SECRET, InstanceRole.SLAVE, other) == (one == other)


def test_a_code_may_be_typed_as_it_is_read_aloud() -> None:
    code = new_code()
    assert set(plain_code(code)) <= set(CODE_LETTERS)
    assert plain_code(" 7qk2m - 9txwo ") == "7QK2M9TXW0"
    assert plain_code("iLoU") == "110V"

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.peer_errors import PeerError
from core.protocol.messages import InstanceRole, Message, MessageType, decode

SPECIFIED = (
    "HELLO STATUS JOB_REQUEST JOB_STATUS JOB_COMPLETE SYSTEM_STATUS REGISTER_SLAVE MASTER_COMMAND"
    " SLAVE_RESPONSE"
)


def envelope(**changes: Any) -> str:
    whole: Dict[str, Any] = {
        "type": "HELLO",
        "instance_id": "one",
        "instance_role": "master",
        "timestamp": 1620000000,
        "data": {"slots": 2},
    }
    whole.update(changes)
    return json.dumps({key: value for key, value in whole.items() if value is not None})


def test_there_are_exactly_the_nine_types_of_the_specification() -> None:
    assert [kind.value for kind in MessageType] == SPECIFIED.split()


def test_the_envelope_has_exactly_the_keys_of_the_specification() -> None:
    message = Message(MessageType.HELLO, "one", InstanceRole.SLAVE, 1620000000, {"slots": 2})
    assert json.loads(message.encode()) == {
        "type": "HELLO",
        "instance_id": "one",
        "instance_role": "slave",
        "timestamp": 1620000000,
        "data": {"slots": 2},
    }


@given(
    st.builds(
        Message,
        st.sampled_from(MessageType),
        st.text(min_size=1),
        st.sampled_from(InstanceRole),
        st.floats(0, 1e11),
        st.dictionaries(st.text(), st.integers(-(2**63) + 1, 2**63 - 1) | st.text() | st.none()),
    )
)
def test_what_was_sent_is_what_is_read(message: Message) -> None:
    assert decode(message.encode()) == message


def test_unknown_keys_of_the_envelope_are_ignored() -> None:
    assert decode(envelope(colour="blue")).data == {"slots": 2}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        envelope(type="GOODBYE"),
        envelope(type=None),
        envelope(instance_role="king"),
        envelope(instance_id=7),
        envelope(instance_id=""),
        envelope(timestamp="now"),
        envelope(timestamp=True),
        envelope(data=[1]),
    ],
)
def test_a_malformed_message_is_an_error_of_the_peer(text: str) -> None:
    with pytest.raises(PeerError):
        decode(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(PeerError):
        decode(text)


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9223372036854775808", "1" * 5000, "NaN"])
def test_numbers_that_no_size_or_time_can_be_are_refused(number: str) -> None:
    text = envelope(data={"size": 12345}).replace("12345", number)
    with pytest.raises(PeerError, match="not JSON"):
        decode(text)

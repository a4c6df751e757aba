"""The documented protocol is the one that is spoken."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest

from cluster import limits, sockets, transfer
from core.protocol.messages import Message, MessageType, decode
from tests.cluster.machines import lan, node_id, wait_for
from tests.cluster.schema import KINDS_SENT, PATH, SCHEMA, VALIDATOR, watched_messages


def examples() -> Iterator[Dict[str, Any]]:
    for definition in SCHEMA["$defs"].values():
        yield from definition.get("examples", ())


def test_the_schema_is_one() -> None:
    VALIDATOR.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]["type"]["enum"]) == {kind.value for kind in MessageType}
    assert {example["type"] for example in examples()} == {kind.value for kind in MessageType}


@pytest.mark.parametrize("example", list(examples()), ids=lambda one: one["type"])
def test_every_example_is_valid_and_is_read(example: Dict[str, Any]) -> None:
    VALIDATOR.validate(example)
    message = Message(
        MessageType(example["type"]),
        example["instance_id"],
        decode(_text(example)).instance_role,
        example["timestamp"],
        example["data"],
    )
    assert decode(message.encode()) == message


def _text(example: Dict[str, Any]) -> str:
    return json.dumps(example)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "GOSSIP"},
        {"instance_id": "../../etc"},
        {"instance_role": "standalone"},
        {"timestamp": "now"},
        {"data": []},
        {"data": {"protocol": [1, 1], "nonce": "short", "version": "1"}},
    ],
)
def test_what_is_no_message_is_not_valid(change: Dict[str, Any]) -> None:
    hello = next(example for example in examples() if example["type"] == "HELLO")
    assert not VALIDATOR.is_valid({**hello, **change})


def test_every_kind_of_message_that_is_sent_follows_the_schema(tmp_path: Path) -> None:
    """Here and in every other test with machines, whose messages are all held against it."""
    KINDS_SENT.clear()
    with lan(tmp_path) as place:
        slave = place.slave()
        network = slave.network
        network.tell(MessageType.STATUS, {"free": 1, "capabilities": {"cores": 4}})
        for kind in (MessageType.JOB_REQUEST, MessageType.JOB_STATUS, MessageType.JOB_COMPLETE):
            network.ask(kind, {"job_id": 1})
        place.master.network.command(node_id(slave), "pause", {})
        place.master.network.broadcast({"queued": 1})
        wait_for(lambda: slave.slave_work.of("system_status"))
        wait_for(lambda: place.master.master_work.of("status"))
    assert {kind.value for kind in MessageType} == KINDS_SENT


def test_a_message_that_breaks_the_schema_would_be_found() -> None:
    wrong = Message(MessageType.HELLO, "x", decode(_text(next(examples()))).instance_role, 1.0, {})
    with pytest.raises(AssertionError, match="HELLO"), watched_messages():
        wrong.encode()


def test_the_documents_figures_are_the_programs() -> None:
    text = (PATH.parent.parent / "protocol.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE))
    assert rows["message of a stranger"] == f"{limits.LARGEST_STRANGER // 1024} KiB"
    assert rows["message of a slave or its master"] == f"{limits.LARGEST_MESSAGE // 1024**2} MiB"
    assert rows["messages"] == f"{limits.MESSAGES_A_SECOND:.0f} a second, {limits.BURST} at once"
    assert rows["connections"] == str(limits.MOST_CONNECTIONS)
    assert rows["connections that have not proven themselves"] == str(limits.MOST_STRANGERS)
    share = rows["the same, of one address (of IPv6: of one /64)"]
    assert share == str(limits.STRANGERS_SHARE)
    assert f"ping every {sockets.PING_EVERY:.0f} seconds" in text
    assert f"answer within {sockets.PING_PATIENCE:.0f}," in text
    assert f"at most {transfer.WINDOW // 1024**2} MiB are under way" in text
    assert sockets.PING_EVERY + sockets.PING_PATIENCE < 15

"""The nine messages that instances exchange and the envelope that each of them travels in.

Names and keys are the specification's (*Inter-Instance Communication Protocol*). Only the form of a
message is defined here; who may send what, and when, is up to the network.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Mapping, Optional

from core.peer_errors import PeerError, UnknownMessage
from core.text.sentence import Sentence

_LATEST = 1e12  # seconds since the epoch; more is not a time, and may not fit a float
_LONGEST_NAME = 50  # characters of an unknown type that are repeated
_LARGEST = 2**63 - 1  # that SQLite, sizes and times can hold
_DIGITS = 20


class MessageType(str, Enum):
    """What a message is about; every message is one of these nine."""

    HELLO = "HELLO"  # discovery and capabilities
    STATUS = "STATUS"  # how an instance is doing
    JOB_REQUEST = "JOB_REQUEST"
    JOB_STATUS = "JOB_STATUS"
    JOB_COMPLETE = "JOB_COMPLETE"  # with the job's figures
    SYSTEM_STATUS = "SYSTEM_STATUS"  # how all instances are doing
    REGISTER_SLAVE = "REGISTER_SLAVE"
    MASTER_COMMAND = "MASTER_COMMAND"
    SLAVE_RESPONSE = "SLAVE_RESPONSE"


class InstanceRole(str, Enum):
    """The part that an instance plays; a standalone one sends no messages."""

    MASTER = "master"
    SLAVE = "slave"
    STANDALONE = "standalone"


@dataclass(frozen=True)
class Message:
    """One message in its envelope; ``timestamp`` in seconds since the epoch, by the sender's clock."""

    type: MessageType
    instance_id: str
    instance_role: InstanceRole
    timestamp: float
    data: Mapping[str, Any] = field(default_factory=dict)

    def encode(self) -> str:
        """The message as JSON text."""
        envelope = {
            "type": self.type.value,
            "instance_id": self.instance_id,
            "instance_role": self.instance_role.value,
            "timestamp": self.timestamp,
            "data": dict(self.data),
        }
        return json.dumps(envelope, allow_nan=False)


def decode(text: str) -> Message:
    """Read a message; unknown keys of the envelope are ignored.

    Raises PeerError with what is wrong with it; UnknownMessage where a later version may have sent it.
    """
    try:
        envelope = json.loads(text, parse_constant=_not_json, parse_int=_whole, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise PeerError(Sentence("A message is not JSON: {problem}.", problem=error)) from error
    if not isinstance(envelope, dict):
        raise PeerError(Sentence("A message is not a JSON object."))
    instance_id = envelope.get("instance_id")
    timestamp = _time(envelope.get("timestamp"))
    data = envelope.get("data", {})
    if not isinstance(instance_id, str) or not instance_id:
        raise PeerError(Sentence("A message has no instance_id."))
    if timestamp is None:
        raise PeerError(Sentence("A message has no timestamp."))
    if not isinstance(data, dict):
        raise PeerError(Sentence("A message's data is not a JSON object."))
    try:
        role = InstanceRole(envelope.get("instance_role"))
    except ValueError as error:
        raise PeerError(
            Sentence("A message has an unknown role: {problem}.", problem=error)
        ) from error
    name = envelope.get("type")
    try:
        kind = MessageType(name)
    except ValueError as error:
        raise UnknownMessage(str(name)[:_LONGEST_NAME], data.get("id")) from error
    return Message(kind, instance_id, role, timestamp, data)


def _not_json(name: str) -> None:
    """Refuse numbers that Python reads and JSON does not have."""
    raise ValueError(Sentence("{name} is no number", name=name))


def _whole(text: str) -> int:
    """Refuse whole numbers beyond any size, time or count, which no database can store."""
    value = int(text) if len(text) <= _DIGITS else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise ValueError(Sentence("a number is too large"))
    return value


def _finite(text: str) -> float:
    """Refuse numbers that become infinite (1e999)."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(Sentence("a number is too large"))
    return value


def _time(value: object) -> Optional[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < _LATEST else None

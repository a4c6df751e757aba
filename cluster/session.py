"""The messages between a master and a slave once both have proven themselves, without sockets.

A message that wants an answer has a number (``data.id``); its answer names it (``data.answers``). Slaves ask
with JOB_REQUEST, JOB_STATUS and JOB_COMPLETE and are answered by MASTER_COMMAND; a master asks with
MASTER_COMMAND and is answered by SLAVE_RESPONSE. STATUS and SYSTEM_STATUS want no answer. An answer with
``error`` says why there is none, with ``code`` for programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Mapping, Optional, Tuple, Union

from cluster.handshake import LocalInstance, Peer
from core.errors import MediaProcessorError
from core.peer_errors import PeerError, PeerRefused, UnknownMessage
from core.protocol.messages import InstanceRole, Message, MessageType, decode
from core.protocol.peer_fields import LONGEST_TEXT, sentence_data, sentence_in, shown
from core.text.sentence import Sentence

Data = Mapping[str, Any]
_LARGEST_NUMBER = 2**53  # the largest that every JSON reader keeps exactly
_ASKING: Mapping[InstanceRole, FrozenSet[MessageType]] = {
    InstanceRole.MASTER: frozenset({MessageType.MASTER_COMMAND}),
    InstanceRole.SLAVE: frozenset(
        {MessageType.JOB_REQUEST, MessageType.JOB_STATUS, MessageType.JOB_COMPLETE}
    ),
}
_TELLING: Mapping[InstanceRole, MessageType] = {
    InstanceRole.MASTER: MessageType.SYSTEM_STATUS,
    InstanceRole.SLAVE: MessageType.STATUS,
}
_ANSWERING: Mapping[InstanceRole, MessageType] = {
    InstanceRole.MASTER: MessageType.MASTER_COMMAND,
    InstanceRole.SLAVE: MessageType.SLAVE_RESPONSE,
}
_OTHER = {
    InstanceRole.MASTER: InstanceRole.SLAVE,
    InstanceRole.SLAVE: InstanceRole.MASTER,
}


@dataclass(frozen=True)
class IncomingMessage:
    """A message to handle; ``number`` goes into the answer, None where no answer is expected."""

    kind: MessageType
    data: Data
    number: Optional[int] = None


@dataclass(frozen=True)
class Answer:
    """The answer to the question of this number."""

    number: int
    data: Data

    def result(self) -> Data:
        """Return the answer's data; raises PeerRefused where it is an error."""
        error = self.data.get("error")
        if error is None:
            return self.data
        code = shown(str(self.data.get("code", "")), LONGEST_TEXT)
        raise PeerRefused(sentence_in(self.data, "error", "parts"), code)


@dataclass(frozen=True)
class NotUnderstood:
    """A message that only a later version knows; ``answer`` tells the other end so."""

    answer: Message


class Session:
    """One end of a conversation with a peer that has proven itself; used by one thread."""

    def __init__(self, local: LocalInstance, role: InstanceRole, peer: Peer) -> None:
        self._local = local
        self._role = role
        self._peer = peer
        self._numbers = 0
        self.skew = peer.skew  # seconds, by the last message

    def ask(self, kind: MessageType, data: Data) -> Tuple[int, Message]:
        """Return a message that wants an answer, and the number that the answer will name."""
        self._numbers += 1
        return self._numbers, self._message(kind, {**data, "id": self._numbers})

    def tell(self, data: Data) -> Message:
        """Return a status message, which needs no answer."""
        return self._message(_TELLING[self._role], data)

    def answer(self, number: int, data: Data) -> Message:
        """Return the answer to a message with this number."""
        return self._message(_ANSWERING[self._role], {**data, "answers": number})

    def failure(self, number: int, error: MediaProcessorError) -> Message:
        """Return the answer that reports an error."""
        return self.answer(
            number, {**sentence_data(str(error), "error", "parts"), "code": error.code}
        )

    def receive(self, text: str) -> Union[IncomingMessage, Answer, NotUnderstood]:
        """Read a message; raises PeerError where the other end may not send it."""
        try:
            message = decode(text)
        except UnknownMessage as error:
            return NotUnderstood(self._not_understood(error))
        other = _OTHER[self._role]
        if (message.instance_id, message.instance_role) != (self._peer.instance_id, other):
            raise PeerError(Sentence("A message came in the name of another instance."))
        self.skew = message.timestamp - self._local.now()
        data: Dict[str, Any] = dict(message.data)
        answers, number = data.pop("answers", None), data.pop("id", None)
        if message.type is _ANSWERING[other] and answers is not None:
            return Answer(_number(answers, message.type), data)
        if message.type is _TELLING[other]:
            return IncomingMessage(message.type, data)
        if message.type in _ASKING[other]:
            return IncomingMessage(message.type, data, _number(number, message.type))
        raise PeerError(
            Sentence(
                "A {type} is not what a {other} says here.",
                type=message.type.value,
                other=other.value,
            )
        )

    def _message(self, kind: MessageType, data: Data) -> Message:
        return self._local.message(self._role, kind, data)

    def _not_understood(self, error: UnknownMessage) -> Message:
        data = {**sentence_data(str(error), "error", "parts"), "code": error.code}
        data["answers"] = error.number if _is_number(error.number) else 0
        return self._message(_ANSWERING[self._role], data)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_NUMBER


def _number(value: object, kind: MessageType) -> int:
    if type(value) is int and _is_number(value):
        return value
    raise PeerError(Sentence("A {kind} has no usable number.", kind=kind.value))

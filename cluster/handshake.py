"""The first messages between a master and a slave, without sockets: what comes in, what goes out.

The master opens with HELLO (its protocol versions and a random number) and sends nothing else to a peer that
has not proven itself. The slave answers with REGISTER_SLAVE: its number, its abilities and a proof, of the
secret that both share or, the first time, of the pairing code that the user typed. The master's
acknowledgement, a MASTER_COMMAND, holds its own proof, and after a pairing the slave's secret. A wrong step
raises PeerError with a sentence; the connection is closed then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Mapping, Optional, Protocol, Tuple

from cluster.proof import Channel, code_key, new_nonce, new_secret, prove, proven
from core.peer_errors import PeerError, ProofFailed
from core.ports import TimeSource
from core.protocol.messages import InstanceRole, Message, MessageType
from core.text.sentence import N_, Sentence

# The oldest and the newest version of the protocol that this program speaks.
VERSIONS = (1, 1)
REGISTERED = "registered"
_LARGEST_SKEW = 300.0  # seconds between the clocks of two machines
_MASTER, _SLAVE = InstanceRole.MASTER, InstanceRole.SLAVE
_STRANGER = N_("{instance_id} could not prove that it belongs here. Pair it again with a new code.")
_CLOCKS_APART = N_(
    "The clocks of the two machines are {skew} minutes apart. Set both right, then connect again."
)
# With fields, and sent as the reason of an end: there is room for their text alone.
CLOSING_REASONS = (_STRANGER, _CLOCKS_APART)
_INSTANCE_ID = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
)  # so that it is a safe name for anything


@dataclass(frozen=True)
class LocalInstance:
    """This instance; ``version`` is the program's, as the user knows it."""

    instance_id: str
    name: str
    version: str
    now: TimeSource

    def message(self, role: InstanceRole, kind: MessageType, data: Mapping[str, Any]) -> Message:
        """Return a message of this instance, dated now."""
        return Message(kind, self.instance_id, role, self.now(), data)


@dataclass(frozen=True)
class Peer:
    """The instance at the other end, once it has proven itself; ``skew`` in seconds, theirs minus ours."""

    instance_id: str
    name: str
    version: str
    protocol: int
    skew: float
    capabilities: Mapping[str, Any]


@dataclass(frozen=True)
class Registered:
    """A slave that the master lets in: what to answer it, and the secret to keep where it was paired now.

    ``request`` is the data of the registration: what the connection is for. ``pairing_code`` is the code
    that the slave paired with, "" where it was paired before.
    """

    peer: Peer
    acknowledgement: Message
    new_secret: Optional[bytes]
    request: Mapping[str, Any] = field(default_factory=dict)
    pairing_code: str = ""


class SlaveSecrets(Protocol):
    """What a master shares with its slaves; ``cluster.pairing_store.PairedSlaves`` is one."""

    def secret_of(self, node_id: str) -> Optional[bytes]:
        """Return a slave's secret; None where it was never paired or was revoked."""


class CurrentCode(Protocol):
    """The pairing code on the master's screen; ``cluster.pairing.PairingCodes`` is one."""

    def current(self) -> str:
        """Return the code that may be used now; "" where there is none."""


class MasterHandshake:
    """The master's end of one connection."""

    def __init__(
        self,
        local: LocalInstance,
        fingerprint: str,
        secrets: SlaveSecrets,
        shown_code: CurrentCode,
    ) -> None:
        self._local = local
        self._fingerprint = fingerprint
        self._secrets = secrets
        self._shown_code = shown_code
        self._nonce = new_nonce()
        self._used_code = ""

    def hello(self) -> Message:
        """Return the only message that is sent to a stranger."""
        data = {"protocol": list(VERSIONS), "nonce": self._nonce, "version": self._local.version}
        return self._local.message(_MASTER, MessageType.HELLO, data)

    def receive(self, message: Message) -> Registered:
        """Check what the slave answers; raises PeerError where it is not to be let in, ProofFailed
        where it does not know what it must.

        Slow where a slave pairs, so not on an event loop.
        """
        skew = _expect(message, MessageType.REGISTER_SLAVE, _SLAVE, self._local.now())
        nonce, proof = _text(message, "nonce"), _text(message, "proof")
        protocol = _number(message, "protocol")
        if not VERSIONS[0] <= protocol <= VERSIONS[1]:
            raise PeerError(_no_common_version(_shown(message, "version"), self._local.version))
        channel = Channel(
            self._local.instance_id, message.instance_id, self._nonce, nonce, self._fingerprint
        )
        key, secret = self._key(message, channel)
        if key is None or not proven(proof, key, _SLAVE, channel):
            if message.data.get("pairing"):
                raise ProofFailed(
                    Sentence(
                        "The pairing code is wrong or not good any more. Show a new one on the master, and "
                        "type that on the slave."
                    )
                )
            raise ProofFailed(Sentence(_STRANGER, instance_id=message.instance_id))
        data = {"command": REGISTERED, "proof": prove(key, _MASTER, channel)}
        if secret is not None:
            data["secret"] = secret.hex()
        data["name"] = self._local.name
        acknowledgement = self._local.message(_MASTER, MessageType.MASTER_COMMAND, data)
        peer = _peer(message, protocol, skew)
        return Registered(peer, acknowledgement, secret, message.data, self._used_code)

    def _key(self, message: Message, channel: Channel) -> Tuple[Optional[bytes], Optional[bytes]]:
        """Return what the slave must know, and its new secret where it pairs."""
        if not message.data.get("pairing"):
            return self._secrets.secret_of(message.instance_id), None
        code = self._used_code = self._shown_code.current()
        return (code_key(code, channel), new_secret()) if code else (None, None)


class SlaveHandshake:
    """The slave's end; ``fingerprint`` is that of the certificate that the master has shown.

    ``secret`` is what it shares with this master, or None where it pairs with ``code``. ``request`` says
    what the connection is for.
    """

    def __init__(
        self,
        local: LocalInstance,
        fingerprint: str,
        capabilities: Mapping[str, Any],
        *,
        secret: Optional[bytes] = None,
        code: str = "",
        request: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        if (secret is None) == (not code):
            raise ValueError("either a secret or a code")
        self._local = local
        self._fingerprint = fingerprint
        self._capabilities = capabilities
        self._secret = secret
        self._code = code
        self._request = request
        self._key = b""
        self._nonce = new_nonce()
        self._hello: Optional[Message] = None
        self._channel: Optional[Channel] = None
        self._protocol = 0
        self._skew = 0.0

    def answer(self, hello: Message) -> Message:
        """Return the registration for the master's HELLO; slow where it pairs, so not on an event loop."""
        self._skew = _expect(hello, MessageType.HELLO, _MASTER, self._local.now())
        self._protocol = _common_version(hello, self._local.version)
        channel = Channel(
            hello.instance_id,
            self._local.instance_id,
            _text(hello, "nonce"),
            self._nonce,
            self._fingerprint,
        )
        self._key = self._secret if self._secret is not None else code_key(self._code, channel)
        self._channel, self._hello = channel, hello
        data = {
            **self._request,
            "protocol": self._protocol,
            "version": self._local.version,
            "name": self._local.name,
            "nonce": self._nonce,
            "proof": prove(self._key, _SLAVE, channel),
            "pairing": self._secret is None,
            "capabilities": dict(self._capabilities),
        }
        return self._local.message(_SLAVE, MessageType.REGISTER_SLAVE, data)

    def receive(self, message: Message) -> Tuple[Peer, bytes]:
        """Check the acknowledgement; return the master and the secret that both share from now on.

        Raises PeerError where it is not the master that was paired with.
        """
        if self._hello is None or self._channel is None:
            raise PeerError(Sentence("The master has acknowledged what was never asked."))
        _expect(message, MessageType.MASTER_COMMAND, _MASTER, self._local.now())
        honest = (
            message.instance_id == self._channel.master_id
            and message.data.get("command") == REGISTERED
            and proven(_text(message, "proof"), self._key, _MASTER, self._channel)
        )
        if not honest:
            raise ProofFailed(
                Sentence(
                    "The other end could not prove that it is the master that this machine was paired with. "
                    "Somebody may stand in between, or the master was set up again: pair again."
                )
            )
        secret = self._secret if self._secret is not None else _secret(message)
        version = _shown(self._hello, "version")
        peer = Peer(
            message.instance_id,
            _shown(message, "name"),
            version,
            self._protocol,
            self._skew,
            {},
        )
        return peer, secret


def _expect(message: Message, kind: MessageType, role: InstanceRole, now: float) -> float:
    """Check that this message is due now; return how many seconds its sender's clock is ahead."""
    if message.type is not kind or message.instance_role is not role:
        raise PeerError(
            Sentence(
                "The other end sent {type} as {instance_role}, before it had proven itself.",
                type=message.type.value,
                instance_role=message.instance_role.value,
            )
        )
    if not _INSTANCE_ID.fullmatch(message.instance_id):
        raise PeerError(Sentence("The other end has no usable instance_id."))
    skew = message.timestamp - now
    if not abs(skew) <= _LARGEST_SKEW:  # so that NaN is refused too
        raise PeerError(Sentence(_CLOCKS_APART, skew=round(abs(skew) / 60)))
    return skew


def _common_version(hello: Message, version: str) -> int:
    """The newest version of the protocol that both speak."""
    theirs = hello.data.get("protocol")
    numbers = (
        [
            version
            for version in theirs
            if isinstance(version, int) and not isinstance(version, bool)
        ]
        if isinstance(theirs, list)
        else []
    )
    if len(numbers) != 2:
        raise PeerError(Sentence("The other end did not say which protocol it speaks."))
    newest = min(numbers[1], VERSIONS[1])
    if newest < max(numbers[0], VERSIONS[0]):
        raise PeerError(_no_common_version(_shown(hello, "version"), version))
    return newest


def _no_common_version(theirs: str, ours: str) -> str:
    return Sentence(
        "The other machine runs MediaProcessor {theirs}, this one {ours}; the two do not "
        "understand each other. Install the same version on both.",
        theirs=theirs,
        ours=ours,
    )


def _text(message: Message, key: str) -> str:
    value = message.data.get(key)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise PeerError(Sentence("A {type} has no usable {key}.", type=message.type.value, key=key))
    return value


def _shown(message: Message, key: str) -> str:
    """Return a machine's name or version, fit to be shown: without control characters."""
    return "".join(
        character if character.isprintable() else " " for character in _text(message, key)
    )


def _number(message: Message, key: str) -> int:
    value = message.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise PeerError(Sentence("A {type} has no usable {key}.", type=message.type.value, key=key))
    return value


def _secret(message: Message) -> bytes:
    try:
        return bytes.fromhex(_text(message, "secret"))
    except ValueError as error:
        raise PeerError(Sentence("The master's acknowledgement holds no usable secret.")) from error


def _peer(message: Message, protocol: int, skew: float) -> Peer:
    capabilities = message.data.get("capabilities")
    return Peer(
        message.instance_id,
        _shown(message, "name"),
        _shown(message, "version"),
        protocol,
        skew,
        capabilities if isinstance(capabilities, dict) else {},
    )

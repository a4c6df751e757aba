"""The interfaces between the wire of a cluster and the work that is shared over it.

The wire (``network``, the sockets in this package) proves who talks, carries messages and files, and calls
the handlers below in threads that may wait. The work (``sharing``) decides who gets which job; it never
sees a socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Mapping, Optional, Protocol, Tuple

from core.protocol.messages import MessageType

Data = Mapping[str, Any]  # a message's data: JSON's own types


class CancelCheck(Protocol):
    """Asked again and again while a film is transferred."""

    def __call__(self) -> None:
        """Raise JobCancelled where the transfer is to end."""


class Sent(Protocol):
    """Follows a transfer."""

    def __call__(self, count: int, /) -> None:
        """Take in how many bytes of the film are at the other end, or here."""


class NodeState(str, Enum):
    """How a slave is, as its master sees it."""

    ONLINE = "online"
    OFFLINE = "offline"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Node:
    """A slave that was paired with this master; ``last_seen`` in seconds since the epoch, 0 for never.

    ``capabilities`` is what it reported last: its tools with versions and abilities, its slots by
    kind, cores, free space, path mappings. ``skew`` in seconds, its clock minus ours.
    """

    instance_id: str
    name: str
    address: str = ""
    version: str = ""
    state: NodeState = NodeState.OFFLINE
    last_seen: float = 0.0
    skew: float = 0.0
    capabilities: Data = field(default_factory=dict)


class MasterHandlers(Protocol):
    """How a master answers its slaves' messages. Called in threads of the wire.

    Handlers of one slave are called one after the other: while one waits for that slave's answer, the
    slave's further messages wait too. What a handler returns is the data of the answer; a
    MediaProcessorError that it raises becomes an answer with ``error`` (the sentence) and ``code``.
    """

    def joined(self, node: Node) -> None:
        """A slave has proven itself and is connected from now on."""

    def left(self, node_id: str) -> None:
        """Its connection is gone; its leases stay valid until they expire."""

    def status(self, node: Node, data: Data) -> None:
        """STATUS: how the slave is (free slots, load, free space); renews no lease.

        Where ``data`` has ``capabilities`` they are the node's from then on.
        """

    def at_once(self, node: Node, kind: MessageType, data: Data) -> Optional[Data]:
        """Answer a message of this kind by what is in memory; None where a handler has to do it.

        Called on the wire's own loop: it waits for nothing, no lock either, and raises nothing.
        """

    def job_request(self, node: Node, data: Data) -> Data:
        """JOB_REQUEST: a job for this slave, or when to ask again."""

    def job_status(self, node: Node, data: Data) -> Data:
        """JOB_STATUS: a heartbeat with progress; return whether the slave may continue."""

    def job_complete(self, node: Node, data: Data) -> Data:
        """JOB_COMPLETE: how a job ended on the slave; return whether that is accepted."""

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        """The film that a slave may fetch: that of its own lease and no other; raises PeerError."""

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        """Where the result of a slave's own lease is written to.

        Raises PeerError, NotEnoughSpace where its ``size`` bytes do not fit there.
        """


class MasterPort(Protocol):
    """What the wire does for a master."""

    def nodes(self) -> Tuple[Node, ...]:
        """Every slave that was ever paired, also those that are away."""

    def command(self, node_id: str, command: str, arguments: Data, timeout: float = 10.0) -> Data:
        """Send MASTER_COMMAND and wait for its SLAVE_RESPONSE; raises PeerError."""

    def broadcast(self, data: Data) -> None:
        """Send SYSTEM_STATUS to all that are connected; waits for nobody."""


class SlaveHandlers(Protocol):
    """How a slave answers its master's messages. Called in threads of the wire."""

    def capabilities(self) -> Data:
        """Return what this machine can do, sent to the master at each connection (``Node.capabilities``)."""

    def connected(self, master_id: str, name: str) -> None:
        """Both have proven themselves."""

    def disconnected(self, reason: str) -> None:
        """The master is gone, with the reason in a sentence; the wire keeps trying to connect."""

    def command(self, command: str, arguments: Data) -> Data:
        """MASTER_COMMAND; what is returned is the SLAVE_RESPONSE."""

    def system_status(self, data: Data) -> None:
        """SYSTEM_STATUS: how the whole system is."""


class SlavePort(Protocol):
    """What the wire does for a slave."""

    @property
    def connected(self) -> bool:
        """Whether the master is there now."""

    def ask(self, kind: MessageType, data: Data, timeout: float = 30.0) -> Data:
        """Send a message and wait for its answer; raises PeerError, also where the master is away."""

    def tell(self, kind: MessageType, data: Data) -> None:
        """Send a message that needs no answer (STATUS); dropped where the master is away.

        The last STATUS is repeated every few seconds, as the heartbeat that a master expects.
        """

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: CancelCheck, sent: Sent
    ) -> None:
        """Fetch a job's film into ``target``, going on where an earlier try has left it.

        Returns when length and hash are right; raises PeerError, JobCancelled, OSError.
        """

    def upload(
        self, job_id: int, attempt: int, source: Path, check: CancelCheck, sent: Sent
    ) -> str:
        """Bring a result to the master, resumably; return its hash (``cluster.transfer``)."""

"""What the wire and the work of a cluster know of each other.

The wire (``network``, the sockets in this package) proves who talks, carries messages and files, and calls
the handlers below in threads that may wait. The work (``scheduling``) decides who gets which job; it never
sees a socket.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Callable, Mapping, Protocol, Tuple

from core.protocol.messages import MessageType

Data = Mapping[str, Any]  # a message's data: JSON's own types
Check = Callable[[], None]  # raises JobCancelled where a transfer is to end
Sent = Callable[[int], None]  # told how many bytes are there


class NodeState(str, Enum):
    """How a slave is, as its master sees it."""

    ONLINE = "online"
    OFFLINE = "offline"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Node:
    """A slave that was paired with this master; ``last_seen`` in seconds since the epoch, 0 for never.

    ``capabilities`` is what it said of itself last: its tools with versions and abilities, its slots by
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
    """What a master's work does with what its slaves say. Called in threads of the wire's.

    Handlers of one slave are called one after the other: one that waits for that slave's answer keeps
    what the slave says meanwhile waiting. What a handler returns is the data of the answer; a
    MediaProcessorError that it raises becomes an answer with ``error`` (the sentence) and ``code``.
    """

    def joined(self, node: Node) -> None:
        """A slave has proven itself and is connected from now on."""

    def left(self, node_id: str) -> None:
        """Its connection is gone; its leases run on."""

    def status(self, node: Node, data: Data) -> None:
        """STATUS: how the slave is (free slots, load, free space); renews no lease.

        Where ``data`` has ``capabilities`` they are the node's from then on.
        """

    def job_request(self, node: Node, data: Data) -> Data:
        """JOB_REQUEST: a job for this slave, or when to ask again."""

    def job_status(self, node: Node, data: Data) -> Data:
        """JOB_STATUS: a sign of life with progress; whether the slave may go on."""

    def job_complete(self, node: Node, data: Data) -> Data:
        """JOB_COMPLETE: how a job ended on the slave; whether that is taken."""

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        """The film that a slave may fetch: that of its own lease and no other; raises PeerError."""

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        """Where the result of a slave's own lease is written to.

        Raises PeerError, NotEnoughSpace where its ``size`` bytes do not fit there.
        """


class MasterPort(Protocol):
    """What the wire does for a master's work."""

    def nodes(self) -> Tuple[Node, ...]:
        """Every slave that was ever paired, also those that are away."""

    def command(self, node_id: str, command: str, arguments: Data, timeout: float = 10.0) -> Data:
        """Send MASTER_COMMAND and wait for its SLAVE_RESPONSE; raises PeerError."""

    def broadcast(self, data: Data) -> None:
        """Send SYSTEM_STATUS to all that are connected; waits for nobody."""


class SlaveHandlers(Protocol):
    """What a slave's work does with what its master says. Called in threads of the wire's."""

    def capabilities(self) -> Data:
        """What this machine can do, told to the master at each connection (``Node.capabilities``)."""

    def connected(self, master_id: str, name: str) -> None:
        """Both have proven themselves."""

    def disconnected(self, reason: str) -> None:
        """The master is gone, in a sentence; the wire goes on trying."""

    def command(self, command: str, arguments: Data) -> Data:
        """MASTER_COMMAND; what is returned is the SLAVE_RESPONSE."""

    def system_status(self, data: Data) -> None:
        """SYSTEM_STATUS: how the whole system is."""


class SlavePort(Protocol):
    """What the wire does for a slave's work."""

    @property
    def connected(self) -> bool:
        """Whether the master is there now."""

    def ask(self, kind: MessageType, data: Data, timeout: float = 30.0) -> Data:
        """Send a message and wait for its answer; raises PeerError, also where the master is away."""

    def tell(self, kind: MessageType, data: Data) -> None:
        """Send a message that needs no answer (STATUS); dropped where the master is away.

        The last STATUS is said again every few seconds, as the sign of life that a master expects.
        """

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: Check, sent: Sent
    ) -> None:
        """Fetch a job's film into ``target``, going on where an earlier try has left it.

        Returns when length and hash are right; raises PeerError, JobCancelled, OSError.
        """

    def upload(self, job_id: int, attempt: int, source: Path, check: Check, sent: Sent) -> str:
        """Bring a result to the master, resumably; return its hash (``cluster.transfer``)."""

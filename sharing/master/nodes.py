"""What a master knows of its nodes at this moment: what they can do, how they are, how they have done."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Tuple

from cluster.leases import Quarantine
from cluster.ports import Data, Node
from core.errors import (
    JobTakenBack,
    MediaProcessorError,
    NodeLost,
    NodeTrouble,
    PeerError,
    ToolFailed,
    ToolStalled,
    VerificationFailed,
)
from core.protocol.node_facts import NodeFacts, facts_from, kinds_from
from core.protocol.peer_fields import PeerFields
from sharing.master.film_choice import Machine

# So long a job that went wrong on a node is not given to it again: others may take it, and the node shows
# with other films whether it was the film's fault, before the film is set aside.
AVOID_SECONDS = 300.0
_BLAMED = (NodeTrouble, ToolFailed, ToolStalled, VerificationFailed)


@dataclass
class Online:
    """A connected node."""

    node: Node
    facts: NodeFacts
    told: Data  # its capabilities, as they were read
    machine: Machine
    status: Mapping[str, Any] = field(default_factory=dict)


class NodeBook:
    """Guarded by the queue's lock."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._online: Dict[str, Online] = {}
        self._quarantine = Quarantine()
        self._avoided: Dict[Tuple[int, str], float] = {}

    def joined(self, node: Node) -> None:
        """Take a node in; raises PeerError where what it says of itself cannot be read."""
        facts = facts_from(node.capabilities)
        machine = Machine(
            node.instance_id, facts.toolset, facts.kinds, frozenset(), facts.largest, facts.reads
        )
        before = self._online.get(node.instance_id)
        status = before.status if before is not None else {}
        self._online[node.instance_id] = Online(node, facts, node.capabilities, machine, status)

    def left(self, node_id: str) -> None:
        """A node is away."""
        self._online.pop(node_id, None)

    def know(self, node: Node) -> Online:
        """Return a node that talks to us, as it is now; raises PeerError."""
        online = self._online.get(node.instance_id)
        if online is None or online.told is not node.capabilities:
            self.joined(node)
            online = self._online[node.instance_id]
        online.node = node
        return online

    def online(self) -> Tuple[Online, ...]:
        """Return all that are connected."""
        return tuple(self._online.values())

    def machines(self) -> List[Machine]:
        """Return those that are there and may work."""
        now = self._now()
        return [
            one.machine
            for one in self._online.values()
            if not self._quarantine.reason(one.node.instance_id, now) and not one.status.get("held")
        ]

    @property
    def slots(self) -> int:
        """How many jobs all of them can do at once."""
        return sum(sum(one.facts.slots.values()) for one in self._online.values())

    def quarantine(self, node_id: str) -> str:
        """Say why a node gets no work because of what went wrong on it; "" where it does."""
        return self._quarantine.reason(node_id, self._now())

    def went_well(self, node_id: str) -> None:
        """A node's result has been proved."""
        self._quarantine.succeeded(node_id)

    def went_wrong(self, job_id: int, node_id: str, error: MediaProcessorError) -> bool:
        """Count an error; True where it sends the node to quarantine.

        Who is away does no harm, and who failed a film may have had the wrong film; so it takes several
        in a row. The job is left to others for a while.
        """
        if not isinstance(error, _BLAMED) or isinstance(error, (NodeLost, JobTakenBack)):
            return False
        self._avoided[job_id, node_id] = self._now() + AVOID_SECONDS
        return self._quarantine.failed(node_id, str(error), self._now())

    def misspoke(self, node_id: str, sentence: str) -> bool:
        """Count a word of a node that cannot be right; True where it sends the node to quarantine."""
        resting = bool(self.quarantine(node_id))
        return self._quarantine.failed(node_id, sentence, self._now()) and not resting

    def avoided(self, node_id: str) -> FrozenSet[int]:
        """Return the jobs that went wrong on a node lately."""
        now = self._now()
        self._avoided = {key: until for key, until in self._avoided.items() if until > now}
        return frozenset(job_id for job_id, one in self._avoided if one == node_id)

    def asking(self, node: Node, data: Data) -> Machine:
        """Return a node that asks for work, with what it has free now; raises PeerError."""
        online = self.know(node)
        machine = online.machine
        told = PeerFields(data, "A machine's question for work")
        largest = told.whole("largest") if told.has("largest") else machine.largest
        return Machine(
            machine.id,
            machine.toolset,
            machine.kinds,
            kinds_from(data.get("free")),
            largest,
            machine.reads,
        )


def toolset_of(node: Node) -> Machine:
    """Return a node that may be away, as it was; raises PeerError."""
    facts = facts_from(node.capabilities)
    return Machine(node.instance_id, facts.toolset, facts.kinds)


def lasting_only(book: NodeBook, nodes: Tuple[Node, ...]) -> Dict[str, Machine]:
    """Return the nodes that are known and not connected, by name; what cannot be read is passed over."""
    there = {one.node.instance_id for one in book.online()}
    found: Dict[str, Machine] = {}
    for node in nodes:
        if node.instance_id in there or node.state.value == "revoked":
            continue
        try:
            found[node.name] = toolset_of(node)
        except PeerError:
            continue
    return found

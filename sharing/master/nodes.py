"""What a master knows of its nodes at this moment: what they can do, how they are, how they have done."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Dict, FrozenSet, Iterable, Mapping, Optional, Tuple

from cluster.leases import Quarantine
from cluster.ports import Data, Node, NodeState
from core.errors import MediaProcessorError, ToolFailed, ToolStalled, VerificationFailed
from core.peer_errors import JobTakenBack, NodeLost, NodeTrouble, PeerError
from core.ports import Clock
from core.protocol.node_commands import NodeCommand
from core.protocol.node_facts import NodeFacts, facts_from, kinds_from
from core.protocol.peer_fields import PeerFields, shown
from core.queue.job import JobKind
from core.settings.choices import FilmAccess
from core.text.sentence import Sentence
from processing.process_tree import SystemClock
from scheduling.shared_queue import SharedQueue
from sharing.master.film_choice import CandidateMachine
from sharing.master.ports import MasterMachine

# So long a job that went wrong on a node is not given to it again: others may take it, and the node shows
# with other films whether it was the film's fault, before the film is set aside.
AVOID_SECONDS = 300.0
LONGEST_NAME = 200  # characters of what a node says of itself that all others are told
_BLAMED = (NodeTrouble, ToolFailed, ToolStalled, VerificationFailed)


_log = logging.getLogger("mediaprocessor.queue")


@dataclass
class Online:
    """A connected node."""

    node: Node
    facts: NodeFacts
    capabilities_seen: Data  # as they were read
    candidate: CandidateMachine
    status: Mapping[str, Any] = field(default_factory=dict)


class Nodes:
    """Guarded by the queue's lock, which the caller holds where nothing else is said."""

    def __init__(
        self, queue: SharedQueue, machine: MasterMachine, clock: Optional[Clock] = None
    ) -> None:
        self._queue = queue
        self._machine = machine
        self._clock = clock or SystemClock()
        self._names: Dict[str, str] = {}
        self._online: Dict[str, Online] = {}
        # What follows from that, worked out when one of them changes: sixty are asked for with each film.
        self._able: Optional[Tuple[CandidateMachine, ...]] = None
        self._slots = 0
        self._quarantine = Quarantine()
        self._avoided: Dict[Tuple[int, str], float] = {}

    # ---- who is there

    def learn_names(self, nodes: Iterable[Node]) -> None:
        """Keep what nodes are called, also those that are away."""
        self._names.update((node.instance_id, shown(node.name, LONGEST_NAME)) for node in nodes)

    def name_of(self, node_id: str) -> str:
        """Return what a node is called."""
        return self._names.get(node_id) or Sentence("Another machine")

    def joined(self, node: Node) -> None:
        """Take a node in; raises PeerError where what it says of itself cannot be read."""
        facts = facts_from(node.capabilities)
        candidate = CandidateMachine(
            node.instance_id,
            facts.toolset,
            facts.kinds,
            frozenset(),
            facts.largest,
            facts.reads,
            facts.chunks,
            facts.access is FilmAccess.TRANSFER,
        )
        before = self._online.get(node.instance_id)
        status = before.status if before is not None else {}
        self._online[node.instance_id] = Online(node, facts, node.capabilities, candidate, status)
        self._changed()

    def left(self, node_id: str) -> None:
        """A node is away."""
        self._online.pop(node_id, None)
        self._changed()

    def told(self, node: Node, status: Mapping[str, Any]) -> bool:
        """Keep how a node is; whether that changes which of them may work. Raises PeerError."""
        before = self.candidates()
        self.refresh(node).status = status
        self._able = None
        return self.candidates() != before

    def _changed(self) -> None:
        self._able = None
        self._slots = sum(sum(online.facts.slots.values()) for online in self._online.values())

    def refresh(self, node: Node) -> Online:
        """Return a node that talks to us, as it is now; raises PeerError."""
        if not self.is_as_before(node):
            self.joined(node)
        online = self._online[node.instance_id]
        online.node = node
        return online

    def is_as_before(self, node: Node) -> bool:
        """Whether a node is known with what it says of itself now."""
        online = self._online.get(node.instance_id)
        return online is not None and online.capabilities_seen is node.capabilities

    def online(self) -> Tuple[Online, ...]:
        """Return all that are connected."""
        return tuple(self._online.values())

    def candidates(self) -> Tuple[CandidateMachine, ...]:
        """Return those that are there and may work; the same object as long as they are the same."""
        if self._able is None or self._quarantine.has_any:  # those go by the clock
            now = self._clock.monotonic()
            self._able = tuple(
                online.candidate
                for node_id, online in self._online.items()
                if not self._quarantine.reason(node_id, now) and not online.status.get("held")
            )
        return self._able

    @property
    def slots(self) -> int:
        """How many jobs all of them can do at once."""
        return self._slots

    def slots_of(self, node_id: str) -> Mapping[JobKind, int]:
        """Return the slots of a node by their kind; none where it is away."""
        online = self._online.get(node_id)
        return online.facts.slots if online is not None else {}

    def slots_by_machine(self) -> Dict[str, Mapping[JobKind, int]]:
        """Return the slots of those that are there and may work. Takes the lock itself."""
        with self._queue.changed:
            able = {candidate.id for candidate in self.candidates()}
            return {
                node_id: online.facts.slots
                for node_id, online in self._online.items()
                if node_id in able
            }

    def offline_machines(self) -> Dict[str, CandidateMachine]:
        """Return the nodes that are known and not connected, by name; what cannot be read is passed over.

        Asks the disk, and takes the lock itself.
        """
        nodes = self._machine.master_port().nodes()
        with self._queue.changed:
            there = set(self._online)
        offline: Dict[str, CandidateMachine] = {}
        for node in nodes:
            if node.instance_id in there or node.state is NodeState.REVOKED:
                continue
            with suppress(PeerError):
                offline[node.name] = _offline_machine(node)
        return offline

    def command(
        self, node_id: str, command: NodeCommand, arguments: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Have a node do something; return its answer. Waits, without the lock; raises PeerError."""
        return self._machine.master_port().command(node_id, command.value, arguments)

    # ---- how they have done

    def quarantine(self, node_id: str) -> str:
        """Say why a node gets no work because of what went wrong on it; "" where it does."""
        return self._quarantine.reason(node_id, self._clock.monotonic())

    def went(self, job_id: int, node_id: str, error: Optional[MediaProcessorError]) -> None:
        """Keep in mind how a job went on a node; None where its result has been proved.

        Who is away does no harm, and who failed a film may have had the wrong film; so it takes several
        in a row to send a node to quarantine. The job is left to others for a while.
        """
        now = self._clock.monotonic()
        if error is None:
            self._quarantine.succeeded(node_id)
            self._able = None
        elif isinstance(error, _BLAMED) and not isinstance(error, (NodeLost, JobTakenBack)):
            self._avoided[job_id, node_id] = now + AVOID_SECONDS
            if self._quarantine.failed(node_id, str(error), now):
                self._tell_of_quarantine(node_id)

    def misspoke(self, node_id: str, sentence: str) -> bool:
        """Count a word of a node that cannot be right; True where it sends the node to quarantine."""
        resting = bool(self.quarantine(node_id))
        begins = self._quarantine.failed(node_id, sentence, self._clock.monotonic()) and not resting
        if begins:
            self._tell_of_quarantine(node_id)
        return begins

    def _tell_of_quarantine(self, node_id: str) -> None:
        name, reason = self.name_of(node_id), self.quarantine(node_id)
        _log.error("%s gets no jobs for a while: %s", name, reason)
        self._queue.error(
            Sentence("{name} gets no jobs for a while. {reason}", name=name, reason=reason)
        )

    def avoided(self, node_id: str) -> FrozenSet[int]:
        """Return the jobs that went wrong on a node lately."""
        now = self._clock.monotonic()
        self._avoided = {key: until for key, until in self._avoided.items() if until > now}
        return frozenset(job_id for job_id, node in self._avoided if node == node_id)

    def asking(self, node: Node, data: Data) -> CandidateMachine:
        """Return a node that asks for work, with what it has free now; raises PeerError."""
        candidate = self.refresh(node).candidate
        request = PeerFields(data, Sentence("A machine's question for work"))
        largest = request.whole("largest") if request.has("largest") else candidate.largest
        return replace(candidate, free=kinds_from(data.get("free")), largest=largest)


def _offline_machine(node: Node) -> CandidateMachine:
    """Return a node that may be away, as it was; raises PeerError."""
    facts = facts_from(node.capabilities)
    return CandidateMachine(node.instance_id, facts.toolset, facts.kinds)

"""The status of all machines of a network, as the master sends it and every window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Dict, Mapping, Optional, Tuple

from core.progress import Progress
from core.protocol.peer_fields import LONGEST_PATH, PeerFields, sentence_data
from core.text.sentence import Sentence

_LATEST = 1e12  # seconds since the epoch
_FASTEST = 1e9  # film seconds a second
_MOST_ID = 2**63 - 1  # of a job
_MOST_NODES = 10_000
_MOST_KINDS = 20
_MOST_WORK = 10_000  # films of one machine


@dataclass(frozen=True)
class WorkStatus:
    """A film at work; ``percent`` 0 to 100, ``speed`` in film seconds a second, ``eta`` in seconds."""

    job_id: int
    film: str
    step: str = ""
    percent: Optional[float] = None
    speed: Optional[float] = None
    eta: Optional[float] = None
    paused: bool = False


@dataclass(frozen=True)
class NodeStatus:
    """One machine; ``load`` is the share of its processor in use (0 to 1), ``free_space`` in bytes.

    ``state`` is a ``cluster.ports.NodeState`` or "master". ``held`` says why it takes no jobs, in a
    sentence: the user, its hours, its failures; "" where it does. ``last_seen`` in seconds since the epoch.
    """

    id: str
    name: str
    state: str
    version: str = ""
    last_seen: float = 0.0
    load: Optional[float] = None
    free_space: Optional[int] = None
    slots: Tuple[Tuple[str, int], ...] = ()
    held: str = ""
    quarantined: bool = False
    work: Tuple[WorkStatus, ...] = ()


@dataclass(frozen=True)
class SystemStatus:
    """The whole system at ``at``, in seconds since the epoch by the master's clock."""

    at: float = 0.0
    nodes: Tuple[NodeStatus, ...] = ()
    waiting: int = 0
    running: int = 0
    queue: str = ""  # core.events.QueueState

    def as_data(self) -> Dict[str, Any]:
        """Return the seal in JSON's types."""
        return {
            "at": self.at,
            "waiting": self.waiting,
            "running": self.running,
            "queue": self.queue,
            "nodes": [
                {
                    **vars(node),
                    **sentence_data(node.held, "held", "held_parts"),
                    "slots": dict(node.slots),
                    "work": [vars(work) for work in node.work],
                }
                for node in self.nodes
            ],
        }


def system_status_from(data: Mapping[str, Any]) -> SystemStatus:
    """Read it; fields of a later version are skipped. Raises PeerError."""
    fields = PeerFields(data, Sentence("The system's state"))
    nodes = fields.several("nodes", _MOST_NODES)
    return SystemStatus(
        fields.number("at", 0.0, _LATEST),
        tuple(node_from(node) for node in nodes),
        fields.whole("waiting"),
        fields.whole("running"),
        fields.text("queue"),
    )


def node_from(data: Any) -> NodeStatus:
    """Read one machine; raises PeerError."""
    fields = PeerFields(data, Sentence("What is told of a machine"))
    slots = fields.part("slots") if fields.has("slots") else None
    return NodeStatus(
        fields.text("id"),
        fields.text("name"),
        fields.text("state"),
        fields.text("version") if fields.has("version") else "",
        fields.number("last_seen", 0.0, _LATEST) if fields.has("last_seen") else 0.0,
        fields.number("load", 0.0, 1.0) if fields.has("load") else None,
        fields.whole("free_space") if fields.has("free_space") else None,
        tuple((kind, slots.whole(kind)) for kind in slots.keys(_MOST_KINDS)) if slots else (),
        fields.short_sentence("held", "held_parts") if fields.has("held") else "",
        fields.flag("quarantined") if fields.has("quarantined") else False,
        tuple(map(_work_from, fields.several("work", _MOST_WORK))) if fields.has("work") else (),
    )


def _work_from(data: Any) -> WorkStatus:
    fields = PeerFields(data, Sentence("What is told of a film at work"))
    percent, speed, eta = (
        fields.number(key, 0.0, most) if fields.has(key) else None
        for key, most in (("percent", 100.0), ("speed", _FASTEST), ("eta", _LATEST))
    )
    return WorkStatus(
        fields.whole("job_id", 0, _MOST_ID),
        fields.text("film", LONGEST_PATH),
        fields.text("step") if fields.has("step") else "",
        percent,
        speed,
        eta,
        fields.flag("paused") if fields.has("paused") else False,
    )


def shown_work(
    job_id: int, film: PurePath, progress: Optional[Progress], *, paused: bool
) -> WorkStatus:
    """Return a job's status to be shown; of the film only its name."""
    if progress is None:
        return WorkStatus(job_id, film.name, paused=paused)
    return WorkStatus(
        job_id,
        film.name,
        progress.step,
        progress.percent,
        progress.speed,
        progress.eta,
        paused,
    )

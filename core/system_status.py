"""How all machines of a network are, as the master tells it and every window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Dict, Mapping, Optional, Tuple

from core.errors import PeerError
from core.progress import Progress


@dataclass(frozen=True)
class WorkShown:
    """A film at work; ``percent`` 0 to 100, ``speed`` in film seconds a second, ``eta`` in seconds."""

    job_id: int
    film: str
    step: str = ""
    percent: Optional[float] = None
    speed: Optional[float] = None
    eta: Optional[float] = None
    paused: bool = False


@dataclass(frozen=True)
class NodeShown:
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
    work: Tuple[WorkShown, ...] = ()


@dataclass(frozen=True)
class SystemStatus:
    """The whole system at ``at``, in seconds since the epoch by the master's clock."""

    at: float = 0.0
    nodes: Tuple[NodeShown, ...] = ()
    waiting: int = 0
    running: int = 0
    queue: str = ""  # core.events.QueueState

    def as_data(self) -> Dict[str, Any]:
        """Return it in JSON's types."""
        return {
            "at": self.at,
            "waiting": self.waiting,
            "running": self.running,
            "queue": self.queue,
            "nodes": [
                {**vars(node), "slots": dict(node.slots), "work": [vars(one) for one in node.work]}
                for node in self.nodes
            ],
        }


def system_status_from(data: Mapping[str, Any]) -> SystemStatus:
    """Read it; fields of a later version are passed over. Raises PeerError."""
    try:
        return SystemStatus(
            float(data["at"]),
            tuple(node_from(one) for one in data["nodes"]),
            int(data["waiting"]),
            int(data["running"]),
            str(data["queue"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PeerError(f"The system's state cannot be read ({error!r}).") from error


def node_from(data: Mapping[str, Any]) -> NodeShown:
    """Read one machine; raises KeyError, TypeError or ValueError."""
    load, space = data.get("load"), data.get("free_space")
    return NodeShown(
        str(data["id"]),
        str(data["name"]),
        str(data["state"]),
        str(data.get("version", "")),
        float(data.get("last_seen", 0.0)),
        None if load is None else float(load),
        None if space is None else int(space),
        tuple((str(key), int(value)) for key, value in data.get("slots", {}).items()),
        str(data.get("held", "")),
        bool(data.get("quarantined", False)),
        tuple(_work_from(one) for one in data.get("work", ())),
    )


def _work_from(data: Mapping[str, Any]) -> WorkShown:
    percent, speed, eta = (
        None if data.get(key) is None else float(data[key]) for key in ("percent", "speed", "eta")
    )
    paused = bool(data.get("paused", False))
    job_id, film, step = int(data["job_id"]), str(data["film"]), str(data.get("step", ""))
    return WorkShown(job_id, film, step, percent, speed, eta, paused)


def shown_work(
    job_id: int, film: PurePath, progress: Optional[Progress], *, paused: bool
) -> WorkShown:
    """Return a job as it is shown; films go by their names alone."""
    if progress is None:
        return WorkShown(job_id, film.name, paused=paused)
    return WorkShown(
        job_id,
        film.name,
        progress.step,
        progress.percent,
        progress.speed,
        progress.eta,
        paused,
    )

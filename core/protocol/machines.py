"""The machines that work together, as the window and the command line show them; as JSON both ways."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, Iterable, Optional, Tuple

from core.events import QueueStateChanged
from core.protocol.system_status import WorkStatus
from core.settings.choices import NetworkMode
from core.text.sentence import Sentence


class MachineState(str, Enum):
    """How a machine is connected."""

    HERE = "here"  # this machine
    ONLINE = "online"
    OFFLINE = "offline"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Machine:
    """One machine; sizes in bytes, ``last_seen`` in seconds since the epoch, 0 for never.

    ``slots`` say how many films of a kind (``JobKind``) it works on at once, ``load`` is the share
    of its processor in use (0 to 1). ``held`` says in a sentence why it takes no films, "" where it does;
    ``quarantined`` that this is because of what went wrong on it. ``abilities`` are in words. ``skew`` in
    seconds, its clock minus ours.
    """

    id: str
    name: str
    role: NetworkMode
    state: MachineState
    address: str = ""
    version: str = ""
    last_seen: float = 0.0
    skew: float = 0.0
    jobs: Tuple[WorkStatus, ...] = ()
    slots: Tuple[Tuple[str, int], ...] = ()
    free_space: Optional[int] = None
    load: Optional[float] = None
    held: str = ""
    quarantined: bool = False
    abilities: Tuple[str, ...] = ()

    @property
    def there(self) -> bool:
        """Whether it is this machine or connected."""
        return self.state in (MachineState.HERE, MachineState.ONLINE)

    @property
    def speed(self) -> float:
        """Return how many seconds of film it processes per second, in all its jobs together."""
        return sum(job.speed or 0.0 for job in self.jobs if not job.paused)


@dataclass(frozen=True)
class ClusterOverview:
    """What one machine knows of the machines that it works with.

    ``connected`` says of a slave whether its master is there; ``sentence`` how the network is, ``problems``
    what the user should know, each in a sentence. ``own_work`` is what a slave does for its master.
    """

    mode: NetworkMode
    name: str
    machines: Tuple[Machine, ...] = ()
    connected: bool = False
    sentence: str = ""
    problems: Tuple[str, ...] = ()
    own_work: Optional[QueueStateChanged] = None

    @property
    def others(self) -> Tuple[Machine, ...]:
        """Return the other machines that may work with this one."""
        return tuple(
            machine
            for machine in self.machines
            if machine.state not in (MachineState.HERE, MachineState.REVOKED)
        )

    @property
    def master(self) -> Optional[Machine]:
        """Return the master of a slave, where it has one."""
        return next(
            (machine for machine in self.others if machine.role is NetworkMode.MASTER), None
        )

    def named(self, wanted: str) -> Tuple[Machine, ...]:
        """Return the machines of this name or id, in any case."""
        word = wanted.casefold()
        return tuple(
            machine for machine in self.machines if word in (machine.name.casefold(), machine.id)
        )


@dataclass(frozen=True)
class FoundMaster:
    """A master that announces itself on this network; ``address`` with its port."""

    name: str
    address: str
    version: str = ""


@dataclass(frozen=True)
class FolderFinding:
    """Under which path a machine sees a watched folder of the master; ``seen_as`` "" for not at all.

    ``proposal`` is a pair as the setting ``network.path_mappings`` holds it, "" where none is needed or
    known; ``problem`` why nothing could be found out.
    """

    folder: str
    machine_id: str
    machine: str
    seen_as: str = ""
    writable: bool = False
    free_space: Optional[int] = None
    proposal: str = ""
    problem: str = ""


@dataclass(frozen=True)
class ShownCode:
    """A pairing code and how many seconds it is valid."""

    text: str
    seconds: float


def same_names(machines: Iterable[Machine]) -> Tuple[str, ...]:
    """Return a sentence for each name that several machines have."""
    times = Counter(
        machine.name.casefold() for machine in machines if machine.state is not MachineState.REVOKED
    )
    names = {machine.name.casefold(): machine.name for machine in machines}
    return tuple(
        Sentence(
            "{count} machines are called {names}. Give each a name of its own in its network "
            "settings.",
            count=count,
            names=names[name],
        )
        for name, count in times.items()
        if count > 1
    )


def machine_data(machine: Machine) -> Dict[str, Any]:
    """Return a machine in JSON's types."""
    data = dict(vars(machine))
    data["role"], data["state"] = machine.role.value, machine.state.value
    data["jobs"] = [dict(vars(job)) for job in machine.jobs]
    data["slots"] = dict(machine.slots)
    data["abilities"] = list(machine.abilities)
    return data

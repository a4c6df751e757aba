"""What the queue has before it."""

from __future__ import annotations

from typing import Iterable, Mapping, Optional, Protocol, Tuple

from core.queue.estimate import estimate
from core.queue.job import JobKind
from core.queue.overview import Estimate
from scheduling.slots import Slots
from store.connection import Database
from store.speeds import SpeedStore


class MachineSlots(Protocol):
    """Who knows the machines that work beside this one."""

    def slots_by_machine(self) -> Mapping[str, Mapping[JobKind, int]]:
        """Return the slots of those that are there now, by instance."""


class QueueEstimate:
    """Reads the past and the queue of one machine, ``instance_id``."""

    def __init__(self, database: Database, slots: Slots, instance_id: str) -> None:
        self._speeds = SpeedStore(database)
        self._slots = slots
        self._instance_id = instance_id
        self._machines: Optional[MachineSlots] = None

    def count_machines(self, machines: Optional[MachineSlots]) -> None:
        """Count the slots of these machines beside this one's; None for no others."""
        self._machines = machines

    def estimate(self, running: Iterable[Tuple[JobKind, float]]) -> Optional[Estimate]:
        """Return how long the whole queue will take; ``running`` as ``core.queue.estimate`` has it."""
        limits = {kind: self._slots.limit(kind) for kind in JobKind}
        waiting = self._speeds.waiting(self._instance_id)
        machines = self._machines
        others = {} if machines is None else machines.slots_by_machine()
        return estimate(waiting, running, self._speeds.pools(), limits, others)

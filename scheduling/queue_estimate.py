"""What the queue has before it."""

from __future__ import annotations

from typing import Callable, Iterable, Mapping, Optional, Tuple

from core.queue.estimate import estimate
from core.queue.job import JobKind
from core.queue.overview import Estimate
from scheduling.slots import Slots
from store.connection import Database
from store.speeds import SpeedStore


class Outlook:
    """Reads the past and the queue of one machine, ``instance_id``.

    ``others`` gives the slots of the machines that work beside it now, by instance.
    """

    def __init__(self, database: Database, slots: Slots, instance_id: str) -> None:
        self._speeds = SpeedStore(database)
        self._slots = slots
        self._instance_id = instance_id
        self.others: Callable[[], Mapping[str, Mapping[JobKind, int]]] = dict

    def estimate(self, running: Iterable[Tuple[JobKind, float]]) -> Optional[Estimate]:
        """Return how long the whole queue will take; ``running`` as ``core.queue.estimate`` has it."""
        limits = {kind: self._slots.limit(kind) for kind in JobKind}
        waiting = self._speeds.waiting(self._instance_id)
        return estimate(waiting, running, self._speeds.pools(), limits, self.others())

"""How many jobs of each kind may run at the same time, by the settings of this moment."""

from __future__ import annotations

from collections import Counter
from typing import Iterable, Protocol, Sequence, Tuple

from core.queue.job import JobKind
from core.settings.source import SettingsSource

# So many jobs are planned ahead of the free slots at most, so that a slot of another kind finds its
# next film; each of them was analyzed, and none of that is lost.
AHEAD = 20


class PlannedAhead(Protocol):
    """Who knows how many films are planned; ``store.jobs.JobStore`` is one."""

    def planned_ahead(self, kinds: Sequence[JobKind]) -> int:
        """Return how many films of these kinds wait with a plan."""


class Slots:
    """The limits are read from ``settings`` each time; ``resting`` are kinds of which none may begin now."""

    def __init__(self, settings: SettingsSource) -> None:
        self._settings = settings
        self.resting: Tuple[JobKind, ...] = ()

    @property
    def total(self) -> int:
        """Return how many jobs can run at the same time, of all kinds together."""
        return sum(self.limit(kind) for kind in JobKind)

    def free(self, running: Iterable[JobKind]) -> Tuple[JobKind, ...]:
        """Return the kinds of which another may run beside these; one whose kind is not known takes none."""
        count = Counter(running)
        return tuple(
            kind for kind in JobKind if count[kind] < self.limit(kind) and kind not in self.resting
        )

    def claimable(self, running: Iterable[JobKind], planned: PlannedAhead) -> Tuple[JobKind, ...]:
        """Return the kinds that a worker may take next beside those that run.

        Those of a kind that has no slots at all wait for the user and hold up nobody.

        One film is analyzed at a time, so that none overtakes another that is above it in the queue.
        """
        running = tuple(running)
        free = self.free(running)
        if not free or len(running) >= self.total:
            return ()
        used = [kind for kind in JobKind if self.limit(kind)]
        if JobKind.UNKNOWN in running or planned.planned_ahead(used) >= AHEAD:
            return free
        return (*free, JobKind.UNKNOWN)

    def limit(self, kind: JobKind) -> int:
        """Return how many jobs of a kind may run at the same time."""
        settings = self._settings.settings.queue
        return {
            JobKind.GPU: settings.gpu_jobs,
            JobKind.SOFTWARE: settings.software_jobs,
            JobKind.REMUX: settings.remux_jobs,
        }.get(kind, 0)

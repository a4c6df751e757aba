"""The threads that plan films ahead, and which places of the queue are being planned at this moment."""

from __future__ import annotations

import os
import threading
import time
from typing import Callable, Dict, Optional, Tuple

from core.queue.job import Job
from scheduling.supervision import Supervisor
from scheduling.workers import HANG_SECONDS

# Analyzing a film is mostly waiting for its disk; more at once would only make a single disk seek.
MOST = 8
PATIENCE = 10.0  # seconds that films below one wait for it to be planned

Place = Tuple[int, float, int]  # where a job stands in the queue; the smallest is the next


def place_of(job: Job) -> Place:
    """Return where a job stands in the queue."""
    return (-job.priority, job.position, job.id)


class Planner:
    """One of the threads; ``beat`` is its last sign of life, by ``time.monotonic()``."""

    def __init__(self, number: int, work: Callable[[Planner], None]) -> None:
        self.number = number
        self.beat = time.monotonic()
        self.thread: Optional[threading.Thread] = None
        self._work = work

    def begin(self) -> None:
        """Work in a new thread; the one before ends when it comes back from where it hangs."""
        self.beat = time.monotonic()
        name = f"planner-{self.number + 1}"
        self.thread = threading.Thread(target=self._work, args=(self,), name=name, daemon=True)
        self.thread.start()

    @property
    def present(self) -> bool:
        """Whether the calling thread is this planner's, and goes on."""
        return self.thread is threading.current_thread()

    @property
    def alive(self) -> bool:
        """Whether it is at work, or was told to end."""
        return self.thread is None or self.thread.is_alive()


class Planners:
    """As many threads as this machine has cores, up to ``MOST``."""

    def __init__(self, work: Callable[[Planner], None], supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        count = max(1, min(MOST, os.cpu_count() or 1))
        self._all = tuple(Planner(number, work) for number in range(count))

    def start(self) -> None:
        """Begin them all; which of them work now is decided by who calls ``work``."""
        for one in self._all:
            one.begin()
            self._follow(one)

    def _follow(self, one: Planner) -> None:
        self._supervisor.follow(
            f"Planner {one.number + 1}",
            HANG_SECONDS,
            lambda: one.beat,
            one.begin,
            lambda: one.alive,
        )

    def end(self) -> Tuple[threading.Thread, ...]:
        """Let them end; return the threads to be waited for."""
        for one in self._all:
            self._supervisor.forget(f"Planner {one.number + 1}")
        threads = tuple(one.thread for one in self._all if one.thread is not None)
        for one in self._all:
            one.thread = None
        return threads


class InPlanning:
    """The jobs that are being planned now; guarded by the queue's lock."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._places: Dict[int, Tuple[Place, float]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def begin(self, job: Job) -> None:
        """A job's analysis begins."""
        self._places[job.id] = place_of(job), self._now()

    def end(self, job_id: int) -> None:
        """It has come to its end."""
        self._places.pop(job_id, None)

    def first(self) -> Optional[Place]:
        """Return the place that no planned film may overtake now: one analyzed beside it was faster.

        None where there is none; a film that takes long, on a disk that is away, holds up nobody.
        """
        now = self._now()
        waited = (place for place, since in self._places.values() if now - since < PATIENCE)
        return min(waited, default=None)

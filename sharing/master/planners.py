"""The threads that plan films ahead, and which places of the queue are being planned at this moment."""

from __future__ import annotations

import os
import threading
import time
from typing import Dict, Optional, Protocol, Tuple

from core.ports import Clock
from core.queue.job import Job
from core.text.sentence import Sentence
from processing.process_tree import SystemClock
from scheduling.supervision import Supervisor
from scheduling.workers import HANG_SECONDS

# Analyzing a film is mostly waiting for its disk; more at once would only make a single disk seek.
MOST = 8
PATIENCE = 10.0  # seconds that films below one wait for it to be planned

Place = Tuple[int, float, int]  # where a job stands in the queue; the smallest is the next


def place_of(job: Job) -> Place:
    """Return where a job stands in the queue."""
    return (-job.priority, job.position, job.id)


class FilmPlanning(Protocol):
    """What planners do."""

    def plan_films(self, planner: Planner) -> None:
        """Plan film after film in the planner's own thread, as long as it is ``present``."""


class Planner:
    """One of the threads (``core.ports.SupervisedThread``)."""

    def __init__(self, number: int, planning: FilmPlanning) -> None:
        self.number = number
        self.last_beat = time.monotonic()
        self.thread: Optional[threading.Thread] = None
        self._planning = planning

    def beat(self) -> None:
        """Give a sign of life."""
        self.last_beat = time.monotonic()

    def restart(self) -> None:
        """Work in a new thread; the one before ends when it comes back from where it hangs."""
        self.beat()
        name, work = f"planner-{self.number + 1}", self._planning.plan_films
        self.thread = threading.Thread(target=work, args=(self,), name=name, daemon=True)
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

    def __init__(self, planning: FilmPlanning, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        count = max(1, min(MOST, os.cpu_count() or 1))
        self._all = tuple(Planner(number, planning) for number in range(count))

    def start(self) -> None:
        """Begin them all; which of them work now is for ``FilmPlanning`` to decide."""
        for planner in self._all:
            planner.restart()
            self._supervisor.follow(
                Sentence("Planner {number}", number=planner.number + 1), HANG_SECONDS, planner
            )

    def end(self) -> Tuple[threading.Thread, ...]:
        """Let them end; return the threads to be waited for."""
        for planner in self._all:
            self._supervisor.forget(Sentence("Planner {number}", number=planner.number + 1))
        threads = tuple(planner.thread for planner in self._all if planner.thread is not None)
        for planner in self._all:
            planner.thread = None
        return threads


class InPlanning:
    """The jobs that are being planned now; guarded by the queue's lock."""

    def __init__(self, clock: Optional[Clock] = None) -> None:
        self._clock = clock or SystemClock()
        self._places: Dict[int, Tuple[Place, float]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def begin(self, job: Job) -> None:
        """A job's analysis begins."""
        self._places[job.id] = place_of(job), self._clock.monotonic()

    def end(self, job_id: int) -> None:
        """It has come to its end."""
        self._places.pop(job_id, None)

    def first(self) -> Optional[Place]:
        """Return the place that no planned film may overtake now: one analyzed beside it was faster.

        None where there is none; a film that takes long, on a disk that is away, holds up nobody.
        """
        now = self._clock.monotonic()
        waited = (place for place, since in self._places.values() if now - since < PATIENCE)
        return min(waited, default=None)

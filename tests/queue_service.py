"""A queue over a bench: what happens in it is taken in until something is so."""

from __future__ import annotations

import queue
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, List, Optional, Set

import psutil

from core.events import (
    Event,
    JobProgressed,
    JobState,
    JobStateChanged,
    ServiceNotice,
)
from core.queue.job import Job
from core.settings.tree import QueueSettings
from logger import job_log
from processing import process_tree
from queue_manager import JobContext, QueueManager
from store.jobs import JobStore
from tests.processing.bench import Bench, with_section
from tests.queue_environment import Surroundings

PATIENCE = 60.0  # seconds


SLOW = "$ffmpeg -i $input -c:v libx265 -preset veryslow -x265-params log-level=none:pools=1 $tracks $output"


@dataclass
class Service:
    """A queue over a bench; ``told`` is every event so far."""

    bench: Bench
    folder: Path
    told: List[Event] = field(default_factory=list)
    equip: Optional[Callable[[], JobContext]] = None
    limits: QueueSettings = QueueSettings(remux_jobs=1)
    earlier: List[Optional[QueueManager]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.manager = self.start()

    def start(self) -> QueueManager:
        """A queue on the same database, as the next start of the program makes it."""
        self.earlier.append(getattr(self, "manager", None))
        self.manager = QueueManager(
            self.bench.database,
            Surroundings(lambda: (self.equip or self.equipment)(), lambda: self.limits, self.log),
        )
        return self.manager

    def equipment(self) -> JobContext:
        return self.bench.equipment()

    def log(self, job_id: int) -> AbstractContextManager[object]:
        return job_log(self.folder, job_id)

    def log_text(self, job_id: int) -> str:
        return (self.folder / "jobs" / f"{job_id}.log").read_text("utf-8")

    def work_off(self) -> None:
        """Run until nothing is left."""
        deadline = time.monotonic() + PATIENCE

        def show(event: Event) -> None:
            assert time.monotonic() < deadline
            self.told.append(event)

        self.manager.run_until_idle(show)

    def until(self, reached: Callable[[], object], what: str) -> None:
        """Take events in until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            try:
                self.told.append(self.manager.events.get(timeout=0.05))
            except queue.Empty:
                continue

    def until_encoding(self) -> None:
        self.until(lambda: any(isinstance(event, JobProgressed) for event in self.told), "progress")

    def states(self, job_id: int) -> List[JobState]:
        changes = (event for event in self.told if isinstance(event, JobStateChanged))
        return [change.state for change in changes if change.job_id == job_id]

    def notices(self) -> List[str]:
        return [event.message for event in self.told if isinstance(event, ServiceNotice)]

    def job(self, job_id: int) -> Job:
        job = JobStore(self.bench.database).get(job_id)
        assert job is not None
        return job

    def films(self, count: int) -> List[Path]:
        """Films that differ in nothing but their names."""
        return [self.bench.make(f"Film {number}.mkv", seconds=1) for number in range(1, count + 1)]

    def slow_film(self) -> Path:
        """A film whose encode takes longer than any test waits."""
        settings = with_section(self.bench.settings, "video", encode=True)
        self.bench.settings = with_section(settings, "templates", normal=SLOW, normal_fallback=SLOW)
        return self.bench.make("Slow.mkv", seconds=40)


def encoding(service: Service) -> Set[int]:
    """The jobs whose encoder has shown progress."""
    return {event.job_id for event in service.told if isinstance(event, JobProgressed)}


def encoders(service: Service) -> List[psutil.Process]:
    """The tools that run now."""
    return [
        psutil.Process(process.pid) for process in process_tree.of_run(service.bench.runner.run_id)
    ]

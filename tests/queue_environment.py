"""What surrounds a queue in a test (``scheduling.ports``), and clocks that tests set."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, List, Optional, Sequence, Tuple, Union

from core.events import Event
from core.progress import Progress
from core.queue.job import Job, NewJob
from core.reporting.health import ThreadHealth
from core.settings.tree import QueueSettings, Settings
from scheduling.job_context import JobContext
from scheduling.pause_reasons import PauseReason


@dataclass
class Surroundings:
    """A queue's; what it works with is asked for each time."""

    equip: Callable[[], JobContext]
    limits: Callable[[], QueueSettings] = QueueSettings
    log: Callable[[int], AbstractContextManager[object]] = lambda job_id: nullcontext()

    @property
    def settings(self) -> Settings:
        return replace(Settings(), queue=self.limits())

    def job_context(self) -> JobContext:
        return self.equip()

    def job_context_for(self, job: Job) -> JobContext:
        return self.equip()

    def job_log(self, job_id: int) -> AbstractContextManager[object]:
        return self.log(job_id)

    def look_ahead(self, film: Path) -> None:
        """Nobody is asked."""

    def keep_awake(self, wanted: bool) -> None:
        """A machine that runs tests is awake."""

    def keep_health(self, health: Sequence[ThreadHealth]) -> None:
        """No other program asks."""


@dataclass
class QueueLimits:
    """Settings of a queue alone, which a test may replace (``core.settings.source.SettingsSource``)."""

    queue: QueueSettings = field(default_factory=QueueSettings)

    @property
    def settings(self) -> Settings:
        return replace(Settings(), queue=self.queue)


@dataclass
class SetClock:
    """A clock that a test sets; None for the machine's own time."""

    at: Optional[float] = None
    since: Optional[float] = None

    def now(self) -> float:
        return time.time() if self.at is None else self.at

    def monotonic(self) -> float:
        return time.monotonic() if self.since is None else self.since


@dataclass
class Recorded:
    """What a part of the queue has reported (``scheduling.ports.QueueEvents``)."""

    errors: List[str] = field(default_factory=list)
    jobs: List[int] = field(default_factory=list)

    def job_changed(self, job_id: int, changed: bool = True) -> None:
        if changed:
            self.jobs.append(job_id)

    def job_is(self, job: Job) -> None:
        self.jobs.append(job.id)

    def job_progressed(self, job_id: int, progress: Progress) -> None:
        """Not looked at."""

    def notice(self, message: str, *, error: bool = False) -> None:
        if error:
            self.errors.append(message)

    def error(self, message: str) -> None:
        self.errors.append(message)


class EventList(List[Any]):
    """Keeps every event (``scheduling.ports.EventSink``)."""

    def put(self, event: Event) -> None:
        self.append(event)


@dataclass
class Receiver:
    """Takes films by a function (``scheduling.ports.FilmReceiver``)."""

    take: Callable[[Sequence[NewJob]], Tuple[int, ...]] = lambda films: ()

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        return self.take(films)


@dataclass
class Holding:
    """A condition whose answer a function gives (``scheduling.pause_reasons.Condition``)."""

    ask: Callable[[], Union[str, PauseReason, None]]

    def pause_reason(self) -> Union[str, PauseReason, None]:
        return self.ask()

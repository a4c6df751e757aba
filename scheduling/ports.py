"""What the queue needs from the program around it, and what its parts report."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Optional, Protocol, Sequence, Tuple

from core.events import Event
from core.progress import Progress
from core.queue.job import Job, JobKind, NewJob
from core.reporting.health import ThreadHealth
from core.settings.source import SettingsSource
from scheduling.job_context import JobContext


class HealthRecord(Protocol):
    """Where the health of the threads is noted for other programs."""

    def keep_health(self, health: Sequence[ThreadHealth]) -> None:
        """Note it; called now and then."""


class QueueEnvironment(SettingsSource, HealthRecord, Protocol):
    """The program around a queue. Asked in any thread, and each time anew: settings change while it works."""

    def job_context(self) -> JobContext:
        """Return what films are worked on with; raises MediaProcessorError."""

    def job_context_for(self, job: Job) -> JobContext:
        """Return the same with the settings of the job's watched folder; raises MediaProcessorError."""

    def job_log(self, job_id: int) -> AbstractContextManager[object]:
        """Return a context in which the job's own log is kept."""

    def look_ahead(self, film: Path) -> None:
        """Ask what is known elsewhere of a film that was queued; returns at once."""

    def keep_awake(self, wanted: bool) -> None:
        """Keep the machine from sleeping, or no longer; called every few seconds."""


class ErrorReport(Protocol):
    """Who shows the user what went wrong."""

    def error(self, message: str) -> None:
        """Show a sentence that belongs to no single job."""


class QueueEvents(ErrorReport, Protocol):
    """What the parts of the queue report, from any thread."""

    def job_changed(self, job_id: int, changed: bool = True) -> None:
        """A job's row is another now; nothing where ``changed`` is False."""

    def job_is(self, job: Job) -> None:
        """A job's row is another now, namely this one."""

    def job_progressed(self, job_id: int, progress: Progress) -> None:
        """The step of a running job has got so far."""

    def notice(self, message: str, *, error: bool = False) -> None:
        """Show the user a sentence that belongs to no single job."""


class JobSource(Protocol):
    """Where workers get their jobs from."""

    def claim(self, kinds: Tuple[JobKind, ...]) -> Optional[Job]:
        """Take the next job of these kinds; None where there is none. The queue's lock is held."""


class EventSink(Protocol):
    """Who takes events; a ``queue.SimpleQueue`` is one."""

    def put(self, event: Event, /) -> None:
        """Take one; returns at once."""


class FilmReceiver(Protocol):
    """Who takes films that were found."""

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films; return the ids of the new jobs."""

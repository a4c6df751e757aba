"""The program around its queue: settings, tools, logs, and what can hold the queue here."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Sequence

from app.health import keep_health
from app.shared_work import nobody_works, own_queue_waits
from core.ports import SettingsSource
from core.queue.job import Job
from core.reporting.health import ThreadHealth
from core.settings.tree import Settings
from logger import job_log
from processing.keep_awake import KeepAwake
from scheduling.job_context import JobContext
from scheduling.pause_reasons import PauseReason

if TYPE_CHECKING:
    from app.program import Parts


class ProgramEnvironment:
    """What a queue over the program's data folder works with (``scheduling.ports.QueueEnvironment``)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._awake = KeepAwake()

    @property
    def settings(self) -> Settings:
        """The settings of this moment."""
        return self._parts.config.settings

    def job_context(self) -> JobContext:
        """What films are worked on with, from the settings and tools of this moment."""
        return self._parts.equip()

    def job_context_for(self, job: Job) -> JobContext:
        """The same with the settings of the job's watched folder."""
        return self._parts.equip_for(job)

    def job_log(self, job_id: int) -> AbstractContextManager[object]:
        """The context in which a job's log is kept."""
        return job_log(self._parts.log_dir, job_id)

    def look_ahead(self, film: Path) -> None:
        """Ask the services for what they know of a film."""
        self._parts.services.metadata.look_ahead(film)

    def keep_awake(self, wanted: bool) -> None:
        """Keep the machine from sleeping, or no longer."""
        self._awake.hold(wanted)

    def keep_health(self, health: Sequence[ThreadHealth]) -> None:
        """Note how the threads are where ``doctor`` finds it."""
        keep_health(self._parts.data_dir, health)


class OwnQueueWaits:
    """A condition: a slave's own queue waits until it is standalone."""

    def __init__(self, settings: SettingsSource) -> None:
        self._settings = settings

    def pause_reason(self) -> Optional[PauseReason]:
        """Say so where it does."""
        return own_queue_waits(self._settings.settings)


class NobodyWorks:
    """A condition: no machine takes a film."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def pause_reason(self) -> Optional[PauseReason]:
        """Say so where that is so; a master's slaves count."""
        return nobody_works(self._parts.config.settings, lambda: self._parts.network.present())

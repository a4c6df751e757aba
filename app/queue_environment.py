"""The program around its queue: settings, tools, logs."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Sequence

from app.health import keep_health
from app.ports import Equipper
from core.queue.job import Job
from core.reporting.health import ThreadHealth
from core.settings.tree import Settings
from logger import job_log
from processing.keep_awake import KeepAwake
from scheduling.job_context import JobContext

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from app.metadata_services import MetadataServices


class ProgramEnvironment:
    """What a queue over the program's data folder works with (``scheduling.ports.QueueEnvironment``)."""

    def __init__(self, folder: DataFolder, equipper: Equipper, services: MetadataServices) -> None:
        self._folder = folder
        self._equipper = equipper
        self._services = services
        self._awake = KeepAwake()

    @property
    def settings(self) -> Settings:
        """The settings of this moment."""
        return self._folder.config.settings

    def job_context(self) -> JobContext:
        """What films are worked on with, from the settings and tools of this moment."""
        return self._equipper.equip()

    def job_context_for(self, job: Job) -> JobContext:
        """The same with the settings of the job's watched folder."""
        return self._equipper.equip_for(job)

    def job_log(self, job_id: int) -> AbstractContextManager[object]:
        """The context in which a job's log is kept."""
        return job_log(self._folder.log_dir, job_id)

    def look_ahead(self, film: Path) -> None:
        """Ask the services for what they know of a film."""
        self._services.metadata.look_ahead(film)

    def keep_awake(self, wanted: bool) -> None:
        """Keep the machine from sleeping, or no longer."""
        self._awake.hold(wanted)

    def keep_health(self, health: Sequence[ThreadHealth]) -> None:
        """Note how the threads are where ``doctor`` finds it."""
        keep_health(self._folder.data_dir, health)

"""What modules of ``app`` are handed, so that none of them needs the whole program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.queue.job import Job
from core.settings.tree import Settings
from core.tools import Toolset
from scheduling.job_context import JobContext

if TYPE_CHECKING:
    from app.encoder_proofs import EncoderProofs
    from monitor import Monitor
    from queue_manager import QueueManager


class Equipper(Protocol):
    """Knows what films are worked on with; ``app.program.Program``."""

    def equip(self) -> JobContext:
        """Settings, tools and what is made of them, of this moment."""

    def equip_for(self, job: Job) -> JobContext:
        """The same with the settings that hold for the job's watched folder."""


class MonitorSource(Protocol):
    """Has what watches the folders; makes it where there is none yet."""

    def monitor(self, manager: QueueManager) -> Monitor:
        """What gives the films of watched folders to the queue."""


class ProvenTools(Protocol):
    """Knows what this machine's programs have proven to do; ``app.program.Program``."""

    @property
    def encoder_proofs(self) -> EncoderProofs:
        """Which encoders have proven to work."""

    def tools_for_others(self, settings: Settings) -> Toolset:
        """All that is proven, also what our own settings do not name: what a master is told."""


class TrialWatcher(Protocol):
    """Follows a trial of the encoder."""

    def progressed(self, doing: str, percent: float) -> None:
        """Hear what is being done (MAKING, ENCODING) and how far it is; called in the trial's thread."""

"""What the page for the phone is handed of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Protocol

from config import Config
from store.connection import Database

if TYPE_CHECKING:
    from pathlib import Path

    from app.machine_control import MachineControl
    from app.machines import Machines
    from app.metadata_services import MetadataServices
    from queue_manager import QueueManager


class Controls(Protocol):
    """Shows the machines and commands this one; ``app.program.Program``."""

    def machines(self, manager: Optional[QueueManager] = None) -> Machines:
        """The machines that work together."""

    def machine_control(self, manager: QueueManager) -> MachineControl:
        """Starts, pauses and stops all that this machine does."""


class AroundThePage(Controls, Protocol):
    """What the page for the phone is made of; ``app.program.Program``."""

    data_dir: Path

    @property
    def config(self) -> Config:
        """The settings, which say whether it is served and where."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def services(self) -> MetadataServices:
        """Keeps the token beside the other secrets."""

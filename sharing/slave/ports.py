"""What the work of a slave needs: the machine that it runs on, and the wire."""

from __future__ import annotations

from pathlib import Path
from typing import Mapping, Optional, Protocol, Sequence

from cluster.ports import SlavePort
from core.protocol.node_facts import NodeFacts
from core.queue.job import JobKind
from core.settings.path_mappings import PathMapping
from scheduling.pause_reasons import PauseReason
from sharing.slave.film import SlaveTools


class ControlledMachine(Protocol):
    """What a master may have done on a slave's machine that is no work, and what is told of it."""

    def change_settings(self, values: Mapping[str, str]) -> None:
        """Change settings, each by its key; raises ConfigError."""

    def rescan(self) -> None:
        """Look through the watched folders."""

    def log_tail(self, lines: int) -> str:
        """Return the last lines of the log."""

    def work_folder(self) -> Path:
        """Return the folder in which films that were fetched lie."""

    def path_mappings(self) -> Sequence[PathMapping]:
        """Return what the master's folders are called here."""

    def watched_folders(self) -> Sequence[Path]:
        """Return the folders that are watched here."""

    def largest_film(self) -> int:
        """Return how large a film may be now, in bytes; 0 for any size."""


class SlaveMachine(Protocol):
    """The machine that a slave's work runs on. Asked each time anew."""

    @property
    def instance_id(self) -> str:
        """What it is called among machines."""

    def slave_port(self) -> SlavePort:
        """Return the wire, which is made when it is first needed."""

    def tools(self) -> SlaveTools:
        """Return what films are made with."""

    def facts(self) -> NodeFacts:
        """Return what the master is told of it."""

    def pause_reason(self) -> Optional[PauseReason]:
        """Return why it has to pause by itself; None where it need not. May take a moment."""

    def keep_awake(self, wanted: bool) -> None:
        """Keep the machine from sleeping, or no longer; called every second."""

    def kinds_at_work(self) -> Sequence[JobKind]:
        """Return the kinds of films of its own queue that still come to their end."""

    def is_paired(self, master_id: str) -> bool:
        """Return whether it was paired with this master, and is still."""

"""This machine as its work for others needs it: what it works with, its name, what may be changed."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Mapping, Optional, Sequence, Tuple

from analyzer import Analyzer
from app.next_encoder import LossesAreTold
from app.ports import MonitorSource, ProvenTools
from cluster.identity import load_identity
from core.protocol.node_facts import SLOT_KINDS, NodeFacts
from core.queue.job import JobKind
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping, mappings_of
from core.settings.tree import Settings
from core.tools import Toolset
from processing.keep_awake import KeepAwake
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from queue_manager import QueueManager
from reports.log_files import TEXT_LOG
from reports.log_tail import LogTail
from scheduling.conditions import DatabaseUsable
from scheduling.pause_reasons import Condition, PauseReason, PauseReasons
from scheduling.slots import Slots
from sharing.slave.commands import free_space_below
from sharing.slave.film import SlaveTools
from store.quality_scores import QualityScores
from store.watched_folders import WatchedFolderStore

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from network import Network

_FOLDER = "slave"  # in the data folder: films that were fetched, results that wait
_GIGABYTE = 10**9
_FETCHED = 2.2  # sizes of a film that is fetched: the film itself and its result


class ThisMachine:
    """``sharing.master.ports.MasterMachine``, and a slave's ``SlaveMachine`` and ``ControlledMachine``.

    ``conditions`` can hold its work, also for its master.
    """

    def __init__(
        self,
        folder: DataFolder,
        manager: QueueManager,
        network: Network,
        runner: ProcessRunner,
        conditions: Sequence[Condition],
        monitors: MonitorSource,
        proven: ProvenTools,
    ) -> None:
        self._folder = folder
        self._config = folder.config
        self._manager = manager
        self._network = network
        self._runner = runner
        self._monitors = monitors
        self._proven = proven
        self._awake = KeepAwake()
        usable = DatabaseUsable(folder.database, manager.publisher)
        self._reasons = PauseReasons(folder.config, SystemClock(), (usable, *conditions))

    # ---- as anybody's

    @property
    def name(self) -> str:
        """What it is called among machines."""
        return self._settings.network.name or socket.gethostname()

    @property
    def instance_id(self) -> str:
        """What tells it from all others."""
        return load_identity(self._folder.data_dir).instance_id

    def master_port(self) -> Network:
        """The wire."""
        return self._network

    def slave_port(self) -> Network:
        """The wire."""
        return self._network

    # ---- as a slave's

    def tools(self) -> SlaveTools:
        """What films are made with."""
        settings, toolset = self._settings, self._toolset()
        return SlaveTools(
            settings,
            toolset,
            Analyzer(self._runner, toolset),
            self._runner,
            self.work_folder(),
            self.path_mappings(),
            settings.network.films,
            LossesAreTold(self._proven.encoder_proofs, toolset),
            QualityScores(self._folder.database),
        )

    def facts(self) -> NodeFacts:
        """What the master is told of it."""
        settings, slots = self._settings, Slots(self._config)
        return NodeFacts(
            self._toolset(),
            {kind: slots.limit(kind) for kind in SLOT_KINDS},
            os.cpu_count() or 0,
            int(settings.network.largest_gigabytes * _GIGABYTE),
            settings.network.films,
            self.path_mappings(),
        )

    def pause_reason(self) -> Optional[PauseReason]:
        """Why it has to pause by itself."""
        return self._reasons.current()

    def keep_awake(self, wanted: bool) -> None:
        """Keep the machine from sleeping, or no longer."""
        self._awake.hold(wanted)

    def kinds_at_work(self) -> Sequence[JobKind]:
        """The kinds of films of its own queue that still come to their end."""
        return self._manager.kinds_at_work()

    def is_paired(self, master_id: str) -> bool:
        """Whether it was paired with this master, and is still."""
        return any(master.instance_id == master_id for master in self._network.masters())

    # ---- as one that a master may change

    def change_settings(self, values: Mapping[str, str]) -> None:
        """Change settings, each by its key; raises ConfigError."""
        self._config.change(values)

    def rescan(self) -> None:
        """Look through the watched folders."""
        self._monitors.monitor(self._manager).look_through()

    def log_tail(self, lines: int) -> str:
        """The last lines of the log."""
        _anew, read = LogTail(self._folder.log_dir / TEXT_LOG).read()
        return "\n".join(text for _level, text in read[-lines:])

    def work_folder(self) -> Path:
        """Where films that were fetched lie."""
        folder = self._settings.files.work_folder
        return Path(folder) if folder else self._folder.data_dir / _FOLDER

    def path_mappings(self) -> Tuple[PathMapping, ...]:
        """What the master's folders are called here."""
        return mappings_of(self._settings.network.path_mappings)

    def watched_folders(self) -> Tuple[Path, ...]:
        """The folders that are watched here."""
        return tuple(folder.path for folder in WatchedFolderStore(self._folder.database).all())

    def largest_film(self) -> int:
        """The size of the largest film that is taken, in bytes; 0 for any.

        One that has to be fetched needs room for itself and for its result.
        """
        network = self._settings.network
        largest = int(network.largest_gigabytes * _GIGABYTE)
        if network.films is FilmAccess.TRANSFER:
            free = int(free_space_below(self.work_folder()) / _FETCHED)
            return min(largest, free) if largest else max(1, free)
        return largest

    @property
    def _settings(self) -> Settings:
        return self._config.settings

    def _toolset(self) -> Toolset:
        return self._proven.tools_for_others(self._settings)

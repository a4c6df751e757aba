"""This instance's work for others and others' work for it, on one data folder; follows the settings' mode."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Deque, Optional, Sequence, Tuple

from analyzer import Analyzer
from cluster.identity import load_identity
from cluster.leases import LEASE_SECONDS
from core.events import ServiceNotice
from core.protocol.node_facts import SLOT_KINDS, NodeFacts
from core.protocol.offer import settings_for_slaves
from core.queue.job import NewJob
from core.settings.path_mappings import PathMapping, mappings_of
from core.settings.tree import FilmAccess, NetworkMode, QueueSettings, Settings
from processing.keep_awake import KeepAwake
from processing.runner import ProcessRunner
from queue_manager import QueueManager
from reports.log_files import TEXT_LOG
from reports.log_tail import LogTail
from scheduling.conditions import DatabaseUsable
from scheduling.pause_reasons import Condition, Gate
from scheduling.slots import Slots
from sharing.master.master import MasterWork
from sharing.slave.commands import SlaveCommands
from sharing.slave.film import SlaveTools
from sharing.slave.news import SlaveNews
from sharing.slave.slave import SlaveWork
from store.slave_jobs import SlaveJobStore
from store.watched_folders import WatchedFolderStore
from tools.resolver import find_tools

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from network import Network

_FOLDER = "slave"  # in the data folder: films that were fetched, results that wait
_GIGABYTE = 10**9
_NOTICES = 3  # that are shown beside the machines


class Cluster:
    """The master's and the slave's work of one instance; at most one of them is at work.

    ``master`` and ``slave`` are for the window and the command line. ``conditions`` can hold this machine's
    work, also for its master; ``rescan`` looks through the watched folders now.
    """

    def __init__(
        self,
        folder: DataFolder,
        manager: QueueManager,
        network: Network,
        runner: ProcessRunner,
        conditions: Sequence[Condition],
        rescan: Callable[[], None],
        *,
        lease_seconds: Optional[float] = None,
    ) -> None:
        self._folder = folder
        self._config = folder.config
        self._manager = manager
        self._network = network
        self._runner = runner
        self.rescan = rescan
        self._switching = threading.Lock()
        self._started = self._closed = False
        self._offered = settings_for_slaves(self._config.settings)
        self._notices: Deque[str] = deque(maxlen=_NOTICES)

        def queue() -> QueueSettings:
            return self._config.settings.queue

        usable = DatabaseUsable(
            folder.database,
            lambda sentence: manager.events.put(ServiceNotice(sentence, error=True)),
        )
        store = SlaveJobStore(folder.database)
        self._commands = SlaveCommands(
            store,
            change_settings=self._config.change,
            rescan=rescan,
            log_tail=self._log_tail,
            work_folder=self._work_folder,
            mappings=self._mappings,
            own_folders=self._own_folders,
            largest=self._largest,
        )
        self.master = MasterWork(
            manager.inside,
            lambda: network,
            name=lambda: self._config.settings.network.name or socket.gethostname(),
            lease_seconds=lease_seconds or LEASE_SECONDS,
        )
        self.slave = SlaveWork(
            lambda: network,
            self._slave_tools,
            self._facts,
            Slots(queue),
            store,
            self._commands,
            manager.supervisor,
            node_id=lambda: load_identity(folder.data_dir).instance_id,
            closed=Gate(queue, time.time, (usable, *conditions)).closed,
            keep_awake=KeepAwake().hold,
            own_work=manager.inside.force.kinds_at_work,
            paired=lambda master_id: any(
                master.instance_id == master_id for master in network.masters()
            ),
            news=SlaveNews(self._tell_without_window),
        )

    def start(self) -> None:
        """Play the part that the settings ask for, from now on and after each change."""
        with self._switching:
            if self._started:
                return
            self._started = True
        self._switch(self._config.settings)
        self._config.on_change(self._switch)  # before the network's own: the work is ready first
        self._network.start(self.master, self.slave, self._manager.supervisor, self._tell_user)

    def close(self) -> None:
        """End; the queue has been shut down before."""
        with self._switching:
            self._closed = True
            self.master.stop()
            self.slave.stop()

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films that were found in watched folders, or tell the master of them."""
        if self._config.settings.network.mode is not NetworkMode.SLAVE:
            return self._manager.submit(films)
        self._commands.report(films)
        return ()

    def _switch(self, settings: Settings) -> None:
        with self._switching:
            if self._closed:
                return
            mode, before = settings.network.mode, self._offered
            self._offered = settings_for_slaves(settings)
            if mode is not NetworkMode.MASTER:
                self.master.stop()
            if mode is not NetworkMode.SLAVE:
                self.slave.stop()
            if mode is NetworkMode.MASTER:
                self.master.start()
                if before != self._offered:
                    self.master.settings_changed()
            elif mode is NetworkMode.SLAVE:
                self.slave.start()

    @property
    def notices(self) -> Tuple[str, ...]:
        """What the user was told of the network lately, with the time of day, the newest last."""
        return tuple(self._notices)

    def _tell_user(self, sentence: str) -> None:
        self._notices.append(f"{time.strftime('%H:%M')} {sentence}")
        wrong = sentence == self._network.trouble
        self._manager.events.put(ServiceNotice(sentence, error=wrong))

    def _tell_without_window(self, sentence: str) -> None:
        """Tell what a window shows by itself, in its own language."""
        if self._folder.notice is not None:
            self._manager.events.put(ServiceNotice(sentence))

    # ---- what this machine is as a slave

    def _slave_tools(self) -> SlaveTools:
        settings = self._config.settings
        toolset = find_tools(settings.tools, self._runner).toolset
        return SlaveTools(
            settings,
            toolset,
            Analyzer(self._runner, toolset),
            self._runner,
            self._work_folder(),
            self._mappings(),
            settings.network.films,
        )

    def _facts(self) -> NodeFacts:
        settings = self._config.settings
        slots = Slots(lambda: settings.queue)
        return NodeFacts(
            find_tools(settings.tools, self._runner).toolset,
            {kind: slots.limit(kind) for kind in SLOT_KINDS},
            os.cpu_count() or 0,
            int(settings.network.largest_gigabytes * _GIGABYTE),
            settings.network.films,
            self._mappings(),
        )

    def _work_folder(self) -> Path:
        folder = self._config.settings.files.work_folder
        return Path(folder) if folder else self._folder.data_dir / _FOLDER

    def _mappings(self) -> Tuple[PathMapping, ...]:
        return mappings_of(self._config.settings.network.path_mappings)

    def _own_folders(self) -> Tuple[Path, ...]:
        return tuple(watched.path for watched in WatchedFolderStore(self._folder.database).all())

    def _largest(self) -> int:
        """Return the size of the largest film that is taken, in bytes; 0 for any.

        One that has to be fetched needs room for itself and for its result.
        """
        network = self._config.settings.network
        largest = int(network.largest_gigabytes * _GIGABYTE)
        if network.films is FilmAccess.TRANSFER:
            free = int(self._commands.how_it_is()["free_space"] / 2.2)
            return min(largest, free) if largest else max(1, free)
        return largest

    def _log_tail(self, lines: int) -> str:
        _anew, lines_read = LogTail(self._folder.log_dir / TEXT_LOG).read()
        return "\n".join(text for _level, text in lines_read[-lines:])

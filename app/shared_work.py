"""This instance's work for others and others' work for it, on one data folder; follows the settings' mode."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Deque, Optional, Sequence, Tuple

from app.ports import MonitorSource
from app.this_machine import ThisMachine
from cluster.leases import LEASE_SECONDS
from core.events import ServiceNotice
from core.protocol.offer import settings_for_slaves
from core.queue.job import NewJob
from core.settings.choices import NetworkMode
from core.settings.tree import Settings
from core.text.sentence import joined
from processing.chunks.dealing import DealtFilms
from queue_manager import QueueManager
from scheduling.slots import Slots
from sharing.master.master import MasterWork
from sharing.slave.commands import SlaveCommands
from sharing.slave.news import SlaveNews
from sharing.slave.slave import SlaveWork
from store.slave_jobs import SlaveJobStore

if TYPE_CHECKING:
    from app.data_folder import DataFolder
    from network import Network

_NOTICES = 3  # that are shown beside the machines


class SharedWork:
    """The master's and the slave's work of one instance; at most one of them is at work.

    ``master`` and ``slave`` are for the window and the command line.
    """

    def __init__(
        self,
        folder: DataFolder,
        manager: QueueManager,
        network: Network,
        machine: ThisMachine,
        monitors: MonitorSource,
        *,
        lease_seconds: Optional[float] = None,
        films_in_chunks: Optional[DealtFilms] = None,
    ) -> None:
        self._folder = folder
        self._config = folder.config
        self._manager = manager
        self._network = network
        self._monitors = monitors
        self._switching = threading.Lock()
        self._started = self._closed = False
        self._offered = settings_for_slaves(self._config.settings)
        self._notices: Deque[str] = deque(maxlen=_NOTICES)

        store = SlaveJobStore(folder.database)
        self.commands = SlaveCommands(store, machine)
        self.master = MasterWork(
            manager.shared,
            machine,
            lease_seconds=lease_seconds or LEASE_SECONDS,
            films_in_chunks=films_in_chunks,
        )
        self.slave = SlaveWork(
            machine,
            Slots(folder.config),
            store,
            self.commands,
            manager.supervisor,
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

    def rescan(self) -> None:
        """Look through the watched folders now."""
        self._monitors.monitor(self._manager).look_through()

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films that were found in watched folders, or tell the master of them."""
        if self._config.settings.network.mode is not NetworkMode.SLAVE:
            return self._manager.submit(films)
        self.commands.report(self._manager.shared.exclusions.allowed(films))
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
        self._notices.append(joined((time.strftime("%H:%M"), sentence)))
        wrong = sentence == self._network.trouble
        self._manager.events.put(ServiceNotice(sentence, error=wrong))

    def _tell_without_window(self, sentence: str) -> None:
        """Tell what a window shows by itself, in its own language."""
        if self._folder.notice is not None:
            self._manager.events.put(ServiceNotice(sentence))

"""This instance's work for others and others' work for it, on one data folder; follows the settings' mode."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Callable, Deque, FrozenSet, Mapping, Optional, Sequence, Tuple

from app.this_machine import ThisMachine
from cluster.leases import LEASE_SECONDS
from core.errors import MediaProcessorError
from core.events import ServiceNotice
from core.ports import FixedSettings
from core.protocol.offer import offered
from core.queue.held import NO_SLOTS
from core.queue.job import NewJob
from core.settings.tree import NetworkMode, Settings
from queue_manager import QueueManager
from scheduling.pause_reasons import PauseReason
from scheduling.slots import Slots
from sharing.master.master import MasterWork
from sharing.slave.commands import SlaveCommands
from sharing.slave.news import SlaveNews
from sharing.slave.slave import SlaveWork
from store.leases import LeaseStore
from store.slave_jobs import SlaveJobStore

if TYPE_CHECKING:
    from app.program import Parts

_NOTICES = 3  # that are shown beside the machines
OWN_QUEUE_WAITS = (
    "This machine works for its master; the films in its own queue wait until it is standalone."
)


def own_queue_waits(settings: Settings) -> Optional[PauseReason]:
    """Say that this machine's own queue has to wait, where it does; what runs is finished first."""
    slave = settings.network.mode is NetworkMode.SLAVE
    return PauseReason(OWN_QUEUE_WAITS, lets_finish=True) if slave else None


def nobody_works(
    settings: Settings, slaves: Callable[[], Mapping[str, str]]
) -> Optional[PauseReason]:
    """Say that no machine takes a film, where that is so; ``slaves`` are those that are connected."""
    slots = Slots(FixedSettings(settings))
    if slots.total or settings.network.mode is NetworkMode.SLAVE:
        return None
    if settings.network.mode is NetworkMode.MASTER:
        return (
            None
            if slaves()
            else PauseReason(f"No slave is connected. {NO_SLOTS}", lets_finish=True)
        )
    return PauseReason(NO_SLOTS, lets_finish=True)


class Cluster:
    """The master's and the slave's work of one instance; at most one of them is at work.

    ``master`` and ``slave`` are for the window and the command line.
    """

    def __init__(
        self, parts: Parts, manager: QueueManager, *, lease_seconds: float = LEASE_SECONDS
    ) -> None:
        self._parts = parts
        self._manager = manager
        self._switching = threading.Lock()
        self._started = self._closed = False
        self._offered = offered(parts.config.settings)
        self._notices: Deque[str] = deque(maxlen=_NOTICES)

        machine = ThisMachine(
            parts,
            manager,
            parts.network,
            parts.runner,
            parts.conditions(),
            lambda: parts.monitor(manager).look_through(),
        )
        store = SlaveJobStore(parts.database)
        self.commands = SlaveCommands(store, machine)
        self.master = MasterWork(manager.shared, machine, lease_seconds=lease_seconds)
        self.slave = SlaveWork(
            machine,
            Slots(parts.config),
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
        self._switch(self._parts.config.settings)
        self._parts.config.on_change(
            self._switch
        )  # before the network's own: the work is ready first
        self._parts.network.start(
            self.master, self.slave, self._manager.supervisor, self._tell_user
        )

    def close(self) -> None:
        """End; the queue has been shut down before."""
        with self._switching:
            self._closed = True
            self.master.stop()
            self.slave.stop()

    def submit(self, films: Sequence[NewJob]) -> Tuple[int, ...]:
        """Queue films that were found in watched folders, or tell the master of them."""
        if self._parts.config.settings.network.mode is not NetworkMode.SLAVE:
            return self._manager.submit(films)
        self.commands.report(films)
        return ()

    def _switch(self, settings: Settings) -> None:
        with self._switching:
            if self._closed:
                return
            mode, before = settings.network.mode, self._offered
            self._offered = offered(settings)
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
        wrong = sentence == self._parts.network.trouble
        self._manager.events.put(ServiceNotice(sentence, error=wrong))

    def _tell_without_window(self, sentence: str) -> None:
        """Tell what a window shows by itself, in its own language."""
        if self._parts.notice is not None:
            self._manager.events.put(ServiceNotice(sentence))


def handed_out(parts: Parts) -> FrozenSet[int]:
    """Return the jobs that a master's nodes have in hand; none where this is no master."""
    if parts.config.settings.network.mode is not NetworkMode.MASTER:
        return frozenset()
    try:
        return frozenset(lease.job_id for lease in LeaseStore(parts.database).held())
    except MediaProcessorError:
        return frozenset()

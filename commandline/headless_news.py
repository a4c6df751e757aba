"""What a program without a window watches and listens to, told when it begins, changes and ends.

All of it is looked at every second, so that a change is told whoever has made it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Mapping, Optional, Tuple

from cluster.addresses import shown_place
from core.events import QueueState, QueueStateChanged
from core.queue.held import HeldStory
from core.settings.choices import NetworkMode
from core.settings.watched_folder import RootState, RootStatus
from core.text.formatting import counted
from queue_manager import QueueManager
from scheduling.wall_clock import clock_text

if TYPE_CHECKING:
    from app.program import Program

NO_FOLDER = "No folder is watched; `folders add PATH` watches one."
_EVERY = 1.0  # seconds
_TOLD = (RootState.SCANNING, RootState.WATCHING, RootState.POLLING, RootState.SWITCHED_OFF)


class HeadlessNews:
    """``look`` may be called as often as one likes, in one thread; it asks the database.

    ``tell`` shows a sentence, ``complain`` one that is an error.
    """

    def __init__(
        self,
        program: Program,
        manager: QueueManager,
        tell: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        self._program = program
        self._manager = manager
        self._tell = tell
        self._complain = complain
        self._folders: Dict[Path, RootState] = {}
        self._watches: Optional[bool] = None  # whether any folder is, once it was told
        self._webhook: Optional[Tuple[str, int]] = None
        self._phone = ""  # the address of the page for the phone, once it was told
        self._mode = NetworkMode.STANDALONE
        self._listens = False
        self._present: Dict[str, str] = {}  # the slaves that are connected, by their ids
        self._trouble = self._complained = ""
        self._held = HeldStory(clock_text)
        self._next = 0.0

    def look(self) -> None:
        """Tell what has changed since the last look, once a second."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        if self._program.listens:
            self._look_at_folders()
            self._look_at_webhook()
        self._look_at_phone()
        self._look_at_mode()
        if self._mode is NetworkMode.MASTER:
            self._look_at_slaves()
        elif self._mode is NetworkMode.SLAVE:
            self._look_for_master()
            self._look_at_own_work()

    # ---- folders

    def _look_at_folders(self) -> None:
        statuses = {
            status.folder.path: status for status in self._program.monitor(self._manager).statuses()
        }
        watches = any(status.folder.enabled for status in statuses.values())
        if watches is not self._watches and not watches:
            self._tell(NO_FOLDER)
        self._watches = watches
        for path in self._folders.keys() - statuses.keys():
            del self._folders[path]
            self._tell(f"{path} is not watched any more.")
        for path, status in statuses.items():
            before = self._folders.get(path)
            again = status.state is RootState.SCANNING and before is not None
            if status.state in _TOLD and status.state is not before and not again:
                self._folders[path] = status.state
                self._tell(_folder_sentence(status))

    def _look_at_webhook(self) -> None:
        place = self._program.services.listens_at
        if place != self._webhook:
            self._webhook = place
            self._tell(
                f"Listens for Sonarr and Radarr at {shown_place(*place)}."
                if place
                else "Does not listen for Sonarr and Radarr any more."
            )

    def _look_at_phone(self) -> None:
        address = self._program.phone.listens_at
        if address != self._phone:
            self._phone = address
            self._tell(
                f"The page for the phone is at {address} (`network phone` shows its token)."
                if address
                else "The page for the phone is not served any more."
            )

    # ---- other machines

    def _look_at_mode(self) -> None:
        settings = self._program.config.settings.network
        if settings.mode is self._mode:
            return
        self._mode = settings.mode
        self._listens, self._present = False, {}
        self._trouble = self._complained = ""
        if settings.mode is NetworkMode.SLAVE:
            known = [master.address for master in self._program.network.masters()]
            where = settings.master.strip() or next(iter(known), "")
            self._tell(f"Looks for its master {f'at {where}' if where else 'on this network'}.")
        elif settings.mode is NetworkMode.STANDALONE:
            self._tell("This machine works alone now.")

    def _look_at_slaves(self) -> None:
        network, settings = self._program.network, self._program.config.settings.network
        if network.listening and not self._listens:
            address = settings.listen_address.strip()
            self._tell(
                f"Listens for slaves at {shown_place(address, settings.port)}."
                if address
                else f"Listens for slaves on port {settings.port} of every address of this machine."
            )
        self._listens = network.listening
        present = network.present()
        for name in _missing(present, self._present):
            self._tell(f"The slave {name} is connected.")
        for name in _missing(self._present, present):
            self._tell(f"The slave {name} is gone.")
        self._present = dict(present)

    def _look_for_master(self) -> None:
        network = self._program.network
        trouble = "" if network.connected else network.trouble
        told = self._program.shared_work(self._manager).slave.news.gone_by
        lasts, self._trouble = trouble == self._trouble, trouble
        if trouble and lasts and trouble not in (self._complained, told):
            self._complain(f"No connection with the master: {trouble}")
            self._complained = trouble
        elif network.connected:
            self._complained = ""

    def _look_at_own_work(self) -> None:
        state = self._program.shared_work(self._manager).slave.state
        sentence = "" if state is None else self._held.take(state)
        if sentence:
            self._tell(_slave_sentence(state, sentence))


def _missing(there: Mapping[str, str], here: Mapping[str, str]) -> Tuple[str, ...]:
    return tuple(name for key, name in there.items() if key not in here)


def _slave_sentence(state: Optional[QueueStateChanged], sentence: str) -> str:
    if state is None or state.state is QueueState.RUNNING:
        return "Films are taken from the master again."
    return f"No film is taken from the master: {state.reason}" if state.reason else sentence


def _folder_sentence(status: RootStatus) -> str:
    path = status.folder.path
    films = counted(status.films, "film")
    below = "" if status.folder.recursive else ", without the folders below it"
    return {
        RootState.SCANNING: f"Looks through {path}{below}.",
        RootState.WATCHING: f"Watches {path}{below}: {films}.",
        RootState.POLLING: f"Looks through {path}{below} again and again: {films}. {status.message}",
        RootState.SWITCHED_OFF: f"{path} is not watched: it is switched off (`folders change --on`).",
    }[status.state].strip()

"""The parts of the program, each built when it is first asked for."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Optional, Tuple

from app.data_folder import DATABASE_NAME
from app.equipped_folder import EquippedFolder
from app.made_once import made_once
from app.still_starting import StillStarting
from core.events import Event, ServiceNotice
from core.inbox import Inbox
from core.settings.choices import NetworkMode
from core.version import VERSION

if TYPE_CHECKING:
    from app.diagnosis import Diagnosis
    from app.encoder_trial import EncoderTrials
    from app.film_pictures import FilmPictures
    from app.first_steps import FirstStepsServices
    from app.library import FilmLibrary
    from app.machine_control import MachineControl
    from app.machines import Machines
    from app.phone_page import PhonePage
    from app.queue_environment import ProgramEnvironment
    from app.readiness import ReadinessCheck
    from app.shared_work import SharedWork
    from app.template_trial import TemplateTrials
    from app.watched_folders import WatchedFolders
    from core.ports import Translator
    from monitor import Monitor
    from network import Network
    from queue_manager import QueueManager
    from scheduling.pause_reasons import Condition
    from scheduling.preview import FilmPreviews

_log = logging.getLogger("mediaprocessor")

__all__ = ["DATABASE_NAME", "Program", "StillStarting"]

_STARTING = 60.0  # seconds: recovery may wait for a share that is away


class Program(EquippedFolder):
    """What commands and the window are made of, in one data folder; usable from every thread.

    What not every command needs is loaded when it is asked for: a film that is processed here alone needs
    nothing of other machines, and a window that opens nothing of how films are made. Raises UsageError when
    the folder cannot be used.
    """

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        self.listens = False  # whether the queue takes webhooks: where the program stays
        self.minimized = False  # whether the window begins small
        # The words with which a later start goes on where this one ends; None where none is to.
        self.start_words: Optional[Tuple[str, ...]] = None
        # That a slave may be silent before its films are given to others; None: as usual.
        self.lease_seconds: Optional[float] = None
        # The films that this start was given, and those of each later one; () only raises the window.
        self.handed: Inbox[Tuple[Path, ...]] = Inbox()
        # What the queue tells, also before there is one.
        self.events: Inbox[Event] = Inbox()
        self._monitor: Optional[Monitor] = None
        self._cluster: Optional[SharedWork] = None
        self._library: Optional[FilmLibrary] = None
        self._manager: Optional[QueueManager] = None  # that is at work
        self._put_right = threading.Event()
        self._making = threading.RLock()  # so that there is one monitor and one cluster

    def __enter__(self) -> Program:
        self.begin_log()  # its threads tell of themselves from their beginning on
        return super().__enter__()

    def close(self) -> None:
        """End what is at work."""
        if "phone" in vars(self):
            self.phone.close()
        if self._library is not None:
            self._library.close()
        if self._monitor is not None:
            self._monitor.stop()
        if self._cluster is not None:
            self._cluster.close()
        if "network" in vars(self):
            self.network.stop()
        if "services" in vars(self):
            self.services.close()
        super().close()

    def readiness(self) -> ReadinessCheck:
        """What finds out whether a film would be processed here now."""
        from app.readiness import ReadinessCheck

        def trials() -> EncoderTrials:
            from app.encoder_trial import SMALL, EncoderTrials

            return EncoderTrials(self, self.runner, self.data_dir, SMALL)

        return ReadinessCheck(self, self.tool_report, self.conditions(), trials)

    def diagnose(self) -> Diagnosis:
        """Examine everything, and encode a small picture; takes seconds."""
        from app.diagnosis import diagnose
        from app.proven_tools import encoder_lines, idle_encoders, proven_statuses

        settings, report = self.config.settings, self.tool_report
        proofs = self.encoder_proofs.ask_all(report.toolset, settings, doubting=True)
        return diagnose(
            self,
            proven_statuses(report, proofs, settings),
            (*encoder_lines(proofs), *idle_encoders(proofs, settings)),
            self.readiness().examine(),
        )

    def _environment(self) -> ProgramEnvironment:
        from app.queue_environment import ProgramEnvironment

        return ProgramEnvironment(self, self, self.services)

    def make_bundle(self, path: Path, say: Translator = lambda text: text) -> Tuple[str, ...]:
        """Write a report for a bug; return the names inside. Raises FolderNotWritable."""
        from app.bug_report import make_bundle

        return make_bundle(self, path, say)

    def restore(self, film: Path) -> Path:
        """Bring the original of a processed film back and return its name; raises RestoreError."""
        return self.equip().processor.restore(film)

    def previews(self) -> FilmPreviews:
        """What would be done with films, by the settings of the moment."""
        from scheduling.preview import FilmPreviews

        return FilmPreviews(self.database, self._environment())

    def template_trials(self) -> TemplateTrials:
        """What templates are tried with before they are saved."""
        from app.template_trial import TemplateTrials

        return TemplateTrials(self, self.runner, self.data_dir)

    @made_once
    def film_pictures(self) -> FilmPictures:
        """What shows films before and after."""
        from app.film_pictures import FilmPictures

        return FilmPictures(self, self.runner, self.data_dir)

    @made_once
    def network(self) -> Network:
        """This instance among others; begun by whoever has the work that is to be shared."""
        from network import Network
        from store.vault import open_vault

        network = Network(
            self.database,
            open_vault(self.data_dir),
            self.data_dir,
            self.config,
            VERSION,
        )
        self.config.on_change(lambda settings: network.apply())  # noqa: ARG005
        return network

    @made_once
    def phone(self) -> PhonePage:
        """The page for the phone, served where the settings say so; loads nothing before that."""
        from app.phone_page import PhonePage

        return PhonePage(self)

    def first_steps(self) -> FirstStepsServices:
        """What a new user is led through."""
        from app.encoder_trial import EncoderTrials
        from app.first_steps import FirstStepsServices

        trials = EncoderTrials(self, self.runner, self.data_dir)
        return FirstStepsServices(self.database, self.config, self.runner, trials, self.previews())

    def conditions(self) -> Tuple[Condition, ...]:
        """What can hold this machine's work: its battery, a full disk, a program, somebody who watches."""
        from scheduling.conditions import conditions

        return conditions(self.config, self, self.services.media_servers)

    def queue_manager(self) -> QueueManager:
        """A queue over this data folder; one at a time (``app.instance_lock``)."""
        from app.network_role import NobodyWorks, OwnQueueWaits
        from queue_manager import QueueManager

        manager = QueueManager(
            self.database,
            self._environment(),
            conditions=(
                OwnQueueWaits(self.config),
                NobodyWorks(self.config, self),
                *self.conditions(),
            ),
            events=self.events,
        )
        if self.listens:
            self.services.listen(manager)
        manager.publisher.follow(self.messenger)
        self.messenger.start(manager.publisher.error)
        return manager

    @made_once
    def manager(self) -> QueueManager:
        """The queue of a program that stays; its first use takes long, and belongs beside Tk's thread."""
        return self.queue_manager()

    @property
    def slave_connected(self) -> bool:
        """Whether this is a master that has a slave to give films to."""
        is_master = self.config.settings.network.mode is NetworkMode.MASTER
        return is_master and bool(self.network.present())

    def monitor(self, manager: QueueManager) -> Monitor:
        """What gives the films of watched folders to the queue; the same one each time."""
        from monitor import Monitor
        from scheduling.watched_folder_queue import QueueIntake

        with self._making:
            if self._monitor is None:
                self._monitor = Monitor(
                    self.database,
                    QueueIntake(self.database, self.shared_work(manager), manager.events),
                    self.analyzer.glances,
                    lambda: self.config.settings.monitor,
                    manager.events.put,
                    watchman=manager.supervisor,
                )
            return self._monitor

    @property
    def watching(self) -> Optional[Monitor]:
        """What watches the folders; None where nothing does yet."""
        return self._monitor

    def shared_work(self, manager: QueueManager) -> SharedWork:
        """What other machines and this one do for each other; the same one each time."""
        from app.shared_work import SharedWork
        from app.this_machine import ThisMachine

        with self._making:
            if self._cluster is None:
                network = self.network
                machine = ThisMachine(
                    self, manager, network, self.runner, self.conditions(), self, self
                )
                self._cluster = SharedWork(
                    self,
                    manager,
                    network,
                    machine,
                    self,
                    lease_seconds=self.lease_seconds,
                    films_in_chunks=self.films_in_chunks,
                )
            return self._cluster

    def machines(self, manager: Optional[QueueManager] = None) -> Machines:
        """The machines that work together, as the window and the ``network`` command show and change them.

        Loads what speaks to other machines: call it beside Tk's thread.
        """
        from app.machines import Machines

        manager = manager or self._manager
        work = self.shared_work(manager) if manager is not None else None
        return Machines(self, self.network, manager, work)

    def machine_control(self, manager: QueueManager) -> MachineControl:
        """All that this machine does now, as the user starts, pauses and stops it; beside Tk's thread."""
        from app.machine_control import MachineControl

        is_slave = self.config.settings.network.mode is NetworkMode.SLAVE
        return MachineControl(manager, self.shared_work(manager).slave if is_slave else None)

    @property
    def stays(self) -> bool:
        """Whether the program stays: to listen and watch, or because other machines count on it."""
        return self.listens or self.config.settings.network.mode is not NetworkMode.STANDALONE

    def watched_folders(self, manager: QueueManager) -> WatchedFolders:
        """The folders that are watched, as the window shows and changes them; beside Tk's thread."""
        from app.watched_folders import WatchedFolders
        from monitor import FolderList

        return WatchedFolders(FolderList(self.database), self.monitor(manager))

    def library(self, manager: Optional[QueueManager] = None) -> FilmLibrary:
        """What the watched folders hold; the same one each time. Films go to ``manager``'s queue."""
        from app.library import FilmLibrary

        with self._making:
            if self._library is None:
                self._library = FilmLibrary(
                    self.database,
                    self._environment(),
                    manager,
                    _log.info if manager is None else manager.publisher.notice,
                )
            return self._library

    @property
    def library_there(self) -> Optional[FilmLibrary]:
        """The library, where somebody has asked for it already."""
        return self._library

    def begin(self, manager: QueueManager) -> None:
        """Put right what the last run left behind; where the program stays, watch the folders and work
        together with other machines.
        """
        from app.trial_folder import remove_abandoned
        from app.unpacked import remove_unpacked

        self.put_right(manager)
        remove_unpacked()
        remove_abandoned(Path(self.config.settings.files.work_folder or self.data_dir))
        if self.stays:
            manager.supervisor.start()
            self.shared_work(manager).start()
            self.phone.begin(manager)
        if self.listens:
            self.monitor(manager).start()
            self.library(manager).checks.resume()

    def thread_ended(self, sentence: str) -> None:
        """A thread has ended by an error: told by a program that works off the queue."""
        if self._manager is not None:
            self.events.put(ServiceNotice(sentence, error=True))

    def put_right(self, manager: QueueManager) -> None:
        """Put right what the last run left behind; from then on later starts may command this queue."""
        from app.network_role import handed_out

        self._manager = manager
        if self.notice is None:
            for notice in self.database.report.notices:
                manager.events.put(ServiceNotice(notice, error=True))
        manager.recover(handed_out(self.database, self.config.settings))
        self._put_right.set()

    def manager_at_work(self) -> QueueManager:
        """The queue that this program works off; waits for its start, and raises StillStarting."""
        if not self._put_right.wait(_STARTING) or self._manager is None:
            raise StillStarting
        return self._manager

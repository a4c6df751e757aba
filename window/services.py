"""What every tab of the window works with: threads that may wait, dialogs, commands, the settings."""

from __future__ import annotations

import logging
import queue
import threading
import time
import tkinter as tk
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Mapping, Optional, Protocol, Sequence, Tuple

from config import Config
from core.errors import MediaProcessorError
from core.events import Event
from core.planning.preview import PreviewNews
from core.protocol.machines import ClusterOverview, FolderFinding, FoundMaster, ShownCode
from core.protocol.node_commands import NodeCommand
from core.queue.estimate import Pool, PoolKey
from core.queue.job import JobKind
from core.reporting.health import ThreadHealth
from core.settings.tree import Settings
from core.settings.watched_folder import WatchedFolder
from core.tools import ToolInfo, ToolName
from queue_manager import QueueManager
from store.connection import Database
from views.api_backend import ApiServices
from views.commands import Registry
from views.dialogs import Dialogs
from views.machine_texts import MachineNames
from views.theme import Look

_PATIENCE = 600.0  # seconds that one call may take: a folder with a hundred thousand films

_log = logging.getLogger("mediaprocessor.window")
Answer = Callable[[], None]


class ServiceThread:
    """Does one call after another beside Tk's thread (or so many at once); answers go into ``answers``.

    ``title`` is what the user reads on the page about the program's health.
    """

    def __init__(
        self, name: str, answers: queue.SimpleQueue[Answer], at_once: int = 1, title: str = ""
    ) -> None:
        self._answers = answers
        self._calls: queue.SimpleQueue[Optional[Callable[[], Answer]]] = queue.SimpleQueue()
        self._at_once = at_once
        self._title = title or name
        self._begun: Dict[int, float] = {}  # when the present calls began, by thread
        for _ in range(at_once):
            threading.Thread(target=self._work, name=name, daemon=True).start()

    def call(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do ``work`` in the thread, then ``done`` with its result or ``failed`` in Tk's."""

        def attempt() -> Answer:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - whatever it is, the user gets a sentence
                if not isinstance(error, MediaProcessorError):
                    _log.exception("A command of the window failed.")
                problem = error
                return lambda: failed(problem)
            return lambda: done(result)

        self._calls.put(attempt)

    def stop(self) -> None:
        """End after what has been asked for so far."""
        for _ in range(self._at_once):
            self._calls.put(None)

    def health(self) -> ThreadHealth:
        """Whether it does something, and since when; nothing to do counts as a sign of life."""
        now = time.time()
        return ThreadHealth(self._title, min(self._begun.copy().values(), default=now), _PATIENCE)

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            if call is None:
                return
            me = threading.get_ident()
            self._begun[me] = time.time()
            answer = call()
            del self._begun[me]
            self._answers.put(answer)


class ToolFinding(Protocol):
    """What became of the search for one program; ``tools.resolver.ToolStatus``."""

    @property
    def name(self) -> ToolName:
        """Which program."""

    @property
    def info(self) -> Optional[ToolInfo]:
        """The program, where there is one."""

    @property
    def problem(self) -> str:
        """Empty or one sentence."""

    @property
    def hint(self) -> str:
        """How to get a (better) one."""


class Folders(Protocol):
    """The watched folders; ``app.watched_folders.WatchedFolders``. Its calls wait."""

    def all(self) -> Tuple[Tuple[WatchedFolder, str, str], ...]:
        """Every folder, its state, the sentence about it."""

    def check(self, folder: WatchedFolder) -> Dict[str, str]:
        """What is wrong with a folder, by field."""

    def store(self, folder: WatchedFolder) -> None:
        """Add or change a folder; raises UsageError."""

    def watch(self, paths: Sequence[Path]) -> None:
        """Watch folders that are not watched yet, all or none; raises UsageError."""

    def remove(self, folder_id: int) -> None:
        """Stop watching a folder."""


Pace = Tuple[Mapping[PoolKey, Pool], Mapping[JobKind, int]]


class PreviewRunning(Protocol):
    """Films that are being looked at; ``scheduling.preview.PreviewRun``."""

    def cancel(self) -> None:
        """Begin no other film, from any thread."""


class Previews(Protocol):
    """What would be done with films; ``scheduling.preview.FilmPreviews``."""

    def pace(self) -> Pace:
        """How long films have taken here, and how many of each kind are processed at once; waits."""

    def start(self, paths: Sequence[Path], told: Callable[[PreviewNews], None]) -> PreviewRunning:
        """Begin to look at films; ``told`` is called in other threads."""


class Trials(Protocol):
    """Templates tried on a film; ``app.template_trial.TemplateTrials``. Its calls wait."""

    def commands(self, film: Path, key: str, text: str) -> str:
        """The commands that a template makes of the film, to read."""

    def try_out(self, film: Path, key: str, text: str) -> Any:
        """Encode ten seconds."""

    def cancel(self) -> None:
        """End that, from any thread."""


class OwnWork(Protocol):
    """All that this machine does, as the user starts and ends it; ``app.machine_control.OwnWork``.

    Its calls wait, and raise MediaProcessorError.
    """

    def start(self) -> None:
        """Begin, or go on."""

    def pause(self) -> None:
        """Let running films stand still and begin nothing new."""

    def pause_for(self, minutes: float) -> None:
        """Pause, and go on by itself after so many minutes."""

    def stop_after_current(self) -> None:
        """Begin nothing new; running films come to their end."""

    def stop(self) -> None:
        """Begin nothing new; what runs is begun anew at the next start."""


class Machines(Protocol):
    """The machines that work together; ``app.machines.Machines``.

    Its calls wait, and raise MediaProcessorError.
    """

    def cluster(self) -> ClusterOverview:
        """How all of them are now."""

    def show_code(self) -> ShownCode:
        """Make a pairing code for one slave."""

    def hide_code(self) -> None:
        """Let the code be good no longer."""

    def find_masters(self) -> Tuple[FoundMaster, ...]:
        """The masters that announce themselves on this network."""

    def pair(self, address: str, code: str) -> str:
        """Pair with a master; its name."""

    def revoke(self, machine_id: str) -> None:
        """Let a slave in no more."""

    def forget(self, machine_id: str) -> None:
        """Know a machine no more; to work together again they have to be paired anew."""

    def command(self, machine_id: str, command: NodeCommand, arguments: Mapping[str, Any]) -> None:
        """Have a machine do something."""

    def log(self, machine_id: str) -> str:
        """The last lines of a machine's log."""

    def examine_paths(self) -> Tuple[FolderFinding, ...]:
        """Under which path each machine sees each watched folder."""

    def use_proposal(self, finding: FolderFinding) -> None:
        """Give a machine the path mapping that was proposed."""


class FindTools(Protocol):
    """Looks for the outside programs."""

    def __call__(self, again: bool = False) -> Sequence[ToolFinding]:
        """Return what there is; ``again``: no answer of earlier counts."""


@dataclass(frozen=True)
class WindowServices:
    """Passed to every tab. Nothing here blocks Tk's thread but what ``parts`` and ``manager`` do:
    call those inside ``commands`` (short, in order) or ``slow`` (folders, figures, files).

    ``tell`` shows a sentence in the status bar; ``failed`` the sentence of an error. ``open_tab`` shows
    a tab by its name (``window.tabs.TABS``) and returns its controller. ``add_films`` queues films and
    folders. ``on_settings`` and ``on_look`` take what is to be called, in Tk's thread, after settings
    or colours have changed; a settings change comes with the new settings. ``make_bundle`` writes a
    report for a bug: call it in ``slow``, as well as ``find_tools``, which looks at
    the programs anew, and ``restore``, which brings a film's original back. ``keep`` takes what returns,
    when the window closes, settings (key and text) that the next start begins with, such as widths of
    columns; ``before_closing`` what may ask the user and returns False to keep the window open.
    ``on_cluster`` takes what is to be called, in Tk's thread, with how the machines are that work together.
    ``machine_names`` knows what they are called.
    """

    look: Look
    registry: Registry
    dialogs: Dialogs
    config: Config
    manager: QueueManager
    database: Database
    apis: ApiServices
    data_dir: Path
    log_dir: Path
    commands: ServiceThread
    slow: ServiceThread
    tests: ServiceThread
    tell: Callable[[str], None]
    failed: Callable[[Exception], None]
    open_tab: Callable[[str], Any]
    add_films: Callable[[Tuple[Path, ...]], None]
    on_settings: Callable[[Callable[[Settings], None]], None]
    on_look: Callable[[Callable[[], None]], None]
    on_cluster: Callable[[Callable[[ClusterOverview], None]], None]
    make_bundle: Callable[[Path], None]
    restore: Callable[[Path], Path]
    previews: Previews
    trials: Trials
    folders: Folders
    machines: Machines
    own_work: OwnWork
    machine_names: MachineNames
    find_tools: FindTools
    keep: Callable[[Callable[[], Dict[str, str]]], None]
    before_closing: Callable[[Callable[[], bool]], None]


class Tab(Protocol):
    """One tab of the main window; its widgets stand in ``views``, this talks to the services.

    It is made as ``Controller(parent, services)`` when the tab is opened first, or in an idle moment
    after the window is shown; it binds its commands then. Its ``view`` fills ``parent``.
    """

    @property
    def view(self) -> tk.Widget:
        """What the notebook shows."""

    def opened(self) -> None:
        """The user has come to this tab."""

    def handle(self, event: Event) -> None:
        """Something happened in the queue."""

    def turn_ended(self) -> None:
        """All events of this turn were given: now draw."""

    def close(self) -> None:
        """The window closes."""

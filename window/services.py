"""What every tab of the window works with: threads that may wait, dialogs, commands, the settings."""

from __future__ import annotations

import logging
import queue
import threading
import time
import tkinter as tk
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Protocol, Tuple

from core.errors import MediaProcessorError
from core.events import Event
from core.protocol.machines import ClusterOverview
from core.reporting.health import ThreadHealth
from core.settings.tree import Settings
from views.commands import Registry
from views.dialogs import Dialogs
from views.machine_texts import MachineNames
from views.theme import Look
from window.table_layouts import TableLayouts

if TYPE_CHECKING:
    from app.machine_control import MachineControl
    from app.machines import Machines
    from app.program import Program
    from app.template_trial import TemplateTrials
    from app.watched_folders import WatchedFolders
    from config import Config
    from queue_manager import QueueManager
    from scheduling.preview import FilmPreviews
    from window.queue_ahead import QueueAhead

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
        self._name = name
        self._started = 0  # threads, which cost memory, and begin with what they are for
        self._starting = threading.Lock()

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
        with self._starting:
            if self._started < self._at_once:
                self._started += 1
                threading.Thread(target=self._work, name=self._name, daemon=True).start()

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


class MachinesFollower(Protocol):
    """Shows something of the machines that work together."""

    def show_machines(self, cluster: ClusterOverview) -> None:
        """How they are now; called in Tk's thread."""


class WindowPort(Protocol):
    """The main window, as its tabs ask it for something; everything is called in Tk's thread."""

    def tell(self, message: str, *, error: bool = False) -> None:
        """Show a sentence in the status bar."""

    def failed(self, error: Exception) -> None:
        """Show the sentence of an error there."""

    def tab(self, name: str) -> Any:
        """Return the controller of a tab, which is made where it is not yet."""

    def open_tab(self, name: str) -> Any:
        """Show a tab by its name (``window.tabs.TABS``) and return its controller."""

    def add(self, paths: Tuple[Path, ...]) -> None:
        """Queue films, and the films of folders."""

    def shown(self) -> None:
        """The open tab shows what there is: begin with the program's work, where it has not begun."""

    def when_begun(self, call: Callable[[], None]) -> None:
        """Call it once what the last run left behind is put right: at once, where that is so."""

    def follow_machines(self, follower: MachinesFollower) -> None:
        """Tell it how the machines are, now and from now on."""


@dataclass(frozen=True)
class WindowServices:
    """Passed to every tab. Nothing here blocks Tk's thread but what ``program``, ``manager`` and what they
    return do, and asking for what loads modules: call those inside ``commands`` (short, in order), ``slow``
    (folders, figures, files) or ``tests`` (other machines, outside programs).

    ``ahead`` has read the queue's list, where that could begin before; ``machine_names`` knows what the
    machines are called. Into the lists goes what is to be called in Tk's thread: ``on_settings`` with the
    new settings after a change of them, ``on_look`` after colours have changed. ``kept`` returns, when the
    window closes, settings (key and text) that the next start begins with, such as widths of columns;
    ``before_closing`` may ask the user, and returns False to keep the window open.
    """

    look: Look
    registry: Registry
    dialogs: Dialogs
    window: WindowPort
    program: Program
    commands: ServiceThread
    slow: ServiceThread
    tests: ServiceThread
    ahead: Optional[QueueAhead] = None
    machine_names: MachineNames = field(default_factory=MachineNames)
    on_settings: List[Callable[[Settings], None]] = field(default_factory=list)
    on_look: List[Callable[[], None]] = field(default_factory=list)
    kept: List[Callable[[], Dict[str, str]]] = field(default_factory=list)
    before_closing: List[Callable[[], bool]] = field(default_factory=list)

    @cached_property
    def layouts(self) -> TableLayouts:
        """How the user has laid the tables out, which the next start begins with."""
        layouts = TableLayouts(self.config.settings.window.tables)
        self.kept.append(lambda: {"window.tables": layouts.text()})
        return layouts

    @property
    def manager(self) -> QueueManager:
        """The queue; asked for beside Tk's thread, as everything of it. It tells on ``program.events``."""
        return self.program.manager

    @cached_property
    def previews(self) -> FilmPreviews:
        """What would be done with films."""
        return self.program.previews()

    @cached_property
    def trials(self) -> TemplateTrials:
        """What templates are tried with before they are saved."""
        return self.program.template_trials()

    def do(self, work: Callable[[], object]) -> None:
        """Do it inside ``commands``; where it fails, the window shows the sentence."""
        self.commands.call(work, lambda _result: None, self.window.failed)

    @property
    def config(self) -> Config:
        """The settings, which are read at once and changed inside ``commands``."""
        return self.program.config

    @property
    def folders(self) -> WatchedFolders:
        """The watched folders; asked for beside Tk's thread, as everything of them."""
        return self.program.watched_folders(self.manager)

    @property
    def machines(self) -> Machines:
        """The machines that work together; asked for beside Tk's thread, as everything of them."""
        return self.program.machines(self.manager)

    @property
    def machine_control(self) -> MachineControl:
        """All that this machine does; asked for beside Tk's thread, as everything of it."""
        return self.program.machine_control(self.manager)


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

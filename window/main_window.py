"""The main window: menus, control panel, tabs and status bar, and the way of events into them.

Tk's thread does no I/O: commands run in a service thread of their own, what takes long (folders,
figures, the end) in a second one, and answers come back through the same timer as the events. The tab
that was open last is built at once, and what it shows is read from the database. What films are made with,
other machines and other tabs are loaded after that: in threads, in idle moments, or when they are opened
(``window.tabs``).
"""

from __future__ import annotations

import logging
import tkinter as tk
from functools import cached_property
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Tuple

from app.program import Program
from core.events import (
    EndRequested,
    Event,
    JobState,
    JobStateChanged,
    QueueEmptied,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.inbox import Inbox
from core.queue.held import without_path
from core.queue.outcome import sentence_of
from core.reporting.health import ThreadHealth
from core.settings.choices import Theme
from core.settings.tree import Settings
from scheduling.responsive import keep_responsive
from views import control_panel, drop, theme
from views.command_list import COMMANDS, MENUS
from views.commands import Registry
from views.dialogs import Dialogs
from views.emptied_text import emptied_text
from views.mnemonics import follow_letters
from views.numbers import count_text
from views.palette import palette_for
from views.placement import color_title_bar, place
from views.pump import MessagePump
from views.queue_sections import STATE_NAMES
from views.shown import visible
from views.texts import _, ngettext
from window.closing import Closing
from window.cluster_controller import ClusterController
from window.help_controller import NAME, HelpController
from window.presence import Presence
from window.services import Answer, MachinesFollower, ServiceThread, Tab, WindowServices
from window.status_controller import StatusController
from window.tab_keys import follow_tab_keys
from window.tabs import TABS
from window.when_done import WhenDoneController
from window.work_controller import WorkController

if TYPE_CHECKING:
    from window.first_steps import FirstStepsController
    from window.queue_ahead import QueueAhead

# Milliseconds until the program begins, where the queue has not shown its films before: on a busy machine
# both together would take longer than one after the other.
_LATEST_BEGIN = 3000
_PAINT_PAUSE = 100  # milliseconds from what there is to show until it is on the screen
_FIRST_PAUSE = 400  # milliseconds from then until the first tab is built in an idle moment
_BUILD_PAUSE = 60  # milliseconds between two of them

_log = logging.getLogger("mediaprocessor.window")


class MainWindow:
    """The whole window on ``root``; ``closed`` is called at its end, when no thread is at work any more."""

    def __init__(
        self,
        root: tk.Tk,
        program: Program,
        dialogs: Callable[[tk.Tk, theme.Look], Dialogs] = Dialogs,
        ahead: Optional[QueueAhead] = None,
    ) -> None:
        self.root = root
        self.closed: Callable[[], None] = root.destroy
        self._running: Dict[int, JobState] = {}
        self._telling_error = False
        self.drops: Optional[bool] = None  # whether files can be dropped here; None: not asked yet
        self._begun = False  # whether the program was asked to begin
        self._waiting: Optional[List[Callable[[], None]]] = []  # for it; None: it has begun
        self._answers: Inbox[Answer] = Inbox()
        self._tabs: Dict[str, Tab] = {}
        self._places: Dict[str, ttk.Frame] = {}
        root.title(NAME)
        root.report_callback_exception = self._callback_failed
        root.protocol("WM_DELETE_WINDOW", self._close_or_hide)
        self.look = theme.Look(root)
        self.look.apply(palette_for(program.config.settings.window.theme))
        self.icons = self.look.icons
        self.registry = Registry(root, self.icons)
        self.dialogs = dialogs(root, self.look)
        self.services = self._make_services(program, ahead)
        self._closing = Closing(root, self.services, self)
        self.registry.declare(COMMANDS)
        self._bind_commands()
        self.status = StatusController(root, self.services, self)
        self.cluster = ClusterController(root, self.services)
        self.help = HelpController(root, self.services, lambda: self.help.topic_of(self._open_name))
        self._build(program.config.settings)
        self._show_theme()
        self._pumps = (
            MessagePump(root, program.events, self._handle, self._turn_ended),
            MessagePump(root, self._answers, lambda answer: answer()),
        )
        for pump in self._pumps:
            pump.start()
        self.presence = Presence(root, self.services, program.handed)
        self.when_done = WhenDoneController(
            root, self.services, self.panel, self.presence.tray.notify
        )
        program.config.on_change(self._settings_changed)
        latest = _LATEST_BEGIN if self._open_name == "queue" else _FIRST_PAUSE
        self._timer = root.after(latest, self.shown)

    @cached_property
    def first_steps(self) -> FirstStepsController:
        """What leads a new user, and starts the queue."""
        from window.first_steps import FirstStepsController  # few starts show anything of it

        return FirstStepsController(self.root, self.services, self.services.program.first_steps())

    def shown(self) -> None:
        """Begin with the program's work, once: the open tab shows what there is."""
        if not self._begun:
            self._begun = True
            self.root.after_cancel(self._timer)
            self._timer = self.root.after(_PAINT_PAUSE, self._begin)

    def _begin(self) -> None:
        services, program = self.services, self.services.program
        services.slow.call(
            lambda: program.begin(services.manager),
            lambda _done: self._start_ended(),
            self._start_failed,
        )
        services.slow.call(
            lambda: services.manager.continue_as_before(), lambda _done: None, self.failed
        )
        if not program.minimized:
            self._greet(program)
        self._timer = self.root.after(_FIRST_PAUSE, self._build_next)

    def when_begun(self, call: Callable[[], None]) -> None:
        """Call it once what the last run left behind is put right: at once, where that is so."""
        if self._waiting is None:
            call()
        else:
            self._waiting.append(call)

    def _start_ended(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        self.cluster.begin()
        for call in waiting:
            call()

    def _start_failed(self, error: Exception) -> None:
        self.failed(error)
        self._start_ended()

    def _greet(self, program: Program) -> None:
        """Open the first steps where the user is new."""
        self.services.slow.call(
            lambda: program.first_steps().due(),
            lambda due: self.first_steps.open() if due else None,
            self.failed,
        )

    def tab(self, name: str) -> Any:
        """The controller of a tab, which is built where it is not yet."""
        if name not in self._tabs:
            kind = next(kind for kind in TABS if kind.name == name)
            controller = kind.make(self._places[name], self.services)
            controller.view.pack(fill="both", expand=True)
            self.look.dress_all(controller.view)
            self._tabs[name] = controller
        return self._tabs[name]

    def open_tab(self, name: str) -> Any:
        """Show a tab and return its controller."""
        controller = self.tab(name)
        self.tabs.select(self._places[name])
        return controller

    def add(self, paths: Tuple[Path, ...]) -> None:
        """Queue films, and the films of folders."""
        if paths:
            self._show_status(_("Adding…"))
            self.services.slow.call(
                lambda: self.services.manager.add(paths), self._added, self.failed
            )

    def _close_or_hide(self) -> None:
        if self._closing.begun or not self.presence.hide():
            self.close()

    def exit(self) -> None:
        """End the program from its icon; what it may have to ask has to be seen."""
        self.presence.show()
        self.close()

    def close(self) -> None:
        """End the program; asks first when a film is being processed."""
        if not self._closing.begun and all(may() for may in self.services.before_closing):
            self._remember_place()
            self._closing.ask()

    def end_politely(self) -> None:
        """End soon, without a question about films; from any thread, and from a signal's handler."""
        self.services.program.events.put(EndRequested())

    def _end_as_asked(self, event: EndRequested) -> None:
        """End for another start of the program, or the system; only settings not saved are asked about."""
        if self._closing.begun:
            return
        if all(may() for may in self.services.before_closing):
            self._remember_place()
            self._closing.begin(after_current=event.after_current)

    def _make_services(self, program: Program, ahead: Optional[QueueAhead]) -> WindowServices:
        return WindowServices(
            look=self.look,
            registry=self.registry,
            dialogs=self.dialogs,
            window=self,
            program=program,
            ahead=ahead,
            commands=ServiceThread("window-commands", self._answers, title=_("Window commands")),
            slow=ServiceThread("window-slow", self._answers, title=_("Folders and files")),
            tests=ServiceThread(
                "window-tests", self._answers, at_once=4, title=_("Connection tests")
            ),
        )

    def _bind_commands(self) -> None:
        bind = self.registry.bind
        bind("files.add", lambda: self.add(self.dialogs.films()))
        bind("files.add_folder", self._add_folder)
        bind("queue.start", lambda: self.when_begun(lambda: self.first_steps.start()))
        bind("help.first_steps", lambda: self.when_begun(lambda: self.first_steps.open()))
        bind("window.close", self.close)
        bind("window.exit", self.exit)
        bind("settings.open", lambda: self.open_tab("settings"))
        for chosen in Theme:
            bind(f"theme.{chosen.name.lower()}", self._theme_command(chosen))

    def _build(self, settings: Settings) -> None:
        root, look = self.root, self.look
        self.menu = tk.Menu(root, tearoff=False)
        for title in MENUS:
            self.registry.menu(self.menu, title)
        root.configure(menu=self.menu)
        follow_letters(root, self.registry.menu_letters)
        self.panel = control_panel.ControlPanel(root, look, self.registry, _("Standalone"))
        self.panel.pack(fill="x")
        self.work = WorkController(self.services, self.panel, self.cluster)
        # Before the tabs, or a small window would lose it.
        self.status.view.pack(side="bottom", fill="x")
        self.tabs: Any = ttk.Notebook(root, style="Main.TNotebook")  # typeshed: half is untyped
        for kind in TABS:
            self._places[kind.name] = ttk.Frame(self.tabs)
            icon = self.icons.of_tab(kind.name)
            title = f" {_(kind.title)}"  # Tk leaves no room between a picture and words
            self.tabs.add(self._places[kind.name], text=title, image=icon, compound="left")
        self.tabs.pack(fill="both", expand=True)
        follow_tab_keys(root, self.tabs)
        place(root, look, settings.window.geometry)
        last = settings.window.tab.lower()
        self.open_tab(last if last in self._places else "queue")
        self.tabs.bind("<<NotebookTabChanged>>", lambda _event: self._tab_opened())

    def _build_next(self) -> None:
        """Build one more part and leave the event loop to others for a while."""
        if self.drops is None:
            self.drops = drop.accept_drops(self.root, self.tabs, self.add)
            self._timer = self.root.after(_BUILD_PAUSE, self._build_next)
            return
        missing = [kind.name for kind in TABS if kind.beforehand and kind.name not in self._tabs]
        if missing and not self._closing.begun:
            self.tab(missing[0])
            self._timer = self.root.after(_BUILD_PAUSE, self._build_next)
        elif not missing:
            keep_responsive()  # what was built since the start stays as well

    @property
    def _open_name(self) -> str:
        return TABS[int(self.tabs.index("current"))].name

    def _tab_opened(self) -> None:
        self.tab(self._open_name).opened()

    def _add_folder(self) -> None:
        folder = self.dialogs.folder()
        self.add((folder,) if folder else ())

    def _theme_command(self, chosen: Theme) -> Callable[[], None]:
        return lambda: self.services.do(
            lambda: self.services.config.set("window.theme", chosen.value)
        )

    def _handle(self, event: Event) -> None:
        if isinstance(event, JobStateChanged):
            self._count(event)
        elif isinstance(event, QueueStateChanged):
            self.work.take(event)
        elif isinstance(event, ServiceNotice):
            self.tell(event.message, error=event.error)
        elif isinstance(event, QueueEmptied):
            self.tell(emptied_text(event), error=bool(event.failed))
        elif isinstance(event, EndRequested):
            self._end_as_asked(event)
        self.presence.handle(event)
        self.when_done.handle(event)
        self.status.handle(event)
        for tab in tuple(self._tabs.values()):
            tab.handle(event)

    def _count(self, job: JobStateChanged) -> None:
        if job.state in (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING):
            self._running[job.job_id] = job.state
        else:
            self._running.pop(job.job_id, None)
        if job.state.final:
            self._show_end(job)

    def _turn_ended(self) -> None:
        for tab in tuple(self._tabs.values()):
            tab.turn_ended()

    def _added(self, jobs: Tuple[int, ...]) -> None:
        if jobs:
            added = ngettext(
                "{number} film was added to the queue.",
                "{number} films were added to the queue.",
                len(jobs),
            ).format(number=count_text(len(jobs)))
            hint = _("Press Start to begin.") if self.work.queue_state is QueueState.STOPPED else ""
            self.tell(f"{added} {hint}".strip())
        elif self.status.view.message.whole == _("Adding…"):
            self.tell(_("No film was added."))

    def _settings_changed(self, settings: Settings) -> None:
        """Called in the thread that changed them."""
        self._answers.put(lambda: self._show_settings(settings))

    def _show_settings(self, settings: Settings) -> None:
        for listener in self.services.on_settings:
            listener(settings)
        palette = palette_for(settings.window.theme)
        if palette != self.look.palette:
            self.look.apply(palette)
            self._show_theme()

    def _show_theme(self) -> None:
        for listener in self.services.on_look:
            listener()
        # Where Tk draws the menu bar itself, it is a copy with the colours of its first moment.
        self.look.dress_all(self.menu)
        self.root.configure({"menu": ""})
        self.root.configure(menu=self.menu)
        color_title_bar(self.root, dark=self.look.palette.dark)

    def follow_machines(self, follower: MachinesFollower) -> None:
        """Tell a tab that is built how the machines are, now and from now on."""
        self.cluster.followers.append(follower)
        follower.show_machines(self.cluster.cluster)

    def _show_status(self, text: str, style: str = "Muted.TLabel") -> None:
        self.status.view.tell(text, style)

    def tell(self, message: str, *, error: bool = False) -> None:
        """Show a sentence in the status bar, and log it."""
        self._show_status(message, "Error.TLabel" if error else "Muted.TLabel")
        (_log.warning if error else _log.info)("%s", message)

    def _show_end(self, job: JobStateChanged) -> None:
        name, state = Path(job.filename).name, _(STATE_NAMES[job.state])
        text = f"{visible(name)}: {state}. {visible(without_path(job.message, job.filename))}"
        self._show_status(text, "Error.TLabel" if job.state is JobState.FAILED else "Muted.TLabel")

    def failed(self, error: Exception) -> None:
        """Show the sentence of an error in the status bar."""
        self.tell(sentence_of(error), error=True)

    def _callback_failed(self, kind: Any, error: Any, trace: Any) -> None:
        """Tk calls this for whatever a callback raises."""
        _log.error("The window met an error.", exc_info=(kind, error, trace))
        if not self._telling_error:
            self._telling_error = True
            try:
                self.dialogs.error(sentence_of(error))
            finally:
                self._telling_error = False

    def health(self) -> Tuple[ThreadHealth, ...]:
        """How the program's threads and those of the window are."""
        services = self.services
        ours = (services.commands, services.slow, services.tests)
        return (*services.manager.health(), *(thread.health() for thread in (*ours, self.cluster)))

    def _remember_place(self) -> None:
        texts = {"window.tab": self._open_name}
        for kept in self.services.kept:
            texts.update(kept())
        if self.root.state() == "normal":
            texts["window.geometry"] = self.root.geometry()
        self.services.do(lambda: self.services.config.change(texts))

    @property
    def jobs_at_work(self) -> Tuple[int, ...]:
        """The jobs that are being processed."""
        return tuple(self._running)

    @property
    def queue_state(self) -> QueueState:
        """What this machine's own queue does."""
        return self.work.queue_state

    def end(self) -> None:
        """End what the window shows; no thread is at work any more."""
        self.root.after_cancel(self._timer)
        for tab in self._tabs.values():
            tab.close()
        if "first_steps" in vars(self):
            self.first_steps.close()
        self.status.close()
        self.cluster.close()
        for pump in self._pumps:
            pump.stop()
        self.when_done.close()
        self.presence.close()
        self.closed()

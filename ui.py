"""The window: draws what the queue tells, and sends what the user wants to threads that may wait.

Tk's thread does no I/O: commands run in a service thread of their own, what takes long (folders,
figures, the end) in a second one, and answers come back through the same timer as the events.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import tkinter as tk
from pathlib import Path
from statistics import Summary, summary
from tkinter import messagebox, ttk
from typing import Any, Callable, Dict, List, Mapping, Protocol, Tuple

from config import Config
from core.errors import MediaProcessorError
from core.events import (
    Event,
    JobProgressed,
    JobRemoved,
    JobState,
    JobStateChanged,
    QueueState,
    QueueStateChanged,
    ServiceNotice,
)
from core.figures import visible
from core.outcome import sentence_of
from core.settings import Settings, Theme
from queue_manager import QueueManager
from views import control_panel, drop, logs_tab, queue_tab, settings_tab, statistics_tab, theme
from views.api_backend import ApiBackend, ApiServices
from views.api_settings_tab import ApiSettingsTab
from views.command_list import COMMANDS
from views.commands import Registry
from views.dialogs import Dialogs
from views.log_feed import LogFeed
from views.placement import color_title_bar, place
from views.pump import MessagePump
from window.services import Answer, ServiceThread

NAME = "MediaProcessor"
HISTORY = 1000  # ended jobs that the tables begin with
PENDING = 10_000  # more rows than this need a windowed table
_CLOSE_CHECK = 50  # milliseconds

_log = logging.getLogger("mediaprocessor.window")


class Parts(Protocol):
    """What the window is built on: ``commandline.parts.Parts``."""

    @property
    def config(self) -> Config:
        """The settings."""

    @property
    def database(self) -> Any:
        """Where the statistics are read."""

    @property
    def services(self) -> ApiServices:
        """What Sonarr, Radarr and OMDb are asked with."""

    def queue_manager(self) -> QueueManager:
        """The queue."""


class MainWindow:
    """The whole window on ``root``; ``closed`` is called at its end, when no thread is at work any more."""

    def __init__(
        self,
        root: tk.Tk,
        manager: QueueManager,
        config: Config,
        read_statistics: Callable[[], Summary],
        services: ApiServices,
    ) -> None:
        self.root = root
        self.closed: Callable[[], None] = root.destroy
        self._manager = manager
        self._config = config
        self._read_statistics = read_statistics
        self._services = services
        self._feed = LogFeed()
        logging.getLogger().addHandler(self._feed)
        self._state = QueueState.STOPPED
        self._closing = False
        self._telling_error = False
        self._figures_due = True
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._commands = ServiceThread("window-commands", self._answers)
        self._slow = ServiceThread("window-slow", self._answers)
        self._tests = ServiceThread("window-tests", self._answers, at_once=4)
        root.title(NAME)
        root.report_callback_exception = self._callback_failed
        root.protocol("WM_DELETE_WINDOW", self.close)
        self.look = theme.Look(root)
        self.dialogs = Dialogs(root, self.look)
        self.registry = Registry(root)
        for command, run in zip(COMMANDS, self._command_actions()):
            self.registry.add(command, run)
        self._build(config.settings)
        self.look.apply(theme.palette_for(config.settings.window.theme))
        self._show_theme()
        self._pumps = (
            MessagePump(root, manager.events, self._handle, self._turn_ended),
            MessagePump(root, self._answers, lambda answer: answer()),
            MessagePump(root, self._feed.lines, self.logs.take, self.logs.turn_ended),
        )
        for pump in self._pumps:
            pump.start()
        config.on_change(self._settings_changed)
        self._slow.call(self._first_jobs, self._show_first_jobs, self._failed)

    def _command_actions(self) -> Tuple[Callable[[], None], ...]:
        """What each of COMMANDS does, in their order."""
        manager = self._manager
        return (
            self._add_films,
            self._add_folder,
            lambda: self._do(manager.start),
            lambda: self._do(manager.pause),
            lambda: self._do(lambda: manager.stop(cancel_running=True)),
            lambda: self._do(manager.stop),
            self.close,
            lambda: self._open(self.settings),
            lambda: self._choose_theme(Theme.SYSTEM),
            lambda: self._choose_theme(Theme.LIGHT),
            lambda: self._choose_theme(Theme.DARK),
            self._about,
            lambda: self._for_selected(manager.cancel),
            lambda: self._for_selected(manager.retry),
            lambda: self._for_selected(manager.remove),
        )

    def _build(self, settings: Settings) -> None:
        root, look, registry = self.root, self.look, self.registry
        self.menu = tk.Menu(root, tearoff=False)
        for title in ("&File", "&Settings", "&Help"):
            registry.menu(self.menu, title)
        root.configure(menu=self.menu)
        self.panel = control_panel.ControlPanel(root, look, registry, "Standalone")
        self.panel.pack(fill="x")
        # Before the tabs, or a small window would lose it.
        self.status = ttk.Label(root, padding=(look.px(10), look.px(4)), style="Muted.TLabel")
        self.status.pack(side="bottom", fill="x")
        self.tabs: Any = ttk.Notebook(root)  # typeshed leaves half of its methods untyped
        self.queue = queue_tab.QueueTab(self.tabs, look, registry, self._cancel)
        self.statistics = statistics_tab.StatisticsTab(self.tabs, look, self._refresh_statistics)
        self.logs = logs_tab.LogsTab(self.tabs, look)
        self.settings = settings_tab.SettingsTab(
            self.tabs, look, self._config.describe(), self._apply_settings
        )
        self.apis = self.settings.add_page("api", "API Management", self._api_page)
        self._by_title: Dict[str, tk.Widget] = {
            "Queue": self.queue,
            "Statistics": self.statistics,
            "Logs": self.logs,
            "Settings": self.settings,
        }
        for title, tab in self._by_title.items():
            self.tabs.add(tab, text=title)
        self.tabs.pack(fill="both", expand=True)
        self.tabs.enable_traversal()
        self.tabs.bind("<<NotebookTabChanged>>", lambda _event: self._tab_opened())
        self.drops = drop.accept_drops(root, self.tabs, self.add)
        place(root, look, settings.window.geometry)
        if settings.window.tab in self._by_title:
            self._open(self._by_title[settings.window.tab])

    def _api_page(self, parent: tk.Misc) -> ApiSettingsTab:
        config, key = self._config, "metadata.rotate_omdb_keys"
        backend = ApiBackend(
            self._services,
            auto_rotate=lambda: config.settings.metadata.rotate_omdb_keys,
            set_auto_rotate=lambda wanted: config.set(key, "yes" if wanted else "no"),
            in_order=self._commands.call,
            at_once=self._tests.call,
        )
        return ApiSettingsTab(parent, self.look, backend)

    def add(self, paths: Tuple[Path, ...]) -> None:
        """Queue films, and the films of folders."""
        if not paths:
            return
        self.status.configure(text="Adding…", style="Muted.TLabel")
        self._slow.call(lambda: self._manager.add(paths), self._added, self._failed)

    def close(self) -> None:
        """End the program; asks first when a film is being processed."""
        if self._closing:
            return
        cancel = True
        if self.queue.cards:
            answer = self.dialogs.choose(
                "Close MediaProcessor",
                "A film is being processed. If you stop it now, it begins anew at the next start; "
                "its original is safe in any case.",
                ("Finish this film first", "Stop it now", "Keep open"),
            )
            if answer not in (0, 1):
                return
            cancel = answer == 1
        self._closing = True
        self._remember_place()
        self.status.configure(text="Closing…", style="Muted.TLabel")
        self._do(lambda: self._manager.stop(cancel_running=cancel))
        self._close_when_idle(cancel)

    def _add_films(self) -> None:
        self.add(self.dialogs.films())

    def _add_folder(self) -> None:
        folder = self.dialogs.folder()
        self.add((folder,) if folder else ())

    def _cancel(self, job_id: int) -> None:
        self._do(lambda: self._manager.cancel(job_id))

    def _for_selected(self, action: Callable[[int], object]) -> None:
        jobs = self.queue.selected
        self._do(lambda: [action(job_id) for job_id in jobs])

    def _do(self, work: Callable[[], object]) -> None:
        self._commands.call(work, lambda _result: None, self._failed)

    def _about(self) -> None:
        self.dialogs.tell(
            f"About {NAME}",
            f"{NAME} makes films smaller and tidier: it keeps the languages that you understand, "
            "turns the sound into Opus and the picture into a modern codec, and proves each result "
            "before it takes the original's place.",
        )

    def _open(self, tab: tk.Widget) -> None:
        self.tabs.select(tab)

    def _choose_theme(self, chosen: Theme) -> None:
        self._do(lambda: self._config.set("window.theme", chosen.value))

    def _apply_settings(self, texts: Mapping[str, str]) -> None:
        self._commands.call(
            lambda: self._config.change(texts), lambda _done: None, self.settings.show_refused
        )

    def _refresh_statistics(self) -> None:
        self._figures_due = False
        self._slow.call(
            self._read_statistics,
            lambda found: self.statistics.show(found.total, found.days),
            self._failed,
        )

    def _handle(self, event: Event) -> None:
        if isinstance(event, JobProgressed):
            self.queue.show_progress(event.job_id, event.progress)
        elif isinstance(event, JobStateChanged):
            self.queue.show_job(event)
            if event.state.final:
                self._figures_due = True
                self._show_end(event)
        elif isinstance(event, JobRemoved):
            self.queue.drop_job(event.job_id)
        elif isinstance(event, QueueStateChanged):
            self._state = event.state
            self.panel.show_state(event.state)
            self.queue.show_paused(event.state is QueueState.PAUSED)
        elif isinstance(event, ServiceNotice):
            self._tell(event.message, error=event.error)

    def _turn_ended(self) -> None:
        self.queue.turn_ended()
        if self._figures_due and self.tabs.select() == str(self.statistics):
            self._refresh_statistics()

    def _tab_opened(self) -> None:
        if self._figures_due and self.tabs.select() == str(self.statistics):
            self._refresh_statistics()

    def _first_jobs(self) -> List[JobStateChanged]:
        """Read what the tables begin with, oldest first."""
        self._manager.recover()
        ended = [self._manager.jobs(state, limit=HISTORY) for state in JobState if state.final]
        jobs = [*self._manager.jobs(*queue_tab.WAITING, limit=PENDING), *sum(ended, ())]
        return [job.event for job in sorted(jobs, key=lambda job: (job.end_time or 0.0, job.id))]

    def _show_first_jobs(self, jobs: List[JobStateChanged]) -> None:
        for job in jobs:
            self.queue.show_job(job)
        self.queue.turn_ended()

    def _added(self, jobs: Tuple[int, ...]) -> None:
        films = "1 film was" if len(jobs) == 1 else f"{len(jobs)} films were"
        hint = " Press Start to begin." if self._state is QueueState.STOPPED else ""
        if jobs:
            self._tell(f"{films} added to the queue.{hint}")
        elif self.status.cget("text") == "Adding…":
            self._tell("No film was added.")

    def _settings_changed(self, settings: Settings) -> None:
        """Called in the thread that changed them."""
        shown = self._config.describe()
        self._answers.put(lambda: self._show_settings(settings, shown))

    def _show_settings(self, settings: Settings, shown: Any) -> None:
        self.settings.show_stored(shown)
        palette = theme.palette_for(settings.window.theme)
        if palette != self.look.palette:
            self.look.apply(palette)
            self._show_theme()

    def _show_theme(self) -> None:
        self.logs.recolor()
        color_title_bar(self.root, dark=self.look.palette.dark)

    def _tell(self, message: str, *, error: bool = False) -> None:
        self.status.configure(
            text=visible(message), style="Error.TLabel" if error else "Muted.TLabel"
        )
        (_log.warning if error else _log.info)("%s", message)

    def _show_end(self, job: JobStateChanged) -> None:
        style = "Error.TLabel" if job.state is JobState.FAILED else "Muted.TLabel"
        text = job.message
        if job.filename not in text:
            text = f"{Path(job.filename).name}: {job.state.value}. {text}"
        self.status.configure(text=visible(text), style=style)

    def _failed(self, error: Exception) -> None:
        self._tell(sentence_of(error), error=True)

    def _callback_failed(self, kind: Any, error: Any, trace: Any) -> None:
        """Tk calls this for whatever a callback raises."""
        _log.error("The window met an error.", exc_info=(kind, error, trace))
        if not self._telling_error:
            self._telling_error = True
            try:
                self.dialogs.error(sentence_of(error))
            finally:
                self._telling_error = False

    def _remember_place(self) -> None:
        texts = {"window.tab": self.tabs.tab("current", "text")}
        if self.root.state() == "normal":
            texts["window.geometry"] = self.root.geometry()
        self._do(lambda: self._config.change(texts))

    def _close_when_idle(self, cancel: bool) -> None:
        """Wait for the running film without stopping the event loop, then for the workers."""
        if cancel:
            self.root.withdraw()
        elif self.queue.cards or self._state is not QueueState.STOPPED:
            self.root.after(_CLOSE_CHECK, lambda: self._close_when_idle(cancel))
            return
        self._commands.call(lambda: None, lambda _done: self._shut_down(), self._failed)

    def _shut_down(self) -> None:
        """The last command is done, also the one that kept the window's place."""
        self._slow.call(
            self._manager.shutdown, lambda _ended: self._end(), lambda _error: self._end()
        )

    def _end(self) -> None:
        logging.getLogger().removeHandler(self._feed)
        for pump in self._pumps:
            pump.stop()
        self._commands.stop()
        self._slow.stop()
        self._tests.stop()
        self.closed()


def open_window(root: tk.Tk, parts: Parts) -> MainWindow:
    """Build the window on a hidden root and show it."""
    root.withdraw()
    icon = Path(__file__).resolve().parent / "assets" / "app_icon.png"
    with contextlib.suppress(tk.TclError):
        root.iconphoto(True, tk.PhotoImage(master=root, file=str(icon)))
    manager = parts.queue_manager()
    window = MainWindow(
        root, manager, parts.config, lambda: summary(parts.database), parts.services
    )
    root.deiconify()
    return window


def run(parts: Parts) -> int:
    """Open the window and stay until it is closed; the exit code."""
    try:
        root = tk.Tk(className=NAME)
    except tk.TclError as error:
        raise MediaProcessorError(
            f"No window can be opened here ({error}). The command line works: see --help."
        ) from error
    open_window(root, parts)
    root.mainloop()
    return 0


def show_error(sentence: str) -> None:
    """Show one sentence and wait for the user to have read it; nothing where no window can be opened."""
    with contextlib.suppress(tk.TclError):
        root = tk.Tk(className=NAME)
        root.withdraw()
        messagebox.showerror(NAME, sentence, parent=root)
        root.destroy()

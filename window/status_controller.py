"""The status bar: asks every few seconds how the disks, the queue and the program's threads are."""

from __future__ import annotations

import shutil
import time
import tkinter as tk
from contextlib import suppress
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Protocol, Tuple

from core.events import Event, JobProgressed, JobRemoved, JobState, JobStateChanged
from core.inbox import Inbox
from core.progress import Progress
from core.reporting.health import ThreadHealth
from views.health_page import HealthPage
from views.pump import UNHURRIED, MessagePump
from views.status_bar import StatusBar, Vitals
from window.services import Answer, ServiceThread, WindowServices

_EVERY = 3000  # milliseconds between two looks at everything
# Milliseconds while nothing happens and nobody reads the page of it: disks of others fill up, too.
_AT_REST = 15000
_PACE_EVERY = 1000  # milliseconds between two figures of the pace


class HealthSource(Protocol):
    """Knows the program's threads."""

    def health(self) -> Tuple[ThreadHealth, ...]:
        """How they are."""


class StatusController:
    """What may wait is asked in a thread of this bar's own."""

    def __init__(self, root: tk.Misc, services: WindowServices, threads: HealthSource) -> None:
        self._root = root
        self._services = services
        self._threads = threads
        self._running: Dict[int, str] = {}
        self._progress: Dict[int, Progress] = {}
        self._asking = False
        self._changed = True  # something has happened since the queue's time was estimated
        self.vitals = Vitals(time.time())
        self.page: Optional[HealthPage] = None
        answers: Inbox[Answer] = Inbox()
        # A disk of a share that is away may make it wait for minutes; nothing else waits with it.
        self._thread = ServiceThread("window-status", answers)
        self.view = StatusBar(root, services.look, self.open_health)
        services.registry.bind("help.health", self.open_health)
        services.on_settings.append(lambda _settings: self._note_change())
        self._pump: MessagePump[Answer] = MessagePump(
            root, answers, lambda answer: answer(), interval=UNHURRIED
        )
        self._pump.start()
        self._timers: Dict[str, str] = {}
        self._resting = False
        services.window.when_begun(lambda: self._look_in(_PACE_EVERY))  # the queue is asked for

    def open_health(self) -> None:
        """Show the page about the program's health, or bring it to the front."""
        if self.page is None or not self.page.winfo_exists():
            self.page = HealthPage(self._root, self._services.look)
        self.page.show(self.vitals)
        self.page.lift()
        self._look_in(_EVERY)

    def handle(self, event: Event) -> None:
        """Note which films are at work and how quick."""
        self._note_change()
        self._show_pace_later()
        if isinstance(event, JobProgressed):
            self._progress[event.job_id] = event.progress
        elif isinstance(event, JobStateChanged):
            self._progress.pop(event.job_id, None)
            if event.state in (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING):
                self._running[event.job_id] = event.filename
            else:
                self._running.pop(event.job_id, None)
        elif isinstance(event, JobRemoved):
            self._running.pop(event.job_id, None)

    def close(self) -> None:
        """Ask no more."""
        for timer in self._timers.values():
            self._root.after_cancel(timer)
        self._pump.stop()
        self._thread.stop()

    def _note_change(self) -> None:
        self._changed = True
        if self._resting:
            self._look_in(_PACE_EVERY)

    def _look_in(self, milliseconds: int) -> None:
        self._resting = milliseconds == _AT_REST
        if "look" in self._timers:
            self._root.after_cancel(self._timers["look"])
        self._timers["look"] = self._root.after(milliseconds, self._look)

    def _show_pace(self) -> None:
        self._timers.pop("pace", None)
        at_work = [
            progress for job_id, progress in self._progress.items() if job_id in self._running
        ]
        self.view.show_pace(
            [progress.fps for progress in at_work if progress.fps],
            [progress.speed for progress in at_work if progress.speed],
        )
        self._show_pace_later()

    def _show_pace_later(self) -> None:
        if self._running and "pace" not in self._timers:
            self._timers["pace"] = self._root.after(_PACE_EVERY, self._show_pace)

    def _look(self) -> None:
        watched = self.page is not None and self.page.winfo_exists()
        self._look_in(_EVERY if self._changed or self._running or watched else _AT_REST)
        if not self._asking:
            self._asking = True
            folders, changed = self._folders(), self._changed
            self._changed = False
            self._thread.call(lambda: self._ask(folders, changed), self._take, self._failed)

    def _folders(self) -> List[str]:
        """The folders whose disks fill up: where results are made, and where they go."""
        work = self._services.config.settings.files.work_folder
        films = {str(Path(name).parent) for name in self._running.values()}
        return [*([work] if work else []), *sorted(films), str(self._services.program.data_dir)]

    def _ask(self, folders: Iterable[str], changed: bool) -> Vitals:
        # A long queue is read for its estimate: not for nothing while the program is idle.
        estimate = self._services.manager.estimate() if changed else self.vitals.estimate
        return Vitals(time.time(), free_space(folders), estimate, self._threads.health())

    def _take(self, vitals: Vitals) -> None:
        self._asking = False
        self.vitals = vitals
        self.view.show_vitals(vitals)
        if self.page is not None and self.page.winfo_exists():
            self.page.show(vitals)

    def _failed(self, error: Exception) -> None:
        self._asking, self._changed = False, True
        self._services.window.failed(error)


def free_space(folders: Iterable[str]) -> Tuple[Tuple[str, int], ...]:
    """Return the free bytes of these folders' disks, the scarcest first; each disk once.

    A folder that is away is left out.
    """
    by_disk: Dict[Tuple[int, int], Tuple[str, int]] = {}
    for folder in folders:
        with suppress(OSError):
            usage = shutil.disk_usage(folder)
            by_disk.setdefault((Path(folder).stat().st_dev, usage.total), (folder, usage.free))
    return tuple(sorted(by_disk.values(), key=lambda disk: disk[1]))

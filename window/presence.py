"""The window among others on the desktop: later starts, the tray, and hiding instead of closing."""

from __future__ import annotations

import queue
import tkinter as tk
from pathlib import Path
from typing import Dict, Tuple

from core.events import Event, JobProgressed, JobState, JobStateChanged, QueueEmptied
from core.inbox import Inbox
from views.emptied_text import emptied_text
from views.numbers import count_text, percent_text
from views.placement import hide
from views.pump import UNHURRIED, MessagePump
from views.shown import visible
from views.texts import _
from window.services import WindowServices
from window.tray import Tray

NAME = "MediaProcessor"
_ICON = Path(__file__).resolve().parent.parent / "assets" / "app_icon.png"
# Milliseconds: loading images and the desktop's library is not for the first second.
_TRAY_AFTER = 1500
_EVERY = 2000  # milliseconds between two titles of the icon


class Presence:
    """``handed`` holds the films of each later start of the program, ``()`` where it was only started."""

    def __init__(
        self,
        root: tk.Tk,
        services: WindowServices,
        handed: queue.SimpleQueue[Tuple[Path, ...]],
    ) -> None:
        self._root = root
        self._services = services
        self._chosen: Inbox[str] = Inbox()
        self._percent: Dict[int, float] = {}
        self._names: Dict[int, str] = {}
        self._title = NAME
        services.registry.bind("window.show", self.show)
        self.tray = Tray(
            NAME,
            _ICON,
            (
                ("window.show", _("Open the window")),
                ("queue.start", _("Start")),
                ("queue.pause", _("Pause")),
                ("window.exit", _("Exit")),
            ),
            self._chosen,
        )
        self._begun = False
        self._timer = root.after(_TRAY_AFTER, self._begin)
        self._pumps = (
            MessagePump(root, handed, self._take, interval=UNHURRIED),
            MessagePump(root, self._chosen, services.registry.invoke, interval=UNHURRIED),
        )
        for pump in self._pumps:
            pump.start()

    def hide(self) -> bool:
        """Hide behind the tray's icon where the user wants that and can see it; False otherwise."""
        if not (self._services.config.settings.window.close_to_tray and self.tray.visible):
            return False
        hide(self._root)
        return True

    def show(self) -> None:
        """Come to the front, from wherever the window is."""
        self._root.deiconify()
        self._root.lift()
        self._root.focus_force()

    def handle(self, event: Event) -> None:
        """Keep in mind what is going on, and let the system tell what ended."""
        if isinstance(event, JobProgressed):
            self._percent[event.job_id] = event.progress.percent or 0.0
            self._tell_tray_later()
        elif isinstance(event, JobStateChanged):
            self._tell_tray_later()
            name = Path(event.filename).name
            if event.state in (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING):
                self._names[event.job_id] = name
            else:
                self._names.pop(event.job_id, None)
                self._percent.pop(event.job_id, None)
            if event.state is JobState.FAILED:
                self.tray.notify(visible(_("{film} failed.").format(film=name)))
        elif isinstance(event, QueueEmptied):
            self.tray.notify(emptied_text(event))

    def close(self) -> None:
        """Take the icon away."""
        if self._timer:
            self._root.after_cancel(self._timer)
        for pump in self._pumps:
            pump.stop()
        self.tray.stop(0.0)

    def _take(self, paths: Tuple[Path, ...]) -> None:
        self.show()
        self._services.window.add(paths)

    def _begin(self) -> None:
        self.tray.start()
        self._begun, self._timer = True, ""
        self._tell_tray()

    def _tell_tray_later(self) -> None:
        if self._begun and not self._timer:
            self._timer = self._root.after(_EVERY, self._tell_tray)

    def _tell_tray(self) -> None:
        self._timer = ""
        title = self._going_on()
        if title != self._title:
            self._title = title
            self.tray.show(title)

    def _going_on(self) -> str:
        """What the icon says: the film, or how many there are."""
        if not self._names:
            return NAME
        if len(self._names) > 1:
            return _("{number} films in progress").format(number=count_text(len(self._names)))
        ((job_id, name),) = self._names.items()
        percent = self._percent.get(job_id, 0.0)
        return visible(f"{name} · {percent_text(percent)}")

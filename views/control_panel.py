"""The row above the tabs: start, pause and stop, what the queue does and why, and the instance's mode."""

from __future__ import annotations

import time
import tkinter as tk
from tkinter import ttk

from core.events import QueueState, QueueStateChanged
from views import cldr
from views.button_row import fit_buttons
from views.command_list import WHEN_DONE
from views.commands import Registry
from views.elided_label import ElidedLabel
from views.metrics import EDGE, GAP, GROUP, LINE, ROW
from views.numbers import clock_text
from views.shown import visible
from views.texts import N_, _
from views.theme import Look
from views.tooltip import Tooltip

# Not by the system's locale: the window may be in another language.
_STATES = {
    QueueState.STOPPED: N_("The queue is stopped."),
    QueueState.RUNNING: N_("The queue is running."),
    QueueState.PAUSED: N_("The queue is paused; Start lets it go on."),
    QueueState.STOPPING: N_("Stopping after the current film."),
}
_STATES_OF_SLAVE = {
    QueueState.STOPPED: N_("This machine accepts no films from its master."),
    QueueState.RUNNING: N_("This machine works for its master; the films in its own queue wait."),
    QueueState.PAUSED: N_("Work for the master is paused."),
    QueueState.STOPPING: N_("Stopping after the master's current film."),
}
_SIGNS = {
    QueueState.STOPPED: "■",
    QueueState.RUNNING: "▶",
    QueueState.PAUSED: "❚❚",
    QueueState.STOPPING: "▶■",
}
_FILES = ("files.add", "files.add_folder", "files.preview")
PAUSES = ("queue.pause_30", "queue.pause_60", "queue.pause_180")


class ControlPanel(ttk.Frame):
    """Buttons of the queue's commands; they are enabled by what the queue does."""

    def __init__(self, parent: tk.Misc, look: Look, registry: Registry, mode: str) -> None:
        super().__init__(
            parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), look.px(LINE))
        )
        self._registry = registry
        gap = look.px(GAP)
        row = ttk.Frame(self)
        row.pack(fill="x")
        start = registry.button(row, "queue.start", style="Accent.TButton")
        pause = registry.button(row, "queue.pause")
        self.pauses = ttk.Menubutton(row, style="Narrow.TMenubutton", takefocus=True)
        self.pauses.configure(menu=registry.popup(self.pauses, *PAUSES))
        Tooltip(self.pauses, look, _("Pause for a while"))
        stop = registry.button(row, "queue.stop")
        finish = registry.button(row, "queue.finish")
        for button, left in (
            (start, 0),
            (pause, gap),
            (self.pauses, 1),
            (stop, gap),
            (finish, gap),
        ):
            button.pack(side="left", padx=(left, 0), fill="y")
        ttk.Separator(row, orient="vertical").pack(side="left", fill="y", padx=look.px(GROUP))
        more = [registry.button(row, name) for name in _FILES]
        for button in more:
            button.pack(side="left", padx=(0, gap))
        fit_buttons(row, look, (finish, more[2], stop, pause, more[1], more[0]))
        told = ttk.Frame(self)
        told.pack(fill="x", pady=(look.px(ROW), 0))
        self.mode = ttk.Button(
            told,
            text=mode,
            style="Mode.TButton",
            command=lambda: registry.invoke("network.machines"),
        )
        self.mode.pack(side="right")
        Tooltip(self.mode, look, _("Shows the machines that share the work"))
        ttk.Label(told, text=_("Mode:"), style="Muted.TLabel").pack(
            side="right", padx=look.px(LINE)
        )
        names = [command.name for command in WHEN_DONE]
        self.when_done = ttk.Menubutton(told, style="Small.TMenubutton", takefocus=True)
        self.when_done.configure(menu=registry.popup(self.when_done, *names))
        self.when_done.pack(side="right", padx=(look.px(LINE), look.px(GROUP)))
        Tooltip(
            self.when_done,
            look,
            _("What the computer does when films were processed and none is left"),
        )
        ttk.Label(told, text=_("When done:"), style="Muted.TLabel").pack(side="right")
        self.state_label = ElidedLabel(told, look)
        self.state_label.pack(side="left", fill="x", expand=True)
        self.show_state(QueueStateChanged(QueueState.STOPPED))

    def show_state(self, now: QueueStateChanged, *, for_master: bool = False) -> None:
        """Say what the queue does, why, and until when; enable what can be asked of it now.

        ``for_master``: it is what a slave does for its master.
        """
        state = now.state
        told = [_((_STATES_OF_SLAVE if for_master else _STATES)[state])]
        if now.reason:
            told = [visible(now.reason)]
        if now.until is not None:
            told.append(_when(now.until))
        self.state_label.show(f"{_SIGNS[state]}  {' '.join(told)}")
        waits = state is QueueState.PAUSED
        self._registry.enable("queue.start", state is not QueueState.RUNNING)
        self._registry.enable("queue.pause", state is QueueState.RUNNING)
        for name in PAUSES:
            self._registry.enable(name, state in (QueueState.RUNNING, QueueState.PAUSED))
        self._registry.enable("queue.stop", state is not QueueState.STOPPED)
        self._registry.enable("queue.finish", waits or state is QueueState.RUNNING)

    def show_when_done(self, choice: str) -> None:
        """Say what the computer does when the queue is done."""
        self.when_done.configure(text=choice)

    def show_mode(self, mode: str) -> None:
        """Say what this instance is among others: standalone, master or slave, with its peers."""
        self.mode.configure(text=mode)


def _when(at: float) -> str:
    """Say when it goes on, with the weekday where that is not today."""
    then, today = time.localtime(at), time.localtime()
    clock = clock_text(at)
    if (then.tm_year, then.tm_yday) == (today.tm_year, today.tm_yday):
        return _("It continues at {time}.").format(time=clock)
    day = cldr.weekday(then.tm_wday)
    return _("It continues on {day} at {time}.").format(day=day, time=clock)

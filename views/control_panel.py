"""The row above the tabs: start, pause and stop, what the queue does, and the instance's mode."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from core.events import QueueState
from views.commands import Registry
from views.theme import Look

_STATES = {
    QueueState.STOPPED: "The queue is stopped.",
    QueueState.RUNNING: "The queue is running.",
    QueueState.PAUSED: "The queue is paused.",
    QueueState.STOPPING: "Stopping when the running film is done.",
}


class ControlPanel(ttk.Frame):
    """Buttons of the queue's commands; they are enabled by what the queue does."""

    def __init__(self, parent: tk.Misc, look: Look, registry: Registry, mode: str) -> None:
        super().__init__(parent, padding=(look.px(10), look.px(8), look.px(10), look.px(2)))
        self._registry = registry
        for name in ("queue.start", "queue.pause", "queue.stop"):
            style = "Accent.TButton" if name == "queue.start" else "TButton"
            registry.button(self, name, style=style).pack(side="left", padx=(0, look.px(6)))
        ttk.Separator(self, orient="vertical").pack(side="left", fill="y", padx=look.px(6))
        for name in ("files.add", "files.add_folder"):
            registry.button(self, name).pack(side="left", padx=(look.px(6), 0))
        self.mode = ttk.Label(self, text=mode, font=look.bold_font)
        self.mode.pack(side="right")
        ttk.Label(self, text="Mode:", style="Muted.TLabel").pack(side="right", padx=look.px(4))
        self.state_label = ttk.Label(self, style="Muted.TLabel")
        self.state_label.pack(side="left", padx=look.px(14))
        self.show_state(QueueState.STOPPED)

    def show_state(self, state: QueueState) -> None:
        """Say what the queue does, and enable what can be asked of it now."""
        self.state_label.configure(text=_STATES[state])
        self._registry.enable("queue.start", state is not QueueState.RUNNING)
        self._registry.enable("queue.pause", state is QueueState.RUNNING)
        self._registry.enable("queue.stop", state is not QueueState.STOPPED)
        self._registry.enable("queue.finish", state in (QueueState.RUNNING, QueueState.PAUSED))

"""The card of a running job."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Callable, List

from core.events import JobState
from core.figures import duration_text, size_text, visible
from core.progress import Progress
from views.theme import Look

_STATES = {
    JobState.ANALYZING: "Looking into the film",
    JobState.PROCESSING: "Processing",
    JobState.VERIFYING: "Checking the result",
}


class JobCard(ttk.Frame):
    """Name, step, progress and pace of one job, and a button that cancels it."""

    def __init__(
        self, parent: tk.Misc, look: Look, filename: str, cancel: Callable[[], None]
    ) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(10))
        self._state = JobState.ANALYZING
        self._paused = False
        self._progress = Progress("")
        path = Path(filename)
        self.columnconfigure(0, weight=1)
        name = ttk.Label(self, text=visible(path.name), style="Name.Card.TLabel")
        name.grid(row=0, column=0, sticky="ew")
        self.cancel_button = ttk.Button(self, text="Cancel", command=cancel)
        self.cancel_button.grid(row=0, column=1, rowspan=2, padx=(look.px(10), 0))
        folder = ttk.Label(self, text=visible(path.parent), style="Muted.Card.TLabel")
        folder.grid(row=1, column=0, sticky="ew")
        self.bar = ttk.Progressbar(self, maximum=100)
        self.bar.grid(row=2, column=0, columnspan=2, sticky="ew", pady=look.px(8))
        self.line = ttk.Label(self, style="Card.TLabel")
        self.line.grid(row=3, column=0, columnspan=2, sticky="ew")
        self._show()

    def show_state(self, state: JobState) -> None:
        """Show another stage of the job, whose progress begins anew."""
        if state is not self._state:
            self._state, self._progress = state, Progress("")
            self._show()

    def show_progress(self, progress: Progress) -> None:
        """Show how far the tool is."""
        self._progress = progress
        self._show()

    def show_paused(self, paused: bool) -> None:
        """Say that the job stands still, or that it goes on."""
        self._paused = paused
        self._show()

    def _show(self) -> None:
        percent = self._progress.percent
        self.bar.configure(value=percent or 0)
        self.line.configure(text=" · ".join(self._told()))

    def _told(self) -> List[str]:
        one = self._progress
        told = ["Paused"] if self._paused else []
        told.append(_STATES.get(self._state, self._state.value.capitalize()))
        if one.step:
            told[-1] += f" ({one.step})"
        if one.percent is not None:
            told.append(f"{one.percent:.0f} %")
        if self._paused:
            return told
        if one.fps:
            told.append(f"{one.fps:.1f} fps")
        if one.speed:
            told.append(f"{one.speed:.2f}×")
        if one.eta is not None:
            told.append(f"{duration_text(one.eta)} left")
        if one.output_size:
            projected = f" of about {size_text(one.projected_size)}" if one.projected_size else ""
            told.append(f"{size_text(one.output_size)}{projected}")
        return told

"""The cards of the running jobs, side by side where there is room, never more than a part of the tab."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Dict, Optional

from core.events import JobState, JobStateChanged
from core.progress import Progress
from views.job_card import JobActions, JobCard
from views.scrolled import ScrolledFrame
from views.texts import _
from views.theme import Look

_WIDTH = 380  # pixels of a 96 dpi screen that a card needs
_DRAW_PAUSE = 100  # milliseconds between two drawings of progress
_SHARE = 0.36  # of the tab's height, in whole rows of cards


class CardArea(ttk.Frame):
    """The running jobs; what their buttons ask for is done by ``actions``."""

    def __init__(self, parent: tk.Misc, look: Look, actions: JobActions) -> None:
        super().__init__(parent)
        self._look = look
        self._actions = actions
        self._machines: Dict[int, str] = {}
        self._paused = False
        self._columns = 0
        self._timer = ""
        self.cards: Dict[int, JobCard] = {}
        self._progress: Dict[int, Progress] = {}
        self._nothing = ttk.Label(self, text=_("Nothing is being processed."), style="Muted.TLabel")
        self._scrolled = ScrolledFrame(self)
        self._nothing.pack(anchor="w")
        self.bind("<Configure>", lambda _event: self._arrange())

    def show_job(self, job: JobStateChanged) -> None:
        """Show a running job's stage; a card is made where there is none."""
        card = self.cards.get(job.job_id)
        if card is None:
            card = JobCard(
                self._scrolled.inside, self._look, job.job_id, job.filename, self._actions
            )
            card.show_paused(self._paused)
            self._scrolled.follow(card)
            self.cards[job.job_id] = card
            self._arrange(forced=True)
        if job.state is not JobState.PAUSED:
            self._progress.pop(job.job_id, None)
        self._machines[job.job_id] = job.instance_id
        card.show_machine(self._actions.machine_name(job.instance_id))
        card.show_state(job.state, job.original_size)

    def name_machines(self) -> None:
        """Show the machines' names as they are called now."""
        for job_id, card in self.cards.items():
            card.show_machine(self._actions.machine_name(self._machines.get(job_id, "")))

    def drop(self, job_id: int) -> None:
        """Take a job's card away."""
        self._machines.pop(job_id, None)
        card = self.cards.pop(job_id, None)
        self._progress.pop(job_id, None)
        if card is not None:
            card.destroy()
            self._arrange(forced=True)

    def show_progress(self, job_id: int, progress: Progress) -> None:
        """Take in a job's progress; the last of several is drawn a moment later."""
        if job_id in self.cards:
            self._progress[job_id] = progress
            if not self._timer:
                self._timer = self.after(_DRAW_PAUSE, self.draw)

    def draw(self) -> None:
        """Draw the progress that came in."""
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""
        for job_id, progress in self._progress.items():
            self.cards[job_id].show_progress(progress)
            self.cards[job_id].draw()
        self._progress.clear()

    def show_paused(self, paused: bool) -> None:
        """Show on every card whether its job is paused."""
        self._paused = paused
        for card in self.cards.values():
            card.show_paused(paused)

    def percent(self, job_id: int) -> Optional[float]:
        """How far a job is whose card is here."""
        card = self.cards.get(job_id)
        return card.percent if card else None

    def _arrange(self, *, forced: bool = False) -> None:
        columns = max(1, min(len(self.cards), self.winfo_width() // self._look.px(_WIDTH)))
        if forced or columns != self._columns:
            for column in range(max(columns, self._columns)):
                weight = 1 if column < columns else 0
                self._scrolled.inside.columnconfigure(
                    column, weight=weight, uniform="card" if weight else ""
                )
            self._columns = columns
            gap = self._look.px(6)
            for number, card in enumerate(self.cards.values()):
                row, column = divmod(number, columns)
                left = 0 if column == 0 else gap
                card.grid(row=row, column=column, sticky="ew", pady=(0, gap), padx=(left, 0))
        if self.cards:
            self._nothing.pack_forget()
            self._scrolled.pack(fill="x")
            height = next(iter(self.cards.values())).winfo_reqheight() + self._look.px(6)
            rows = max(1, int(self.master.winfo_height() * _SHARE) // height)
            self._scrolled.limit_height(rows * height)
        else:
            self._scrolled.pack_forget()
            self._nothing.pack(anchor="w")

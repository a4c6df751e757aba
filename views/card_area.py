"""The cards of the running jobs, side by side where there is room, never more than a part of the tab.

Nothing here moves under the pointer: a card that has ended keeps its place for a moment, and so does what
stands below the cards.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Dict, List, Optional, Tuple

from core.events import JobState, JobStateChanged
from core.progress import Progress
from views.job_card import JobActions, JobCard
from views.pointer_rest import PointerRest
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
        self._places: List[JobCard] = []  # in their order, also those that have ended
        self._rest = PointerRest(parent, self._settle)
        self._rows = 1  # that are seen
        self._scrolled = ScrolledFrame(self)
        self._scrolled.keep_room_for_bar()
        self._nothing = ttk.Frame(self, style="Card.TFrame")
        ttk.Label(
            self._nothing, text=_("Nothing is being processed."), style="Muted.Card.TLabel"
        ).pack(expand=True)
        self._scrolled.pack(fill="x")
        self._card_height = self._measured()
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
            self._places.append(card)
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

    def drop(self, job_id: int, state: Optional[JobState] = None) -> None:
        """Take a job's card away, once no click can meet another in its place; ``state`` is how it ended."""
        self._machines.pop(job_id, None)
        card = self.cards.pop(job_id, None)
        self._progress.pop(job_id, None)
        if card is None:
            return
        card.show_end(state)
        if state is JobState.QUEUED and card is self._places[-1]:
            # It was only planned ahead, which comes and goes; nothing stands after it that could move.
            self._places.pop().destroy()
            self._arrange(forced=True)
        else:
            self._rest.ask()

    def show_held(self, job_id: int, text: str) -> None:
        """Say what a job holds that stands still for its user."""
        if job_id in self.cards and self.cards[job_id].stands_still:
            self.cards[job_id].show_held(text)

    @property
    def standing_still(self) -> Tuple[int, ...]:
        """The jobs at work that their user has paused."""
        return tuple(job_id for job_id, card in self.cards.items() if card.stands_still)

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

    def _measured(self) -> int:
        """How high a row of cards is."""
        card = JobCard(self._scrolled.inside, self._look, 0, "", self._actions)
        card.update_idletasks()
        height = card.winfo_reqheight() + self._look.px(6)
        card.destroy()
        return height

    def _settle(self) -> None:
        """Close up, now that nothing is hit by that."""
        for card in self._places:
            if card.ended:
                card.destroy()
        self._places = [card for card in self._places if not card.ended]
        self._rows = 0
        self._arrange(forced=True)

    def _arrange(self, *, forced: bool = False) -> None:
        columns = max(1, min(len(self._places), self.winfo_width() // self._look.px(_WIDTH)))
        if forced or columns != self._columns:
            for column in range(max(columns, self._columns)):
                weight = 1 if column < columns else 0
                self._scrolled.inside.columnconfigure(
                    column, weight=weight, uniform="card" if weight else ""
                )
            self._columns = columns
            gap = self._look.px(6)
            for number, card in enumerate(self._places):
                row, column = divmod(number, columns)
                left = 0 if column == 0 else gap
                card.grid(row=row, column=column, sticky="ew", pady=(0, gap), padx=(left, 0))
        self._take_height(-(-len(self._places) // columns))

    def _take_height(self, rows: int) -> None:
        """Be at least a row high, and as many as there are and fit; other parts move only when they may."""
        if self._places:
            self._nothing.place_forget()
        else:
            height = self._card_height - self._look.px(6)
            self._nothing.place(x=0, y=0, relwidth=1, height=height)
        most = max(1, int(self.master.winfo_height() * _SHARE) // self._card_height)
        wanted = max(1, min(rows, most))
        if wanted == self._rows or self._rows == 0 or self._rest.away:
            self._rows = wanted
        else:
            self._rest.ask()
        self._scrolled.fix_height(self._rows * self._card_height)

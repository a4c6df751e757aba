"""The queue: what is being processed, what waits, what is done and what went wrong."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Any, Callable, Dict, Optional, Sequence, Tuple

from core.events import JobState, JobStateChanged
from core.figures import saved_text, size_text
from core.progress import Progress
from views.commands import Registry
from views.job_card import JobCard
from views.jobs_table import Column, JobsTable
from views.theme import Look

WAITING = (JobState.QUEUED, JobState.PAUSED, JobState.SWAP_PENDING)
RUNNING = (JobState.ANALYZING, JobState.PROCESSING, JobState.VERIFYING)
ROW_COMMANDS = ("job.cancel", "job.retry", "job.remove")


def _name(job: JobStateChanged) -> str:
    return Path(job.filename).name


def _folder(job: JobStateChanged) -> str:
    return str(Path(job.filename).parent)


def _saved(job: JobStateChanged) -> str:
    if job.original_size is None or job.processed_size is None:
        return ""
    return saved_text(job.original_size, job.processed_size)


def _state(job: JobStateChanged) -> str:
    return job.state.value.capitalize()


_NAME = Column("Film", _name, 240, stretch=True)
_FOLDER = Column("Folder", _folder, 220, stretch=True)
_STATE = Column("State", _state, 110)
_REASON = Column("Note", lambda job: job.message, 380, stretch=True)
_SIZE = Column("Size", lambda job: size_text(job.original_size), 90, numeric=True)
_BEFORE = Column("Before", lambda job: size_text(job.original_size), 90, numeric=True)
_AFTER = Column("After", lambda job: size_text(job.processed_size), 90, numeric=True)
_SAVED = Column("Saved", _saved, 140, numeric=True)


class QueueTab(ttk.Frame):
    """Cards of the running jobs above tables of all others.

    ``cancel`` is called with a running job's id. The commands of the rows (cancel, retry, remove) are
    the registry's and ask ``selected`` what they are meant for.
    """

    def __init__(
        self, parent: tk.Misc, look: Look, registry: Registry, cancel: Callable[[int], None]
    ) -> None:
        super().__init__(parent, padding=look.px(10))
        self._look = look
        self._registry = registry
        self._cancel = cancel
        self._paused = False
        self.cards: Dict[int, JobCard] = {}
        self._progress: Dict[int, Progress] = {}
        ttk.Label(self, text="Currently processing", style="Title.TLabel").pack(anchor="w")
        self._running = ttk.Frame(self)
        self._running.pack(fill="x", pady=(look.px(6), look.px(10)))
        self._nothing = ttk.Label(
            self._running, text="Nothing is being processed.", style="Muted.TLabel"
        )
        self._nothing.pack(anchor="w")
        buttons = ttk.Frame(self)
        buttons.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        for name in ROW_COMMANDS:
            registry.button(buttons, name).pack(side="left", padx=(0, look.px(6)))
        self.sections: Any = ttk.Notebook(self)  # typeshed leaves half of its methods untyped
        self.sections.pack(fill="both", expand=True)
        self.pending = self._new_table(
            (_NAME, _STATE, _SIZE, _REASON), "Add films with File > Add films, or drop them here."
        )
        self.completed = self._new_table(
            (_NAME, _BEFORE, _AFTER, _SAVED, _FOLDER),
            "No film is completed yet.",
            newest_first=True,
        )
        self.failed = self._new_table(
            (_NAME, _STATE, _REASON), "Nothing failed.", newest_first=True
        )
        self._tables = (
            (self.pending, "Pending"),
            (self.completed, "Completed"),
            (self.failed, "Failed and skipped"),
        )
        menu = registry.popup(self, *ROW_COMMANDS)
        for table, title in self._tables:
            self.sections.add(table, text=title)
            self._serve(table, menu)
        self.sections.bind("<<NotebookTabChanged>>", lambda _event: self._selection_changed())
        self._selection_changed()

    @property
    def selected(self) -> Tuple[int, ...]:
        """The selected jobs of the table that is open."""
        return self._open_table.selected

    @property
    def _open_table(self) -> JobsTable:
        return self._tables[self.sections.index("current")][0]

    def show_job(self, job: JobStateChanged) -> None:
        """Put a job where its state belongs, and nowhere else."""
        place = self._table_of(job.state)
        for table, _title in self._tables:
            if table is not place:
                table.remove(job.job_id)
        if place is None:
            self._card(job).show_state(job.state)
        else:
            self._drop_card(job.job_id)
            place.show(job)

    def drop_job(self, job_id: int) -> None:
        """Take a job out of every place."""
        for table, _title in self._tables:
            table.remove(job_id)
        self._drop_card(job_id)

    def show_progress(self, job_id: int, progress: Progress) -> None:
        """Take in a job's progress; it is drawn when the turn ends, the last one only."""
        self._progress[job_id] = progress

    def turn_ended(self) -> None:
        """Draw what came in several times only once."""
        for job_id, progress in self._progress.items():
            if job_id in self.cards:
                self.cards[job_id].show_progress(progress)
        self._progress.clear()
        self._selection_changed()  # a selected row may have gone to another table
        for number, (table, title) in enumerate(self._tables):
            self.sections.tab(number, text=f"{title} ({table.count})" if table.count else title)

    def show_paused(self, paused: bool) -> None:
        """Say on every card whether its job stands still."""
        self._paused = paused
        for card in self.cards.values():
            card.show_paused(paused)

    def _table_of(self, state: JobState) -> Optional[JobsTable]:
        """The table of a state; None for the states that have a card."""
        if state in RUNNING:
            return None
        if state in WAITING:
            return self.pending
        return self.completed if state is JobState.COMPLETED else self.failed

    def _card(self, job: JobStateChanged) -> JobCard:
        card = self.cards.get(job.job_id)
        if card is None:
            card = JobCard(
                self._running, self._look, job.filename, lambda: self._cancel(job.job_id)
            )
            card.show_paused(self._paused)
            card.pack(fill="x", pady=(0, self._look.px(6)))
            self.cards[job.job_id] = card
            self._nothing.pack_forget()
        return card

    def _drop_card(self, job_id: int) -> None:
        card = self.cards.pop(job_id, None)
        if card is not None:
            card.destroy()
            if not self.cards:
                self._nothing.pack(anchor="w")

    def _new_table(
        self, columns: Sequence[Column], empty: str, *, newest_first: bool = False
    ) -> JobsTable:
        return JobsTable(self.sections, self._look, columns, newest_first=newest_first, empty=empty)

    def _serve(self, table: JobsTable, menu: tk.Menu) -> None:
        """Let a table's selection be acted upon: context menu, Delete, enabled buttons."""

        def popup(event: tk.Event[tk.Misc]) -> None:
            row = table.tree.identify_row(event.y)
            if row and row not in table.tree.selection():
                table.tree.selection_set(row)
            if row:
                menu.tk_popup(event.x_root, event.y_root)

        table.tree.bind("<Button-3>", popup)
        table.tree.bind("<Delete>", lambda _event: self._registry.invoke("job.remove"))
        table.tree.bind("<<TreeviewSelect>>", lambda _event: self._selection_changed())

    def _selection_changed(self) -> None:
        some = bool(self.selected)
        table = self._open_table
        self._registry.enable("job.cancel", some and table is self.pending)
        self._registry.enable("job.retry", some and table is not self.pending)
        self._registry.enable("job.remove", some)

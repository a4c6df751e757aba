"""The card of a running job."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import List, Optional, Protocol

from core.events import JobState
from core.progress import Progress
from core.steps import step_title
from core.text.formatting import duration_text
from views.chunk_row import ChunkRow
from views.chunk_texts import chunks_text, machines_text
from views.elided import Elider
from views.metrics import EDGE, ROW
from views.numbers import decimal_text, pace_text, percent_text, size_text
from views.queue_sections import STATE_NAMES
from views.shown import visible
from views.texts import _
from views.theme import Look
from views.tooltip import Tooltip


class JobActions(Protocol):
    """What a user can do with a running job, in Tk's thread."""

    def open_job(self, job_id: int) -> None:
        """Show the job's details."""

    def pause_job(self, job_id: int) -> None:
        """Pause the job where it is."""

    def resume_job(self, job_id: int) -> None:
        """Let a job go on that stands still for its user."""

    def cancel_job(self, job_id: int) -> None:
        """End the job; its film stays as it is."""

    def machine_name(self, instance_id: str) -> str:
        """Return what another machine is called; "" for this progress."""


class JobCard(ttk.Frame):
    """Name, step, progress and pace of one job; buttons pause and cancel it, a double click opens it."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        job_id: int,
        filename: str,
        actions: JobActions,
    ) -> None:
        super().__init__(parent, style="Card.TFrame", padding=(look.px(EDGE), look.px(ROW)))
        self._state = JobState.ANALYZING
        self._paused = False
        self._progress = Progress("")
        self._percent = 0.0  # these three: what is seen
        self._line = self._sizes = ""
        self._size: Optional[int] = None
        self._machine = ""
        self._held: Optional[str] = None  # what it holds while it stands still for its user
        self.ended = False
        self._actions, self._job_id = actions, job_id
        path = Path(filename)
        self.columnconfigure(0, weight=1)
        name = ttk.Label(self, text=visible(path.name), style="Name.Card.TLabel", width=1)
        name.grid(row=0, column=0, sticky="ew")
        bold = Elider(self, look.bold_font)
        name.bind(
            "<Configure>",
            lambda event: name.configure(text=bold.fit(visible(path.name), event.width)),
        )
        Tooltip(name, look, visible(path))
        self._make_buttons(look)
        self.bar = ttk.Progressbar(self, maximum=100)
        self.bar.grid(row=1, column=0, columnspan=4, sticky="ew", pady=(look.px(4), look.px(1)))
        self.chunks = ChunkRow(self, look, actions.machine_name, "Card.TLabel")
        self.chunks.grid(row=2, column=0, columnspan=4, sticky="ew")
        self.line = ttk.Label(self, style="Card.TLabel", width=1)
        self.line.grid(row=3, column=0, columnspan=4, sticky="ew")
        self.sizes = ttk.Label(self, style="Muted.Card.TLabel", width=1)
        self.sizes.grid(row=4, column=0, columnspan=4, sticky="ew")
        for part in (self, name, self.bar, self.chunks, self.line, self.sizes):
            part.bind("<Double-Button-1>", lambda _event: actions.open_job(job_id))
        self.draw()

    def _make_buttons(self, look: Look) -> None:
        """Make the buttons; Cancel, which cannot be taken back, stands apart from the others."""
        actions, job_id = self._actions, self._job_id
        names = _("Pause"), _("Resume")
        self.pause_button = ttk.Button(
            self,
            text=names[0],
            width=max(map(len, names)) + 1,  # or the others would move when it says something else
            style="Small.TButton",
            command=self._pause_or_resume,
        )
        self.details_button = ttk.Button(
            self,
            text=_("Details"),
            style="Small.TButton",
            command=lambda: actions.open_job(job_id),
        )
        self.cancel_button = ttk.Button(
            self,
            text=_("Cancel"),
            style="Small.TButton",
            command=lambda: actions.cancel_job(job_id),
        )
        self.details_button.bind("<Return>", lambda _event: actions.open_job(job_id))
        buttons = (self.pause_button, 6), (self.details_button, 4), (self.cancel_button, 28)
        for column, (button, gap) in enumerate(buttons, 1):
            button.grid(row=0, column=column, padx=(look.px(gap), 0))

    def _pause_or_resume(self) -> None:
        if self._state is JobState.PAUSED:
            self._actions.resume_job(self._job_id)
        else:
            self._actions.pause_job(self._job_id)

    @property
    def stands_still(self) -> bool:
        """Whether its user has paused this job."""
        return self._state is JobState.PAUSED

    @property
    def percent(self) -> Optional[float]:
        """How far the present step is; None where its tool does not say."""
        return self._progress.percent

    def show_state(self, state: JobState, size: Optional[int] = None) -> None:
        """Show the stage that the job has reached, without progress yet; ``size`` in bytes."""
        self._size = size if size is not None else self._size
        if state is not self._state:
            if JobState.PAUSED not in (
                state,
                self._state,
            ):  # a film that stands still keeps its bar
                self._progress = Progress("")
            self._state = state
            self._held = None
            still = state is JobState.PAUSED
            self.pause_button.configure(text=_("Resume") if still else _("Pause"))
        self.draw()

    def show_held(self, text: str) -> None:
        """Say what the job holds while it stands still for its user."""
        self._held = text
        self.draw()

    def show_end(self, state: Optional[JobState]) -> None:
        """Say how the job ended, where that is known; its place is kept for a moment."""
        self.ended, self._held = True, None
        self._state = state or self._state
        for button in (self.pause_button, self.details_button, self.cancel_button):
            button.state(["disabled"])
        self.draw()

    def show_machine(self, name: str) -> None:
        """Say on which other machine the job is; "" for this progress."""
        self._machine = _("on {name}").format(name=visible(name)) if name else ""
        self.draw()

    def show_progress(self, progress: Progress) -> None:
        """Take in how far the tool is, to be drawn."""
        self._progress = progress

    def show_paused(self, paused: bool) -> None:
        """Show whether the job is paused."""
        self._paused = paused
        self.draw()

    def draw(self) -> None:
        """Show what came in, where that changes anything."""
        percent = self._progress.percent or 0
        if percent != self._percent:
            self._percent = percent
            self.bar.configure(value=percent)
        if self._progress.chunks != self.chunks.chunks:
            self.chunks.show(self._progress.chunks)
        told = " · ".join(self._told())
        if told != self._line:
            self._line = told
            self.line.configure(text=told)
        sizes = " · ".join(self._told_sizes())
        if sizes != self._sizes:
            self._sizes = sizes
            self.sizes.configure(text=sizes)

    def _told(self) -> List[str]:
        progress = self._progress
        if self.ended:
            return [_(STATE_NAMES[self._state])]
        told = [_("Paused")] if self._paused and not self.stands_still else []
        told.append(_(STATE_NAMES[self._state]))
        if progress.step:
            told[-1] += f" ({_(step_title(progress.step))})"
        if progress.percent is not None:
            told.append(percent_text(progress.percent))
        if progress.chunks:
            told.append(chunks_text(progress.chunks))
        if self._paused or self.stands_still:
            return told
        if progress.eta is not None:
            told.append(_("{time} left").format(time=duration_text(progress.eta)))
        if progress.fps:
            told.append(_("{number} fps").format(number=decimal_text(progress.fps)))
        if progress.speed:
            told.append(pace_text(progress.speed))
        return told

    def _told_sizes(self) -> List[str]:
        if self._held is not None:
            return [self._held]
        progress = self._progress
        others = machines_text(progress.chunks, self._actions.machine_name)
        told = [others or self._machine or _("on this machine")]
        if progress.output_size and progress.projected_size:
            told.append(
                _("{size} so far, about {projected} expected").format(
                    size=size_text(progress.output_size),
                    projected=size_text(progress.projected_size),
                )
            )
        elif progress.output_size:
            told.append(_("{size} so far").format(size=size_text(progress.output_size)))
        if self._size is not None:
            told.append(_("original {size}").format(size=size_text(self._size)))
        return told

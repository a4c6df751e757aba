"""The log tab: what the program or one job tells, by level, searched and followed."""

from __future__ import annotations

import logging
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, List, Literal, Optional, Protocol, Sequence, Tuple

from views.commands import Registry, key_sequences
from views.empty_state import EmptyState
from views.log_text import LogLine, LogText
from views.metrics import EDGE, GAP, GROUP, LINE, ROW
from views.numbers import count_text
from views.shown import visible
from views.texts import N_, _
from views.theme import Look

_LEVELS = (
    (N_("Everything"), logging.DEBUG),
    (N_("Information"), logging.INFO),
    (N_("Warnings"), logging.WARNING),
    (N_("Errors"), logging.ERROR),
)
_SEARCH_PAUSE = 200  # milliseconds after a key until it is searched
COMMANDS = ("logs.page", "logs.export", "logs.folder")


@dataclass(frozen=True)
class JobChoice:
    """A job whose log can be chosen."""

    id: int
    name: str


class LogSource(Protocol):
    """Where the tab's lines come from; called in Tk's thread."""

    def show_job(self, job_id: Optional[int]) -> None:
        """Show the log of a job; None: of the whole program."""

    def show_from_level(self, lowest: int) -> None:
        """Show entries of this level of ``logging`` and above."""


class LogsTab(ttk.Frame):
    """Lines are collected one by one and written together when a turn of the pump ends."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        registry: Registry,
        log: LogSource,
    ) -> None:
        super().__init__(
            parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), look.px(LINE))
        )
        self._look = look
        self._log = log
        self._waiting: List[LogLine] = []
        self._jobs: Tuple[JobChoice, ...] = ()
        self._search_timer = ""
        self.level = tk.StringVar(self, _("Information"))
        self.source = tk.StringVar(self, _("The whole program"))
        self.follow = tk.BooleanVar(self, value=True)
        self.wanted = tk.StringVar(self)
        self.problem = ttk.Label(self, style="Warning.TLabel")
        self._first_bar().pack(fill="x", pady=(0, look.px(ROW)))
        self._second_bar().pack(fill="x", pady=(0, look.px(8)))
        buttons = ttk.Frame(self)
        buttons.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        for name in COMMANDS:
            registry.button(buttons, name).pack(side="left", padx=(0, look.px(6)))
        self.log = LogText(self, look)
        self.log.pack(fill="both", expand=True)
        self.empty = EmptyState(
            self.log,
            look,
            _("Nothing of this kind was logged."),
            ((_("Show everything"), lambda: self.show_level(logging.DEBUG)),),
        )
        self.log.bind("<<Searched>>", lambda _event: self._show_count())
        self.wanted.trace_add("write", lambda *_words: self._search_soon())
        # The window comes before "all", where the queue has this key.
        for sequence in key_sequences("<Control-f>"):
            self.winfo_toplevel().bind(sequence, self._find_pressed, add="+")

    @property
    def text(self) -> tk.Text:
        """The lines."""
        return self.log.text

    @property
    def lowest(self) -> int:
        """The lowest level that is shown."""
        return next(level for name, level in _LEVELS if _(name) == self.level.get())

    def take(self, line: LogLine) -> None:
        """Take in one line."""
        self._waiting.append(line)

    def turn_ended(self) -> None:
        """Write what was taken in."""
        lines, self._waiting = self._waiting, []
        self.log.append(lines)
        if lines:
            self._show_emptiness()

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Show these lines instead of those that are there."""
        self._waiting = []
        self.log.clear()
        self.log.append(lines)
        self._show_emptiness()
        if self.follow.get():
            self.log.follow(wanted=True)

    def _show_emptiness(self) -> None:
        blank = self.log.blank
        if blank != bool(self.empty.winfo_manager()):
            self.empty.show(empty=blank)
        # What can still be shown, or nothing where all is.
        self.empty.buttons.pack_forget()
        if self.lowest > logging.DEBUG:
            self.empty.buttons.pack(pady=(self._look.px(EDGE), 0))

    def show_jobs(self, jobs: Sequence[JobChoice]) -> None:
        """Let the user choose among the logs of these jobs."""
        self._jobs = tuple(jobs)
        self._sources.configure(values=[_("The whole program"), *map(_title, jobs)])

    def show_source(self, job: Optional[JobChoice]) -> None:
        """Say whose log is shown."""
        self.source.set(_("The whole program") if job is None else _title(job))

    def show_level(self, level: int) -> None:
        """Choose the lowest level that is shown."""
        self.level.set(next(_(name) for name, known in _LEVELS if known == level))
        self._filter()

    def show_problem(self, sentence: str) -> None:
        """Say above the log that it cannot be written; an empty sentence takes that away."""
        if sentence:
            self.problem.configure(text=visible(sentence))
            self.problem.pack(fill="x", pady=(0, self._look.px(6)), before=self._bar)
        else:
            self.problem.pack_forget()

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.log.recolor()

    def _first_bar(self) -> ttk.Frame:
        look = self._look
        self._bar = bar = ttk.Frame(self)
        ttk.Label(bar, text=_("Log of:")).pack(side="left", padx=(0, look.px(6)))
        self._sources = ttk.Combobox(
            bar,
            textvariable=self.source,
            values=[_("The whole program")],
            state="readonly",
            width=34,
        )
        self._sources.pack(side="left")
        self._sources.bind("<<ComboboxSelected>>", lambda _event: self._source_chosen())
        ttk.Label(bar, text=_("Show:")).pack(side="left", padx=(look.px(GROUP), look.px(GAP)))
        names = [_(name) for name, _level in _LEVELS]
        levels = ttk.Combobox(
            bar, textvariable=self.level, values=names, state="readonly", width=12
        )
        levels.pack(side="left")
        levels.bind("<<ComboboxSelected>>", lambda _event: self._filter())
        follow = ttk.Checkbutton(
            bar,
            text=_("Follow the newest line"),
            variable=self.follow,
            command=lambda: self.log.follow(self.follow.get()),
        )
        follow.pack(side="left", padx=look.px(GROUP))
        return bar

    def _second_bar(self) -> ttk.Frame:
        look = self._look
        bar = ttk.Frame(self)
        ttk.Label(bar, text=_("Search:")).pack(side="left", padx=(0, look.px(6)))
        self.field = ttk.Entry(bar, textvariable=self.wanted, width=22)
        self.field.pack(side="left")
        self.field.bind("<Return>", lambda _event: self._step(forward=True))
        self.field.bind("<Shift-Return>", lambda _event: self._step(forward=False))
        self.field.bind("<Escape>", lambda _event: self._search_ended())
        for text, forward in ((_("Previous"), False), (_("Next"), True)):
            button = ttk.Button(bar, text=text, command=self._stepper(forward))
            button.pack(side="left", padx=(look.px(6), 0))
        self.count = ttk.Label(bar, style="Muted.TLabel")
        self.count.pack(side="left", padx=look.px(GROUP))
        return bar

    def _source_chosen(self) -> None:
        chosen = self.source.get()
        job = next((job for job in self._jobs if _title(job) == chosen), None)
        self._log.show_job(None if job is None else job.id)

    def _filter(self) -> None:
        self.log.show_from(self.lowest)
        self._show_emptiness()
        self._log.show_from_level(self.lowest)

    def _find_pressed(self, _event: tk.Event[tk.Misc]) -> Optional[Literal["break"]]:
        if not self.winfo_viewable():
            return None
        self.field.focus_set()
        self.field.selection_range(0, "end")
        return "break"

    def _search_soon(self) -> None:
        if self._search_timer:
            self.after_cancel(self._search_timer)
        self._search_timer = self.after(_SEARCH_PAUSE, self._search_now)

    def _search_now(self) -> None:
        if self._search_timer:
            self.after_cancel(self._search_timer)
            self._search_timer = ""
            self.log.search(self.wanted.get())

    def _search_ended(self) -> None:
        self.wanted.set("")
        self._search_now()
        self.text.focus_set()

    def _stepper(self, forward: bool) -> Callable[[], None]:
        return lambda: self._step(forward=forward)

    def _step(self, *, forward: bool) -> None:
        self._search_now()
        self.log.step(forward)

    def _show_count(self) -> None:
        number, at = self.log.matches, self.log.present_match
        if not self.wanted.get():
            text = ""
        elif at:
            text = _("{number} of {total}").format(number=count_text(at), total=count_text(number))
        else:
            text = _("{total} found").format(total=count_text(number))
        self.count.configure(text=text)


def _title(job: JobChoice) -> str:
    return _("Job {number}: {name}").format(number=job.id, name=visible(job.name))

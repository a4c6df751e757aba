"""The check of this machine: how far it is, what each encoder has shown, and the text for a report."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Iterator, Protocol, Tuple

from core.reporting.machine_check import (
    ABSENT,
    FILMS,
    HEADINGS,
    OUTCOMES,
    EncoderCheck,
    MachineCheck,
)
from views.fitted_tree import FittedTree
from views.metrics import EDGE, GAP, ROW
from views.numbers import decimal_text, percent_text
from views.placement import belong
from views.read_text import ReadText
from views.scrolled import AutoScrollbar
from views.shown import visible
from views.texts import _, sentence
from views.theme import Look

_WIDTHS = (140, 130, 125, 125, 80, 80, 60, 75)  # pixels of a 96 dpi screen
_STRETCHED = "program"
_COLUMNS = ("encoder", _STRETCHED, "film", "result", "pictures", "realtime", "size", "seconds")
_FIGURES = _COLUMNS[4:]


class CheckActions(Protocol):
    """What the window's buttons do."""

    def start_or_stop(self) -> None:
        """Begin the check, or end the one that runs."""

    def copy(self) -> None:
        """Put the report on the clipboard."""

    def closed(self) -> None:
        """The window has gone."""


class MachineCheckWindow(tk.Toplevel):
    """Shows one check after the other."""

    def __init__(self, parent: tk.Misc, look: Look, actions: CheckActions) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Check this machine"))
        self._look = look
        self._actions = actions
        px = look.px
        body = ttk.Frame(self, padding=px(EDGE))
        body.pack(fill="both", expand=True)
        self._make_buttons(body)
        self.intro = ttk.Label(
            body,
            justify="left",
            text=_(
                "Two short films are made and go through every encoder that is here, as each of your films "
                "does: planned, encoded, proved. Your films, the queue and the history are not touched. "
                "This takes some minutes."
            ),
        )
        self.intro.pack(fill="x")
        self.intro.bind("<Configure>", lambda event: self._wrap(self.intro, event.width))
        row = ttk.Frame(body)
        row.pack(fill="x", pady=(px(ROW), 0))
        self.start_button = ttk.Button(
            row, style="Accent.TButton", text=_("Start the check"), command=actions.start_or_stop
        )
        self.start_button.pack(side="left")
        self.bar = ttk.Progressbar(row, maximum=100)
        self.bar.pack(side="left", fill="x", expand=True, padx=(px(GAP), 0))
        self.note = ttk.Label(body, style="Muted.TLabel", justify="left")
        self.note.pack(fill="x", pady=(px(GAP), 0))
        self.note.bind("<Configure>", lambda event: self._wrap(self.note, event.width))
        self._make_table(body)
        self.details = ReadText(body, look, height=4)
        self.details.pack(fill="both", expand=True, pady=(px(ROW), 0))
        self.bind("<Escape>", lambda _event: self.destroy())
        self.bind("<Destroy>", self._gone, add=True)
        look.dress_all(self)
        self.minsize(px(560), px(500))
        belong(self, parent, (px(890), px(600)))
        self.deiconify()
        self.start_button.focus_set()

    def show_running(self, doing: str, percent: float) -> None:
        """Show how far a check is."""
        self.start_button.configure(text=_("Cancel"))
        self.copy_button.state(["disabled"])
        self.bar.configure(value=percent)
        self.tell(doing)

    def show(self, check: MachineCheck) -> None:
        """Show what was found."""
        self._ended()
        self.bar.configure(value=100)
        self.copy_button.state(["!disabled"])
        self.table.delete(*self.table.get_children())
        for encoder in check.encoders:
            for row in _rows(encoder):
                self.table.insert("", "end", values=row)
        self.tell(check.verdict, wrong=not check.healthy)
        self.details.show(_details(check))
        self.copy_button.focus_set()

    def show_failed(self, text: str, *, wrong: bool) -> None:
        """Say why there is nothing to show."""
        self._ended()
        self.bar.configure(value=0)
        self.tell(text, wrong=wrong)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say a sentence below the bar."""
        self.note.configure(text=sentence(text), style="Error.TLabel" if wrong else "Muted.TLabel")

    def copied(self, text: str) -> None:
        """Put a text on the clipboard and say so."""
        self.clipboard_clear()
        self.clipboard_append(text)
        self.copy_note.configure(
            text=_("Copied, in English. It names neither you nor your folders.")
        )

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self._look.dress_all(self)
        self.details.recolor()

    def _ended(self) -> None:
        self.start_button.configure(text=_("Check again"))
        self.copy_note.configure(text="")

    def _make_buttons(self, body: ttk.Frame) -> None:
        px = self._look.px
        row = ttk.Frame(body)
        row.pack(side="bottom", fill="x", pady=(px(ROW), 0))
        self.copy_button = ttk.Button(
            row, text=_("Copy for a report"), command=self._actions.copy, state="disabled"
        )
        self.copy_button.pack(side="left")
        self.close_button = ttk.Button(row, text=_("Close"), command=self.destroy)
        self.close_button.pack(side="right")
        self.copy_note = ttk.Label(row, style="Muted.TLabel")
        self.copy_note.pack(side="left", fill="x", expand=True, padx=px(GAP))
        self.copy_note.bind("<Configure>", lambda event: self._wrap(self.copy_note, event.width))

    def _make_table(self, body: ttk.Frame) -> None:
        place = ttk.Frame(body)
        place.pack(fill="both", expand=True, pady=(self._look.px(ROW), 0))
        self.table = FittedTree(
            place, self._look, columns=_COLUMNS, show="headings", height=5, selectmode="browse"
        )
        for name, title, width in zip(_COLUMNS, HEADINGS, _WIDTHS):
            figure = name in _FIGURES
            self.table.heading(name, text=_(title), anchor="e" if figure else "w")
            wide = self._look.column(width, _(title))
            self.table.column(
                name,
                width=wide,
                minwidth=wide,
                stretch=name == _STRETCHED,
                anchor="e" if figure else "w",
            )
        bars = {
            "y": AutoScrollbar(place, orient="vertical", command=self.table.yview),
            "x": AutoScrollbar(place, orient="horizontal", command=self.table.xview),
        }
        self.table.configure(yscrollcommand=bars["y"].set, xscrollcommand=bars["x"].set)
        place.rowconfigure(0, weight=1)
        place.columnconfigure(0, weight=1)
        self.table.grid(row=0, column=0, sticky="nsew")
        bars["y"].grid(row=0, column=1, sticky="ns")
        bars["x"].grid(row=1, column=0, sticky="ew")

    def _wrap(self, label: ttk.Label, width: int) -> None:
        label.configure(wraplength=max(1, width))

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self:
            self._actions.closed()


def _rows(encoder: EncoderCheck) -> Iterator[Tuple[str, ...]]:
    if encoder.absent:
        yield (encoder.encoder, "", "", _(ABSENT), "", "", "", "")
    for film in encoder.films:
        speed, times, share = film.pictures_a_second, film.times_realtime, film.share
        yield (
            encoder.encoder,
            visible(encoder.program),
            _(FILMS[film.feature]),
            _(OUTCOMES[film.outcome]),
            "" if speed is None else decimal_text(speed),
            "" if times is None else decimal_text(times, 2),
            "" if share is None else percent_text(100 * share),
            decimal_text(film.seconds) if film.seconds else "",
        )


def _details(check: MachineCheck) -> Iterator[Tuple[str, str]]:
    """Reasons first, then the machine."""
    for remark in check.remarks():
        yield f"{visible(sentence(remark))}\n", ""
    yield f"{sentence(check.film)}\n\n", ""
    yield f"{_('This machine')}\n", "heading"
    for fact in check.facts:
        yield f"{sentence(fact.label)}: {visible(sentence(fact.value))}\n", ""

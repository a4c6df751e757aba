"""What would be done with one film, to read before anything is done with any."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Callable, List, Protocol, Sequence, Tuple

from views.first_steps import StepPage
from views.scrolled import AutoScrollbar
from views.texts import _
from views.theme import Look
from views.wizard import wrap_to

_WIDTHS = {"before": 200, "after": 170, "why": 420}


class Track(Protocol):
    """A track of the plan; ``commandline.first_steps.PlannedTrack``."""

    @property
    def kind(self) -> str:
        """Video, audio or subtitle."""

    @property
    def before(self) -> str:
        """What it is."""

    @property
    def after(self) -> str:
        """What it becomes; empty where it is left out."""

    @property
    def why(self) -> str:
        """The reasons."""


class FilmPlan(Protocol):
    """The plan; ``commandline.first_steps.FilmPlan``."""

    @property
    def film(self) -> Path:
        """The film."""

    @property
    def target(self) -> str:
        """The result's name."""

    @property
    def tracks(self) -> Sequence[Track]:
        """What stays, then what goes."""

    @property
    def notes(self) -> Sequence[str]:
        """What is not done, and warnings."""

    @property
    def refused(self) -> Sequence[str]:
        """Why the film is left alone."""

    @property
    def unchanged(self) -> bool:
        """Whether nothing needs doing."""


class PlanPage(StepPage):
    """``opened`` is called when the page is shown, ``choose`` asks for another film."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        opened: Callable[[], None],
        choose: Callable[[], None],
    ) -> None:
        text = _(
            "This is what would be done with this film, and why. Nothing has been changed yet; the "
            "settings change the rules."
        )
        super().__init__(parent, look, _("One film's plan"), text)
        self._opened = opened
        line = ttk.Frame(self.body)
        line.pack(fill="x", pady=(0, look.px(6)))
        self.choose_button = ttk.Button(line, text=_("Another film…"), underline=0, command=choose)
        self.choose_button.pack(side="right")
        self.film = ttk.Label(line, style="Name.TLabel", width=1)
        self.film.pack(side="left", fill="x", expand=True)
        self.said = self.note()
        self.said.pack_configure(side="bottom", pady=(look.px(6), 0))
        place = ttk.Frame(self.body)
        place.pack(fill="both", expand=True)
        place.rowconfigure(0, weight=1)
        place.columnconfigure(0, weight=1)
        self.table = ttk.Treeview(place, columns=list(_WIDTHS), height=5, selectmode="browse")
        self._head()
        bar = AutoScrollbar(place, orient="vertical", command=self.table.yview)
        self.table.configure(yscrollcommand=bar.set)
        self.table.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.why = ttk.Label(self.body, style="Muted.TLabel", justify="left")
        self.why.pack(side="bottom", fill="x", anchor="w", pady=(look.px(4), 0))
        wrap_to(self.body, look, self.why)
        self._tracks: List[Track] = []
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._show_why())

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.table

    def opened(self) -> None:
        """Have a film looked for."""
        self._opened()

    def busy(self, text: str) -> None:
        """Say what is going on."""
        self._clear()
        self.film.configure(text="")
        self.said.configure(text=text, style="Muted.TLabel")

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say why there is no plan."""
        self.busy(text)
        if wrong:
            self.said.configure(style="Error.TLabel")

    def show(self, plan: FilmPlan) -> None:
        """Show a film's plan."""
        self._clear()
        self.film.configure(text=plan.film.name)
        signs = {"video": _("Picture"), "audio": _("Sound"), "subtitle": _("Subtitle")}
        for track in plan.tracks:
            self._tracks.append(track)
            after = track.after or "✕ " + _("left out")
            values = (track.before, after, track.why)
            tags = () if track.after else ("gone",)
            kind = signs.get(track.kind, track.kind)
            self.table.insert("", "end", text=kind, values=values, tags=tags)
        self.table.tag_configure("gone", foreground=self.look.palette.muted)
        self.said.configure(text=_summary(plan), style="TLabel")
        rows = self.table.get_children()
        if rows:
            self.table.selection_set(rows[0])
            self.table.focus(rows[0])

    def _head(self) -> None:
        titles = {"before": _("Now"), "after": _("Becomes"), "why": _("Why")}
        self.table.heading("#0", text=_("Track"), anchor="w")
        self.table.column("#0", width=self.look.px(80), stretch=False)
        for name, width in _WIDTHS.items():
            self.table.heading(name, text=titles[name], anchor="w")
            self.table.column(name, width=self.look.px(width), stretch=name == "why")

    def _clear(self) -> None:
        self.table.delete(*self.table.get_children())
        self._tracks = []
        self.why.configure(text="")

    def _show_why(self) -> None:
        for row in self.table.selection():
            track = self._tracks[self.table.index(row)]
            after = track.after or _("left out")
            self.why.configure(text=f"{track.before} → {after}. {track.why}".strip())


def _summary(plan: FilmPlan) -> str:
    if plan.refused:
        return _("This film is left alone.") + " " + " ".join(plan.refused)
    said: Tuple[str, ...] = ()
    if plan.unchanged:
        said = (_("This film may stay as it is: nothing needs doing."),)
    elif plan.target != plan.film.name:
        said = (_("The result is named {name}.").format(name=plan.target),)
    return " ".join((*said, *plan.notes))

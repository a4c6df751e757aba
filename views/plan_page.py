"""What would be done with one film, to read before anything is done with any."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable

from core.planning.comparison import compare
from core.planning.preview import FilmPreview
from core.planning.summary import outlook
from views.first_steps import StepPage
from views.plan_view import PlanView
from views.shown import visible
from views.texts import _, sentence
from views.theme import Look


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
            "This is what would be done with this film, and why. Nothing has been changed yet. The "
            "rules can be changed in the settings."
        )
        super().__init__(parent, look, _("Plan for one film"), text)
        self._opened = opened
        line = ttk.Frame(self.body)
        line.pack(fill="x")
        self.choose_button = ttk.Button(line, text=_("Another film…"), underline=0, command=choose)
        self.choose_button.pack(side="right")
        self.film = ttk.Label(line, style="Name.TLabel", width=1)
        self.film.pack(side="left", fill="x", expand=True)
        self.said = self.note()
        self.said.pack_configure(pady=(0, look.px(6)))
        self.plan = PlanView(self.body, look, rows=4, lines=3)
        self.plan.pack(fill="both", expand=True)

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.plan.table

    def opened(self) -> None:
        """Have a film looked for."""
        self._opened()

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what is going on, or why there is no plan."""
        self.film.configure(text="")
        self.said.configure(text=sentence(text), style="Error.TLabel" if wrong else "Muted.TLabel")
        self.plan.show(None)

    def show(self, film: FilmPreview) -> None:
        """Show what would be done with a film."""
        hoped = outlook(film.size, film.expected, film.time) if film.has_work else None
        self.film.configure(text=visible(film.path.name))
        # The plan begins with what it comes to; only a film without one, or without work, needs words here.
        said = "" if film.has_work else film.message
        self.said.configure(text=visible(said), style="TLabel")
        self.plan.show(compare(film.plan_text), nothing=visible(film.message), outlook=hoped)

"""The first page of the first steps: what the program does in three lines, and in which language."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Sequence

from views.first_steps import StepPage
from views.step_cards import step_cards
from views.texts import _
from views.theme import Look


class WelcomePage(StepPage):
    """``languages`` are names in their own words, ``chosen`` the present one; ``choose`` gets another.

    ``begin`` is for who wants to see a film done before anything else.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        languages: Sequence[str],
        chosen: str,
        choose: Callable[[str], None],
        begin: Callable[[], None],
    ) -> None:
        text = _("MediaProcessor makes your films smaller and tidier, and never loses one.")
        super().__init__(parent, look, _("Welcome"), text)
        lines = (
            (
                _("It reads your films"),
                _(
                    "You choose the folders. Every film in them is looked at; nothing is changed yet."
                ),
            ),
            (
                _("It makes them smaller"),
                _(
                    "Video becomes HEVC or AV1, audio Opus; languages that nobody here understands go. "
                    "Most films take half the room afterwards."
                ),
            ),
            (
                _("It keeps the original until you are sure"),
                _(
                    "Each result is compared with its film before it takes the film's place, and the "
                    "original can be restored for as long as you say."
                ),
            ),
        )
        step_cards(self.body, look, lines)
        line = ttk.Frame(self.body)
        line.pack(anchor="w", pady=(look.px(20), 0))
        ttk.Label(line, text=_("Language of the window")).pack(side="left", padx=(0, look.px(8)))
        self.language = ttk.Combobox(line, values=list(languages), state="readonly", width=20)
        self.language.set(chosen)
        self.language.pack(side="left")
        self.language.bind("<<ComboboxSelected>>", lambda _event: choose(self.language.get()))
        self.films_button = ttk.Button(line, text=_("Add films now…"), underline=0, command=begin)
        self.films_button.pack(side="left", padx=(look.px(24), 0))
        self.note().configure(
            text=_(
                "The next pages take three minutes; each can be skipped and changed later. Whoever adds "
                "films now sees what would be done with the first of them, and starts it then."
            )
        )

    @property
    def first(self) -> tk.Misc:
        """What the keyboard begins with."""
        return self.language

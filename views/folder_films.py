"""How many films a folder holds that is about to be watched, and what is to become of them."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable

from views.numbers import count_text, size_text
from views.texts import _, ngettext
from views.theme import Look


class FolderFilms(ttk.Frame):
    """``look_first`` shows what would become of the films, before anything is watched."""

    def __init__(self, parent: tk.Misc, look: Look, look_first: Callable[[], None]) -> None:
        super().__init__(parent)
        self.only_new = tk.BooleanVar(self, False)
        self.count = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(420))
        self.count.pack(anchor="w", fill="x")
        self.all_button, self.new_button = (
            ttk.Radiobutton(self, text=text, variable=self.only_new, value=value)
            for text, value in (
                (_("Process all of them, and new ones"), False),
                (_("Process only new ones from now on"), True),
            )
        )
        for button in (self.all_button, self.new_button):
            button.pack(anchor="w", pady=(look.px(2), 0))
        self.look_button = ttk.Button(self, text=_("Look first…"), underline=0, command=look_first)
        self.look_button.pack(anchor="w", pady=(look.px(6), 0))
        self.show_unknown()

    def show_unknown(self, why: str = "") -> None:
        """No folder is chosen, or it cannot be counted."""
        self.count.configure(text=why or _("Choose a folder to see how many films it holds."))
        self.look_button.state(["disabled"])

    def show_count(self, films: int, size: int, *, counting: bool) -> None:
        """Show how many films there are; ``size`` in bytes, more may come while ``counting``."""
        template = (
            ngettext(
                "It holds {number} film so far ({size})…",
                "It holds {number} films so far ({size})…",
                films,
            )
            if counting
            else ngettext(
                "It holds {number} film now ({size}).",
                "It holds {number} films now ({size}).",
                films,
            )
        )
        text = template.format(number=count_text(films), size=size_text(size))
        if not films and not counting:
            text = _("It holds no films now; films that are added later are processed.")
        self.count.configure(text=text)
        self.look_button.state(["!disabled" if films else "disabled"])

    def show_noted(self, films: int) -> None:
        """Show how many films were noted so far, to be left alone."""
        text = ngettext(
            "Noting what is there: {number} film so far…",
            "Noting what is there: {number} films so far…",
            films,
        )
        self.count.configure(text=text.format(number=count_text(films)))

"""What stands where nothing is yet: a sentence, and the buttons that change that."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Sequence, Tuple

from views.commands import Registry
from views.metrics import EDGE
from views.theme import Look


class EmptyState(ttk.Frame):
    """``buttons`` is the row for buttons, the first of which is the likeliest; hidden until ``show``.

    ``ground`` is the style of what it stands on: a table, or a page (``TFrame``).
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        text: str,
        buttons: Sequence[Tuple[str, Callable[[], None]]] = (),
        *,
        ground: str = "Plain.Card.TFrame",
    ) -> None:
        super().__init__(parent, style=ground, padding=look.px(EDGE))
        self._look = look
        self.label = ttk.Label(
            self,
            text=text,
            style="Muted.TLabel" if ground == "TFrame" else "Muted.Card.TLabel",
            justify="center",
            wraplength=look.px(520),
        )
        self.label.pack()
        self.buttons = ttk.Frame(self, style=ground)
        for number, (title, press) in enumerate(buttons):
            style = "TButton" if number else "Accent.TButton"
            self.take(ttk.Button(self.buttons, text=title, style=style, command=press))

    def take(self, button: ttk.Button) -> None:
        """Put a button, made in ``buttons``, beside those that are there."""
        if not self.buttons.winfo_manager():
            self.buttons.pack(pady=(self._look.px(12), 0))
        button.pack(side="left", padx=self._look.px(4))

    def take_commands(self, registry: Registry, names: Sequence[str]) -> None:
        """Put buttons of commands there."""
        for number, name in enumerate(names):
            style = "TButton" if number else "Accent.TButton"
            self.take(registry.button(self.buttons, name, style=style, letter=False))

    def show(self, *, empty: bool) -> None:
        """Stand in the middle of the parent, or go."""
        if empty:
            self.place(relx=0.5, rely=0.5, anchor="center")
            self.lift()
        else:
            self.place_forget()

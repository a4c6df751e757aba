"""Entries of a form: one for a secret that is shown only when asked, and the sentence beside a field."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from views.texts import _, sentence
from views.theme import Look

MASK = "•"


class SecretField(ttk.Frame):
    """An entry whose text is masked until its button is pressed."""

    def __init__(self, parent: tk.Misc, look: Look, variable: tk.StringVar) -> None:
        super().__init__(parent)
        self.entry = ttk.Entry(self, textvariable=variable, show=MASK, width=20)
        self.button = ttk.Button(self, text=_("Show"), command=self._toggle)
        # Before the entry, or a narrow window would lose it; the keyboard comes to the entry first.
        self.button.pack(side="right", padx=(look.px(6), 0))
        self.entry.pack(side="left", fill="x", expand=True)

    @property
    def masked(self) -> bool:
        """Whether the text cannot be read."""
        return bool(self.entry.cget("show"))

    def mask(self) -> None:
        """Hide the text again."""
        self.entry.configure(show=MASK)
        self.button.configure(text=_("Show"))

    def _toggle(self) -> None:
        if self.masked:
            self.entry.configure(show="")
            self.button.configure(text=_("Hide"))
        else:
            self.mask()


class ServiceSentence(ttk.Label):
    """A label placed by ``grid`` that wraps its text and is only there while it has some."""

    def __init__(self, parent: tk.Misc, look: Look, style: str = "Error.TLabel") -> None:
        super().__init__(parent, style=style, justify="left")
        narrowest, edge = look.px(100), look.px(4)
        self.bind(
            "<Configure>",
            lambda event: self.configure(wraplength=max(event.width - edge, narrowest)),
        )

    def say(self, text: str, style: str = "") -> None:
        """Show this text; empty takes the label away."""
        self.configure(text=sentence(text), style=style or str(self.cget("style")))
        if text:
            self.grid()
        else:
            self.grid_remove()

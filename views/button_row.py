"""A row of buttons that drops words where it has no room for them: icons and tooltips stay."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Sequence

from views.theme import Look
from views.tooltip import Tooltip


def fit_buttons(row: tk.Misc, look: Look, buttons: Sequence[ttk.Button]) -> None:
    """Keep ``row`` inside its width; the words of the first of these buttons go first.

    All of them have an icon, or nothing is done: a button without either says nothing.
    """
    able = [button for button in buttons if str(button.cget("image"))]
    needed = 0  # pixels, with all words

    def words(button: ttk.Button) -> str:
        return "" if str(button.cget("compound")) == "left" else str(button.cget("text"))

    def fit(width: int) -> None:
        nonlocal needed
        needed = needed or row.winfo_reqwidth()
        over = needed - width
        for button, gain in zip(able, gains):
            compound = "image" if over > 0 else "left"
            over -= gain
            if str(button.cget("compound")) != compound:
                button["compound"] = compound

    font = str(ttk.Style(row).lookup("TButton", "font")) or "TkDefaultFont"
    gains = [int(row.tk.call("font", "measure", font, str(button.cget("text")))) for button in able]
    for button in able:
        Tooltip(button, look, lambda button=button: words(button))  # type: ignore[misc]
    row.bind("<Configure>", lambda event: fit(event.width), add=True)

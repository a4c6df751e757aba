"""Numbered cards that say in a line each what happens: they fill the pages of the first steps."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Sequence, Tuple

from views.metrics import EDGE
from views.theme import Look


def step_cards(parent: tk.Misc, look: Look, lines: Sequence[Tuple[str, str]]) -> None:
    """Put a card for each title with its sentences below what is in ``parent``."""
    for number, (title, said) in enumerate(lines, 1):
        _card(parent, look, str(number), title, said)


def _card(parent: tk.Misc, look: Look, sign: str, title: str, said: str) -> None:
    px = look.px
    card = ttk.Frame(parent, style="Card.TFrame", padding=px(EDGE))
    card.pack(fill="x", pady=(0, px(8)))
    card.columnconfigure(1, weight=1)
    number = ttk.Label(card, text=sign, style="Figure.Card.TLabel", width=2)
    number.grid(row=0, column=0, rowspan=2, sticky="n", padx=(0, px(8)))
    ttk.Label(card, text=title, style="Name.Card.TLabel").grid(row=0, column=1, sticky="w")
    label = ttk.Label(card, text=said, style="Muted.Card.TLabel", justify="left")
    label.grid(row=1, column=1, sticky="ew", pady=(px(2), 0))
    ruler = ttk.Frame(card, style="Plain.Card.TFrame", height=1)  # as wide as the words may be
    ruler.grid(row=2, column=1, sticky="ew")
    ruler.bind("<Configure>", lambda event: label.configure(wraplength=max(px(100), event.width)))

"""Two small windows of the machines: how many films at once, and a log that was fetched."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, Mapping, Sequence, Tuple

from views.machine_texts import kind_text
from views.metrics import EDGE, QUESTION
from views.placement import belong
from views.read_text import ReadText
from views.shown import visible
from views.texts import _
from views.theme import Look

_MOST = 64  # films of a kind at once; more is no machine


class SlotsDialog(tk.Toplevel):
    """How many films of each kind a machine works on at once; ``save`` gets the numbers by kind."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        name: str,
        slots: Sequence[Tuple[str, int]],
        save: Callable[[Mapping[str, int]], None],
    ) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Parallel films on {name}").format(name=visible(name)))
        self.resizable(False, False)
        look.dress(self)
        gap = look.px(6)
        body = ttk.Frame(self, padding=look.px(QUESTION))
        body.pack()
        self._save = save
        self.values: Dict[str, tk.StringVar] = {}
        for row, (kind, limit) in enumerate(slots):
            ttk.Label(body, text=kind_text(kind)).grid(
                row=row, column=0, sticky="w", padx=(0, gap), pady=look.px(3)
            )
            self.values[kind] = tk.StringVar(self, str(limit))
            box = ttk.Spinbox(body, from_=0, to=_MOST, width=5, textvariable=self.values[kind])
            box.grid(row=row, column=1, sticky="w")
            if row == 0:
                box.focus_set()
        row = len(slots)
        self.note = ttk.Label(body, style="Error.TLabel", wraplength=look.px(320))
        self.note.grid(row=row, column=0, columnspan=2, sticky="w")
        line = ttk.Frame(body)
        line.grid(row=row + 1, column=0, columnspan=2, sticky="e", pady=(look.px(10), 0))
        self.save_button = ttk.Button(
            line, text=_("Save"), style="Accent.TButton", command=self.save
        )
        self.save_button.pack(side="left", padx=(0, gap))
        ttk.Button(line, text=_("Cancel"), command=self.destroy).pack(side="left")
        self.bind("<Return>", lambda _event: self.save())
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent)
        self.deiconify()

    def save(self) -> None:
        """Hand the numbers over, where they are numbers."""
        texts = {kind: value.get().strip() for kind, value in self.values.items()}
        if all(text.isascii() and text.isdigit() and int(text) <= _MOST for text in texts.values()):
            self._save({kind: int(text) for kind, text in texts.items()})
            self.destroy()
        else:
            self.note.configure(text=_("Enter whole numbers from 0 to {most}.").format(most=_MOST))


class TextWindow(tk.Toplevel):
    """A long text to read and to copy from."""

    def __init__(self, parent: tk.Misc, look: Look, title: str, text: str) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(title)
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(EDGE))
        body.pack(fill="both", expand=True)
        close = ttk.Button(body, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="bottom", anchor="e", pady=(look.px(8), 0))
        self.text = ReadText(body, look, 20, mono=True)
        self.text.pack(fill="both", expand=True)
        self.text.show([(text, "")])
        self.text.text.yview_moveto(1)
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent, (look.px(860), look.px(480)))
        self.deiconify()
        close.focus_set()

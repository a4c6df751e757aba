"""Labels whose text may be too long: one line with an ellipsis and a tooltip, or as many as it takes."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from views.elided import Elider
from views.theme import Look
from views.tooltip import Tooltip


class ElidedLabel(ttk.Label):
    """It takes the width that it is given, and asks for none; ``show`` sets its text."""

    def __init__(
        self, parent: tk.Misc, look: Look, *, style: str = "TLabel", font: Any = None
    ) -> None:
        """``font`` is the style's, where it is not the usual one."""
        super().__init__(parent, style=style, width=1)
        self._elider = look.elider if font is None else Elider(self, font)
        self.whole = ""
        self.bind("<Configure>", lambda _event: self._fit())
        Tooltip(self, look, lambda: self.whole if self.cget("text") != self.whole else "")

    def show(self, text: str, style: str = "") -> None:
        """Show this text."""
        self.whole = text
        if style:
            self.configure(style=style)
        self._fit()

    def _fit(self) -> None:
        self.configure(text=self._elider.fit(self.whole, max(1, self.winfo_width() - 2)))


def keep_wrapped(label: ttk.Label) -> None:
    """Wrap a label to the width that its frame gives it, which its text must not change."""

    def wrap(event: tk.Event[ttk.Label]) -> None:
        label.configure(wraplength=max(1, event.width))

    label.bind("<Configure>", wrap)

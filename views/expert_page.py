"""The page of the experts' group: what stands behind it, a button for each page."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Sequence, Tuple

from views.metrics import EDGE
from views.texts import _
from views.theme import Look


class ExpertPage(ttk.Frame):
    """``pages`` are names and titles; ``open_page`` gets the name of the one that was chosen."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        pages: Sequence[Tuple[str, str]],
        open_page: Callable[[str], None],
    ) -> None:
        super().__init__(parent, padding=(0, 0, look.px(EDGE), 0))
        ttk.Label(self, text=_("Expert settings"), style="Title.TLabel").pack(anchor="w")
        ttk.Label(
            self,
            text=_("These pages can be left as they are."),
            style="Muted.TLabel",
        ).pack(anchor="w", pady=(0, look.px(EDGE)))
        buttons = ttk.Frame(self)
        buttons.pack(anchor="w")
        for column in range(2):
            buttons.columnconfigure(column, uniform="page")
        for place, (name, title) in enumerate(pages):
            button = ttk.Button(buttons, text=title, command=lambda page=name: open_page(page))  # type: ignore[misc]
            button.grid(
                row=place // 2,
                column=place % 2,
                sticky="ew",
                padx=(0, look.px(8)),
                pady=(0, look.px(8)),
            )

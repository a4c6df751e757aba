"""A minute to say no: what will be done, in how many seconds, over everything else."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable

from views.metrics import GROUP, QUESTION
from views.placement import asking_window, belong
from views.texts import _
from views.theme import Look

_SECOND = 1000  # milliseconds


class Countdown(tk.Toplevel):
    """Calls ``done`` after ``seconds``, or ``declined``; ``text`` has a place for ``{seconds}``.

    Enter, Escape and the window's own button decline: whoever types when it comes up loses nothing.
    """

    def __init__(
        self,
        root: tk.Misc,
        look: Look,
        title: str,
        text: str,
        now: str,
        seconds: int,
        done: Callable[[], None],
        declined: Callable[[], None],
    ) -> None:
        super().__init__(asking_window(root))
        self.withdraw()
        self.title(title)
        self.resizable(False, False)
        self._text, self._left = text, seconds
        self._done, self._declined = done, declined
        look.dress(self)
        body = ttk.Frame(self, padding=look.px(QUESTION))
        body.pack()
        self.told = ttk.Label(body, wraplength=look.px(420), justify="left", width=52)
        self.told.pack(anchor="w")
        row = ttk.Frame(body)
        row.pack(anchor="e", pady=(look.px(GROUP), 0))
        self.stay_button = ttk.Button(
            row, text=_("Stay on"), style="Accent.TButton", command=self.decline
        )
        self.stay_button.pack(side="left")
        self.now_button = ttk.Button(row, text=now, command=self._finish)
        self.now_button.pack(side="left", padx=(look.px(6), 0))
        for key in ("<Return>", "<Escape>"):
            self.bind(key, lambda _event: self.decline())
        self.protocol("WM_DELETE_WINDOW", self.decline)
        self._tell()
        belong(self, self.master, question=True)
        self.attributes("-topmost", True)
        self.deiconify()
        self.lift()
        self.stay_button.focus_force()
        self._timer = self.after(_SECOND, self._count)

    def decline(self) -> None:
        """Say no."""
        self._end(self._declined)

    def _finish(self) -> None:
        self._end(self._done)

    def _end(self, then: Callable[[], None]) -> None:
        self.after_cancel(self._timer)
        self.destroy()
        then()

    def _tell(self) -> None:
        self.told.configure(text=self._text.format(seconds=self._left))

    def _count(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self._finish()
            return
        self._tell()
        self._timer = self.after(_SECOND, self._count)

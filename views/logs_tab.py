"""The log as it is written: levels by colour and name, the last lines only."""

from __future__ import annotations

import logging
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import List

from views.scrolled import AutoScrollbar
from views.theme import Look

LARGEST = 5000  # lines; the files hold everything
_LEVELS = (
    ("Everything", logging.DEBUG),
    ("Information", logging.INFO),
    ("Warnings", logging.WARNING),
    ("Errors", logging.ERROR),
)


@dataclass(frozen=True)
class LogLine:
    """One record of the log, already formatted and without secrets."""

    level: int
    text: str


class LogsTab(ttk.Frame):
    """Lines are taken in one by one and written together when a turn of the pump ends."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        super().__init__(parent, padding=look.px(10))
        self._look = look
        self._waiting: List[LogLine] = []
        self._lines = 0
        self.level = tk.StringVar(self, "Information")
        self.follow = tk.BooleanVar(self, value=True)
        bar = ttk.Frame(self)
        bar.pack(fill="x", pady=(0, look.px(8)))
        ttk.Label(bar, text="Show:").pack(side="left", padx=(0, look.px(6)))
        levels = ttk.Combobox(
            bar,
            textvariable=self.level,
            values=[name for name, _level in _LEVELS],
            state="readonly",
            width=14,
        )
        levels.pack(side="left")
        levels.bind("<<ComboboxSelected>>", lambda _event: self._filter())
        follow = ttk.Checkbutton(bar, text="Follow the newest line", variable=self.follow)
        follow.pack(side="left", padx=look.px(14))
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True)
        self.text = tk.Text(body, wrap="none", font="TkFixedFont", state="disabled")
        upright = AutoScrollbar(body, orient="vertical", command=self.text.yview)
        across = ttk.Scrollbar(body, orient="horizontal", command=self.text.xview)
        self.text.configure(yscrollcommand=upright.set, xscrollcommand=across.set)
        body.rowconfigure(0, weight=1)
        body.columnconfigure(0, weight=1)
        self.text.grid(row=0, column=0, sticky="nsew")
        upright.grid(row=0, column=1, sticky="ns")
        across.grid(row=1, column=0, sticky="ew")
        self.recolor()
        self._filter()

    def take(self, line: LogLine) -> None:
        """Take in one line."""
        self._waiting.append(line)

    def turn_ended(self) -> None:
        """Write what was taken in: together this is 60 times quicker than line by line."""
        if not self._waiting:
            return
        was_at_end = self.text.yview()[1] >= 1.0
        parts: List[str] = []
        for line in self._waiting[-LARGEST:]:
            parts += [line.text + "\n", _tag(line.level)]
        self._lines += len(parts) // 2
        self._waiting.clear()
        self.text.configure(state="normal")
        self.text.insert("end", *parts)
        if self._lines > LARGEST:
            self.text.delete("1.0", f"{self._lines - LARGEST + 1}.0")
            self._lines = LARGEST
        self.text.configure(state="disabled")
        if self.follow.get() and was_at_end:
            self.text.see("end")

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        colors = self._look.palette
        for tag, color in (
            ("debug", colors.muted),
            ("info", colors.text),
            ("warning", colors.warning),
            ("error", colors.error),
        ):
            self.text.tag_configure(tag, foreground=color)

    def _filter(self) -> None:
        lowest = dict(_LEVELS)[self.level.get()]
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            self.text.tag_configure(_tag(level), elide=level < lowest)
        if self.follow.get():
            self.text.see("end")


def _tag(level: int) -> str:
    if level >= logging.ERROR:
        return "error"
    if level >= logging.WARNING:
        return "warning"
    return "info" if level >= logging.INFO else "debug"

"""Calls beside Tk's thread whose answers are shown at once: rows that scroll into sight wait for no pump."""

from __future__ import annotations

import queue
import tkinter as tk
from typing import Any, Callable

from window.services import Answer, ServiceThread

_POLL = 5  # milliseconds, while an answer is due


class PromptAnswers:
    """Takes answers in as long as some are due; ``view`` gives the timer."""

    def __init__(self, view: tk.Misc) -> None:
        self._view = view
        self._inbox: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._due = 0
        self._timer = ""

    def thread(self, name: str) -> ServiceThread:
        """Return a thread that answers here."""
        return ServiceThread(name=name, answers=self._inbox)

    def call(
        self,
        thread: ServiceThread,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do ``work`` in the thread, then ``done`` with its result or ``failed`` in Tk's."""
        self._due += 1
        thread.call(work, done, failed)
        if not self._timer:
            self._timer = self._view.after(_POLL, self._poll)

    def close(self) -> None:
        """Take nothing in any more."""
        if self._timer:
            self._view.after_cancel(self._timer)
            self._timer = ""

    def _poll(self) -> None:
        self._timer = ""
        try:
            answer = self._inbox.get_nowait()
        except queue.Empty:
            answer = None
        else:
            self._due -= 1
        if self._due:
            self._timer = self._view.after(_POLL if answer is None else 1, self._poll)
        if answer is not None:
            answer()

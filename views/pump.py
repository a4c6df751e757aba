"""Brings messages of other threads onto Tk's thread, a few at a time.

Workers only put values into a queue. Tk's thread takes them out, which never makes a worker wait, as calling
Tk from a thread does. While there are any, a timer does so, many at a time. Where nothing comes it sleeps: a
worker that puts something into an ``Inbox`` rings a bell, which is a pipe that Tk's event loop listens to.
Windows has no such pipes: there a timer goes on, and since waking up costs 0.2 ms of a core, all pumps look
less often then and at the same moments.
"""

from __future__ import annotations

import os
import queue
import sys
import time
import tkinter as tk
from contextlib import suppress
from typing import Any, Callable, Generic, List, Optional, Protocol, TypeVar

from core.inbox import Inbox

INTERVAL = 50  # milliseconds
RESTING = 120  # milliseconds, when nothing has come for a while
UNHURRIED = 2 * RESTING  # milliseconds, for what nobody waits for
SOON = 5  # milliseconds, when there is more
TURN_MESSAGES = 200
_EMPTY_TURNS = 40  # until it rests
TURN_SECONDS = 0.008

Message = TypeVar("Message")


class _Sleeper(Protocol):
    """Sleeps until the bell rings."""

    def wake_up(self) -> None:
        """It has rung; called in Tk's thread."""


class _Bell:
    """One for the process, whose pipe is never closed: a worker may be just about to ring."""

    def __init__(self) -> None:
        self._sleepers: List[_Sleeper] = []
        self._hear, self._ring = os.pipe()
        if sys.platform != "win32":  # where there is none
            for end in (self._hear, self._ring):
                os.set_blocking(end, False)

    def ring(self) -> None:
        """Wake Tk's thread; from any thread."""
        with suppress(BlockingIOError):  # it has rung so often that one of them will be heard
            os.write(self._ring, b"\0")

    def add(self, root: tk.Misc, sleeper: _Sleeper) -> None:
        """Wake this one, too, from now on."""
        self._sleepers.append(sleeper)
        app: Any = root.tk
        app.createfilehandler(self._hear, tk.READABLE, self._heard)

    def remove(self, root: tk.Misc, sleeper: _Sleeper) -> None:
        """Wake this one no more."""
        self._sleepers.remove(sleeper)
        if not self._sleepers:
            app: Any = root.tk
            app.deletefilehandler(self._hear)

    def _heard(self, _file: object, _mask: int) -> None:
        # An error in here would end the event loop: what is woken only sets its timer.
        try:
            os.read(self._hear, 4096)
        except BlockingIOError:
            return
        for sleeper in tuple(self._sleepers):
            with suppress(tk.TclError):  # its window has gone
                sleeper.wake_up()


_bells: List[_Bell] = []  # none before the first window


def _bell(root: tk.Misc) -> Optional[_Bell]:
    """Return the process's bell; None where Tk cannot hear one."""
    if sys.platform == "win32" or not hasattr(root.tk, "createfilehandler"):
        return None
    if not _bells:
        _bells.append(_Bell())
    return _bells[0]


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
        self._asleep = False  # until the bell rings
        self._bell: Optional[_Bell] = None

    def start(self) -> None:
        """Begin; the first turn comes with the event loop."""
        self._timer = self._root.after(SOON, self._turn)
        self._bell = _bell(self._root) if isinstance(self._inbox, Inbox) else None
        if self._bell is not None and isinstance(self._inbox, Inbox):
            self._bell.add(self._root, self)
            self._inbox.bell = self._rung

    def stop(self) -> None:
        """End; what is still in the inbox stays there."""
        if self._timer:
            self._root.after_cancel(self._timer)
            self._timer = ""
        if self._bell is not None and isinstance(self._inbox, Inbox):
            self._inbox.bell = None
            self._bell.remove(self._root, self)
        self._bell, self._asleep = None, False

    def wake_up(self) -> None:
        """Something has come while it slept."""
        if self._bell is not None and not self._timer:
            self._timer = self._root.after(0, self._turn)

    def _rung(self) -> None:
        """Called by a worker that has put something into the inbox."""
        bell = self._bell
        if self._asleep and bell is not None:
            self._asleep = False
            bell.ring()

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
        if self._timer and not taken and self._bell is not None:
            self._sleep()
        elif not self._inbox.empty() and self._timer:
            self._again_soon()

    def _sleep(self) -> None:
        """Look no more until the bell rings. What came before it could ring is seen now."""
        self._asleep = True
        if not self._inbox.empty():
            self._asleep = False
            self._again_soon()
            return
        self._root.after_cancel(self._timer)
        self._timer = ""

    def _again_soon(self) -> None:
        self._root.after_cancel(self._timer)
        self._timer = self._root.after(SOON, self._turn)

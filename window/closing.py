"""The end of the window: what is running is asked about, threads end in order, Tk's never waits."""

from __future__ import annotations

import tkinter as tk
from typing import Protocol, Tuple

from core.events import QueueState
from views.placement import hide
from views.texts import _
from window.services import WindowServices

_CHECK = 50  # milliseconds

FINISH, STOP, CANCEL = range(3)


class EndingWindow(Protocol):
    """The window, as its end needs it."""

    @property
    def jobs_at_work(self) -> Tuple[int, ...]:
        """The jobs that are being processed."""

    @property
    def queue_state(self) -> QueueState:
        """What the queue does."""

    def end(self) -> None:
        """Go: called in Tk's thread when no thread is at work any more."""


class Closing:
    """Asks, lets the queue end, and ends ``window``."""

    def __init__(self, root: tk.Tk, services: WindowServices, window: EndingWindow) -> None:
        self._root = root
        self._services = services
        self._window = window
        self.begun = False

    def ask(self) -> bool:
        """Ask what becomes of running films and begin to end; False where the window stays open."""
        if self.begun:
            return True
        stop_now = True
        if self._window.jobs_at_work:
            answer = self._services.dialogs.choose(
                _("Close MediaProcessor"),
                _(
                    "Films are being processed. If you stop now, they start over the next time the "
                    "program runs; films in chunks continue with the chunk that they were at. If you remove "
                    "them from the queue, they are not processed. The originals are safe either way."
                ),
                (
                    _("Finish first"),
                    _("Stop now (continues next time)"),
                    _("Remove them from the queue"),
                    _("Keep open"),
                ),
            )
            if answer not in (FINISH, STOP, CANCEL):
                return False
            stop_now = answer != FINISH
            if answer == CANCEL:
                self._cancel_running()
        self._begin(stop_now)
        return True

    def begin(self, *, after_current: bool) -> None:
        """Begin to end without a question: whoever asks for it has said what becomes of running films."""
        if not self.begun:
            self._begin(stop_now=not after_current)

    def _cancel_running(self) -> None:
        services, jobs = self._services, self._window.jobs_at_work

        def cancel() -> None:
            for job_id in jobs:
                services.manager.cancel(job_id)

        services.do(cancel)

    def _begin(self, stop_now: bool) -> None:
        self.begun = True
        services = self._services
        services.window.tell(_("Closing…"))
        services.commands.call(
            lambda: services.manager.stop(cancel_running=stop_now, remember=False),
            lambda _done: self._when_idle(stop_now),
            lambda _error: self._when_idle(stop_now),
        )

    def _when_idle(self, stop_now: bool) -> None:
        """Wait for the running film without stopping the event loop, then for the workers."""
        if stop_now:
            hide(self._root)
        elif self._window.jobs_at_work or self._window.queue_state is not QueueState.STOPPED:
            self._root.after(_CHECK, lambda: self._when_idle(stop_now))
            return
        services = self._services
        # The last command is done by then, also the one that kept the window's place.
        services.commands.call(
            lambda: None, lambda _done: self._shut_down(), services.window.failed
        )

    def _shut_down(self) -> None:
        services = self._services
        services.slow.call(
            lambda: services.manager.shutdown(),
            lambda _ended: self._end(),
            lambda _error: self._end(),
        )

    def _end(self) -> None:
        for thread in (self._services.commands, self._services.slow, self._services.tests):
            thread.stop()
        self._window.end()

"""The check of this machine: it runs in a thread that may wait, and a timer shows how far it is."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Optional, Tuple

from core.errors import JobCancelled
from core.queue.outcome import sentence_of
from core.reporting.machine_check import MachineCheck, report
from views.placement import color_title_bar
from views.texts import _
from window.services import WindowServices

if TYPE_CHECKING:
    from app.machine_check import MachineChecks
    from views.machine_check_window import MachineCheckWindow

_PROGRESS_EVERY = 150  # milliseconds


class MachineCheckController:
    """Opens the window; one check at a time."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._parent = parent
        self._services = services
        self._checks: Optional[MachineChecks] = None
        self._running = False
        self._progress: Tuple[str, float] = ("", 0.0)
        self._report = ""
        self.window: Optional[MachineCheckWindow] = None
        services.on_look.append(self._recolor)

    def open(self) -> None:
        """Open the window, or bring it to the front."""
        from views.machine_check_window import MachineCheckWindow  # few starts need it

        if self.window is None:
            self.window = MachineCheckWindow(self._parent, self._services.look, self)
            self._recolor()
        self.window.lift()

    def start_or_stop(self) -> None:
        """Begin a check, or end the one that runs."""
        if self._running:
            self.end()
            return
        self._running = True
        self._progress = ("", 0.0)
        self._services.tests.call(self._run, self._done, self._failed)
        self._show_progress()

    def progressed(self, doing: str, percent: float) -> None:
        """Called in the thread of the check."""
        self._progress = (doing, percent)

    def copy(self) -> None:
        """Put the report of the last check on the clipboard."""
        if self.window is not None:
            self.window.copied(self._report)

    def closed(self) -> None:
        """A check that nobody sees ends."""
        self.window = None
        self.end()

    def end(self) -> None:
        """End a running check."""
        if self._running:
            self._made().cancel()

    def _made(self) -> MachineChecks:
        if self._checks is None:
            from app.machine_check import MachineChecks

            self._checks = MachineChecks(self._services.program)
        return self._checks

    def _run(self) -> Tuple[MachineCheck, str]:
        checks = self._made()
        check = checks.run(self)
        return check, report(check, checks.hide)

    def _show_progress(self) -> None:
        if self.window is not None and self._running:
            self.window.show_running(*self._progress)
            self.window.after(_PROGRESS_EVERY, self._show_progress)

    def _done(self, answer: Tuple[MachineCheck, str]) -> None:
        self._running = False
        check, self._report = answer
        if self.window is not None:
            self.window.show(check)

    def _failed(self, error: Exception) -> None:
        self._running = False
        if self.window is not None:
            stopped = isinstance(error, JobCancelled)
            text = _("The check was stopped.") if stopped else sentence_of(error)
            self.window.show_failed(text, wrong=not stopped)

    def _recolor(self) -> None:
        if self.window is not None:
            self.window.recolor()
            color_title_bar(self.window, dark=self._services.look.palette.dark)

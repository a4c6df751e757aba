"""The statistics tab: reads the figures when it is looked at and something has ended since."""

from __future__ import annotations

import tkinter as tk
from statistics import Summary, summary

from core.events import Event, JobStateChanged
from views.statistics_tab import StatisticsTab
from window.services import WindowServices


class StatisticsController:
    """Shows the figures of ``services.database``."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._due = True
        self.view = StatisticsTab(parent, services.look, self._refresh)

    def opened(self) -> None:
        """Read the figures where they are old."""
        if self._due:
            self._refresh()

    def handle(self, event: Event) -> None:
        """Note that the figures are old."""
        if isinstance(event, JobStateChanged) and event.state.final:
            self._due = True

    def turn_ended(self) -> None:
        """Read them again where the user is looking."""
        if self._due and self.view.winfo_viewable():
            self._refresh()

    def close(self) -> None:
        """Nothing is kept."""

    def _refresh(self) -> None:
        self._due = False
        self._services.slow.call(
            lambda: summary(self._services.database), self._show, self._services.failed
        )

    def _show(self, found: Summary) -> None:
        self.view.show(found.total, found.days)

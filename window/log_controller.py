"""The log tab: takes what is logged from now on."""

from __future__ import annotations

import logging
import tkinter as tk

from core.events import Event
from views.log_feed import LogFeed
from views.logs_tab import LogsTab
from views.pump import MessagePump
from window.services import WindowServices


class LogController:
    """Hands the program's log lines to the tab, a little at a time."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self.view = LogsTab(parent, services.look)
        self.feed = LogFeed()
        logging.getLogger().addHandler(self.feed)
        self._pump = MessagePump(self.view, self.feed.lines, self.view.take, self.view.turn_ended)
        self._pump.start()
        services.on_look(self.view.recolor)

    def opened(self) -> None:
        """The tab is always up to date."""

    def handle(self, event: Event) -> None:
        """Events of the queue are logged by the queue."""

    def turn_ended(self) -> None:
        """The tab has a pump of its own."""

    def close(self) -> None:
        """Stop listening."""
        logging.getLogger().removeHandler(self.feed)
        self._pump.stop()

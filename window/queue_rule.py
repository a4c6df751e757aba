"""The queue's rule of order, as its page shows and changes it."""

from __future__ import annotations

import tkinter as tk

from core.events import QueueListChanged
from core.settings.choices import QueueOrder
from core.settings.tree import Settings
from views.order_choice import OrderChoice
from window.services import WindowServices


class QueueRule:
    """A drop-down in the bar of the waiting films; what others change is shown there, too."""

    def __init__(self, bar: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._rule = services.config.settings.queue.order
        self.view = OrderChoice(bar, services.look, self._choose)
        self.view.pack(side="left")
        self.view.show(self._rule)
        services.on_settings.append(self._take)

    def _choose(self, rule: QueueOrder) -> None:
        """Put all waiting films in this order; that may take a moment."""
        services = self._services

        def failed(error: Exception) -> None:
            self.view.show(self._rule)
            services.window.failed(error)

        services.slow.call(
            lambda: services.config.set("queue.order", rule.value), lambda _done: None, failed
        )

    def _take(self, settings: Settings) -> None:
        if settings.queue.order is not self._rule:
            self._rule = settings.queue.order
            self.view.show(self._rule)
            self._services.program.events.put(QueueListChanged())

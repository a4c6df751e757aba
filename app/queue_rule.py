"""The rule that the queue is in order by follows its setting, in the transaction that stores the setting."""

from __future__ import annotations

from config import SettingsEffect
from core.settings.tree import Settings
from store.connection import Database


def queue_follows_rule(database: Database) -> SettingsEffect:
    """Return what puts waiting films in another order when the setting ``queue.order`` changes."""

    def follow(before: Settings, after: Settings) -> None:
        if before.queue.order is not after.queue.order:
            from store.queue_order import (
                QueueOrderStore,
            )  # knows what films save, which few starts ask

            QueueOrderStore(database).follow(after.queue.order)

    return follow

"""What this machine's part among others means for its own queue: whether it waits, what others have of it."""

from __future__ import annotations

from typing import FrozenSet, Optional

from core.errors import MediaProcessorError
from core.queue.held import NO_SLOTS
from core.settings.tree import NetworkMode, Settings
from scheduling.pause_reasons import Closed
from scheduling.slots import Slots
from store.connection import Database
from store.leases import LeaseStore

OWN_QUEUE_WAITS = (
    "This machine works for its master; the films in its own queue wait until it is standalone."
)


def own_queue_waits(settings: Settings) -> Optional[Closed]:
    """Say that this machine's own queue has to wait, where it does; what runs is finished first."""
    slave = settings.network.mode is NetworkMode.SLAVE
    return Closed(OWN_QUEUE_WAITS, lets_finish=True) if slave else None


def nobody_works(settings: Settings, *, slave_connected: bool) -> Optional[Closed]:
    """Say that no machine takes a film, where that is so."""
    slots = Slots(lambda: settings.queue)
    if slots.total or settings.network.mode is NetworkMode.SLAVE:
        return None
    if settings.network.mode is not NetworkMode.MASTER:
        return Closed(NO_SLOTS, lets_finish=True)
    return (
        None if slave_connected else Closed(f"No slave is connected. {NO_SLOTS}", lets_finish=True)
    )


def handed_out(database: Database, settings: Settings) -> FrozenSet[int]:
    """Return the jobs that a master's nodes have in hand; none where this is no master."""
    if settings.network.mode is not NetworkMode.MASTER:
        return frozenset()
    try:
        return frozenset(lease.job_id for lease in LeaseStore(database).held())
    except MediaProcessorError:
        return frozenset()

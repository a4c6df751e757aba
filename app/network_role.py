"""What this machine's part among others means for its own queue: whether it waits, what others have of it."""

from __future__ import annotations

from typing import FrozenSet, Optional, Protocol

from core.errors import MediaProcessorError
from core.queue.held import NO_SLOTS
from core.settings.choices import NetworkMode
from core.settings.source import FixedSettings, SettingsSource
from core.settings.tree import Settings
from core.text.sentence import Sentence
from scheduling.pause_reasons import PauseReason
from scheduling.slots import Slots
from store.connection import Database

OWN_QUEUE_WAITS = Sentence(
    "This machine works for its master; the films in its own queue wait until it is standalone."
)


def own_queue_waits(settings: Settings) -> Optional[PauseReason]:
    """Say that this machine's own queue has to wait, where it does; what runs is finished first."""
    slave = settings.network.mode is NetworkMode.SLAVE
    return PauseReason(OWN_QUEUE_WAITS, lets_finish=True) if slave else None


def nobody_works(settings: Settings, *, slave_connected: bool) -> Optional[PauseReason]:
    """Say that no machine takes a film, where that is so."""
    slots = Slots(FixedSettings(settings))
    if slots.total or settings.network.mode is NetworkMode.SLAVE:
        return None
    if settings.network.mode is not NetworkMode.MASTER:
        return PauseReason(NO_SLOTS, lets_finish=True)
    return (
        None
        if slave_connected
        else PauseReason(
            Sentence("No slave is connected. {no_slots}", no_slots=NO_SLOTS), lets_finish=True
        )
    )


class SlaveWatch(Protocol):
    """Knows whether slaves are there; ``app.program.Program``."""

    @property
    def slave_connected(self) -> bool:
        """Whether this is a master that has a slave to give films to."""


class OwnQueueWaits:
    """A condition: a slave's own queue waits until it is standalone."""

    def __init__(self, settings: SettingsSource) -> None:
        self._settings = settings

    def pause_reason(self) -> Optional[PauseReason]:
        """Say so where it does."""
        return own_queue_waits(self._settings.settings)


class NobodyWorks:
    """A condition: no machine takes a film; a master's slaves count."""

    def __init__(self, settings: SettingsSource, slaves: SlaveWatch) -> None:
        self._settings = settings
        self._slaves = slaves

    def pause_reason(self) -> Optional[PauseReason]:
        """Say so where that is so."""
        connected = self._slaves.slave_connected
        return nobody_works(self._settings.settings, slave_connected=connected)


def handed_out(database: Database, settings: Settings) -> FrozenSet[int]:
    """Return the jobs that a master's nodes have in hand; none where this is no master."""
    if settings.network.mode is not NetworkMode.MASTER:
        return frozenset()
    from store.leases import LeaseStore  # for a master alone

    try:
        return frozenset(lease.job_id for lease in LeaseStore(database).held())
    except MediaProcessorError:
        return frozenset()

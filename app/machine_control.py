"""What the user asks of all that this machine does: its own queue and, as a slave, work for its master."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Optional

from core.protocol.node_commands import NodeCommand
from core.settings.tree import NetworkMode
from queue_manager import QueueManager

if TYPE_CHECKING:
    from app.program import Parts


class OwnWork:
    """Calls wait for the database: make them beside Tk's thread.

    The queue tells when it was asked; what a slave does for its master has changed by then.
    """

    def __init__(self, parts: Parts, manager: QueueManager) -> None:
        self._parts = parts
        self._manager = manager

    def start(self) -> None:
        """Begin, or go on."""
        self._slave(NodeCommand.START)
        self._manager.start()

    def pause(self) -> None:
        """Let running films stand still and begin nothing new."""
        self._slave(NodeCommand.PAUSE)
        self._manager.pause()

    def pause_for(self, minutes: float) -> None:
        """Pause, and go on by itself after so many minutes, also after a restart."""
        self._slave(NodeCommand.PAUSE, time.time() + minutes * 60)
        self._manager.pause_for(minutes)

    def stop_after_current(self) -> None:
        """Begin nothing new; running films come to their end."""
        self._slave(NodeCommand.DRAIN)
        self._manager.stop_after_current()

    def stop(self) -> None:
        """Begin nothing new; what runs is thrown away and begun anew, here or by the master."""
        self._slave(NodeCommand.DRAIN, cancel_running=True)
        self._manager.stop(cancel_running=True)

    def _slave(
        self, command: NodeCommand, until: Optional[float] = None, *, cancel_running: bool = False
    ) -> None:
        if self._parts.config.settings.network.mode is NetworkMode.SLAVE:
            slave = self._parts.cluster(self._manager).slave
            slave.wish(command, until, cancel_running=cancel_running)

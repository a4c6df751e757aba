"""What the user asks of all that this machine does: its own queue and, as a slave, work for its master."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Optional, Tuple

from core.protocol.node_commands import NodeCommand
from core.queue.work_in_hand import WorkInHand
from queue_manager import QueueManager

if TYPE_CHECKING:
    from sharing.slave.slave import SlaveWork


class MachineControl:
    """``slave`` is what this machine does for its master; None where it has none.

    Calls wait for the database: make them beside Tk's thread. The queue tells when it was asked; what a
    slave does for its master has changed by then.
    """

    def __init__(self, manager: QueueManager, slave: Optional[SlaveWork] = None) -> None:
        self._manager = manager
        self._slave = slave

    def start(self) -> None:
        """Begin, or go on."""
        self._ask_slave(NodeCommand.START)
        self._manager.start()

    def pause(self) -> None:
        """Let running films stand still and begin nothing new."""
        self._ask_slave(NodeCommand.PAUSE)
        self._manager.pause()

    def pause_for(self, minutes: float) -> None:
        """Pause, and go on by itself after so many minutes, also after a restart."""
        self._ask_slave(NodeCommand.PAUSE, time.time() + minutes * 60)
        self._manager.pause_for(minutes)

    def work_in_hand(self) -> Tuple[WorkInHand, ...]:
        """Return the work that ``stop`` would throw away."""
        of_master = self._slave.unfinished_work if self._slave is not None else ()
        return (*self._manager.work_in_hand(), *of_master)

    def stop_after_current(self) -> None:
        """Begin nothing new; running films come to their end."""
        self._ask_slave(NodeCommand.DRAIN)
        self._manager.stop_after_current()

    def stop(self) -> None:
        """Begin nothing new; what runs is thrown away and begun anew, here or by the master."""
        self._ask_slave(NodeCommand.DRAIN, cancel_running=True)
        self._manager.stop(cancel_running=True)

    def _ask_slave(
        self, command: NodeCommand, until: Optional[float] = None, *, cancel_running: bool = False
    ) -> None:
        if self._slave is not None:
            self._slave.wish(command, until, cancel_running=cancel_running)

"""Whether a slave takes jobs, and if not, why: the master's wish, its own hours and conditions."""

from __future__ import annotations

from enum import Enum

from core.node_commands import NodeCommand


class _Wish(str, Enum):
    WORK = "work"
    PAUSE = "pause"
    DRAIN = "drain"


_WISHES = {
    NodeCommand.START: _Wish.WORK,
    NodeCommand.RESUME: _Wish.WORK,
    NodeCommand.PAUSE: _Wish.PAUSE,
    NodeCommand.DRAIN: _Wish.DRAIN,
}


class SlaveState:
    """Guarded by the slave's lock. ``closed`` is why it pauses by itself, ``reason`` what the master said
    when it had no job."""

    def __init__(self) -> None:
        self.master_name = ""
        self.closed = ""
        self.reason = ""
        self._wish = _Wish.WORK

    def begin(self) -> None:
        """A new slave works."""
        self._wish = _Wish.WORK

    def take(self, command: NodeCommand) -> bool:
        """Take a wish of the master's; False where the command is none."""
        if command not in _WISHES:
            return False
        self._wish = _WISHES[command]
        return True

    @property
    def still(self) -> bool:
        """Whether running jobs stand still."""
        return self._wish is _Wish.PAUSE or bool(self.closed)

    @property
    def held(self) -> str:
        """Why no job is taken, in a sentence; "" where one is."""
        if self._wish is _Wish.PAUSE:
            return "It was told to pause."
        if self._wish is _Wish.DRAIN:
            return "It finishes what runs and takes no more."
        return self.closed

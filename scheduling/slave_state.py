"""Whether a slave takes jobs, and if not, why: the master's wish, its own hours and conditions."""

from __future__ import annotations

from enum import Enum

from core.node_commands import NodeCommand
from store.slave_jobs import SlaveWishStore


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
    when it had no job. What a master wishes is in the ``store``, and is nothing to another master.
    """

    def __init__(self, store: SlaveWishStore) -> None:
        self._store = store
        self.master_name = ""
        self.closed = ""
        self.reason = ""
        self._master_id = ""
        self._wish = _Wish.WORK

    def begin(self) -> None:
        """Go on as the master wished when the program ended."""
        master_id, wish = self._store.load()
        self._master_id = master_id
        self._wish = _Wish(wish) if wish in (one.value for one in _Wish) else _Wish.WORK

    def belong_to(self, master_id: str) -> None:
        """A master is there; what another one wished is over."""
        if master_id != self._master_id:
            self._master_id, self._wish = master_id, _Wish.WORK

    def take(self, command: NodeCommand) -> bool:
        """Take a wish of the master's; False where the command is none."""
        if command not in _WISHES:
            return False
        self._wish = _WISHES[command]
        self._store.save(self._master_id, self._wish.value)
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

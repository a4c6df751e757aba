"""Whether a slave takes jobs, and if not, why: what its master or its user wishes, its hours, conditions."""

from __future__ import annotations

from enum import Enum
from typing import Optional

from core.events import QueueState, QueueStateChanged
from core.protocol.node_commands import NodeCommand
from core.text.sentence import Sentence
from store.slave_jobs import SlaveRequest, SlaveRequestStore


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
_BY_MASTER = {
    _Wish.PAUSE: Sentence("The master told this machine to pause."),
    _Wish.DRAIN: Sentence("The master told this machine to take no more films."),
}
_OWN_USERS = ""  # in place of a master's id


class SlaveState:
    """Guarded by the slave's lock (``SlaveJobs.changed``). ``pause_reason`` is why it pauses by itself.

    Of what the master and the user at this machine wish, the last word holds; it is in the ``store``, and
    what one master wished is nothing to another.
    """

    def __init__(self, store: SlaveRequestStore) -> None:
        self._store = store
        self.pause_reason = ""
        self._gives_back = False  # whether its user has just cancelled what is in hand
        self._master_id = ""
        self._by = _OWN_USERS
        self._wish = _Wish.WORK
        self._until: Optional[float] = None

    def begin(self) -> None:
        """Go on as was wished when the program ended."""
        kept = self._store.load()
        self._by, self._until = kept.master_id, kept.until
        self._wish = (
            _Wish(kept.requested)
            if kept.requested in (wish.value for wish in _Wish)
            else _Wish.WORK
        )

    def belong_to(self, master_id: str) -> None:
        """A master is there; what another one wished is over."""
        self._master_id = master_id
        if self._by not in (_OWN_USERS, master_id):
            self._by, self._wish, self._until = _OWN_USERS, _Wish.WORK, None

    def take(self, command: NodeCommand) -> bool:
        """Take a wish of the master's; False where the command is none."""
        if command not in _WISHES:
            return False
        self._keep(self._master_id, _WISHES[command])
        return True

    def take_own(self, command: NodeCommand, until: Optional[float] = None) -> None:
        """Take a wish of this machine's user; ``until`` (seconds since the epoch) is when it is over."""
        self._keep(_OWN_USERS, _WISHES[command], until)

    def give_back(self) -> None:
        """Its user has cancelled what is in hand: the master is to hear of it at once."""
        self._gives_back = True

    def take_give_back(self) -> bool:
        """Return whether the master is still to hear that its user gives work back; then it is not."""
        gives_back, self._gives_back = self._gives_back, False
        return gives_back

    def look(self, now: float) -> None:
        """Go on after a pause for a while."""
        if self._until is not None and self._until <= now:
            self._keep(_OWN_USERS, _Wish.WORK)

    def _keep(self, by: str, wish: _Wish, until: Optional[float] = None) -> None:
        self._by, self._wish, self._until = by, wish, until
        self._store.save(SlaveRequest(by, wish.value, until))

    @property
    def still(self) -> bool:
        """Whether running jobs stand still."""
        return self._wish is _Wish.PAUSE or bool(self.pause_reason)

    @property
    def held(self) -> str:
        """Why no job is taken, in a sentence; "" where one is."""
        own = self._by == _OWN_USERS
        if self._wish is _Wish.PAUSE:
            return Sentence("It was paused there.") if own else Sentence("It was told to pause.")
        if self._wish is _Wish.DRAIN:
            if own:
                return Sentence("It was stopped there; it finishes what runs and takes no more.")
            return Sentence("It finishes what runs and takes no more.")
        return self.pause_reason

    def present(self, *, running: bool) -> QueueStateChanged:
        """Return what it does, as the queue tells it; ``running`` is whether it has jobs in hand.

        There is no reason where it does as its user wants.
        """
        reason = "" if self._by == _OWN_USERS else _BY_MASTER.get(self._wish, "")
        if self._wish is _Wish.PAUSE:
            return QueueStateChanged(QueueState.PAUSED, reason, self._until)
        if self._wish is _Wish.DRAIN:
            return QueueStateChanged(QueueState.STOPPING if running else QueueState.STOPPED, reason)
        if self.pause_reason:
            return QueueStateChanged(QueueState.PAUSED, self.pause_reason)
        return QueueStateChanged(QueueState.RUNNING)

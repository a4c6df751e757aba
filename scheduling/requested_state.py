"""What the user wants of the whole queue, and what becomes of that: hours and conditions may hold it."""

from __future__ import annotations

from typing import Optional, Tuple

from core.events import QueueState, QueueStateChanged
from core.ports import Clock
from core.queue.job import JobKind
from scheduling.pause_reasons import PauseReason, PauseReasons
from store.queue_state import QueueStateStore


class RequestedState:
    """Guarded by the queue's lock, except for ``look``."""

    def __init__(self, store: QueueStateStore, reasons: PauseReasons, clock: Clock) -> None:
        self._store = store
        self._reasons = reasons
        self._clock = clock
        self.state = QueueState.STOPPED
        self._until: Optional[float] = None  # when a pause ends by itself
        self._ends_at = 0.0  # the same by ``time.monotonic()``
        self._reason: Optional[PauseReason] = None  # why the queue pauses by itself

    @property
    def paused(self) -> bool:
        """Whether the user paused the queue: nothing may be at work, and it is not the end."""
        return self.state is QueueState.PAUSED

    @property
    def held(self) -> bool:
        """Whether the queue would work and may not."""
        reason = self._reason
        return self.state is QueueState.RUNNING and reason is not None and not reason.kinds

    @property
    def resting(self) -> Tuple[JobKind, ...]:
        """The kinds of which no film may be worked on, while those of others may."""
        works = self.state is QueueState.RUNNING and self._reason is not None
        return self._reason.kinds if works and self._reason is not None else ()

    @property
    def lets_finish(self) -> bool:
        """Whether what holds the queue lets running jobs come to their end."""
        return self.held and self._reason is not None and self._reason.lets_finish

    @property
    def over(self) -> bool:
        """Whether a pause for some minutes has come to its end."""
        if self._until is None:
            return False
        return self._until <= self._clock.now() or self._clock.monotonic() >= self._ends_at

    def remembered(self) -> Tuple[QueueState, Optional[float]]:
        """Return what was asked for when the program ended."""
        return self._store.load()

    def request(self, state: QueueState, until: Optional[float], *, remember: bool) -> None:
        """Ask for a state; with ``remember`` the next start of the program has it too."""
        if remember:
            self._store.save(state, until)
        self.state, self._until = state, until
        if until is not None:  # also where the clock is set back meanwhile
            self._ends_at = self._clock.monotonic() + until - self._clock.now()
        self.hold(self.look() if state is QueueState.RUNNING else None)

    def look(self) -> Optional[PauseReason]:
        """Ask hours and conditions; may take a moment, and needs no lock."""
        return self._reasons.current()

    def hold(self, reason: Optional[PauseReason]) -> None:
        """Take what ``look`` returned."""
        self._reason = reason

    def present(self, *, running: bool) -> QueueStateChanged:
        """Return the state that comes of it; ``running`` is whether jobs are still in work."""
        if self.state is QueueState.RUNNING and self._reason is not None:
            state = QueueState.PAUSED if self.held else QueueState.RUNNING
            return QueueStateChanged(state, self._reason.reason, self._reason.until)
        if self.state is QueueState.STOPPED and running:
            return QueueStateChanged(QueueState.STOPPING)
        return QueueStateChanged(self.state, "", self._until)

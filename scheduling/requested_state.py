"""What the user wants of the whole queue, and what becomes of that: hours and conditions may hold it."""

from __future__ import annotations

import time
from typing import Callable, Optional, Tuple

from core.events import QueueState, QueueStateChanged
from scheduling.pause_reasons import Closed, Gate
from store.queue_state import QueueStateStore


class Wishes:
    """Guarded by the queue's lock, except for ``closed``. ``now`` in seconds since the epoch."""

    def __init__(self, store: QueueStateStore, gate: Gate, now: Callable[[], float]) -> None:
        self._store = store
        self._gate = gate
        self._now = now
        self.wished = QueueState.STOPPED
        self._until: Optional[float] = None  # when a pause ends by itself
        self._ends_at = 0.0  # the same by ``time.monotonic()``
        self._closed: Optional[Closed] = None  # why the queue pauses by itself

    @property
    def paused(self) -> bool:
        """Whether the user paused the queue: nothing may be at work, and it is not the end."""
        return self.wished is QueueState.PAUSED

    @property
    def held(self) -> bool:
        """Whether the queue would work and may not."""
        return self.wished is QueueState.RUNNING and self._closed is not None

    @property
    def lets_finish(self) -> bool:
        """Whether what holds the queue lets running jobs come to their end."""
        return self.held and self._closed is not None and self._closed.lets_finish

    @property
    def over(self) -> bool:
        """Whether a pause for some minutes has come to its end."""
        if self._until is None:
            return False
        return self._until <= self._now() or time.monotonic() >= self._ends_at

    def remembered(self) -> Tuple[QueueState, Optional[float]]:
        """Return what was wished when the program ended."""
        return self._store.load()

    def wish(self, state: QueueState, until: Optional[float], *, remember: bool) -> None:
        """Take a wish; with ``remember`` the next start of the program has it too."""
        if remember:
            self._store.save(state, until)
        self.wished, self._until = state, until
        if until is not None:  # also where the clock is set back meanwhile
            self._ends_at = time.monotonic() + until - self._now()
        self.hold(self.closed() if state is QueueState.RUNNING else None)

    def closed(self) -> Optional[Closed]:
        """Ask hours and conditions; may take a moment, and needs no lock."""
        return self._gate.closed()

    def hold(self, closed: Optional[Closed]) -> None:
        """Take what ``closed`` said."""
        self._closed = closed

    def present(self, *, running: bool) -> QueueStateChanged:
        """Return the state that comes of it; ``running`` is whether jobs are still in work."""
        if self.wished is QueueState.RUNNING and self._closed is not None:
            return QueueStateChanged(QueueState.PAUSED, self._closed.reason, self._closed.until)
        if self.wished is QueueState.STOPPED and running:
            return QueueStateChanged(QueueState.STOPPING)
        return QueueStateChanged(self.wished, "", self._until)

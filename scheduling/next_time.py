"""When something is done next: put off by whoever did it, and brought forward by whoever wants it now."""

from __future__ import annotations

import threading
from typing import Optional

from core.ports import Clock
from processing.process_tree import SystemClock


class NextTime:
    """The next time of something that is done again and again; safe from any thread.

    What was brought forward while it was under way is not put off by its end.
    """

    def __init__(self, clock: Optional[Clock] = None) -> None:
        self._clock = clock or SystemClock()
        self._guard = threading.Lock()
        self._at = 0.0
        self._requests = 0

    @property
    def due(self) -> bool:
        """Whether it is to be done now."""
        return self._clock.monotonic() >= self._at

    def at_once(self) -> None:
        """Have it done as soon as can be, and once more where it is under way."""
        with self._guard:
            self._requests += 1
            self._at = 0.0

    def begin(self) -> int:
        """It is under way now; returns what ``put_off`` is given at its end."""
        with self._guard:
            return self._requests

    def put_off(self, seconds: float, begun: int) -> None:
        """Do it again in so many seconds, if nobody has wanted it since ``begun``."""
        with self._guard:
            if begun == self._requests:
                self._at = self._clock.monotonic() + seconds

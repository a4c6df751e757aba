"""When something is done next: put off by whoever did it, and brought forward by whoever wants it now."""

from __future__ import annotations

import threading
import time
from typing import Callable


class NextTime:
    """The next time of something that is done again and again; safe from any thread.

    What was brought forward while it was under way is not put off by its end.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._at = 0.0
        self._wishes = 0

    @property
    def due(self) -> bool:
        """Whether it is to be done now."""
        return self._monotonic() >= self._at

    def at_once(self) -> None:
        """Have it done as soon as can be, and once more where it is under way."""
        with self._guard:
            self._wishes += 1
            self._at = 0.0

    def begin(self) -> int:
        """It is under way now; returns what ``put_off`` is given at its end."""
        with self._guard:
            return self._wishes

    def put_off(self, seconds: float, begun: int) -> None:
        """Do it again in so many seconds, if nobody has wanted it since ``begun``."""
        with self._guard:
            if begun == self._wishes:
                self._at = self._monotonic() + seconds

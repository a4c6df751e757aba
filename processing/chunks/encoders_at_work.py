"""How many encoders of films in chunks are at work on this machine; thread-safe."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Hashable


class EncodersAtWork:
    """One for all films that the program works on at the same time."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._count: Counter[Hashable] = Counter()

    def begin(self, film: Hashable) -> None:
        """An encoder of this film begins."""
        with self._guard:
            self._count[film] += 1

    def end(self, film: Hashable) -> None:
        """It has ended."""
        with self._guard:
            self._count[film] -= 1
            if self._count[film] <= 0:
                del self._count[film]

    def of(self, film: Hashable) -> int:
        """Return how many a film has."""
        with self._guard:
            return self._count[film]

    def of_others(self, film: Hashable) -> int:
        """Return how many all other films have."""
        with self._guard:
            return sum(self._count.values()) - self._count[film]

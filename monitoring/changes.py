"""The directories below a root that have changed and are to be read, each once."""

from __future__ import annotations

import math
import threading
from typing import Callable, Dict


class Changes:
    """Filled by one thread, emptied by another; never larger than the number of directories.

    After more than ``flood`` changes between two calls of ``take`` everything counts as changed. ``news`` is
    called by the filling thread when there is something to take.
    """

    def __init__(self, flood: float = math.inf, news: Callable[[], None] = lambda: None) -> None:
        self._news = news
        self._guard = threading.Lock()
        self._flood = flood
        self._changed: Dict[str, bool] = {}
        self._count = 0

    def put(self, directory: str, below: bool) -> None:
        """Add a directory (below the root, with ``/``), and all ``below`` it where that is true."""
        with self._guard:
            self._count += 1
            first = not self._changed
            self._changed[directory] = self._changed.get(directory, False) or below
        if first:
            self._news()

    @property
    def some(self) -> bool:
        """Whether there is something to take."""
        return bool(self._changed)

    def take(self) -> Dict[str, bool]:
        """Return what was added since the last call."""
        with self._guard:
            changed, self._changed = self._changed, {}
            flooded, self._count = self._count > self._flood, 0
        return {"": True} if flooded else changed

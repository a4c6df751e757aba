"""What is known to have changed below a root: the directories that want a look, each once."""

from __future__ import annotations

import math
import threading
from typing import Dict


class Changes:
    """Filled by one thread, taken by another; as large as there are directories, however much is told.

    After more than ``flood`` changes between two takes everything counts as changed.
    """

    def __init__(self, flood: float = math.inf) -> None:
        self._guard = threading.Lock()
        self._flood = flood
        self._told: Dict[str, bool] = {}
        self._count = 0

    def put(self, directory: str, below: bool) -> None:
        """Have a directory (below the root, with ``/``) scanned, and all ``below`` it if so."""
        with self._guard:
            self._count += 1
            self._told[directory] = self._told.get(directory, False) or below

    def take(self) -> Dict[str, bool]:
        """Return what was put since the last call."""
        with self._guard:
            told, self._told = self._told, {}
            flooded, self._count = self._count > self._flood, 0
        return {"": True} if flooded else told

"""Finds files that have not changed for long enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Generic, Hashable, List, Tuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass
class _Watch:
    state: Tuple[int, int]
    since: float


class Stillness(Generic[Key]):
    """Gets the size and date of files, and returns which are ready; times by any steady clock."""

    def __init__(self) -> None:
        self._watched: Dict[Key, _Watch] = {}

    def see(self, key: Key, size: int, mtime_ns: int, now: float) -> float:
        """Note a file's state; return for how many seconds it has been the same."""
        state = (size, mtime_ns)
        watch = self._watched.get(key)
        if watch is None or watch.state != state:
            watch = self._watched[key] = _Watch(state, now)
        return now - watch.since

    def due(self, seconds: float, now: float) -> List[Key]:
        """Return the files that, if still unchanged, have not changed for that long."""
        return [key for key, watch in self._watched.items() if now - watch.since >= seconds]

    def forget(self, key: Key) -> None:
        """Stop watching a file."""
        self._watched.pop(key, None)

    def clear(self) -> None:
        """Stop watching all."""
        self._watched.clear()

"""The state that the user wants the queue in, kept over restarts."""

from __future__ import annotations

from typing import Optional, Tuple

from core.states import QueueState
from store.connection import Database

_STATE, _UNTIL = "state", "pause_until"


class QueueStateStore:
    """Reads and writes that state; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Tuple[QueueState, Optional[float]]:
        """Return the last requested state and when a pause ends by itself (seconds since the epoch).

        A new user's queue is stopped.
        """
        with self._database.read() as connection:
            found = dict(connection.execute("SELECT key, value FROM queue_state").fetchall())
        try:
            state = QueueState(found.get(_STATE, QueueState.STOPPED.value))
            until = float(found[_UNTIL]) if _UNTIL in found else None
        except ValueError:  # of another version
            return QueueState.STOPPED, None
        return state, until

    def save(self, state: QueueState, until: Optional[float] = None) -> None:
        """Store the requested state; ``until`` is when a pause ends by itself."""
        rows = [(_STATE, state.value)]
        if until is not None:
            rows.append((_UNTIL, repr(until)))
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM queue_state")
            connection.executemany("INSERT INTO queue_state VALUES (?, ?)", rows)

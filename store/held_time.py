"""How long originals have been kept, counted by time that has surely passed (``core.queue.elapsed``)."""

from __future__ import annotations

import sqlite3
from typing import Dict, Optional

from core.ports import Clock
from core.queue.elapsed import ClockSeen, time_passed
from store.connection import Database

_FAR_AHEAD = 14 * 86400.0  # seconds
# An original whose film another program replaced during the swap has no swap time.
_SINCE = "COALESCE(swapped_at, created_at)"
_HELD = "original = 'held'"


class HeldTime:
    """Counts that time in the journal's rows, at each look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, now: float, monotonic: float, longest_gap: float) -> None:
        """Count the time since the last look; all in seconds (``core.queue.elapsed.time_passed``)."""
        with self._database.transaction() as connection:
            seen = _seen(connection) or _newest_swap(connection, monotonic)
            passed, seen = time_passed(
                seen or ClockSeen(now, monotonic), now, monotonic, longest_gap
            )
            # A film that was replaced since the last look has not waited all of it.
            connection.execute(
                "UPDATE journal SET held_seconds = held_seconds + "  # noqa: S608 - our own words
                f"CASE WHEN {_SINCE} > ? THEN 0 ELSE min(?, ? - {_SINCE}) END WHERE {_HELD}",
                (now, passed, now),
            )
            connection.execute(
                "INSERT OR REPLACE INTO clock_seen (id, newest, monotonic, strange) "
                "VALUES (1, ?, ?, ?)",
                (seen.newest, seen.monotonic, seen.strange),
            )

    def ages(self) -> Dict[int, float]:
        """Return for how many seconds each original has been kept, by its entry in the journal."""
        with self._database.read() as connection:
            rows = connection.execute(f"SELECT id, held_seconds FROM journal WHERE {_HELD}")  # noqa: S608
            return {row[0]: row[1] for row in rows}

    def believed(self, now: float) -> float:
        """Return ``now``, or the newest time that was believed where the clock is far ahead of it."""
        with self._database.read() as connection:
            seen = _seen(connection)
        return now if seen is None or now <= seen.newest + _FAR_AHEAD else seen.newest


class BelievedClock:
    """A clock that is not far ahead of the newest time that was believed: for what deletes by age."""

    def __init__(self, clock: Clock, held_time: HeldTime) -> None:
        self._clock = clock
        self._held_time = held_time

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._held_time.believed(self._clock.now())

    def monotonic(self) -> float:
        """Seconds since some moment, never going back."""
        return self._clock.monotonic()


def _seen(connection: sqlite3.Connection) -> Optional[ClockSeen]:
    row = connection.execute("SELECT newest, monotonic, strange FROM clock_seen").fetchone()
    return None if row is None else ClockSeen(*row)


def _newest_swap(connection: sqlite3.Connection, monotonic: float) -> Optional[ClockSeen]:
    newest = connection.execute("SELECT max(swapped_at) FROM journal").fetchone()[0]
    return None if newest is None else ClockSeen(newest, monotonic)

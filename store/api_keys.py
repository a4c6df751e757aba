"""The ``api_keys`` table: OMDb keys with their uses, and the Sonarr and Radarr instances."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime, timezone
from typing import Optional, Tuple

from core.settings.services import ApiKeyRow, Service
from store.connection import Database, shown_text

_UNIT = 60.0  # seconds of uses that one row of api_uses sums up
_MOST_ERRORS = 3  # the specification: a key with so many is skipped until they are reset


_WITH_USES = (
    "SELECT api_keys.*, coalesce(sum(api_uses.uses), 0) AS uses FROM api_keys "
    "LEFT JOIN api_uses ON key_id = id AND used_at > ?"
)


class ApiKeyStore:
    """Rows of keys and instances; thread-safe. Times are seconds since the epoch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, service: Service, since: float = 0.0) -> Tuple[ApiKeyRow, ...]:
        """Return a service's rows in their order, with their uses after ``since`` counted."""
        with self._database.read() as connection:
            found = connection.execute(
                f"{_WITH_USES} WHERE service = ? GROUP BY id ORDER BY priority, id",
                (since, service.value),
            )
            return tuple(_row(row) for row in found)

    def save(self, row: ApiKeyRow) -> int:
        """Add a row, or change what the user sets of it: all but its uses and errors. Return its id."""
        values = (
            row.service.value,
            row.instance_name,
            row.url,
            row.api_key,
            row.is_active,
            row.priority,
            json.dumps(row.path_mappings),
        )
        with self._database.transaction(full_sync=True) as connection:
            if row.id:
                connection.execute(
                    "UPDATE api_keys SET service = ?, instance_name = ?, url = ?, api_key = ?, "
                    "is_active = ?, priority = ?, path_mappings = ?, error_count = 0, "
                    "last_error = NULL WHERE id = ?",
                    (*values, row.id),
                )
                return row.id
            cursor = connection.execute(
                "INSERT INTO api_keys (service, instance_name, url, api_key, is_active, priority, "
                "path_mappings) VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            return int(cursor.lastrowid or 0)

    def remove(self, key_id: int) -> None:
        """Delete a row and its uses."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute("DELETE FROM api_keys WHERE id = ?", (key_id,))

    def take_use(
        self, service: Service, now: float, window: float, limit: int, *, first_only: bool = False
    ) -> Optional[ApiKeyRow]:
        """Use the least used key that is free and count that, in one step; None where none is free.

        ``first_only`` leaves the other keys alone.
        """
        order = "priority, id" if first_only else "uses, priority, id"
        with self._database.transaction() as connection:
            _settle(connection, now, window)
            found = connection.execute(
                f"{_WITH_USES} WHERE service = ? AND is_active GROUP BY id ORDER BY {order}",
                (now - window, service.value),
            )
            rows = [_row(row) for row in found]
            for row in rows[:1] if first_only else rows:
                rests = row.blocked_until is not None and row.blocked_until > now
                if not rests and row.daily_uses < limit and row.error_count < _MOST_ERRORS:
                    _count_use(connection, row.id, row.daily_uses, now)
                    return row
        return None

    def settle(self, now: float, window: float) -> None:
        """Move dates that lie in the future to now: the clock was set back.

        So no use is forgotten, and no key rests until a date far away.
        """
        with self._database.transaction() as connection:
            _settle(connection, now, window)

    def note_use(self, key_id: int, now: float, window: float) -> None:
        """Count one use of a key that has no limit; a use clears the errors before it."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM api_uses WHERE key_id = ? AND used_at <= ?", (key_id, now - window)
            )
            uses = connection.execute(
                "SELECT coalesce(sum(uses), 0) FROM api_uses WHERE key_id = ?", (key_id,)
            ).fetchone()[0]
            connection.execute(
                "UPDATE api_keys SET error_count = 0, last_error = NULL WHERE id = ?", (key_id,)
            )
            _count_use(connection, key_id, uses, now)

    def note_error(
        self,
        key_id: int,
        message: str,
        *,
        blocked_until: Optional[float] = None,
        deactivate: bool = False,
    ) -> None:
        """Count an error; let the key rest until a time, or take it out of use for good."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE api_keys SET error_count = error_count + 1, last_error = ?, "
                "blocked_until = coalesce(?, blocked_until), is_active = is_active AND NOT ? "
                "WHERE id = ?",
                (shown_text(message), blocked_until, deactivate, key_id),
            )

    def reset_errors(self, service: Service) -> None:
        """Forget the errors and the rests of a service's keys; what is out of use stays so."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE api_keys SET error_count = 0, blocked_until = NULL WHERE service = ?",
                (service.value,),
            )


def _settle(connection: sqlite3.Connection, now: float, window: float) -> None:
    connection.execute(
        "UPDATE api_uses SET used_at = ?, started_at = min(started_at, ?) WHERE used_at > ?",
        (now, now, now),
    )
    connection.execute("DELETE FROM api_uses WHERE used_at <= ?", (now - window,))
    connection.execute(
        "UPDATE api_keys SET blocked_until = ? WHERE blocked_until > ?",
        (now + window, now + window),
    )


def _count_use(connection: sqlite3.Connection, key_id: int, uses: int, now: float) -> None:
    day = datetime.fromtimestamp(now, timezone.utc).date().isoformat()
    added = connection.execute(
        "UPDATE api_uses SET uses = uses + 1, used_at = ? WHERE key_id = ? AND started_at > ?",
        (now, key_id, now - _UNIT),
    )
    if not added.rowcount:
        connection.execute("INSERT INTO api_uses VALUES (?, ?, ?, 1)", (key_id, now, now))
    connection.execute(
        "UPDATE api_keys SET daily_uses = ?, last_used = ?, "
        "last_reset_date = CASE WHEN ? = 0 OR last_reset_date IS NULL THEN ? "
        "ELSE last_reset_date END WHERE id = ?",
        (uses + 1, now, uses, day, key_id),
    )


def _row(row: sqlite3.Row) -> ApiKeyRow:
    pairs = json.loads(row["path_mappings"] or "[]")
    return ApiKeyRow(
        id=row["id"],
        service=Service(row["service"]),
        instance_name=row["instance_name"] or "",
        url=row["url"] or "",
        api_key=row["api_key"] or "",
        last_used=row["last_used"],
        daily_uses=row["uses"],
        last_reset_date=row["last_reset_date"] or "",
        last_error=row["last_error"] or "",
        error_count=row["error_count"],
        is_active=bool(row["is_active"]),
        priority=row["priority"],
        blocked_until=row["blocked_until"],
        path_mappings=tuple((str(theirs), str(ours)) for theirs, ours in pairs),
    )

"""The ``settings`` table: text by key."""

from __future__ import annotations

from typing import Dict, Mapping, Optional

from core.ports import WithinTransaction
from store.connection import Database, text_from_sql, text_to_sql


class SettingStore:
    """Settings as text; what a key means is ``config``'s business."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Dict[str, str]:
        """Return every key with its text."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT key, value FROM settings WHERE value IS NOT NULL")
            return {row["key"]: text_from_sql(row["value"]) for row in rows}

    def change(
        self, values: Mapping[str, Optional[str]], along: Optional[WithinTransaction] = None
    ) -> None:
        """Store these texts and remove the keys that have None, all or nothing.

        ``along`` is called last in the same transaction; where it raises, nothing is stored.
        """
        with self._database.transaction(full_sync=True) as connection:
            for key, text in values.items():
                if text is None:
                    connection.execute("DELETE FROM settings WHERE key = ?", (key,))
                else:
                    connection.execute(
                        "INSERT INTO settings (key, value) VALUES (?, ?) "
                        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                        (key, text_to_sql(text)),
                    )
            if along is not None:
                along()

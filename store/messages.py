"""The tables ``messages`` and ``message_addresses``: what is to be told, and where it goes.

Addresses hold passwords and tokens, so a row has only what the vault made of one.
"""

from __future__ import annotations

import sqlite3
from typing import FrozenSet, Optional, Tuple

from core.messages.message import MessageAddress, MessageKind, UserMessage
from store.connection import Database, shown_parts, shown_text, text_of_parts

_BETWEEN = ","


class MessageStore:
    """Thread-safe. Times are seconds since the epoch; ``MessageAddress.address`` is sealed here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: UserMessage) -> None:
        """Keep a message until everybody has it."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO messages (kind, happened, sentence, parts) VALUES (?, ?, ?, ?)",
                (
                    message.kind.value,
                    message.happened,
                    shown_text(message.sentence),
                    shown_parts(message.sentence),
                ),
            )

    def after(self, message_id: int, since: float) -> Tuple[UserMessage, ...]:
        """Return the messages after one that happened no earlier than ``since``, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM messages WHERE id > ? AND happened >= ? ORDER BY id",
                (message_id, since),
            )
            return tuple(_message(row) for row in rows)

    def prune(self, before: float) -> None:
        """Forget what every address has, and what happened before a time."""
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM messages WHERE happened < ? OR id <= "
                "(SELECT coalesce(min(told), 0) FROM message_addresses WHERE enabled)",
                (before,),
            )

    def addresses(self) -> Tuple[MessageAddress, ...]:
        """Return every address, in the order in which they were added."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM message_addresses ORDER BY id")
            return tuple(_address(row) for row in rows)

    def save(self, address: MessageAddress) -> int:
        """Add an address, or change what the user sets of it; return its id.

        A new one, and one that is used again, gets what happens from now on.
        """
        kinds = _BETWEEN.join(sorted(kind.value for kind in address.kinds))
        values = (address.name, address.address, kinds, address.enabled)
        with self._database.transaction(full_sync=True) as connection:
            (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM messages").fetchone()
            if address.id:
                connection.execute(
                    "UPDATE message_addresses SET told = CASE WHEN enabled THEN told ELSE ? END, "
                    "name = ?, address = ?, kinds = ?, enabled = ?, last_error = NULL WHERE id = ?",
                    (newest, *values, address.id),
                )
                return address.id
            cursor = connection.execute(
                "INSERT INTO message_addresses (name, address, kinds, enabled, told) "
                "VALUES (?, ?, ?, ?, ?)",
                (*values, newest),
            )
            return int(cursor.lastrowid or 0)

    def remove(self, address_id: int) -> None:
        """Forget an address."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute("DELETE FROM message_addresses WHERE id = ?", (address_id,))

    def mark_told(self, address_id: int, message_id: int, sent_at: Optional[float]) -> None:
        """Keep in mind which message an address has last; ``sent_at`` None: nothing was sent to it."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE message_addresses SET told = max(told, ?), sent_at = coalesce(?, sent_at), "
                "last_error = CASE WHEN ? IS NULL THEN last_error END WHERE id = ?",
                (message_id, sent_at, sent_at, address_id),
            )

    def note_error(self, address_id: int, sentence: str) -> None:
        """Keep why an address could not be reached."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE message_addresses SET last_error = ? WHERE id = ?",
                (shown_text(sentence), address_id),
            )


def _message(row: sqlite3.Row) -> UserMessage:
    sentence = text_of_parts(row["sentence"], row["parts"])
    return UserMessage(MessageKind(row["kind"]), sentence, row["happened"], row["id"])


def _address(row: sqlite3.Row) -> MessageAddress:
    return MessageAddress(
        row["name"],
        row["address"],
        _kinds(row["kinds"]),
        bool(row["enabled"]),
        row["id"],
        row["told"],
        row["sent_at"],
        row["last_error"] or "",
    )


def _kinds(text: str) -> FrozenSet[MessageKind]:
    known = {kind.value: kind for kind in MessageKind}
    return frozenset(known[name] for name in text.split(_BETWEEN) if name in known)

"""The ``nodes`` and ``masters`` tables: the machines paired with this one, and the shared secrets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, Dict, Mapping, Optional, Tuple

from store.connection import Database, shown_text
from store.vault import Vault, sealed_for


@dataclass(frozen=True)
class NodeRow:
    """A slave of this machine; times in seconds since the epoch, ``last_seen`` 0 for never."""

    instance_id: str
    name: str
    address: str
    version: str
    capabilities: Mapping[str, Any]
    last_seen: float
    revoked_at: Optional[float]


@dataclass(frozen=True)
class MasterRow:
    """A master that this machine was paired with; ``address`` with its port, as it was reached last."""

    instance_id: str
    name: str
    address: str
    reached_at: float


def node_names(database: Database) -> Dict[str, str]:
    """Return the names of all slaves, by id."""
    with database.read() as connection:
        rows = connection.execute("SELECT instance_id, name FROM nodes WHERE name <> ''")
        return {row[0]: row[1] for row in rows}


class NodeStore:
    """Rows of other machines; thread-safe. Secrets are sealed by ``vault``.

    Methods that seal or open a secret raise SecretUnavailable.
    """

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        # What slaves can do as it was read last, by its text: long, asked for each second, and seldom new.
        self._read: Dict[str, Mapping[str, Any]] = {}

    def nodes(self) -> Tuple[NodeRow, ...]:
        """Return all slaves, by name, also revoked ones."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM nodes ORDER BY name, instance_id").fetchall()
        before, texts = self._read, {row["capabilities"] for row in rows}
        self._read = {text: before.get(text) or json.loads(text) for text in texts}
        read = self._read
        return tuple(
            NodeRow(
                row["instance_id"],
                row["name"],
                row["address"],
                row["version"],
                read[row["capabilities"]],
                row["last_seen"],
                row["revoked_at"],
            )
            for row in rows
        )

    def secret_of(self, instance_id: str) -> Optional[bytes]:
        """Return a slave's secret; None where it was never paired or was revoked."""
        return self._secret(
            "SELECT secret FROM nodes WHERE instance_id = ? AND revoked_at IS NULL", instance_id
        )

    def pair(self, instance_id: str, secret: bytes) -> None:
        """Store a slave's secret; a revoked slave has access again."""
        with sealed_for(self._vault, secret.hex()) as sealed, self._database.transaction(
            full_sync=True
        ) as connection:
            before = _sealed(connection, "nodes", instance_id)
            connection.execute(
                "INSERT INTO nodes (instance_id, secret) VALUES (?, ?) ON CONFLICT (instance_id) "
                "DO UPDATE SET secret = excluded.secret, revoked_at = NULL",
                (instance_id, sealed),
            )
        if before is not None:
            self._vault.forget(before)

    def seen(
        self,
        instance_id: str,
        name: str,
        address: str,
        version: str,
        capabilities: Mapping[str, Any],
        at: float,
    ) -> None:
        """Store what a slave reported; nothing where it was never paired."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE nodes SET name = ?, address = ?, version = ?, capabilities = ?, "
                "last_seen = ? WHERE instance_id = ?",
                (
                    shown_text(name),
                    address,
                    shown_text(version),
                    json.dumps(capabilities),
                    at,
                    instance_id,
                ),
            )

    def revoke(self, instance_id: str, at: float) -> bool:
        """Revoke a slave's access; False where nothing has this id."""
        with self._database.transaction(full_sync=True) as connection:
            changed = connection.execute(
                "UPDATE nodes SET revoked_at = ? WHERE instance_id = ? AND revoked_at IS NULL",
                (at, instance_id),
            )
            return changed.rowcount > 0

    def forget(self, instance_id: str) -> bool:
        """Delete all about a machine, slave or master; False where nothing has this id."""
        with self._database.transaction(full_sync=True) as connection:
            sealed = [_sealed(connection, table, instance_id) for table in ("nodes", "masters")]
            connection.execute("DELETE FROM nodes WHERE instance_id = ?", (instance_id,))
            connection.execute("DELETE FROM masters WHERE instance_id = ?", (instance_id,))
        for secret in sealed:
            if secret is not None:
                self._vault.forget(secret)
        return any(sealed)

    def masters(self) -> Tuple[MasterRow, ...]:
        """Return the masters that this machine was paired with, the one that was reached last first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT * FROM masters ORDER BY reached_at DESC, instance_id"
            ).fetchall()
        return tuple(
            MasterRow(row["instance_id"], row["name"], row["address"], row["reached_at"])
            for row in rows
        )

    def master_secret(self, instance_id: str) -> Optional[bytes]:
        """Return a master's secret; None where this machine was never paired with it."""
        return self._secret("SELECT secret FROM masters WHERE instance_id = ?", instance_id)

    def keep_master(
        self,
        master: MasterRow,
        secret: bytes,
        keep: Callable[[Callable[[], None]], None] = lambda write: write(),
    ) -> None:
        """Store a master that this machine was paired with just now.

        ``keep`` is called with what writes the row, to make it part of a transaction of its own.
        """
        before: Optional[str] = None

        def write() -> None:
            nonlocal before
            with self._database.transaction(full_sync=True) as connection:
                before = _sealed(connection, "masters", master.instance_id)
                connection.execute(
                    "INSERT OR REPLACE INTO masters (instance_id, name, address, reached_at, secret) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (
                        master.instance_id,
                        shown_text(master.name),
                        shown_text(master.address),
                        master.reached_at,
                        sealed,
                    ),
                )

        with sealed_for(self._vault, secret.hex()) as sealed:
            keep(write)
        if before is not None:
            self._vault.forget(before)

    def reached(self, master: MasterRow) -> None:
        """Store where and when a master was found."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE masters SET name = ?, address = ?, reached_at = ? WHERE instance_id = ?",
                (
                    shown_text(master.name),
                    shown_text(master.address),
                    master.reached_at,
                    master.instance_id,
                ),
            )

    def _secret(self, query: str, instance_id: str) -> Optional[bytes]:
        with self._database.read() as connection:
            row = connection.execute(query, (instance_id,)).fetchone()
        return None if row is None else bytes.fromhex(self._vault.open(row["secret"]))


def _sealed(connection: Any, table: str, instance_id: str) -> Optional[str]:
    row = connection.execute(
        f"SELECT secret FROM {table} WHERE instance_id = ?",  # noqa: S608 - a table's name of ours
        (instance_id,),
    ).fetchone()
    return None if row is None else str(row["secret"])

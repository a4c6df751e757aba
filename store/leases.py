"""The jobs that a master has leased to its nodes, kept so that a restart loses none of their work."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from core.peer_errors import PeerError
from core.protocol.offer import JobOffer, offer_from, toolset_data, toolset_from
from core.tools import Toolset
from store.connection import Database

_COLUMNS = "job_id, attempt, node_id, offer, tools, report, held"


@dataclass(frozen=True)
class HandedOut:
    """One job and the node that has it, or that had it last (``held`` False).

    ``toolset`` is the node's when it was leased, ``report`` what the node returned, empty before that.
    """

    job_id: int
    attempt: int
    node_id: str
    offer: JobOffer
    toolset: Toolset
    report: Mapping[str, Any]
    held: bool


class LeaseStore:
    """The ``leases`` table; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: Dict[str, Tuple[Toolset, str]] = {}  # by node: long, and the same for weeks

    def grant(self, node_id: str, offer: JobOffer, toolset: Toolset) -> None:
        """Store that a node has a job from now on, in place of an earlier attempt."""
        values = (
            offer.job_id,
            offer.attempt,
            node_id,
            json.dumps(offer.as_data()),
            self._tools(node_id, toolset),
        )
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO leases (job_id, attempt, node_id, offer, tools, report, held) "
                "VALUES (?, ?, ?, ?, ?, '', 1)",
                values,
            )

    def _tools(self, node_id: str, toolset: Toolset) -> str:
        """Store a node's tools."""
        before = self._written.get(node_id)
        if before is None or before[0] is not toolset:
            before = self._written[node_id] = toolset, json.dumps(toolset_data(toolset))
        return before[1]

    def hand_in(self, job_id: int, attempt: int, report: Mapping[str, Any]) -> None:
        """Store what a node returned; comes back when the disk has it, since the node then forgets it."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute(
                "UPDATE leases SET report = ? WHERE job_id = ? AND attempt = ?",
                (json.dumps(report), job_id, attempt),
            )

    def take_back(self, job_id: int) -> None:
        """Store that no node has the job; the last one may still come back for it."""
        self._change("UPDATE leases SET held = 0 WHERE job_id = ?", job_id)

    def adopt(self, job_id: int) -> None:
        """Give a job back to the node that had it last."""
        self._change("UPDATE leases SET held = 1 WHERE job_id = ?", job_id)

    def forget(self, job_id: int) -> None:
        """Forget the lease: the job has ended."""
        self._change("DELETE FROM leases WHERE job_id = ?", job_id)

    def get(self, job_id: int) -> Optional[HandedOut]:
        """Return what is known of a job's last node."""
        found = self._select("WHERE job_id = ?", job_id)
        return found[0] if found else None

    def held(self) -> Tuple[HandedOut, ...]:
        """Return all jobs that nodes have, by job."""
        return self._select("WHERE held = 1 ORDER BY job_id")

    def _change(self, statement: str, job_id: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(statement, (job_id,))

    def _select(self, where: str, *values: object) -> Tuple[HandedOut, ...]:
        rows = self._database.select(
            f"SELECT {_COLUMNS} FROM leases {where}",  # noqa: S608 - our own conditions
            values,
        )
        found = []
        for row in rows:
            try:
                offer = offer_from(json.loads(row[3]))
                toolset = toolset_from(json.loads(row[4]))
            except PeerError:  # of another version: its node starts over
                continue
            report = json.loads(row[5]) if row[5] else {}
            found.append(HandedOut(row[0], row[1], row[2], offer, toolset, report, bool(row[6])))
        return tuple(found)

"""What a master has handed out to its nodes, so that its restart loses none of their work."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from core.errors import PeerError
from core.protocol.offer import JobOffer, offer_from, toolset_data, toolset_from
from core.tools import Toolset
from store.connection import Database

_COLUMNS = "job_id, attempt, node_id, offer, tools, report, held"


@dataclass(frozen=True)
class HandedOut:
    """One job in a node's hands, or the last that a node had it in (``held`` False).

    ``toolset`` is the node's when it was handed out, ``report`` what the node handed in, empty before.
    """

    job_id: int
    attempt: int
    node_id: str
    offer: JobOffer
    toolset: Toolset
    report: Mapping[str, Any]
    held: bool


class LeaseStore:
    """The ``leases`` table; usable from every thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written: Dict[str, Tuple[Toolset, str]] = {}  # by node: long, and the same for weeks

    def grant(self, node_id: str, offer: JobOffer, toolset: Toolset) -> None:
        """Note that a node has a job from now on; what was noted of an earlier attempt goes."""
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
        """Write a node's tools down."""
        before = self._written.get(node_id)
        if before is None or before[0] is not toolset:
            before = self._written[node_id] = toolset, json.dumps(toolset_data(toolset))
        return before[1]

    def hand_in(self, job_id: int, attempt: int, report: Mapping[str, Any]) -> None:
        """Keep what a node handed in; returns when the disk has it, since the node forgets it then."""
        with self._database.transaction(full_sync=True) as connection:
            connection.execute(
                "UPDATE leases SET report = ? WHERE job_id = ? AND attempt = ?",
                (json.dumps(report), job_id, attempt),
            )

    def take_back(self, job_id: int) -> None:
        """Note that the job is in nobody's hands; its node may still come back for it."""
        self._change("UPDATE leases SET held = 0 WHERE job_id = ?", job_id)

    def adopt(self, job_id: int) -> None:
        """Give a job back to the node that had it last."""
        self._change("UPDATE leases SET held = 1 WHERE job_id = ?", job_id)

    def forget(self, job_id: int) -> None:
        """The job has come to its end."""
        self._change("DELETE FROM leases WHERE job_id = ?", job_id)

    def get(self, job_id: int) -> Optional[HandedOut]:
        """Return what is known of a job's last node."""
        found = self._select("WHERE job_id = ?", job_id)
        return found[0] if found else None

    def held(self) -> Tuple[HandedOut, ...]:
        """Return all that nodes have, by job."""
        return self._select("WHERE held = 1 ORDER BY job_id")

    def _change(self, statement: str, job_id: int) -> None:
        with self._database.transaction() as connection:
            connection.execute(statement, (job_id,))

    def _select(self, where: str, *values: object) -> Tuple[HandedOut, ...]:
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM leases {where}",  # noqa: S608 - our own conditions
                values,
            ).fetchall()
        found = []
        for row in rows:
            try:
                offer = offer_from(json.loads(row[3]))
                toolset = toolset_from(json.loads(row[4]))
            except PeerError:  # another version's: its node begins anew
                continue
            report = json.loads(row[5]) if row[5] else {}
            found.append(HandedOut(row[0], row[1], row[2], offer, toolset, report, bool(row[6])))
        return tuple(found)

"""Which node has which job until when, without a clock or sockets.

A job is leased to a node for a time, with the number of its attempt. Heartbeats renew the lease; where they
stop, the job goes back to the queue with another attempt, and later reports of the older attempt are refused.
A master that restarts takes over the leases that were running, and gives each node one whole lease to return.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Iterable, Optional, Tuple

from core.text.sentence import Sentence

LEASE_SECONDS = 60.0
FAILURES_TO_QUARANTINE = 3  # in a row, on one node
QUARANTINE_SECONDS = 1800.0


@dataclass(frozen=True)
class Lease:
    """One job of one node; ``until`` in seconds by the master's clock."""

    job_id: int
    attempt: int
    node_id: str
    until: float


class LeaseTable:
    """The leases of one master, of ``seconds`` each; used by one thread at a time.

    Times are passed in, by a clock that never goes back.
    """

    def __init__(
        self, running: Iterable[Lease] = (), *, now: float = 0.0, seconds: float = LEASE_SECONDS
    ) -> None:
        self.seconds = seconds
        self._leases: Dict[int, Lease] = {
            job.job_id: replace(job, until=now + seconds) for job in running
        }

    def __len__(self) -> int:
        return len(self._leases)

    def of_node(self, node_id: str) -> Tuple[Lease, ...]:
        """Return a node's leases, oldest job first."""
        found = (lease for lease in self._leases.values() if lease.node_id == node_id)
        return tuple(sorted(found, key=lambda lease: lease.job_id))

    def get(self, job_id: int) -> Optional[Lease]:
        """Return the lease of a job; None where no node has it."""
        return self._leases.get(job_id)

    def all(self) -> Tuple[Lease, ...]:
        """Return all leases."""
        return tuple(self._leases.values())

    def grant(self, job_id: int, attempt: int, node_id: str, now: float) -> Lease:
        """Lease a job to a node; raises ValueError where a node has it already."""
        if job_id in self._leases:
            raise ValueError(f"job {job_id} is leased")
        lease = Lease(job_id, attempt, node_id, now + self.seconds)
        self._leases[job_id] = lease
        return lease

    def holds(self, job_id: int, attempt: int, node_id: str) -> bool:
        """Whether this node has the lease of this attempt."""
        lease = self._leases.get(job_id)
        return lease is not None and (lease.attempt, lease.node_id) == (attempt, node_id)

    def renew(self, job_id: int, attempt: int, node_id: str, now: float) -> bool:
        """Take in a heartbeat; False where the job is no longer this node's, which then drops it."""
        if not self.holds(job_id, attempt, node_id):
            return False
        self._leases[job_id] = replace(self._leases[job_id], until=now + self.seconds)
        return True

    def end(self, job_id: int, attempt: int, node_id: str) -> bool:
        """End the lease of a job that its node has finished; False where it was no longer that node's."""
        if not self.holds(job_id, attempt, node_id):
            return False
        del self._leases[job_id]
        return True

    def adopt(self, job_id: int, attempt: int, node_id: str, now: float) -> bool:
        """Let a node that is back continue a job that no node has; False where a node has it."""
        if job_id in self._leases:
            return self.holds(job_id, attempt, node_id)
        self.grant(job_id, attempt, node_id, now)
        return True

    def expire(self, now: float) -> Tuple[Lease, ...]:
        """End and return the leases whose heartbeat is overdue."""
        late = tuple(lease for lease in self._leases.values() if lease.until <= now)
        for lease in late:
            del self._leases[lease.job_id]
        return late


class Quarantine:
    """Pauses a node that fails one job after another, before it fails them all; used by one thread."""

    def __init__(self) -> None:
        self._failures: Dict[str, Tuple[int, str]] = {}
        self._until: Dict[str, float] = {}

    def failed(self, node_id: str, reason: str, now: float) -> bool:
        """Count a failure that was the node's fault; True where it puts the node into quarantine."""
        count = self._failures.get(node_id, (0, ""))[0] + 1
        self._failures[node_id] = (count, reason)
        if count < FAILURES_TO_QUARANTINE:
            return False
        self._until[node_id] = now + QUARANTINE_SECONDS
        return True

    def succeeded(self, node_id: str) -> None:
        """Forget the failures: a job has succeeded."""
        self._failures.pop(node_id, None)
        self._until.pop(node_id, None)

    @property
    def has_any(self) -> bool:
        """Whether any node is in quarantine, or was since its last success."""
        return bool(self._until)

    def reason(self, node_id: str, now: float) -> str:
        """Say why a node gets no work; "" where it does. After its time one more job is tried."""
        until = self._until.get(node_id)
        if until is None or now >= until:
            return ""
        count, reason = self._failures[node_id]
        minutes = max(1, round((until - now) / 60))
        return Sentence(
            "{count} jobs failed here one after the other, the last so: {reason} Again in "
            "{minutes} min.",
            count=count,
            reason=reason,
            minutes=minutes,
        )

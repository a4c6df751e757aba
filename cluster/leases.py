"""Who has which job, and until when, without a clock and without sockets.

A job is handed out with its attempt and for a time. A sign of life renews it; where none comes in time the
job goes back with another attempt, and what the older attempt reports from then on is refused. A master
that restarts takes the running leases over and gives their owners one whole lease to come back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Dict, Iterable, Optional, Tuple

LEASE_SECONDS = 60.0
FAILURES_TO_QUARANTINE = 3  # in a row, on one node
QUARANTINE_SECONDS = 1800.0


@dataclass(frozen=True)
class Lease:
    """One job in one node's hands; ``until`` in seconds by the master's clock."""

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
        """Return what a node has, oldest job first."""
        found = (lease for lease in self._leases.values() if lease.node_id == node_id)
        return tuple(sorted(found, key=lambda lease: lease.job_id))

    def get(self, job_id: int) -> Optional[Lease]:
        """Return in whose hands a job is; None where in nobody's."""
        return self._leases.get(job_id)

    def all(self) -> Tuple[Lease, ...]:
        """Return all that is handed out."""
        return tuple(self._leases.values())

    def grant(self, job_id: int, attempt: int, node_id: str, now: float) -> Lease:
        """Hand a job out; raises ValueError where it is in somebody's hands."""
        if job_id in self._leases:
            raise ValueError(f"job {job_id} is leased")
        lease = Lease(job_id, attempt, node_id, now + self.seconds)
        self._leases[job_id] = lease
        return lease

    def holds(self, job_id: int, attempt: int, node_id: str) -> bool:
        """Whether it is this node's job, in this attempt."""
        lease = self._leases.get(job_id)
        return lease is not None and (lease.attempt, lease.node_id) == (attempt, node_id)

    def renew(self, job_id: int, attempt: int, node_id: str, now: float) -> bool:
        """Take a sign of life; False where the job is no longer this node's, which then drops it."""
        if not self.holds(job_id, attempt, node_id):
            return False
        self._leases[job_id] = replace(self._leases[job_id], until=now + self.seconds)
        return True

    def end(self, job_id: int, attempt: int, node_id: str) -> bool:
        """Take a job back that its node has ended; False where it was no longer that node's."""
        if not self.holds(job_id, attempt, node_id):
            return False
        del self._leases[job_id]
        return True

    def adopt(self, job_id: int, attempt: int, node_id: str, now: float) -> bool:
        """Let a node that comes back go on with a job that nobody has; False where somebody has it."""
        if job_id in self._leases:
            return self.holds(job_id, attempt, node_id)
        self.grant(job_id, attempt, node_id, now)
        return True

    def expire(self, now: float) -> Tuple[Lease, ...]:
        """Take back and return what nobody gave a sign of life for."""
        late = tuple(lease for lease in self._leases.values() if lease.until <= now)
        for lease in late:
            del self._leases[lease.job_id]
        return late


class Quarantine:
    """Keeps a node that fails job after job from failing them all; used by one thread."""

    def __init__(self) -> None:
        self._failures: Dict[str, Tuple[int, str]] = {}
        self._until: Dict[str, float] = {}

    def failed(self, node_id: str, reason: str, now: float) -> bool:
        """Count a failure that was the node's; True where it is sent to quarantine by this one."""
        count = self._failures.get(node_id, (0, ""))[0] + 1
        self._failures[node_id] = (count, reason)
        if count < FAILURES_TO_QUARANTINE:
            return False
        self._until[node_id] = now + QUARANTINE_SECONDS
        return True

    def succeeded(self, node_id: str) -> None:
        """A job went well: what was before is forgotten."""
        self._failures.pop(node_id, None)
        self._until.pop(node_id, None)

    def reason(self, node_id: str, now: float) -> str:
        """Say why a node gets no work; "" where it does. After its time one more job is tried."""
        until = self._until.get(node_id)
        if until is None or now >= until:
            return ""
        count, reason = self._failures[node_id]
        minutes = max(1, round((until - now) / 60))
        return f"{count} jobs failed here one after the other, the last so: {reason} Again in {minutes} min."

"""One of the master's jobs in a slave's hands, and what becomes of its result."""

from __future__ import annotations

import time
from typing import Any, List, Mapping, Optional

from core.job import JobKind
from core.progress import Progress
from processing.control import JobControl
from store.slave_jobs import SlaveJob

_KEPT_DAYS = 30  # that a finished result waits for a master that does not come back


class SlaveTask:
    """One job in this machine's hands; ``film`` is what its name is to people."""

    def __init__(self, job: SlaveJob, kind: JobKind, film: str) -> None:
        self.job = job
        self.kind = kind  # UNKNOWN: it takes no slot any more
        self.film = film
        self.control = JobControl()
        self.held_by_master = False
        self.progress: Optional[Progress] = None

    def moved(self, progress: Progress) -> None:
        """Take in where the job is."""
        self.progress = progress

    @property
    def key(self) -> List[int]:
        """What master and slave call it."""
        return [self.job.job_id, self.job.attempt]


def is_forsaken(job: SlaveJob) -> bool:
    """Whether a finished result has waited for its master for so long that nobody will fetch it."""
    try:
        return time.time() - job.result.stat().st_mtime > _KEPT_DAYS * 86400
    except OSError:
        return False  # its disk may be away; its master is asked first


def with_report(job: SlaveJob, report: Mapping[str, Any]) -> SlaveJob:
    """Return the job with what will be handed in for it."""
    return SlaveJob(job.master_id, job.job_id, job.attempt, job.result, job.folder, report)

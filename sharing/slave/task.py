"""One of the master's jobs in a slave's hands, and what becomes of its result."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from typing import Any, Dict, List, Mapping, Optional, Tuple

from cluster.ports import SlavePort
from core.progress import Progress
from core.protocol.messages import MessageType
from core.protocol.system_status import WorkStatus, shown_work
from core.queue.job import JobKind
from core.queue.work_in_hand import WorkInHand
from core.settings.path_mappings import pure_path
from core.steps import SEND
from processing.control import JobControl
from processing.filesystem import FileOperations
from processing.swap import clear_scratch
from sharing.node_reports import progress_data
from store.slave_jobs import SlaveJob, SlaveJobStore

LONGEST_WAIT = 60.0  # seconds that a master may let us wait
_LEAST_WAIT = 0.5  # seconds between two questions for work that bring none
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
        self._begun = time.monotonic()

    def moved(self, progress: Progress) -> None:
        """Take in where the job is."""
        self.progress = progress

    def hold(self, still: bool) -> None:
        """Let it stand still or go on, as this machine and its master want it."""
        if still or self.held_by_master:
            self.control.pause()
        else:
            self.control.resume()

    @property
    def sign(self) -> Dict[str, Any]:
        """Its sign of life for the master."""
        data: Dict[str, Any] = {"job": self.job.job_id, "attempt": self.job.attempt}
        if self.progress is not None:
            data["progress"] = progress_data(self.progress)
        return data

    @property
    def shown(self) -> WorkStatus:
        """What is shown of it."""
        film, paused = pure_path(self.film), self.control.paused
        return shown_work(self.job.job_id, film, self.progress, paused=paused)

    @property
    def work(self) -> WorkInHand:
        """What ending it now would lose."""
        seconds = max(0.0, time.monotonic() - self._begun - self.control.paused_seconds)
        made = self.progress.output_size if self.progress else None
        film = pure_path(self.film).name
        return WorkInHand(self.job.job_id, film, self.kind, "", seconds, made)

    @property
    def key(self) -> List[int]:
        """What master and slave call it."""
        return [self.job.job_id, self.job.attempt]


def key_of(job: SlaveJob) -> Tuple[str, int, int]:
    """Return what tells a job from all others, also from those of other masters."""
    return (job.master_id, job.job_id, job.attempt)


def drop(job: SlaveJob, store: SlaveJobStore, *, taken: bool = False) -> None:
    """Remove all that lies on the disk for a job, and forget it; what is away is not waited for.

    A result that the master has ``taken`` from beside the film is the master's.
    """
    files = FileOperations()
    with suppress(OSError):
        if not (taken and job.report.get("shared")):
            files.remove(job.result)
        clear_scratch(files, job.result)
        files.remove_folders(job.result.parent)
    shutil.rmtree(job.folder, ignore_errors=True)
    store.forget(job)


def hand_in(task: SlaveTask, port: SlavePort, store: SlaveJobStore) -> Optional[bool]:
    """Offer a job once; return whether the master has taken it, None where it has not answered.

    Where it has, nothing of the job is here any more. Raises JobCancelled, PeerError, OSError.
    """
    job, report = task.job, task.job.report
    if "error" not in report and not report["shared"]:
        size = max(1, job.result.stat().st_size)

        def sent(count: int) -> None:
            task.moved(Progress(SEND, percent=100.0 * count / size))

        port.upload(job.job_id, job.attempt, job.result, task.control.check, sent)
    data = {"job": job.job_id, "attempt": job.attempt, "report": dict(report)}
    answer = port.ask(MessageType.JOB_COMPLETE, data)
    if "taken" not in answer:
        return None
    taken = bool(answer["taken"])
    drop(job, store, taken=taken)
    return taken


def wait_of(answer: Mapping[str, Any]) -> float:
    """Return for how many seconds a master that has no work lets us wait."""
    after = answer.get("after")
    wait = after if isinstance(after, (int, float)) and after >= 0 else LONGEST_WAIT
    return min(max(float(wait), _LEAST_WAIT), LONGEST_WAIT)


def is_forsaken(job: SlaveJob) -> bool:
    """Whether a finished result has waited for its master for so long that nobody will fetch it."""
    try:
        return time.time() - job.result.stat().st_mtime > _KEPT_DAYS * 86400
    except OSError:
        return False  # its disk may be away; its master is asked first


def with_report(job: SlaveJob, report: Mapping[str, Any]) -> SlaveJob:
    """Return the job with what will be handed in for it."""
    return SlaveJob(job.master_id, job.job_id, job.attempt, job.result, job.folder, report)

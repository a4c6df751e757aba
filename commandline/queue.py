"""``queue list|move|priority|pause|resume|retry|remove|cancel``: the queue without a window.

``list`` may run beside a window. What changes the queue takes the data folder's lock, because a window
or ``process`` that works on it holds jobs in its hands that nobody else may change.
"""

from __future__ import annotations

import argparse
import queue
import time
from datetime import datetime
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from commandline.cluster import handed_out
from commandline.instance import only_instance
from commandline.output import Output, table
from commandline.parts import Parts
from core.errors import MediaProcessorError, UsageError
from core.events import JobState, QueueState, ServiceNotice
from core.figures import size_text
from core.job import Job, Where
from queue_manager import QueueManager
from store.jobs import JobStore
from store.queue_state import QueueStateStore

WAITING = (JobState.QUEUED, JobState.PAUSED)
_UNFINISHED = tuple(state for state in JobState if not state.final)
_LATER = " It holds from the next start of the window."


class NotPossible(MediaProcessorError):
    """A job is in a state in which this cannot be done with it."""

    code = "not_possible"

    def __init__(self, job: Job, deed: str) -> None:
        self.job_id = job.id
        super().__init__(f"Job {job.id} cannot be {deed}: it is {job.state.value}.")


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change the queue; 1 where a job is in a state that does not allow it.

    Raises UsageError for a job that is not there, AlreadyRunning where another program works on the
    queue that is to be changed.
    """
    if arguments.action == "list":
        _list(parts, arguments, output)
        return 0
    if arguments.action in ("pause", "resume") and not arguments.jobs:
        with only_instance(parts.data_dir):
            output.text(_whole_queue(parts, arguments))
        _record_queue(parts, output)
        return 0
    with only_instance(parts.data_dir):
        ids = _ids(parts, arguments)
        manager = parts.queue_manager()
        manager.recover(handed_out(parts))
        try:
            failed = _change(manager, JobStore(parts.database), ids, arguments)
        finally:
            manager.shutdown()
    _show_notices(manager, output)
    for error in failed:
        output.error(error)
    for job in _present(parts, ids):
        _record(job, output)
    output.text(_done(arguments.action, len(ids) - len(failed)))
    return int(bool(failed))


# ---- to look at


def _list(parts: Parts, arguments: argparse.Namespace, output: Output) -> None:
    states = tuple(JobState(one) for one in arguments.state) or _UNFINISHED
    ended = all(state.final for state in states)
    store = JobStore(parts.database)
    limit = arguments.limit or -1
    jobs = store.page(states, limit=limit, newest_first=ended)
    _record_queue(parts, output)
    for job in jobs:
        _record(job, output)
    output.text(_queue_line(parts))
    if jobs:
        headers = ("Job", "State", "Priority", "Size", "Film", "")
        output.text(table(headers, [_row(job) for job in jobs]))
    counts = store.counts()
    left = sum(counts[state] for state in states) - len(jobs)
    if left > 0:
        output.text(f"… and {left} more; --limit 0 shows all.")


def _row(job: Job) -> Tuple[object, ...]:
    state = f"{job.state.value} ({job.step})" if job.step else job.state.value
    message = job.message
    if job.not_before is not None and job.not_before > time.time():
        message = f"Not before {_clock(job.not_before)}. {message}".strip()
    priority = job.priority or ""
    return (job.id, state, priority, size_text(job.original_size), job.path, message)


def _record(job: Job, output: Output) -> None:
    output.record(
        "job",
        job_id=job.id,
        file=str(job.path),
        state=job.state.value,
        step=job.step,
        kind=job.kind.value,
        priority=job.priority,
        attempt=job.attempt,
        added_at=job.added_at,
        not_before=job.not_before,
        original_size=job.original_size,
        processed_size=job.processed_size,
        message=job.message,
    )


def _record_queue(parts: Parts, output: Output) -> None:
    state, until = QueueStateStore(parts.database).load()
    counts = JobStore(parts.database).counts()
    output.record(
        "queue",
        state=state.value,
        until=until,
        counts={one.value: count for one, count in counts.items()},
    )


def _queue_line(parts: Parts) -> str:
    state, until = QueueStateStore(parts.database).load()
    counts = JobStore(parts.database).counts()
    told = ", ".join(f"{count} {one.value}" for one, count in counts.items() if count)
    back = f" until {_clock(until)}" if until is not None else ""
    return f"The queue is {state.value}{back}: {told or 'it is empty'}."


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"


# ---- to change


def _whole_queue(parts: Parts, arguments: argparse.Namespace) -> str:
    """Keep what the user wants of the whole queue; say so."""
    store = QueueStateStore(parts.database)
    if arguments.action == "resume":
        store.save(QueueState.RUNNING)
        return "The queue goes on." + _LATER
    minutes: Optional[float] = arguments.minutes
    until = None if minutes is None else time.time() + minutes * 60
    store.save(QueueState.PAUSED, until)
    return (f"The queue pauses until {_clock(until)}." if until else "The queue pauses.") + _LATER


def _ids(parts: Parts, arguments: argparse.Namespace) -> Tuple[int, ...]:
    """The jobs that are meant; raises UsageError where one is not there."""
    store = JobStore(parts.database)
    if getattr(arguments, "all_failed", False):
        if arguments.jobs:
            raise UsageError("Name jobs or give --all-failed, not both.")
        return store.all_failed()
    if getattr(arguments, "minutes", None) is not None:
        raise UsageError("--minutes is for the whole queue; leave the jobs out.")
    wanted = list(dict.fromkeys(arguments.jobs))
    if not wanted:
        raise UsageError("Name at least one job; queue list shows their numbers.")
    before: Optional[int] = getattr(arguments, "before", None)
    for job_id in (*wanted, *(() if before is None else (before,))):
        if store.get(job_id) is None:
            raise UsageError(f"There is no job {job_id}; queue list shows their numbers.")
    return tuple(wanted)


def _change(
    manager: QueueManager, store: JobStore, ids: Sequence[int], arguments: argparse.Namespace
) -> List[NotPossible]:
    """Do it with every job that is in a fitting state; return what was not possible."""
    deed, fits = _FITTING[arguments.action]
    jobs = [job for job in (store.get(one) for one in ids) if job is not None]
    failed = [NotPossible(job, deed) for job in jobs if not fits(job.state)]
    fitting = [job.id for job in jobs if fits(job.state)]
    if arguments.action == "move" and arguments.before is not None:
        manager.place_before(fitting, arguments.before)
    elif arguments.action == "move":
        manager.move(fitting, Where(arguments.to))
    elif arguments.action == "priority":
        manager.set_priority(fitting, arguments.priority)
    else:
        deeds: Dict[str, Callable[[int], object]] = {
            "pause": manager.pause_job,
            "resume": manager.resume_job,
            "retry": manager.retry,
            "remove": manager.remove,
            "cancel": manager.cancel,
        }
        for job_id in fitting:
            deeds[arguments.action](job_id)
    return failed


_FITTING: Dict[str, Tuple[str, Callable[[JobState], bool]]] = {
    "move": ("moved", lambda state: state in WAITING),
    "priority": ("given a priority", lambda state: state in WAITING),
    "pause": ("paused", lambda state: state in WAITING),
    "resume": ("resumed", lambda state: state is JobState.PAUSED),
    "retry": ("tried again", lambda state: state.final or state in WAITING),
    "remove": ("removed", lambda state: True),  # noqa: ARG005 - nothing runs: the lock is ours
    "cancel": ("cancelled", lambda state: not state.final),
}
_DONE = {
    "move": "moved",
    "priority": "given the priority",
    "pause": "paused",
    "resume": "resumed",
    "retry": "queued again",
    "remove": "removed; the films were not touched",
    "cancel": "cancelled; the films were not touched",
}


def _done(action: str, count: int) -> str:
    return f"{count} {'job' if count == 1 else 'jobs'} {_DONE[action]}."


def _present(parts: Parts, ids: Sequence[int]) -> List[Job]:
    store = JobStore(parts.database)
    return [job for job in (store.get(one) for one in ids) if job is not None]


def _show_notices(manager: QueueManager, output: Output) -> None:
    while True:
        try:
            event = manager.events.get_nowait()
        except queue.Empty:
            return
        if isinstance(event, ServiceNotice):
            output.notice(event.message, error=event.error)

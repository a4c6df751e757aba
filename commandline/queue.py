"""``queue list|start|pause|resume|stop|move|priority|retry|remove|cancel``: the queue without a window.

Where a program is at work with the data folder it does what is asked for, since it holds jobs in its hands
that nobody else may change; ``list`` asks it how far they are.
"""

from __future__ import annotations

import argparse
import queue
import time
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional, Sequence, Tuple

from app.instance_lock import at_work
from app.local_control import ASK_STATE, ask_running
from app.machine_control import OwnWork
from app.network_role import handed_out
from app.program import Parts
from commandline.output import Output
from commandline.remote_call import here_or_there
from core.errors import MediaProcessorError, UsageError
from core.events import JobState, QueueState, QueueStateChanged, ServiceNotice
from core.protocol.node_commands import NodeCommand
from core.queue.held import queue_sentence
from core.queue.job import Job, Where
from core.settings.tree import NetworkMode
from core.text.formatting import duration_text, size_text
from queue_manager import QueueManager
from reports.text_table import table
from scheduling.pause_reasons import clock_text
from sharing.slave.state import SlaveState
from store.jobs import JobStore
from store.queue_state import QueueStateStore
from store.slave_jobs import SlaveJobStore

WAITING = (JobState.QUEUED, JobState.PAUSED)
_UNFINISHED = tuple(state for state in JobState if not state.final)
_LATER = " It holds from the next start of the window."
_WHOLE = ("start", "pause", "resume", "stop")  # of the whole queue, where no jobs are named
_OF_SLAVE = {
    QueueState.RUNNING: NodeCommand.START,
    QueueState.STOPPED: NodeCommand.DRAIN,
    QueueState.PAUSED: NodeCommand.PAUSE,
}
_PROGRESS = ("percent", "fps", "speed", "eta")
_END_SECONDS = 20.0  # that a cancelled job has to let go of its film before the answer
_PAUSE = 0.1


class NotPossible(MediaProcessorError):
    """A job is in a state in which this cannot be done with it."""

    code = "not_possible"

    def __init__(self, job: Job, deed: str) -> None:
        self.job_id = job.id
        super().__init__(f"Job {job.id} cannot be {deed}: it is {job.state.value}.")


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Show or change the queue; 1 where a job is in a state that does not allow it.

    Raises UsageError for a job that is not there, AlreadyRunning where the program that works on the
    queue does not answer.
    """
    if arguments.action == "list":
        _list(parts, arguments, output)
        return 0
    return here_or_there(parts, arguments, output, lambda: _here(parts, arguments, output))


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Change the queue of this program for a later start; raises UsageError, StillStarting."""
    manager = parts.manager_at_work()
    if _of_whole(arguments):
        output.text(_command(parts.own_work(manager), arguments))
        _record_queue(parts, live_state(parts), output)
        return 0
    ids = _ids(parts, arguments)
    failed = _change(manager, JobStore(parts.database), ids, arguments)
    if arguments.action == "cancel":
        _wait_for_end(manager, ids)
    return _answer(parts, ids, failed, arguments, output)


def live_state(parts: Parts) -> Mapping[str, Any]:
    """How this program's queue is and how far its jobs are, for the ``queue list`` of a later start."""
    manager = parts.manager_at_work()
    now = manager.overview()
    return {
        "state": now.state.value,
        "reason": now.reason,
        "until": now.until,
        "jobs": {
            str(job_id): {name: getattr(progress, name, None) for name in _PROGRESS}
            for job_id, progress in manager.in_hand.items()
        },
    }


def _here(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Change the queue while no program is at work with it."""
    if _of_whole(arguments):
        output.text(_wish(parts, arguments))
        _record_queue(parts, {}, output)
        return 0
    ids = _ids(parts, arguments)
    manager = parts.queue_manager()
    manager.recover(handed_out(parts.database, parts.config.settings))
    try:
        failed = _change(manager, JobStore(parts.database), ids, arguments)
    finally:
        manager.shutdown()
    _show_notices(manager, output)
    return _answer(parts, ids, failed, arguments, output)


def _answer(
    parts: Parts,
    ids: Sequence[int],
    failed: Sequence[NotPossible],
    arguments: argparse.Namespace,
    output: Output,
) -> int:
    for error in failed:
        output.error(error)
    for job in _present(parts, ids):
        _record(job, {}, output)
    output.text(_done(arguments.action, len(ids) - len(failed)))
    return int(bool(failed))


# ---- to look at


def _list(parts: Parts, arguments: argparse.Namespace, output: Output) -> None:
    states = tuple(JobState(one) for one in arguments.state) or _UNFINISHED
    ended = all(state.final for state in states)
    store = JobStore(parts.database)
    limit = arguments.limit or -1
    live = ask_running(parts.data_dir, ASK_STATE, {}) or {}
    silent = not live and at_work(parts.data_dir)
    told: Mapping[str, Mapping[str, Any]] = live.get("jobs", {})
    jobs = store.page(states, limit=limit, newest_first=ended)
    _record_queue(parts, live, output, silent=silent)
    for job in jobs:
        _record(job, told.get(str(job.id), {}), output)
    output.text(_queue_line(parts, live, silent=silent))
    if jobs:
        headers = ("Job", "Status", "Done", "Pace", "Left", "Priority", "Size", "Film", "")
        output.text(table(headers, [_row(job, told.get(str(job.id), {})) for job in jobs]))
    counts = store.counts()
    left = sum(counts[state] for state in states) - len(jobs)
    if left > 0:
        output.text(f"… and {left} more; --limit 0 shows all.")


def _row(job: Job, progress: Mapping[str, Any]) -> Tuple[object, ...]:
    state = f"{job.state.value} ({job.step})" if job.step else job.state.value
    message = _message(job)
    if job.not_before is not None and job.not_before > time.time():
        message = f"Not before {clock_text(job.not_before)}. {message}".strip()
    priority = job.priority or ""
    percent, fps, speed, eta = (progress.get(name) for name in _PROGRESS)
    done = "" if percent is None else f"{percent:.1f} %"
    pace = f"{fps:.1f} fps" if fps else f"{speed:.2f}x" if speed else ""
    left = "" if eta is None else duration_text(eta)
    size = size_text(job.original_size)
    return (job.id, state, done, pace, left, priority, size, job.path, message)


def _message(job: Job) -> str:
    """What there is to tell of a job; why it had to wait is old once its time has come."""
    over = job.not_before is not None and job.not_before <= time.time()
    return "" if over and job.state is JobState.QUEUED else job.message


def _record(job: Job, progress: Mapping[str, Any], output: Output) -> None:
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
        message=_message(job),
        **{name: progress.get(name) for name in _PROGRESS},
    )


def _present_state(parts: Parts, live: Mapping[str, Any]) -> Tuple[str, Optional[float]]:
    """What the queue does; where no program is at work, what the user wants of it."""
    if live:
        return live["state"], live["until"]
    state, until = QueueStateStore(parts.database).load()
    return state.value, until


def _record_queue(
    parts: Parts, live: Mapping[str, Any], output: Output, *, silent: bool = False
) -> None:
    state, until = _present_state(parts, live)
    counts = JobStore(parts.database).counts()
    output.record(
        "queue",
        state=state,
        until=until,
        reason=live.get("reason", ""),
        at_work=bool(live) or silent,
        counts={one.value: count for one, count in counts.items()},
    )


def _queue_line(parts: Parts, live: Mapping[str, Any], *, silent: bool) -> str:
    """Say who works on the queue, what is in it, and why nothing happens where nothing does."""
    counts = JobStore(parts.database).counts()
    told = ", ".join(f"{count} {one.value}" for one, count in counts.items() if count)
    jobs = told or "the queue is empty"
    if live:
        now = QueueStateChanged(QueueState(live["state"]), live["reason"], live["until"])
        return f"{queue_sentence(now, clock_text)} In it: {told or 'nothing'}."
    if silent:
        return f"A program is at work with this data folder and does not answer now: {jobs}."
    line = f"No program is at work with this data folder: {jobs}."
    if not any(counts[state] for state in _UNFINISHED):
        return line
    return f"{line} Start one with `--headless`, or open the window and start its queue."


# ---- to change


def _of_whole(arguments: argparse.Namespace) -> bool:
    """Whether the whole queue is meant."""
    return arguments.action in _WHOLE and not getattr(arguments, "jobs", ())


def _command(work: OwnWork, arguments: argparse.Namespace) -> str:
    """Have what is at work do something as a whole; say so."""
    if arguments.action in ("start", "resume"):
        work.start()
        return "The queue is at work."
    if arguments.action == "stop":
        if arguments.after_current:
            work.stop_after_current()
            return "The queue stops when what runs has come to its end."
        work.stop()
        return "The queue stops; running films start over at its next start."
    if arguments.minutes is None:
        work.pause()
        return "The queue pauses."
    work.pause_for(arguments.minutes)
    return f"The queue pauses until {clock_text(time.time() + arguments.minutes * 60)}."


def _wish(parts: Parts, arguments: argparse.Namespace) -> str:
    """Keep what the user wants of the whole queue for the next start of the window; say so."""
    if arguments.action in ("start", "resume"):
        _keep_wish(parts, QueueState.RUNNING)
        return "The queue goes on." + _LATER
    if arguments.action == "stop":
        _keep_wish(parts, QueueState.STOPPED)
        return "The queue is stopped." + _LATER
    minutes: Optional[float] = arguments.minutes
    until = None if minutes is None else time.time() + minutes * 60
    _keep_wish(parts, QueueState.PAUSED, until)
    return (
        f"The queue pauses until {clock_text(until)}." if until else "The queue pauses."
    ) + _LATER


def _keep_wish(parts: Parts, state: QueueState, until: Optional[float] = None) -> None:
    with parts.database.transaction():
        QueueStateStore(parts.database).save(state, until)
        if parts.config.settings.network.mode is NetworkMode.SLAVE:
            SlaveState(SlaveJobStore(parts.database).requests).take_own(_OF_SLAVE[state], until)


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
    in_hand = manager.in_hand
    jobs = [job for job in (store.get(one) for one in ids) if job is not None]
    failed = [NotPossible(job, deed) for job in jobs if not fits(job.state, job.id in in_hand)]
    refused = {error.job_id for error in failed}
    fitting = [job.id for job in jobs if job.id not in refused]
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
        manager.each(deeds[arguments.action], fitting)
    return failed


def _wait_for_end(manager: QueueManager, ids: Collection[int]) -> None:
    """Let cancelled jobs let go of their films, so that the answer shows how they ended."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline and not manager.in_hand.keys().isdisjoint(ids):
        time.sleep(_PAUSE)


# What is done with a job, and whether that fits its state and its being in work just now.
_FITTING: Dict[str, Tuple[str, Callable[[JobState, bool], bool]]] = {
    "move": ("moved", lambda state, runs: state in WAITING and not runs),
    "priority": ("given a priority", lambda state, runs: state in WAITING and not runs),
    "pause": ("paused", lambda state, runs: state in WAITING or (runs and not state.final)),
    "resume": ("resumed", lambda state, runs: state is JobState.PAUSED),  # noqa: ARG005
    "retry": ("tried again", lambda state, runs: not runs and (state.final or state in WAITING)),
    "remove": ("removed", lambda state, runs: not runs),  # noqa: ARG005
    "cancel": ("cancelled", lambda state, runs: not state.final),  # noqa: ARG005
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

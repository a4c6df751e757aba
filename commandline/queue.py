"""``queue list|start|pause|resume|stop|move|priority|spread|retry|remove|cancel``: the queue, windowless.

Where a program is at work with the data folder it does what is asked for, since it holds jobs in its hands
that nobody else may change.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Sequence, Tuple

from commandline.command import Command, NoOptions, action, open_program
from commandline.numbers import count, minutes, whole
from commandline.options import argument, arguments, option, switch
from commandline.queue_changes import (
    JobChange,
    NamesJobs,
    QueueChange,
    on_either,
    on_jobs,
    on_queue,
)
from commandline.queue_list import ACTION as LIST
from commandline.queue_order import OrderOptions
from commandline.queue_order import at_work as order_at_work
from commandline.queue_order import run as put_in_order
from commandline.queue_view import live_state
from core.errors import UsageError
from core.events import JobState, QueueState
from core.queue.job import Where
from scheduling.wall_clock import clock_text
from store.jobs import JobStore

if TYPE_CHECKING:
    from app.machine_control import MachineControl
    from queue_manager import QueueManager

WAITING = (JobState.QUEUED, JobState.PAUSED)
_AS_LISTED = "number shown by queue list"


# ---- options


@dataclass(frozen=True)
class MoveOptions:
    """What ``queue move`` is asked for."""

    to: Optional[str] = option(
        "--to",
        default=None,
        choices=tuple(where.value for where in Where),
        help="an end, or one place",
        one_of="place",
    )
    before: Optional[int] = option(
        "--before",
        default=None,
        kind=count,
        metavar="JOB",
        help="right before another job",
        one_of="place",
    )
    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


@dataclass(frozen=True)
class PriorityOptions:
    """What ``queue priority`` is asked for."""

    priority: int = argument("PRIORITY", kind=whole, help="0 is normal; may be negative")
    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


@dataclass(frozen=True)
class StopOptions:
    """What ``queue stop`` is asked for."""

    after_current: bool = switch("--after-current", help="finish running films first")


@dataclass(frozen=True)
class PauseOptions:
    """What ``queue pause`` is asked for."""

    minutes: Optional[float] = option(
        "--minutes",
        default=None,
        kind=minutes,
        metavar="N",
        help="the whole queue resumes automatically after N minutes",
    )
    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


@dataclass(frozen=True)
class RetryOptions:
    """What ``queue retry`` is asked for."""

    all_failed: bool = switch("--all-failed", help="every job that failed")
    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


@dataclass(frozen=True)
class JobsOptions:
    """Jobs that are named."""

    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


@dataclass(frozen=True)
class SpreadOptions:
    """What ``queue spread`` is asked for."""

    off: bool = switch("--off", help="no more so: it is made as any other film")
    jobs: Tuple[int, ...] = arguments("JOB", kind=count, help=_AS_LISTED, needed=False)


# ---- the whole queue


def _start(work: MachineControl, _options: object) -> str:
    work.start()
    return "The queue is at work."


def _start_later(_options: object) -> Tuple[QueueState, Optional[float], str]:
    return QueueState.RUNNING, None, "The queue goes on."


def _stop(work: MachineControl, options: StopOptions) -> str:
    if options.after_current:
        work.stop_after_current()
        return "The queue stops when what runs has come to its end."
    work.stop()
    return "The queue stops; at its next start running films start over, or go on with finished chunks."


def _stop_later(_options: object) -> Tuple[QueueState, Optional[float], str]:
    return QueueState.STOPPED, None, "The queue is stopped."


def _pause(work: MachineControl, options: PauseOptions) -> str:
    if options.minutes is None:
        work.pause()
        return "The queue pauses."
    work.pause_for(options.minutes)
    return f"The queue pauses until {clock_text(time.time() + options.minutes * 60)}."


def _pause_later(options: PauseOptions) -> Tuple[QueueState, Optional[float], str]:
    if options.minutes is None:
        return QueueState.PAUSED, None, "The queue pauses."
    until = time.time() + options.minutes * 60
    return QueueState.PAUSED, until, f"The queue pauses until {clock_text(until)}."


# ---- jobs


def _named(store: JobStore, options: NamesJobs) -> Tuple[int, ...]:
    """The jobs that were named; raises UsageError where one is not there, or none was named."""
    jobs = tuple(dict.fromkeys(options.jobs))
    if not jobs:
        raise UsageError("Name at least one job; queue list shows their numbers.")
    _demand_jobs(store, jobs)
    return jobs


def _demand_jobs(store: JobStore, jobs: Sequence[int]) -> None:
    for job_id in jobs:
        if store.get(job_id) is None:
            raise UsageError(f"There is no job {job_id}; queue list shows their numbers.")


def _to_move(store: JobStore, options: MoveOptions) -> Tuple[int, ...]:
    jobs = _named(store, options)
    _demand_jobs(store, () if options.before is None else (options.before,))
    return jobs


def _to_pause(store: JobStore, options: PauseOptions) -> Tuple[int, ...]:
    if options.minutes is not None:
        raise UsageError("--minutes is for the whole queue; leave the jobs out.")
    return _named(store, options)


def _to_retry(store: JobStore, options: RetryOptions) -> Tuple[int, ...]:
    if not options.all_failed:
        return _named(store, options)
    if options.jobs:
        raise UsageError("Name jobs or give --all-failed, not both.")
    return store.all_failed()


def _move(manager: QueueManager, ids: Sequence[int], options: MoveOptions) -> None:
    if options.before is not None:
        manager.place_before(ids, options.before)
    else:
        manager.move(ids, Where(options.to))


def _set_priority(manager: QueueManager, ids: Sequence[int], options: PriorityOptions) -> None:
    manager.set_priority(ids, options.priority)


def _spread(manager: QueueManager, ids: Sequence[int], options: SpreadOptions) -> None:
    manager.spread(ids, wanted=not options.off)


def _waits(state: JobState, in_work: bool) -> bool:
    return state in WAITING and not in_work


MOVE = JobChange("moved", "moved", _waits, _move, _to_move)
PRIORITY = JobChange("given a priority", "given the priority", _waits, _set_priority, _named)
SPREAD = JobChange(
    "spread",
    "changed",
    lambda state, _in_work: not state.final,
    _spread,
    _named,
)
PAUSE: JobChange[PauseOptions] = JobChange(
    "paused",
    "paused",
    lambda state, in_work: state in WAITING or (in_work and not state.final),
    lambda manager, ids, _options: manager.each(manager.pause_job, ids),
    _to_pause,
)
RESUME: JobChange[JobsOptions] = JobChange(
    "resumed",
    "resumed",
    lambda state, _in_work: state is JobState.PAUSED,
    lambda manager, ids, _options: manager.each(manager.resume_job, ids),
    _named,
)
RETRY: JobChange[RetryOptions] = JobChange(
    "tried again",
    "queued again",
    lambda state, in_work: not in_work and (state.final or state in WAITING),
    lambda manager, ids, _options: manager.each(manager.retry, ids),
    _to_retry,
    anew=True,
)
AGAIN: JobChange[JobsOptions] = JobChange(
    "processed again",
    "queued again with today's rules",
    lambda state, in_work: state.final and not in_work,
    lambda manager, ids, _options: manager.again(ids),
    _named,
    anew=True,
)
REMOVE: JobChange[JobsOptions] = JobChange(
    "removed",
    "removed; the films were not touched",
    lambda _state, in_work: not in_work,
    lambda manager, ids, _options: manager.each(manager.remove, ids),
    _named,
)
CANCEL: JobChange[JobsOptions] = JobChange(
    "cancelled",
    "cancelled; the films were not touched",
    lambda state, _in_work: not state.final,
    lambda manager, ids, _options: manager.each(manager.cancel, ids),
    _named,
)


COMMAND = Command(
    open_program,
    (
        LIST,
        on_jobs("move", "move waiting jobs; several keep their order", MoveOptions, MOVE),
        on_jobs(
            "priority",
            "give waiting jobs a priority; the highest goes first",
            PriorityOptions,
            PRIORITY,
        ),
        on_jobs(
            "spread",
            "these films first, each on all machines at once; --off: no more so",
            SpreadOptions,
            SPREAD,
        ),
        action(
            "order",
            "put waiting films in order by a rule; those that were moved keep their places",
            OrderOptions,
            put_in_order,
            order_at_work,
        ),
        on_queue(
            "start",
            "start or resume the whole queue",
            NoOptions,
            QueueChange(_start, _start_later),
        ),
        on_queue(
            "stop",
            "stop the queue; running films start over later, or go on with finished chunks",
            StopOptions,
            QueueChange(_stop, _stop_later),
        ),
        on_either(
            "pause",
            "pause jobs; without jobs, the whole queue",
            PauseOptions,
            PAUSE,
            QueueChange(_pause, _pause_later),
        ),
        on_either(
            "resume",
            "resume paused jobs; without jobs, the whole queue",
            JobsOptions,
            RESUME,
            QueueChange[JobsOptions](_start, _start_later),
        ),
        on_jobs("retry", "queue finished or failed jobs again", RetryOptions, RETRY),
        on_jobs(
            "again", "process finished films again, from their kept originals", JobsOptions, AGAIN
        ),
        on_jobs(
            "remove", "remove jobs from the list; their films are not touched", JobsOptions, REMOVE
        ),
        on_jobs("cancel", "cancel jobs; their films are not touched", JobsOptions, CANCEL),
    ),
    live_state,
)

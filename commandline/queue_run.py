"""Works the queue off for somebody who waits for that, and says why films are left."""

from __future__ import annotations

import queue
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Collection, Sequence, Tuple

from app.local_control import ControlListener
from app.tool_needs import known_beforehand
from commandline.job_report import JobReport
from commandline.output import Output
from commandline.remote_call import handlers
from core.events import EndRequested, Event, JobState, QueueStateChanged
from core.queue.held import why_they_wait
from core.queue.job import Job
from core.queue.overview import QueueOverview
from core.store_errors import StoreError
from queue_manager import QueueManager
from scheduling.slots import Slots
from scheduling.wall_clock import clock_text
from store.jobs import JobStore

if TYPE_CHECKING:
    from app.program import Program

_WAITING = tuple(state for state in JobState if not (state.final or state is JobState.PAUSED))
_CANCEL_SECONDS = 30.0  # until a job that was told to end is left to the next start's recovery


def tell_beforehand(program: Program, output: Output) -> None:
    """Say what is known to hold films before the first is looked at."""
    for sentence, error in known_beforehand(program.config.settings, program.tool_report):
        output.notice(sentence, error=error)


def demand_settings(program: Program) -> None:
    """Raise StoreError where the settings were lost just now: nobody has agreed to the defaults."""
    report = program.database.report
    if report.created and report.notices:
        raise StoreError(
            program.database.path,
            "its settings are lost and the defaults hold. Nothing was processed. Set what differs "
            "(settings import FILE), then start again.",
        )


def work_off(
    program: Program,
    manager: QueueManager,
    jobs: Tuple[int, ...],
    output: Output,
    paths: Sequence[Path] = (),
) -> bool:
    """Run until nothing can be done any more; whether all is done, and well.

    When interrupted, ``jobs`` are cancelled. Where ``paths`` were named, a paused film elsewhere is as its
    user wants it.
    """
    report = JobReport(output)
    begin = time.monotonic()

    def show(event: Event) -> None:
        if isinstance(event, EndRequested):  # what is given back by this goes on at the next start
            manager.stop(cancel_running=not event.after_current, remember=False)
        report.show(event)

    # A service manager's polite end (SIGTERM) is the same to us as Ctrl+C.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(program.data_dir, handlers(program)):
            manager.run_until_idle(show)
            overview, left = manager.overview(), jobs_left(program, paths)
    except KeyboardInterrupt:
        _cancel(manager, jobs, report, report.show)
        report.finish(time.monotonic() - begin)
        raise
    except BaseException:
        _cancel(manager, jobs, report, report.remember)
        raise
    finally:
        manager.shutdown()
        signal.signal(signal.SIGTERM, before)
    well = report.finish(time.monotonic() - begin, sum(number for _job, number in left))
    say_why(program, overview, left, report, error=True)
    return well


def say_why(
    program: Program,
    overview: QueueOverview,
    left: Sequence[Tuple[Job, int]],
    report: JobReport,
    *,
    error: bool = False,
) -> None:
    """Say why films are left; an error where somebody waits for them to be done."""
    queue_now = QueueStateChanged(overview.state, overview.reason, overview.until)
    slots = Slots(program.config)
    for sentence in why_they_wait(left, queue_now, slots.limit, time.time(), clock_text):
        report.tell(sentence, error=error)


def any_left(program: Program) -> bool:
    """Whether any job is not done."""
    counts = JobStore(program.database).counts()
    return any(number for state, number in counts.items() if not state.final)


def jobs_left(program: Program, paths: Collection[Path]) -> Tuple[Tuple[Job, int], ...]:
    """Return the jobs that are not done: without ``paths`` all, else no paused ones beside these.

    Of those that wait alike one, and how many they are: a million would take gigabytes.
    """
    store = JobStore(program.database)
    if not paths:
        return store.alike((*_WAITING, JobState.PAUSED))
    paused = store.page((JobState.PAUSED,), limit=-1)
    below = ((job, 1) for job in paused if not {job.path, *job.path.parents}.isdisjoint(paths))
    return (*store.alike(_WAITING), *below)


def _cancel(
    manager: QueueManager, jobs: Tuple[int, ...], report: JobReport, show: Callable[[Event], None]
) -> None:
    """End our jobs and wait until they have; those of an earlier run go back to the queue."""
    manager.stop()
    for job_id in jobs:
        manager.cancel(job_id)
    deadline = time.monotonic() + _CANCEL_SECONDS
    while report.unfinished(jobs) and time.monotonic() < deadline:
        with suppress(queue.Empty):
            event = manager.events.get(timeout=0.2)
            if not isinstance(event, QueueStateChanged):  # that it stops is what was asked for
                show(event)

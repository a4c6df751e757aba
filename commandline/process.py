"""``process PATH…`` and ``--headless``: works off the queue, the same way as the window does."""

from __future__ import annotations

import argparse
import queue
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Collection, Iterable, List, Sequence, Tuple

from app.instance_lock import LOCK_PATIENCE, only_instance
from app.local_control import ControlListener
from app.network_role import OWN_QUEUE_WAITS
from app.program import Parts
from app.tool_needs import known_beforehand
from commandline import headless_role
from commandline.headless_news import HeadlessNews
from commandline.job_report import JobReport
from commandline.output import Output
from commandline.remote_call import here_or_there
from commandline.remote_calls import answering
from core.errors import FileUnavailable, StoreError
from core.events import Event, JobState, QueueStateChanged
from core.queue.held import why_they_wait
from core.queue.job import Job
from core.queue.overview import QueueOverview
from core.version import VERSION
from monitoring.spelling import full_path
from queue_manager import QueueManager, keep_responsive
from scheduling.pause_reasons import clock_text
from scheduling.slots import Slots
from store.jobs import JobStore

_KEEP_UP = 5.0  # seconds until settings that another program has changed hold
_UNFINISHED = tuple(state for state in JobState if not state.final)
_CANCEL_SECONDS = 30.0  # until a job that was told to end is left to the next start's recovery


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Process films and the films of folders; 1 when one failed or has to wait.

    Where a program is at work with the data folder it takes them into its queue.
    """
    paths, missing = _sorted_out(arguments.paths)
    for error in missing:
        output.error(error, file=error.path)
    if not paths:
        return 1  # the films that wait in the queue were not asked for
    arguments.paths = [str(path) for path in paths]

    def here() -> int:
        _demand_settings(parts)
        manager = parts.queue_manager()
        parts.put_right(manager)
        _tell_beforehand(parts, output)
        jobs = manager.add(paths, override_language=arguments.native_language)
        return int(not _work_off(parts, manager, jobs, output, paths))

    code = here_or_there(parts, arguments, output, here)
    return 1 if missing else code


def run_queue(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Work off what is in the queue already; 1 when a film failed or has to wait.

    With ``--watch`` the program stays and takes in what comes into the watched folders, until it is
    interrupted. A master and a slave stay in any case.
    """
    parts.listens = arguments.watch
    output.timed = True
    with only_instance(parts.data_dir, LOCK_PATIENCE):
        _demand_settings(parts)
        headless_role.take(parts, arguments, output)
        manager = parts.queue_manager()
        output.notice(f"MediaProcessor {VERSION} works with the data folder {parts.data_dir}.")
        parts.begin(manager)
        _tell_beforehand(parts, output)
        if parts.stays:
            return _stay(parts, manager, output)
        if not _left(parts, ()):
            output.notice(
                "The queue is empty; with `--watch` the program stays and waits for films."
            )
        return int(not _work_off(parts, manager, (), output))


def _tell_beforehand(parts: Parts, output: Output) -> None:
    for sentence, error in known_beforehand(parts.config.settings, parts.tool_report):
        output.notice(sentence, error=error)


def _demand_settings(parts: Parts) -> None:
    """Raise StoreError where the settings were lost just now: nobody has agreed to the defaults."""
    report = parts.database.report
    if report.created and report.notices:
        raise StoreError(
            parts.database.path,
            "its settings are lost and the defaults hold. Nothing was processed. Set what differs "
            "(settings import FILE), then start again.",
        )


def _stay(parts: Parts, manager: QueueManager, output: Output) -> int:
    """Work until SIGTERM or Ctrl+C, which here is how one says that it is enough."""
    report = JobReport(output)
    news = HeadlessNews(
        parts, manager, report.tell, lambda sentence: report.tell(sentence, error=True)
    )
    begin = looked = time.monotonic()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(parts.data_dir, answering(parts)):
            manager.start(remember=False)
            keep_responsive()
            while True:
                with suppress(queue.Empty):
                    event = manager.events.get(timeout=0.5)
                    if not _of_no_interest(parts, event):
                        report.show(event)
                    report.fold()
                news.look()
                if time.monotonic() - looked >= _KEEP_UP:
                    looked = time.monotonic()
                    parts.config.reload()  # another program may have changed them
    except KeyboardInterrupt:
        _say_goodbye(parts, manager, report, time.monotonic() - begin)
        return 0  # what went wrong in weeks was told when it did
    finally:
        parts.monitor(manager).stop()
        manager.shutdown()
        parts.cluster(manager).close()
        signal.signal(signal.SIGTERM, before)


def _of_no_interest(parts: Parts, event: Event) -> bool:
    """Whether it says that a slave's own queue waits, which holds no film."""
    waits = isinstance(event, QueueStateChanged) and event.reason == OWN_QUEUE_WAITS
    return waits and not _left(parts, ())


def _say_goodbye(parts: Parts, manager: QueueManager, report: JobReport, seconds: float) -> None:
    """Show what was done, here and for a master, and why the films wait that are left."""
    slave = parts.cluster(manager).slave
    overview, left = manager.overview(), _left(parts, ())
    report.finish(seconds, len(left), "No films of its own" if slave.active else "No films")
    if slave.active:
        count = len(slave.work)
        begun = f" {count} in work {'goes' if count == 1 else 'go'} back to it." if count else ""
        report.tell(slave.news.sums + begun)
    _say_why(parts, overview, left, report)


def _say_why(
    parts: Parts,
    overview: QueueOverview,
    left: Sequence[Job],
    report: JobReport,
    *,
    error: bool = False,
) -> None:
    """Say why films are left; an error where somebody waits for them to be done."""
    queue_now = QueueStateChanged(overview.state, overview.reason, overview.until)
    slots = Slots(parts.config)
    for sentence in why_they_wait(left, queue_now, slots.limit, time.time(), clock_text):
        report.tell(sentence, error=error)


def _sorted_out(names: Iterable[str]) -> Tuple[List[Path], List[FileUnavailable]]:
    paths, missing = [], []
    for name in names:
        path = full_path(Path(name))
        if path.exists():
            paths.append(path)
        else:
            missing.append(
                FileUnavailable(path, "it does not exist, or its drive is not connected.")
            )
    return paths, missing


def _work_off(
    parts: Parts,
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
    # A service manager's polite end (SIGTERM) is the same to us as Ctrl+C.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(parts.data_dir, answering(parts)):
            manager.run_until_idle(report.show)
            overview, left = manager.overview(), _left(parts, paths)
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
    well = report.finish(time.monotonic() - begin, len(left))
    _say_why(parts, overview, left, report, error=True)
    return well


def _left(parts: Parts, paths: Collection[Path]) -> Tuple[Job, ...]:
    """Return the jobs that are not done: without ``paths`` all, else no paused ones beside these."""
    jobs = JobStore(parts.database).page(_UNFINISHED, limit=-1)
    if not paths:
        return jobs
    return tuple(
        job
        for job in jobs
        if job.state is not JobState.PAUSED or not {job.path, *job.path.parents}.isdisjoint(paths)
    )


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

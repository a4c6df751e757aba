"""``--headless``: works off the queue without a window; with ``--watch`` or among other machines it stays."""

from __future__ import annotations

import queue
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Optional

from app.instance_lock import LOCK_PATIENCE, only_instance
from app.local_control import ControlListener
from app.network_role import OWN_QUEUE_WAITS
from commandline import headless_role, when_done
from commandline.command import open_program, single
from commandline.headless_news import HeadlessNews
from commandline.job_report import JobReport
from commandline.output import Output
from commandline.queue_run import (
    any_left,
    demand_settings,
    jobs_left,
    say_why,
    tell_beforehand,
    work_off,
)
from commandline.remote_call import handlers
from commandline.start_options import StartOptions
from core.errors import UsageError
from core.events import EndRequested, Event, QueueStateChanged
from core.queue.when_done import WhenDone
from core.version import VERSION
from queue_manager import QueueManager, keep_responsive

if TYPE_CHECKING:
    from app.program import Program

_KEEP_UP = 5.0  # seconds until settings that another program has changed hold


def run(program: Program, options: StartOptions, output: Output) -> int:
    """Work off what is in the queue already; 1 when a film failed or has to wait.

    With ``--watch`` the program stays and takes in what comes into the watched folders, until it is
    interrupted. A master and a slave stay in any case.
    """
    program.listens = options.watch
    program.start_words = ("--headless", "--watch") if options.watch else ("--headless",)
    output.timed = True
    with only_instance(program.data_dir, LOCK_PATIENCE):
        demand_settings(program)
        headless_role.take(program, options, output)
        manager = program.queue_manager()
        output.notice(f"MediaProcessor {VERSION} works with the data folder {program.data_dir}.")
        program.begin(manager)
        tell_beforehand(program, output)
        if program.stays:
            if options.when_done:
                raise UsageError(
                    "--when-done is for a run that ends; this machine stays among others."
                )
            return _stay(program, manager, output)
        if not any_left(program):
            output.notice(
                "The queue is empty; with `--watch` the program stays and waits for films."
            )
        before = when_done.completed(program)
        well = work_off(program, manager, (), output)
        if options.when_done:
            done = when_done.completed(program) - before
            when_done.after_run(program, WhenDone(options.when_done), done, output)
        return int(not well)


def _stay(program: Program, manager: QueueManager, output: Output) -> int:
    """Work until SIGTERM, Ctrl+C or the command ``quit``: here they say that it is enough."""
    report = JobReport(output)
    news = HeadlessNews(
        program, manager, report.tell, lambda sentence: report.tell(sentence, error=True)
    )
    begin = looked = time.monotonic()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(program.data_dir, handlers(program)), suppress(KeyboardInterrupt):
            manager.start_unless_paused()
            keep_responsive()
            request: Optional[EndRequested] = None
            while request is None or (request.after_current and not manager.idle):
                with suppress(queue.Empty):
                    event = manager.events.get(timeout=0.5)
                    if isinstance(event, EndRequested):
                        request = event
                        if request.after_current:
                            manager.stop(remember=False)
                    elif not _of_no_interest(program, event):
                        report.show(event)
                    report.fold()
                news.look()
                if time.monotonic() - looked >= _KEEP_UP:
                    looked = time.monotonic()
                    program.config.reload()  # another program may have changed them
        _say_goodbye(program, manager, report, time.monotonic() - begin)
        return 0  # what went wrong in weeks was told when it did
    finally:
        program.monitor(manager).stop()
        manager.shutdown()
        program.shared_work(manager).close()
        signal.signal(signal.SIGTERM, before)


def _of_no_interest(program: Program, event: Event) -> bool:
    """Whether it says that a slave's own queue waits, which holds no film."""
    waits = isinstance(event, QueueStateChanged) and event.reason == OWN_QUEUE_WAITS
    return waits and not any_left(program)


def _say_goodbye(
    program: Program, manager: QueueManager, report: JobReport, seconds: float
) -> None:
    """Show what was done, here and for a master, and why the films wait that are left."""
    slave = program.shared_work(manager).slave
    overview, left = manager.overview(), jobs_left(program, ())
    waiting = sum(number for _job, number in left)
    report.finish(seconds, waiting, "No films of its own" if slave.active else "No films")
    if slave.active:
        count = len(slave.work)
        begun = f" {count} in work {'goes' if count == 1 else 'go'} back to it." if count else ""
        report.tell(slave.news.sums + begun)
    say_why(program, overview, left, report)


COMMAND = single(open_program, StartOptions, run)

"""``process PATH…`` and ``--headless``: works off the queue, the same way as the window does."""

from __future__ import annotations

import argparse
import queue
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Iterable, List, Tuple

from commandline import role
from commandline.answering import answering
from commandline.carried import here_or_there
from commandline.control import ControlListener
from commandline.instance import LOCK_PATIENCE, only_instance
from commandline.output import Output
from commandline.parts import Parts
from commandline.report import JobReport
from core.errors import FileUnavailable
from core.events import Event
from monitoring.spelling import full_path
from queue_manager import QueueManager, keep_responsive

_KEEP_UP = 5.0  # seconds until settings that another program has changed hold
_CANCEL_SECONDS = 30.0  # until a job that was told to end is left to the next start's recovery


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Process films and the films of folders; 1 when one failed or has to wait.

    Where a program is at work with the data folder it takes them into its queue.
    """
    paths, missing = _sorted_out(arguments.paths)
    for error in missing:
        output.error(error, file=error.path)
    arguments.paths = [str(path) for path in paths]

    def here() -> int:
        manager = parts.queue_manager()
        parts.put_right(manager)
        jobs = manager.add(paths, override_language=arguments.native_language)
        return int(not _work_off(parts, manager, jobs, output))

    code = here_or_there(parts, arguments, output, here)
    return 1 if missing else code


def run_queue(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Work off what is in the queue already; 1 when a film failed or has to wait.

    With ``--watch`` the program stays and takes in what comes into the watched folders, until it is
    interrupted. A master and a slave stay in any case.
    """
    parts.listens = arguments.watch
    with only_instance(parts.data_dir, LOCK_PATIENCE):
        role.take(parts, arguments, output)
        manager = parts.queue_manager()
        parts.begin(manager)
        if parts.stays:
            return _stay(parts, manager, output)
        return int(not _work_off(parts, manager, (), output))


def _stay(parts: Parts, manager: QueueManager, output: Output) -> int:
    """Work until SIGTERM or Ctrl+C, which here is how one says that it is enough."""
    report = JobReport(output)
    begin = looked = time.monotonic()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(parts.data_dir, answering(parts)):
            manager.start(remember=False)
            keep_responsive()
            while True:
                with suppress(queue.Empty):
                    report.show(manager.events.get(timeout=0.5))
                    report.fold()
                if time.monotonic() - looked >= _KEEP_UP:
                    looked = time.monotonic()
                    parts.config.reload()  # another program may have changed them
    except KeyboardInterrupt:
        report.finish(time.monotonic() - begin)
        return 0  # what went wrong in weeks was told when it did
    finally:
        parts.monitor(manager).stop()
        manager.shutdown()
        parts.cluster(manager).close()
        signal.signal(signal.SIGTERM, before)


def _sorted_out(names: Iterable[str]) -> Tuple[List[Path], List[FileUnavailable]]:
    paths, missing = [], []
    for name in names:
        path = full_path(Path(name))
        if path.exists():
            paths.append(path)
        else:
            missing.append(FileUnavailable(path, "does not exist, or its drive is away."))
    return paths, missing


def _work_off(parts: Parts, manager: QueueManager, jobs: Tuple[int, ...], output: Output) -> bool:
    """Run until nothing is left; whether all is well. When interrupted, ``jobs`` are cancelled."""
    report = JobReport(output)
    begin = time.monotonic()
    # A service manager's polite end (SIGTERM) is the same to us as Ctrl+C.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ControlListener(parts.data_dir, answering(parts)):
            manager.run_until_idle(report.show)
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
    return report.finish(time.monotonic() - begin)


def _cancel(
    manager: QueueManager, jobs: Tuple[int, ...], report: JobReport, show: Callable[[Event], None]
) -> None:
    """End our jobs and wait until they have; those of an earlier run go back to the queue."""
    manager.stop()
    for job_id in jobs:
        manager.cancel(job_id)
    deadline = time.monotonic() + _CANCEL_SECONDS
    while report.unfinished(jobs) and time.monotonic() < deadline:
        try:
            show(manager.events.get(timeout=0.2))
        except queue.Empty:
            continue

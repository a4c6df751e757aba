"""``process PATH…``: processes films, the same way as the window does.

Where a program is at work with the data folder it takes them into its queue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, List, Tuple

from commandline.command import open_program, single
from commandline.exit_codes import FAILED
from commandline.native_language import check_language, native_language_option
from commandline.options import arguments, switch
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from core.errors import FileUnavailable
from core.events import QueueState, QueueStateChanged
from core.queue.held import queue_sentence
from core.queue.overview import QueueOverview
from monitoring.spelling import full_path
from scheduling.wall_clock import clock_text
from store.jobs import JobStore

if TYPE_CHECKING:
    from app.program import Program


@dataclass(frozen=True)
class ProcessOptions:
    """What ``process`` is asked for; raises UsageError for a language that is none."""

    paths: Tuple[str, ...] = arguments("PATH")
    native_language: str = native_language_option()
    again: bool = switch(
        "--again",
        help="also what was processed before: from its kept original, else from the result",
    )
    anyway: bool = switch("--anyway", help="also what exclusions list shows")

    def __post_init__(self) -> None:
        check_language(self.native_language)


def run(program: Program, options: ProcessOptions, output: Output) -> int:
    """Process films and the films of folders; 1 when one failed or has to wait."""
    paths, missing = _sorted_out(options.paths)
    for error in missing:
        output.error(error, file=error.path)
    if not paths:
        return FAILED  # the films that wait in the queue were not asked for
    present = replace(options, paths=tuple(str(path) for path in paths))

    def here() -> int:
        from commandline.queue_run import demand_settings, tell_beforehand, work_off

        demand_settings(program)
        manager = program.queue_manager()
        program.put_right(manager)
        tell_beforehand(program, output)
        language = options.native_language
        jobs = manager.add(
            paths, override_language=language, again=options.again, anyway=options.anyway
        )
        return int(not work_off(program, manager, jobs, output, paths))

    code = run_here_or_there(program, "process", present, output, here)
    return FAILED if missing else code


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


def at_work(program: Program, options: ProcessOptions, output: Output) -> int:
    """Queue the films in this program, for a later start that was asked to process them.

    1 where something could not be queued.
    """
    manager = program.manager_at_work()
    failed = False

    def notice(message: str, *, error: bool = False) -> None:
        nonlocal failed
        failed = failed or error
        output.notice(message, error=error)

    ids = manager.add(
        [Path(path) for path in options.paths],
        override_language=options.native_language,
        notice=notice,
        again=options.again,
        anyway=options.anyway,
    )
    store = JobStore(program.database)
    for job_id in ids:
        job = store.get(job_id)
        if job is not None:
            output.record(
                "state",
                job_id=job_id,
                file=str(job.path),
                state=job.state,
                message=job.message,
                original_size=job.original_size,
                processed_size=job.processed_size,
            )
    if ids:
        overview = manager.overview()
        films = "1 film is" if len(ids) == 1 else f"{len(ids)} films are"
        output.notice(
            f"{films} in the queue of the program that is at work with this data folder; "
            f"`queue list` shows how far. {_held(overview)}".strip()
        )
    return int(failed)


def _held(queue: QueueOverview) -> str:
    """Say why nothing begins, where that is so."""
    if queue.state is QueueState.RUNNING:
        return ""
    return queue_sentence(QueueStateChanged(queue.state, queue.reason, queue.until), clock_text)


COMMAND = single(open_program, ProcessOptions, run, at_work)

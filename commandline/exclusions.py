"""``exclusions list|add|remove``: films and folders that are never touched.

Where a program is at work with the data folder it takes their films from its queue.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from app.exclusion_list import ExclusionList
from commandline.command import Command, NoOptions, action, open_program
from commandline.exit_codes import DONE
from commandline.options import arguments, option
from commandline.output import Output
from commandline.remote_call import run_here_or_there
from core.queue.exclusion import Exclusion, ExclusionCause
from core.text.formatting import counted, visible
from monitoring.spelling import as_on_disk, full_path
from reports.text_table import table

if TYPE_CHECKING:
    from app.program import Program
    from queue_manager import QueueManager

_CAUSES = {
    ExclusionCause.ASKED: "you asked for it",
    ExclusionCause.RESTORED: "its original was restored",
}


@dataclass(frozen=True)
class ExcludeOptions:
    """What ``exclusions add`` is asked for."""

    paths: Tuple[str, ...] = arguments("PATH", help="a film, or a folder with all that is below it")
    why: str = option("--why", default="", metavar="TEXT", help="a note that the list shows")


@dataclass(frozen=True)
class IncludeOptions:
    """What ``exclusions remove`` is asked for."""

    paths: Tuple[str, ...] = arguments("PATH", help="as exclusions list shows it")


def run_list(program: Program, _options: NoOptions, output: Output) -> int:
    """Show what is never touched, the newest first."""
    excluded = ExclusionList(program).all()
    for exclusion in excluded:
        _record(exclusion, output)
    if not excluded:
        output.text("Nothing is excluded.")
        return DONE
    headers = ("Never touched", "", "Since", "Why")
    output.text(table(headers, [_row(exclusion) for exclusion in excluded]))
    return DONE


def run_add(program: Program, options: ExcludeOptions, output: Output) -> int:
    """Exclude films and folders, here or in the program at work."""
    whole = replace(options, paths=_whole(options.paths))

    def here() -> int:
        from app.network_role import handed_out

        manager = program.queue_manager()
        manager.recover(handed_out(program.database, program.config.settings))
        try:
            return _add(program, manager, whole, output)
        finally:
            manager.shutdown()

    return run_here_or_there(program, "exclusions add", whole, output, here)


def add_at_work(program: Program, options: ExcludeOptions, output: Output) -> int:
    """Exclude them in this program, for a later start."""
    return _add(program, program.manager_at_work(), options, output)


def run_remove(program: Program, options: IncludeOptions, output: Output) -> int:
    """Take films and folders off the list; raises UsageError where one is not on it."""
    exclusions = ExclusionList(program)
    found = [exclusions.find(Path(path)) for path in options.paths]
    exclusions.remove(found)
    for exclusion in found:
        output.record("removed", path=exclusion.path)
        output.text(
            f"{visible(exclusion.path)} may be touched again. A watched folder finds it at its next scan, or "
            "name it with process."
        )
    return DONE


def _add(program: Program, manager: QueueManager, options: ExcludeOptions, output: Output) -> int:
    done = ExclusionList(program).add(manager, map(Path, options.paths), note=options.why)
    for exclusion in done.added:
        _record(exclusion, output)
        what = "and nothing below it is" if exclusion.is_folder else "is"
        output.text(f"{visible(exclusion.path)} {what} never touched from now on.")
    if done.cancelled:
        output.notice(f"{counted(len(done.cancelled), 'job')} of it left the queue.")
    for job_id in done.running:
        output.notice(
            f"Job {job_id} is being worked on and comes to its end; `queue cancel {job_id}` ends it now."
        )
    for problem in done.problems:
        output.notice(problem, error=True)
    return int(bool(done.problems))


def _whole(paths: Tuple[str, ...]) -> Tuple[str, ...]:
    return tuple(str(as_on_disk(full_path(Path(path)))) for path in paths)


def _record(exclusion: Exclusion, output: Output) -> None:
    output.record(
        "exclusion",
        path=exclusion.path,
        folder=exclusion.is_folder,
        cause=exclusion.cause,
        note=exclusion.note,
        added_at=exclusion.added_at,
    )


def _row(exclusion: Exclusion) -> Tuple[str, ...]:
    since = datetime.fromtimestamp(exclusion.added_at)  # noqa: DTZ006 - the user's days
    return (
        str(exclusion.path),
        "folder" if exclusion.is_folder else "film",
        since.strftime("%Y-%m-%d"),
        exclusion.note or _CAUSES[exclusion.cause],
    )


COMMAND = Command(
    open_program,
    (
        action(
            "list",
            "list films and folders that are never touched",
            NoOptions,
            run_list,
            shows=run_list,
        ),
        action(
            "add",
            "never touch these films, or anything in these folders",
            ExcludeOptions,
            run_add,
            add_at_work,
        ),
        action("remove", "let films and folders be processed again", IncludeOptions, run_remove),
    ),
)

"""``restore PATH…``: the originals of films, or of all films of a folder, come back to their names.

A program that is at work with the data folder brings them back itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple

from app.exclusion_list import ExclusionList
from commandline.command import open_program, single
from commandline.options import arguments, switch
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, run_here_or_there
from core.errors import MediaProcessorError, RestoreError
from core.queue.exclusion import ExclusionCause
from core.text.formatting import visible
from monitoring.spelling import full_path

if TYPE_CHECKING:
    from app.program import Program
    from processor import Processor
    from queue_manager import QueueManager

_LEFT_ALONE = "It is never touched again; `exclusions remove` ends that."
_MAY_BE_TOUCHED = (
    "Watched folders leave it as it is; it is processed again when it is named. "
    "`exclusions add` keeps it as it is for good."
)


@dataclass(frozen=True)
class RestoreOptions:
    """What ``restore`` is asked for."""

    paths: Tuple[str, ...] = arguments("PATH", help="a film or a folder, as it is or was named")
    leave_alone: bool = switch(
        "--leave-alone",
        help="never touch what came back; else it is processed when it is named again",
    )


def run(program: Program, options: RestoreOptions, output: Output) -> int:
    """Put originals back in their results' places; 1 where one could not be."""
    whole = replace(options, paths=tuple(str(full_path(Path(path))) for path in options.paths))

    def here() -> int:
        return _restore_all(program, program.queue_manager, whole, output)

    return run_here_or_there(program, "restore", whole, output, here, LONGEST_WORK)


def at_work(program: Program, options: RestoreOptions, output: Output) -> int:
    """Do it in this program, for a later start; 1 where one could not be."""
    return _restore_all(program, program.manager_at_work, options, output)


def _restore_all(
    program: Program, manager: Callable[[], QueueManager], options: RestoreOptions, output: Output
) -> int:
    """Restore films, and those of folders; 1 where one could not be."""
    processor, well = program.equip().processor, True
    back: List[Path] = []
    for path in map(Path, options.paths):
        try:
            films = _films(processor, path)
        except MediaProcessorError as error:
            output.error(error, file=path)
            well = False
            continue
        for film in films:
            original = _restore(processor, film, output)
            well = well and original is not None
            back += [original] if original is not None else []
    if back and options.leave_alone:
        ExclusionList(program).add(manager(), back, ExclusionCause.RESTORED)
    if back:
        output.text(_LEFT_ALONE if options.leave_alone else _MAY_BE_TOUCHED)
    return int(not well)


def _films(processor: Processor, path: Path) -> Tuple[Path, ...]:
    """Return the films that a path stands for: one, or those of a folder, which may be gone."""
    films = () if path.is_file() else processor.restorable_below(path)
    if not films and path.is_dir():
        raise RestoreError(path, "no original of any film in it is kept.")
    return films or (path,)


def _restore(processor: Processor, film: Path, output: Output) -> Optional[Path]:
    try:
        original = processor.restore(film)
    except MediaProcessorError as error:
        output.error(error, file=film)
        return None
    output.record("restored", file=original, asked=film)
    sentence = f"{visible(original)} is the original again"
    former = "" if original == film else f"; it was asked for as {visible(film)}"
    output.text(f"{sentence}{former}.")
    return original


COMMAND = single(open_program, RestoreOptions, run, at_work)

"""``restore PATH…``: the originals of films, or of all films of a folder, come back to their names.

A program that is at work with the data folder brings them back itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Tuple

from commandline.command import open_program, single
from commandline.options import arguments
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, run_here_or_there
from core.errors import MediaProcessorError, RestoreError
from core.text.formatting import visible
from monitoring.spelling import full_path

if TYPE_CHECKING:
    from app.program import Program
    from processor import Processor


@dataclass(frozen=True)
class RestoreOptions:
    """What ``restore`` is asked for."""

    paths: Tuple[str, ...] = arguments("PATH", help="a film or a folder, as it is or was named")


def run(program: Program, options: RestoreOptions, output: Output) -> int:
    """Put originals back in their results' places; 1 where one could not be."""
    whole = replace(options, paths=tuple(str(full_path(Path(path))) for path in options.paths))

    def here() -> int:
        return at_work(program, whole, output)

    return run_here_or_there(program, "restore", whole, output, here, LONGEST_WORK)


def at_work(program: Program, options: RestoreOptions, output: Output) -> int:
    """Do it in this program, for a later start too; 1 where one could not be."""
    processor = program.equip().processor
    restored = [_restore_all(processor, Path(path), output) for path in options.paths]
    return int(not all(restored))


def _restore_all(processor: Processor, path: Path, output: Output) -> bool:
    """Restore a film, or each of a folder; whether all went well."""
    try:
        films = _films(processor, path)
    except MediaProcessorError as error:
        output.error(error, file=path)
        return False
    restored = [_restore(processor, film, output) for film in films]
    return all(restored)


def _films(processor: Processor, path: Path) -> Tuple[Path, ...]:
    """Return the films that a path stands for: one, or those of a folder, which may be gone."""
    films = () if path.is_file() else processor.restorable_below(path)
    if not films and path.is_dir():
        raise RestoreError(path, "no original of any film in it is kept.")
    return films or (path,)


def _restore(processor: Processor, film: Path, output: Output) -> bool:
    try:
        original = processor.restore(film)
    except MediaProcessorError as error:
        output.error(error, file=film)
        return False
    output.record("restored", file=original, asked=film)
    sentence = f"{visible(original)} is the original again"
    former = "" if original == film else f"; it was asked for as {visible(film)}"
    output.text(f"{sentence}{former}.")
    return True


COMMAND = single(open_program, RestoreOptions, run, at_work)

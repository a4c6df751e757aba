"""``restore PATH…``: the originals of films, or of all films of a folder, come back to their names.

A program that is at work with the data folder brings them back itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Tuple

from app.program import Parts
from commandline.output import Output
from commandline.remote_call import LONGEST_WORK, here_or_there
from core.errors import MediaProcessorError, RestoreError
from core.text.formatting import visible
from monitoring.spelling import full_path
from processor import Processor


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Put originals back in their results' places; 1 where one could not be."""
    arguments.paths = [str(full_path(Path(path))) for path in arguments.paths]

    def here() -> int:
        return in_program(parts, arguments, output)

    return here_or_there(parts, arguments, output, here, LONGEST_WORK)


def in_program(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Do it in this program, for a later start too; 1 where one could not be."""
    processor = parts.equip().processor
    done = [_restore_all(processor, Path(path), output) for path in arguments.paths]
    return int(not all(done))


def _restore_all(processor: Processor, path: Path, output: Output) -> bool:
    """Restore a film, or each of a folder; whether all went well."""
    try:
        films = _films(processor, path)
    except MediaProcessorError as error:
        output.error(error, file=path)
        return False
    done = [_restore(processor, film, output) for film in films]
    return all(done)


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
    told = f"{visible(original)} is the original again"
    output.text(f"{told}." if original == film else f"{told}; it was asked for as {visible(film)}.")
    return True

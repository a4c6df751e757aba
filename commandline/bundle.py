"""``bundle FILE.zip``: everything for a bug report in one file, without keys and passwords."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from commandline.command import open_program, single
from commandline.exit_codes import DONE
from commandline.new_file import new_file
from commandline.options import argument
from commandline.output import Output
from core.text.formatting import size_text, visible

if TYPE_CHECKING:
    from app.program import Program


@dataclass(frozen=True)
class BundleOptions:
    """What ``bundle`` is asked for."""

    file: str = argument("FILE.zip")


def run(program: Program, options: BundleOptions, output: Output) -> int:
    """Write the bundle; raises FolderNotWritable."""

    path = new_file(options.file, ".zip")
    names = program.make_bundle(path)
    size = path.stat().st_size
    output.record("bundle", file=path, size=size, contents=names)
    output.text(
        f"The report was written to {visible(path)} ({size_text(size)}). API keys and passwords are "
        "left out; names of films are not."
    )
    return DONE


COMMAND = single(open_program, BundleOptions, run)

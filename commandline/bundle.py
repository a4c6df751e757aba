"""``bundle FILE.zip``: everything for a bug report in one file, without keys and passwords."""

from __future__ import annotations

import argparse

from app.program import Parts
from commandline.new_file import new_file
from commandline.output import Output
from core.text.formatting import size_text, visible


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Write the bundle; raises FolderNotWritable."""
    path = new_file(arguments.file)
    names = parts.make_bundle(path)
    size = path.stat().st_size
    output.record("bundle", file=path, size=size, contents=names)
    output.text(
        f"The report was written to {visible(path)} ({size_text(size)}). API keys and passwords are "
        "left out; names of films are not."
    )
    return 0

"""``restore FILE``: the original comes back to its name."""

from __future__ import annotations

import argparse
from pathlib import Path

from commandline.instance import LOCK_PATIENCE, only_instance
from commandline.output import Output
from commandline.parts import Parts
from core.figures import visible
from monitoring.spelling import full_path


def run(parts: Parts, arguments: argparse.Namespace, output: Output) -> int:
    """Put the original of a processed film back in the result's place."""
    path = full_path(Path(arguments.file))
    with only_instance(parts.data_dir, LOCK_PATIENCE):
        parts.equip().processor.restore(path)
    output.record("restored", file=path)
    output.text(f"{visible(path)} is the original again.")
    return 0

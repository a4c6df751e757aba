"""Forged results against the proof: ``python -m tests.forgery_campaign [--seconds S] [--only TEXT]``.

Each way to forge a result (``tests/forgery.py``) is tried as made here, where the program saw the encode,
and as made by another machine, of whose work nothing is believed. A film of 240 seconds has a whole
minute cut out of its middle.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Optional, Sequence

from core.settings.tree import Settings
from processing.runner import ProcessRunner
from tests.forgery import FORGERIES, Forge
from tools.resolver import find_tools


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Try all and print a table; 0 when every forgery is refused and nothing honest is."""
    parser = argparse.ArgumentParser(prog="python -m tests.forgery_campaign")
    parser.add_argument("--seconds", type=float, default=12.0, help="length of the film")
    parser.add_argument("--only", default="", help="forgeries whose name holds this text")
    options = parser.parse_args(argv)
    toolset = find_tools(Settings().tools, ProcessRunner()).toolset
    wrong = tried = refused = 0
    with tempfile.TemporaryDirectory() as folder:
        forge = Forge(Path(folder), toolset, options.seconds)
        for forgery in FORGERIES:
            if options.only not in forgery.name:
                continue
            result = forge.forge(forgery)
            for seen, maker in ((True, "made here"), (False, "another machine")):
                sentence = forge.verdict(result, seen=seen)
                good = bool(sentence) is not forgery.honest and forgery.says in sentence
                wrong += not good
                tried += not forgery.honest
                refused += bool(sentence) and not forgery.honest
                shown = sentence or "let through"
                print(f"{forgery.name:<40} {maker:<16} {'' if good else 'WRONG '}{shown}")
    print(f"{refused} of {tried} forged results refused, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

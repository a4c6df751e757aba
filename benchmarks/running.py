"""How a benchmark is started: the options that all have, and what becomes of its figures."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Optional, Sequence

from benchmarks.against import compare, compared, ratio_table, ratios
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load

PAIRS = 5


@dataclass(frozen=True)
class Measurement:
    """What a benchmark has found; ``below`` is further text for people, without goals."""

    title: str
    figures: Sequence[Figure]
    below: str = ""


def benchmark_parser(name: str, doc: str, pairs: int = PAIRS) -> argparse.ArgumentParser:
    """The parser of ``benchmarks.NAME`` with the options that all have; ``doc`` begins with what it is."""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{name}",
        description=doc.strip().splitlines()[0],
        allow_abbrev=False,
    )
    _add_common(parser, pairs)
    return parser


def run(
    name: str,
    parser: argparse.ArgumentParser,
    measure: Callable[[argparse.Namespace], Measurement],
    argv: Optional[Sequence[str]] = None,
) -> int:
    """Measure and print, here or here and on another checkout; 0 when all goals are met.

    A comparison has no goals.
    """
    # As Ctrl-C does: tools that were begun end, temporary folders go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given = sys.argv[1:] if argv is None else list(argv)
    options = parser.parse_args(given)
    if options.against is not None:
        _compare(name, options, _without_common(given))
        return 0
    found = measure(options)
    figures = [*found.figures, Figure("load", machine_load(), "Load of the machine")]
    if options.json:
        print(as_json(name, figures))
    else:
        print("\n".join([as_table(found.title, figures), *filter(None, [found.below])]))
    return 0 if all_met(figures) else 1


def _compare(name: str, options: argparse.Namespace, rest: Sequence[str]) -> None:
    pairs, labels = compare(name, options.against, options.pairs, rest, own=options.own)
    if options.json:
        keys = compared(pairs)
        figures = [figure for key in keys for figure in ratios(pairs, key, labels.get(key, key))]
        print(as_json(name, figures))
    else:
        print(ratio_table(f"{name}: this checkout over {options.against}", pairs, labels))


def _add_common(parser: argparse.ArgumentParser, pairs: int = PAIRS) -> None:
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="run on this other checkout as well, in turn"
    )
    parser.add_argument(
        "--pairs", type=_positive, default=pairs, help=f"with --against (default: {pairs})"
    )
    parser.add_argument(
        "--own", action="store_true", help="with --against: measure it by its own benchmark"
    )


def _without_common(given: Sequence[str]) -> List[str]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_common(parser)
    return parser.parse_known_args(given)[1]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of pairs; it takes at least 1")
    return number

"""What several machines cost and bring: dispatch, transfer, scaling.

``python -m benchmarks.cluster [--part dispatch|transfer|scaling|all] [--against CHECKOUT [--pairs N]]
[--json]``.
*Dispatch*: 64 slaves ask a master with 100,000 queued jobs (``benchmarks.dispatch``). *Transfer*: a sparse
film over the loopback against a copy that openssl encrypts (``benchmarks.transfer``). *Scaling*: short
encodes on 1, 2 and 4 machines of a core each (``benchmarks.scaling``). ``--against`` measures the dispatch of
this checkout and of another in turn, and shows the ratios pair by pair.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Callable, Dict, List

from benchmarks import dispatch, transfer
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load


def _scaling(folder: Path) -> List[Figure]:
    from benchmarks.scaling import measure  # Linux's alone

    return measure(folder)


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--part", choices=["dispatch", "transfer", "scaling", "all"], default="dispatch"
    )
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--slaves", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each part of dispatch")
    parser.add_argument("--mebibytes", type=int, default=4096, help="of the film that is sent")
    parser.add_argument("--folder", type=Path, help="where to work; its disk is written to")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="compare dispatch with it")
    parser.add_argument("--pairs", type=int, default=5, help="of measurements, with --against")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    parts: Dict[str, Callable[[Path], List[Figure]]] = {
        "dispatch": lambda folder: dispatch.measure(
            folder, arguments.jobs, arguments.slaves, arguments.seconds
        ),
        "transfer": lambda folder: transfer.measure(folder, arguments.mebibytes),
        "scaling": _scaling,
    }
    figures: List[Figure] = []
    if arguments.against:
        figures = dispatch.compare(
            arguments.against.resolve(),
            arguments.pairs,
            arguments.jobs,
            arguments.slaves,
            arguments.seconds,
            arguments.folder,
        )
        parts = {}
    for name in parts if arguments.part == "all" else [arguments.part] if parts else []:
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=arguments.folder) as folder:
            figures += parts[name](Path(folder))
    figures.append(Figure("load", machine_load(), "Load of the machine"))
    if arguments.json:
        print(as_json("cluster", figures))
    else:
        print(as_table("Several machines", figures))
    return 0 if all_met(figures) else 1


if __name__ == "__main__":
    sys.exit(main())

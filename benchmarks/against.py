"""The same measurement on this checkout and on another in turn: what a machine does besides hits both.

The other checkout's code is measured by this checkout's benchmark, so that both are asked the same. It runs
in a folder of links to that checkout, with the ``benchmarks`` of this one. Where the code over there has
other names, its own benchmark can be taken (``--own``); then figures of the same name are compared.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Sequence, Tuple

from benchmarks.figure import Figure, median
from benchmarks.report import columns

HERE = Path(__file__).resolve().parent.parent

Values = Mapping[str, float]
Pair = Tuple[Values, Values]  # this checkout's, the other's
# In whatever folder this is called, the program is the checkout's.
_START = (
    "import runpy, sys; sys.path[0] = sys.argv.pop(1); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
_NOT_COMPARED = "load"  # of the machine


def in_turn(measure: Callable[[Path], Values], other: Path, pairs: int) -> List[Pair]:
    """Measure both checkouts so many times; each is the first of a pair every other time."""
    found: List[Pair] = []
    for number in range(pairs):
        if number % 2:
            theirs = measure(other)
            found.append((measure(HERE), theirs))
        else:
            ours = measure(HERE)
            found.append((ours, measure(other)))
    return found


def ratios(pairs: Sequence[Pair], key: str, label: str) -> List[Figure]:
    """This checkout's value over the other's, pair by pair, and the middle of them."""
    found = [ours[key] / theirs[key] for ours, theirs in pairs]
    each = [
        Figure(
            f"{key}_ratio_{number}",
            ratio,
            f"  pair {number}: {ours[key]:,.1f} / {theirs[key]:,.1f}",
        )
        for number, (ratio, (ours, theirs)) in enumerate(zip(found, pairs), start=1)
    ]
    return [*each, Figure(f"{key}_ratio", median(found), f"{label}, median")]


def compared(pairs: Sequence[Pair]) -> List[str]:
    """The names of the figures that both sides have in every pair, the other's not being 0."""
    return [
        key
        for key in pairs[0][0]
        if key != _NOT_COMPARED and all(key in ours and theirs.get(key) for ours, theirs in pairs)
    ]


def ratio_table(title: str, pairs: Sequence[Pair], labels: Mapping[str, str]) -> str:
    """The medians of either side, and this one's over the other's: the median, then pair by pair."""
    rows: List[Tuple[str, ...]] = [("", "here", "there", "ratio", "pair by pair")]
    for key in compared(pairs):
        *each, middle = ratios(pairs, key, key)
        ours, theirs = zip(*((here[key], there[key]) for here, there in pairs))
        by_pair = " ".join(f"{ratio.value:.3f}" for ratio in each)
        medians = (f"{median(values):,.3f}" for values in (ours, theirs))
        rows.append((labels.get(key, key), *medians, f"{middle.value:.3f}", by_pair))
    return "\n".join([title, *columns(rows, right=(1, 2, 3))])


# ---- another checkout


def checkout_in(folder: Path) -> Path:
    """Return a folder that holds this program; SystemExit, with a sentence, where it does not."""
    if not folder.is_dir():
        raise SystemExit(
            f"{folder} is no folder: --against wants another checkout of this program."
        )
    if not (folder / "main.py").is_file():
        raise SystemExit(
            f"{folder} is no checkout of this program, it has no main.py: --against wants one."
        )
    return folder.resolve()


@contextmanager
def with_our_benchmarks(other: Path) -> Iterator[Path]:
    """A folder that is the other checkout, but for its benchmarks, which are this one's."""
    with tempfile.TemporaryDirectory(prefix="against-") as name:
        folder = Path(name)
        for entry in other.iterdir():
            if entry.name != "benchmarks":
                (folder / entry.name).symlink_to(entry, target_is_directory=entry.is_dir())
        own = shutil.ignore_patterns("__pycache__")
        shutil.copytree(HERE / "benchmarks", folder / "benchmarks", ignore=own)
        yield folder


def answer_of(checkout: Path, benchmark: str, arguments: Sequence[str]) -> Dict[str, Any]:
    """Run a benchmark that lies in a checkout; return its JSON. SystemExit, with a sentence, without one."""
    argv = [sys.executable, "-c", _START, str(checkout), f"benchmarks.{benchmark}", "--json"]
    with subprocess.Popen(
        [*argv, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            told, complained = child.communicate()
        except BaseException:
            child.terminate()  # it ends its own children
            raise
    try:
        found: Dict[str, Any] = json.loads(told.splitlines()[-1])
    except (IndexError, ValueError):
        lines = complained.strip().splitlines() or ["it said nothing"]
        raise SystemExit(
            f"benchmarks.{benchmark} gave no figures: {lines[-1]} (exit code {child.returncode})"
        ) from None
    return found


def compare(
    benchmark: str, folder: Path, pairs: int, arguments: Sequence[str], *, own: bool
) -> Tuple[List[Pair], Dict[str, str]]:
    """Run a benchmark on both checkouts; their figures pair by pair, and the figures' labels.

    ``own``: the other checkout's by the benchmark that it has itself. SystemExit, with a sentence, where
    ``folder`` is no checkout, or has no such benchmark, or the benchmark does not run there.
    """
    other = checkout_in(folder)
    if own and not (other / "benchmarks" / f"{benchmark}.py").is_file():
        raise SystemExit(
            f"{other} has no benchmark {benchmark} of its own: without --own it is measured by this one."
        )
    labels: Dict[str, str] = {}

    def measure(checkout: Path) -> Values:
        print(f"{benchmark} on {checkout}", file=sys.stderr, flush=True)
        ours = checkout == HERE or own
        with nullcontext(checkout) if ours else with_our_benchmarks(checkout) as place:
            try:
                answer = answer_of(place, benchmark, arguments)
            except SystemExit as error:
                hint = "" if ours else " With --own it is measured by its own benchmark."
                raise SystemExit(f"{checkout}: {error}{hint}") from None
        labels.update({**answer.get("labels", {}), **labels})
        figures: Dict[str, float] = answer["figures"]
        return figures

    return in_turn(measure, other, pairs), labels

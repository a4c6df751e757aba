"""What a job costs beyond its encode: time over the bare ffmpeg command's, bytes read and written.

``python -m benchmarks.single_job [--runs N] [--seconds S] [--json]``. Linux only, as far as bytes go.

A job is what the queue does with one film: analysis, plan, encode, properties, verification, swap. The
bare command is that job's own encode step, argv for argv. Both are run in turn, and the medians are
compared, so that a machine that gets slower or hotter meanwhile slows both.

Bytes are the kernel's count of what the job's processes read and wrote through system calls
(``rchar`` and ``wchar`` of ``/proc/self/io``), cached or not. A process' counters come to its parent when
it is waited for, so the difference before and after a job holds its whole tree. Mapped files are not
counted (the programs themselves), pipes are: a few kilobytes of progress.

What bytes are held against is source + 2 results (read once, written once, read back once) and, since the
proof looks at content, the seconds of both files that it decodes at its sample points. Those are the same in
a film of one minute as in one of two hours, so they weigh a hundred times as much here as in a library.
What is read to get there is not taken off: from the key frame before a sample on, and what ffmpeg reads of a
file to know it. The ratio over source + 2 results alone, as it was before, is printed beside it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from analyzer import Analyzer
from benchmarks.report import Figure, all_met, as_json, as_table
from benchmarks.sample import cache_folder, sample_film
from core.commands import build_steps
from core.media.model import NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from core.queue.job import JobEnd, NewJob
from core.settings.tree import Settings
from core.steps import StepName
from processing.control import JobControl
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processing.samples import INPUT_SECONDS
from processor import JobResult, Processor
from store.connection import Database
from store.jobs import JobStore
from tools.resolver import find_tools

TIME_GOAL = 1.03
BYTES_GOAL = 1.05
IO_COUNTERS = Path("/proc/self/io")


@dataclass
class Measured:
    """What the runs gave: seconds of each, CPU seconds, bytes of the last job and where time went."""

    bare: List[float] = field(default_factory=list)
    job: List[float] = field(default_factory=list)
    bare_cpu: List[float] = field(default_factory=list)
    job_cpu: List[float] = field(default_factory=list)
    parts: Dict[str, List[float]] = field(default_factory=dict)
    source_size: int = 0
    result_size: int = 0
    read: Optional[int] = None
    written: Optional[int] = None


class Bench:
    """One database, one set of tools; jobs and bare commands on fresh copies of one film."""

    def __init__(self, film: Path, folder: Path) -> None:
        self._film = film
        self._folder = folder
        self._settings = Settings()
        # At normal priority, as the bare command has it: what is measured is not the scheduler.
        self._runner = ProcessRunner(low_priority=False)
        self._toolset = find_tools(self._settings.tools, self._runner).toolset
        self._database = Database(folder / "benchmark.db")
        self._log = logging.getLogger("benchmark")

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def bare(self, into: Measured) -> None:
        """The job's encode step alone, as a user would type it."""
        plan = self._plan(self._film)
        staged = self._folder / "bare.mkv"
        steps = build_steps(plan, self._settings, self._toolset, staged)
        (command,) = next(step for step in steps if step.name is StepName.ENCODE).commands
        cpu, began = _cpu_seconds(), time.monotonic()
        subprocess.run(command.argv, check=True, capture_output=True)
        into.bare.append(time.monotonic() - began)
        into.bare_cpu.append(_cpu_seconds() - cpu)
        staged.unlink()

    def job(self, into: Measured) -> None:
        """The whole job on a copy of the film, which it replaces."""
        film = self._folder / "film.mkv"
        shutil.copyfile(self._film, film)
        counted, cpu, began = _bytes(), _cpu_seconds(), time.monotonic()
        plan = self._plan(film)
        planned = time.monotonic() - began
        result = self._process(film, plan)
        seconds = time.monotonic() - began
        into.job.append(seconds)
        into.job_cpu.append(_cpu_seconds() - cpu)
        after = _bytes()
        if counted and after:
            into.read, into.written = after[0] - counted[0], after[1] - counted[1]
        into.source_size, into.result_size = result.original_size, result.processed_size
        parts = {"analysis and plan": planned, **_parts(result)}
        parts["everything else"] = seconds - sum(parts.values())
        for name, value in parts.items():
            into.parts.setdefault(name, []).append(value)
        film.unlink()

    def _plan(self, film: Path) -> Plan:
        media = Analyzer(self._runner, self._toolset).analyze(film)
        plan = build_plan(media, NativeLanguage(), self._settings, self._toolset)
        if plan.video_encode is None or plan.refused:
            raise SystemExit(f"The picture would not be encoded here: {plan.omissions}")
        return plan

    def _process(self, film: Path, plan: Plan) -> JobResult:
        analyzer = Analyzer(self._runner, self._toolset)
        processor = Processor(
            self._database,
            self._toolset,
            self._settings,
            self._runner,
            analyzer.analyze,
            SystemClock(),
            self._log,
        )
        jobs = JobStore(self._database)
        (job_id,) = jobs.add([NewJob(film)])
        result = processor.process(job_id, 1, plan, JobControl(), _ignore, _ignore)
        jobs.finish(job_id, JobEnd(result.state))
        return result


def _ignore(_: object) -> None:
    """Nobody looks at the progress here."""


def _parts(result: JobResult) -> Dict[str, float]:
    parts = {f"step {name}": seconds for name, seconds in result.timings}
    for check in json.loads(result.verification):
        parts[f"check: {check['name']}"] = check["seconds"]
    return parts


def _cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _bytes() -> Optional[Tuple[int, int]]:
    """Bytes read and written so far by this process and its ended children; None where not counted."""
    if not IO_COUNTERS.exists():
        return None
    lines = IO_COUNTERS.read_text(encoding="ascii").splitlines()
    counters = dict(line.split(": ") for line in lines)
    return int(counters["rchar"]), int(counters["wchar"])


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-middle - 1]) / 2


def figures(measured: Measured, seconds: int) -> Tuple[Figure, ...]:
    """The figures with their goals; ``seconds`` is the film's length."""
    bare, job = _median(measured.bare), _median(measured.job)
    cpu = _median(measured.job_cpu) / _median(measured.bare_cpu)
    found = [
        Figure("bare_seconds", bare, "bare ffmpeg command", "s"),
        Figure("job_seconds", job, "whole job", "s"),
        Figure("time_ratio", job / bare, "job over bare command", goal=TIME_GOAL),
        Figure("cpu_ratio", cpu, "the same in CPU time"),
        Figure("source_megabytes", measured.source_size / 1e6, "source", "MB"),
        Figure("result_megabytes", measured.result_size / 1e6, "result", "MB"),
    ]
    if measured.read is not None and measured.written is not None:
        # Of either file, at each point, whatever the film's length.
        sampled = Settings().verification.sample_points * INPUT_SECONDS / seconds
        once = float(measured.source_size + 2 * measured.result_size)
        ideal = once + sampled * (measured.source_size + measured.result_size)
        moved = measured.read + measured.written
        found += [
            Figure("read_megabytes", measured.read / 1e6, "read", "MB"),
            Figure("written_megabytes", measured.written / 1e6, "written", "MB"),
            Figure("bytes_over_files_ratio", moved / once, "the same over source + 2 results"),
            Figure(
                "bytes_ratio",
                moved / ideal,
                "read and written over source + 2 results + samples",
                goal=BYTES_GOAL,
            ),
        ]
    return tuple(found)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; 0 when all goals are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.single_job")
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind (default: 3)")
    parser.add_argument("--seconds", type=int, default=60, help="length of the film (default: 60)")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the encoder must end with us
    film = sample_film(options.seconds)
    measured = Measured()
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        bench = Bench(film, Path(folder))
        try:
            for _ in range(options.runs):
                bench.bare(measured)
                bench.job(measured)
        finally:
            bench.close()
    found = figures(measured, options.seconds)
    if options.json:
        print(as_json("single_job", found))
    else:
        title = f"One job on a {options.seconds} s 1080p film, median of {options.runs}"
        print(as_table(title, found))
        print("\nWhere the job's time goes:")
        for name, seconds in measured.parts.items():
            print(f"  {name:<40} {_median(seconds):8.3f} s")
    return 0 if all_met(found) else 1


if __name__ == "__main__":
    sys.exit(main())

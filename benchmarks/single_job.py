"""What a job costs beyond its encode: time beside the bare ffmpeg command's, bytes read and written.

``python -m benchmarks.single_job [--runs N] [--seconds S] [--film PATH] [--template TEXT] [--json]``. Linux
only, as far as bytes go.

A job is what the queue does with one film: analysis, plan, encode, properties, verification, swap. The
bare command is that job's own encode step, argv for argv. Both are run in turn, so that a machine that gets
slower or hotter meanwhile slows both. What a job takes besides does not grow with the film as an encode does,
and the benchmark's film is short and quickly encoded: what is asked for is the ratio that a film of ten
minutes would have, with the encode's time from here.

Bytes are the kernel's count of what the job's processes read and wrote through system calls
(``rchar`` and ``wchar`` of ``/proc/self/io``), cached or not. A process' counters come to its parent when
it is waited for, so the difference before and after a job holds its whole tree; those of MediaInfo's child,
which other jobs have as well, are added. Mapped files are not counted (the programs themselves), nor is the
child's start; pipes are: a few kilobytes of progress.

Source + 2 results is what cannot be spared: read once, written once, read back once. What comes on top is a
fixed cost, the same for a film of a minute as for one of two hours, but for the bit rates of both files: the
proof reads their ends and five places of either once more. (In less than a minute those places do not lie at
key frames, and more is read to decode them.)
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

from analyzer import Analyzer
from benchmarks.figure import median
from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.sample import cache_folder, sample_film
from core.commands import build_steps
from core.media.model import NativeLanguage
from core.plan import Plan
from core.planning.planner import build_plan
from core.ports import Captured
from core.queue.job import JobEnd, NewJob
from core.settings.tree import Settings
from core.steps import Step, StepName
from mediainfo.pool import MediaInfoPool
from processing.control import JobControl
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner, StepResult
from processor import JobResult, Processor
from store.connection import Database
from store.jobs import JobStore
from tools.resolver import find_tools

TIME_GOAL = 1.03
MEGABYTES_GOAL = 24.0
LONG = 600.0  # seconds of a film that the time is asked of
IO_COUNTERS = Path("/proc/self/io")
# Seconds that a child of MediaInfo waits, as one does in a program with other films.
_AT_WORK = 3600.0
# Quick, and the same in every checkout.
ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 24 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)


@dataclass
class Measured:
    """What the runs gave: seconds of each, CPU seconds, bytes of the last job, where time and bytes went."""

    bare: List[float] = field(default_factory=list)
    job: List[float] = field(default_factory=list)
    bare_cpu: List[float] = field(default_factory=list)
    job_cpu: List[float] = field(default_factory=list)
    parts: Dict[str, List[float]] = field(default_factory=dict)
    moved_parts: Dict[str, int] = field(default_factory=dict)
    source_size: int = 0
    result_size: int = 0
    read: Optional[int] = None
    written: Optional[int] = None


class CountingRunner(ProcessRunner):
    """Adds up what is moved while each tool runs, by the tool, its step and the file that it reads."""

    def __init__(self, film: Path) -> None:
        # At normal priority, as the bare command has it: what is measured is not the scheduler.
        super().__init__(low_priority=False)
        self._film = str(film)
        self.moved: Dict[str, int] = {}

    def run_step(self, step: Step, **options: Any) -> StepResult:
        """Run the step, and count."""
        before = _moved()
        try:
            return super().run_step(step, **options)
        finally:
            command = step.commands[0]
            self._count(f"{step.name.value}: {command.tool.value}", command.argv, before)

    def capture(self, argv: Sequence[str], *, timeout: float) -> Captured:
        """Run the program, and count."""
        before = _moved()
        try:
            return super().capture(argv, timeout=timeout)
        finally:
            self._count("analysis: ffprobe", argv, before)

    def _count(self, what: str, argv: Sequence[str], before: int) -> None:
        of = "of the film" if any(word.endswith(self._film) for word in argv) else "of the result"
        name = f"{what} {of}"
        self.moved[name] = self.moved.get(name, 0) + _moved() - before


class Bench:
    """One database, one set of tools; jobs and bare commands on fresh copies of one film."""

    def __init__(self, film: Path, folder: Path, template: str) -> None:
        self._film = film
        self._folder = folder
        self._copy = folder / f"film{film.suffix}"
        templates = replace(Settings().templates, normal=template, normal_fallback=template)
        self._settings = replace(Settings(), templates=templates)
        self._runner = CountingRunner(self._copy)
        self._toolset = find_tools(self._settings.tools, self._runner).toolset
        self._database = Database(folder / "benchmark.db")
        self._log = logging.getLogger("benchmark")
        self._pool = MediaInfoPool(idle=_AT_WORK)
        self._analyzer = Analyzer(self._runner, self._toolset, mediainfo_pool=self._pool)
        self.seconds = self._plan(film).media.duration

    def close(self) -> None:
        """Let the database and MediaInfo's child go."""
        self._pool.close()
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
        film = self._copy
        shutil.copyfile(self._film, film)
        self._runner.moved.clear()
        counted, cpu, began = self._bytes(), _cpu_seconds(), time.monotonic()
        plan = self._plan(film)
        planned = time.monotonic() - began
        result = self._process(film, plan)
        seconds = time.monotonic() - began
        into.job.append(seconds)
        into.job_cpu.append(_cpu_seconds() - cpu)
        after = self._bytes()
        if counted and after:
            into.read, into.written = after[0] - counted[0], after[1] - counted[1]
        into.moved_parts = dict(self._runner.moved)
        into.source_size, into.result_size = result.original_size, result.processed_size
        parts = {"analysis and plan": planned, **_parts(result)}
        parts["everything else"] = seconds - sum(parts.values())
        for name, value in parts.items():
            into.parts.setdefault(name, []).append(value)
        film.with_suffix(".mkv").unlink()

    def _bytes(self) -> Optional[Tuple[int, int]]:
        """Bytes read and written so far by all that belongs to it; None where they are not counted."""
        if not IO_COUNTERS.exists():
            return None
        children = [Path(f"/proc/{pid}/io") for pid in self._pool.pids()]
        read, written = zip(*map(counters, [IO_COUNTERS, *children]))
        return sum(read), sum(written)

    def _plan(self, film: Path) -> Plan:
        media = self._analyzer.analyze(film)
        plan = build_plan(media, NativeLanguage(), self._settings, self._toolset)
        if plan.video_encode is None or plan.refused:
            raise SystemExit(f"The picture would not be encoded here: {plan.omissions}")
        return plan

    def _process(self, film: Path, plan: Plan) -> JobResult:
        processor = Processor(
            self._database,
            self._toolset,
            self._settings,
            self._runner,
            self._analyzer.analyze,
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


def counters(of: Path) -> Tuple[int, int]:
    """What a process (its file ``io`` in ``/proc``) and its children that have ended read and wrote."""
    lines = of.read_text(encoding="ascii").splitlines()
    named = dict(line.split(": ") for line in lines)
    return int(named["rchar"]), int(named["wchar"])


def _moved() -> int:
    return sum(counters(IO_COUNTERS)) if IO_COUNTERS.exists() else 0


def figures(measured: Measured, seconds: float) -> Tuple[Figure, ...]:
    """The figures with their goals; ``seconds`` is the film's length."""
    bare, job = median(measured.bare), median(measured.job)
    more = median([job - bare for job, bare in zip(measured.job, measured.bare)])
    more_cpu = median([job - bare for job, bare in zip(measured.job_cpu, measured.bare_cpu)])
    encode = bare * LONG / seconds
    found = [
        Figure("bare_seconds", bare, "bare ffmpeg command", "s"),
        Figure("job_seconds", job, "whole job", "s"),
        Figure("more_seconds", more, "the job takes more", "s"),
        Figure("more_cpu_seconds", more_cpu, "the same in CPU time", "s"),
        Figure("time_ratio", job / bare, "job over bare command"),
        Figure("long_ratio", 1 + more / encode, "with ten minutes of film", goal=TIME_GOAL),
        Figure("source_megabytes", measured.source_size / 1e6, "source", "MB"),
        Figure("result_megabytes", measured.result_size / 1e6, "result", "MB"),
    ]
    if measured.read is not None and measured.written is not None:
        once = measured.source_size + 2 * measured.result_size
        more_bytes = measured.read + measured.written - once
        found += [
            Figure("read_megabytes", measured.read / 1e6, "read", "MB"),
            Figure("written_megabytes", measured.written / 1e6, "written", "MB"),
            Figure(
                "more_megabytes",
                more_bytes / 1e6,
                "read and written beyond source + 2 results",
                "MB",
                goal=MEGABYTES_GOAL,
            ),
        ]
    return tuple(found)


def _where_it_goes(measured: Measured) -> str:
    lines = ["", "Where the job's time goes:"]
    lines += [f"  {name:<44} {median(taken):9.3f} s" for name, taken in measured.parts.items()]
    if measured.read is not None and measured.written is not None:
        parts = dict(measured.moved_parts)
        parts["the program itself, and MediaInfo"] = (
            measured.read + measured.written - sum(parts.values())
        )
        lines += ["", "Where its bytes go:"]
        lines += [f"  {name:<44} {moved / 1e6:9.3f} MB" for name, moved in parts.items()]
    return "\n".join(lines)


def measure(options: argparse.Namespace) -> Measurement:
    """Run job and bare command in turn."""
    film = options.film or sample_film(options.seconds)
    measured = Measured()
    with tempfile.TemporaryDirectory(dir=cache_folder()) as folder:
        bench = Bench(film.resolve(), Path(folder), options.template)
        try:
            for _ in range(options.runs):
                bench.bare(measured)
                bench.job(measured)
            seconds = bench.seconds
        finally:
            bench.close()
    title = f"One job on a film of {seconds:.0f} s, median of {options.runs}"
    return Measurement(title, figures(measured, seconds), _where_it_goes(measured))


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; 0 when all goals are met."""
    parser = benchmark_parser("single_job", __doc__)
    parser.add_argument("--runs", type=int, default=2, help="runs of each kind (default: 2)")
    parser.add_argument("--seconds", type=int, default=60, help="length of the film (default: 60)")
    parser.add_argument("--film", type=Path, help="this film instead of one that is made")
    parser.add_argument("--template", default=ENCODE, help="the command of the encode")
    return run("single_job", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

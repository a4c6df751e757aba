"""Kills the program at every step of its work on a film, and at random moments, and counts losses.

``python -m tests.kill_campaign --runs N [--cuts N] [--seed S]``: each scenario is run once to count its steps
(each write of the journal and of the chunks' table, each file operation, each report of progress), then once
for every step with a SIGKILL there, then ``N`` times with a SIGKILL at a random moment. Right after each kill
the disk is judged as it lies there; then the program is started again and must bring everything to its end.
At some steps another program (``tests.adversaries``) replaces, edits, renames or deletes the film first.
``--cuts`` takes the power away from films in chunks, at steps and at moments in turn (``tests.power_cuts``).
Exit code 1 when anything was lost. Works with real tools, a real database and real children; POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import psutil

from core.settings.tree import Settings
from core.tools import ToolName, Toolset
from processing.runner import ProcessRunner
from tests.adversaries import ADVERSARIES, World
from tests.films import AudioSpec, SubtitleSpec, make_film
from tests.kill_chunks import picture_digest
from tests.kill_judges import Tally, judge_crossed, judge_end, judge_wreck
from tests.kill_scene import SCENARIOS, Bench, Scenario
from tests.kill_steps import Countdown
from tests.power_cuts import PowerDisk
from tools.resolver import find_tools

if sys.platform == "win32":
    raise ImportError("SIGKILL and fork are POSIX")


def fork_and_run(work: Callable[[], Any], kill_after: Optional[float] = None) -> Tuple[int, str]:
    """Run in a child process (imports are done already); return its signal or code, and its report."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 0
        try:
            answer = json.dumps(work())
        except BaseException:  # noqa: BLE001 - the parent judges
            answer, code = traceback.format_exc(), 1
        os.write(writing, answer.encode("utf-8", "replace")[-60000:])
        os._exit(code)
    os.close(writing)
    if kill_after is not None:
        time.sleep(kill_after)  # the moment itself is what is tested
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode("utf-8", "replace")
    _, status = os.waitpid(pid, 0)
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)), answer


class Campaign:
    """All runs of some scenarios."""

    def __init__(self, root: Path, elsewhere: Path, seed: int) -> None:
        self._root = root
        self._elsewhere = elsewhere
        self._random = random.Random(seed)
        self._count = 0
        tools = find_tools(Settings().tools, ProcessRunner()).toolset.tools
        # Without mkvpropedit a run is one process shorter; it only edits the staged file.
        self._toolset = Toolset(
            tuple(tool for tool in tools if tool.name is not ToolName.MKVPROPEDIT)
        )
        self._samples: Dict[Tuple[str, float], Path] = {}
        self._lengths: Dict[str, Tuple[int, float]] = {}  # steps and seconds of each scenario
        self._pictures: Dict[str, Tuple[int, str]] = {}  # of each scenario's undisturbed result

    def run(self, scenario: Scenario, *, steps: Optional[int], moments: int, crossed: int) -> Tally:
        """Kill at every step (or at ``steps`` of them, evenly) and at random moments.

        At about ``crossed`` of the steps another program comes as well before the next start.
        """
        tally = Tally()
        total, seconds = self._unharmed(scenario, tally)
        points = list(range(1, total + 1))
        if steps is not None and steps < total:
            points = sorted({1 + round(n * (total - 1) / max(steps - 1, 1)) for n in range(steps)})
        for point in points:
            self._killed(scenario, tally, f"step {point} of {total}", die_at=point)
        for point in points[:: max(1, len(points) // crossed)] if crossed else ():
            self._crossed(scenario, tally, point)
        for _ in range(moments):
            moment = self._random.uniform(0, seconds)
            self._killed(scenario, tally, f"after {moment:.3f} s", kill_after=moment)
        return tally

    def cut_power(self, scenario: Scenario, cuts: int) -> Tally:
        """Cut the power at ``cuts`` steps and random moments, one after the other."""
        tally = Tally()
        total, seconds = self._unharmed(scenario, tally)
        disk = PowerDisk(self._root)
        for number in range(cuts):
            point = self._random.randint(1, max(total, 1))
            moment = self._random.uniform(0, seconds)
            disk.insert()
            try:
                if number % 2:
                    self._killed(scenario, tally, f"cut at step {point}", die_at=point, disk=disk)
                else:
                    where = f"cut after {moment:.3f} s"
                    self._killed(scenario, tally, where, kill_after=moment, disk=disk)
            finally:
                disk.remove()
        return tally

    def _bench(self, scenario: Scenario, disk: Optional[PowerDisk] = None) -> Bench:
        self._count += 1
        kind = (scenario.ending, scenario.seconds)
        if kind not in self._samples:
            subtitles = [] if scenario.ending == ".mp4" else [SubtitleSpec()]
            self._samples[kind] = make_film(
                self._root / f"sample{scenario.seconds:g}{scenario.ending}",
                seconds=scenario.seconds,
                audio=[AudioSpec("aac" if scenario.ending == ".mp4" else "flac", bit_rate=256)],
                subtitles=subtitles,
                video_options=["-g", "10", "-qp", "4"],
            )
        bench = Bench(
            scenario,
            (disk.place if disk else self._root) / str(self._count),
            self._elsewhere / str(self._count),
            self._toolset,
        )
        bench.lay(self._samples[kind])
        bench.pictures = self._pictures.get(scenario.name)
        return bench

    def _unharmed(self, scenario: Scenario, tally: Tally) -> Tuple[int, float]:
        """Run to the end, once; return how many steps that has and how long it takes."""
        if scenario.name in self._lengths:
            return self._lengths[scenario.name]
        bench = self._bench(scenario)
        countdown = Countdown()

        def work() -> int:
            bench.work(countdown, 1)
            return countdown.steps

        began = time.monotonic()
        code, answer = fork_and_run(work)
        seconds = time.monotonic() - began
        if code:
            tally.add("the unharmed run failed", answer)
            return 0, seconds
        judge_end(bench, set(), tally)
        if scenario.chunks:
            self._pictures[scenario.name] = picture_digest(bench.target)
            if len(bench.chunk_log.begun().get("run 1", ())) < 2:
                tally.add("not in chunks", str(bench.chunk_log.begun()))
        self._clear(bench)
        self._lengths[scenario.name] = int(answer), seconds
        return self._lengths[scenario.name]

    def _killed(
        self,
        scenario: Scenario,
        tally: Tally,
        where: str,
        *,
        die_at: int = 0,
        kill_after: Optional[float] = None,
        disk: Optional[PowerDisk] = None,
    ) -> None:
        bench = self._bench(scenario, disk)
        before = len(tally.details)
        if disk is not None:
            bench.log_folder = self._root
            bench.database().close()
            disk.settle()
        fork_and_run(lambda: bench.work(Countdown(die_at), 1), kill_after)
        if disk is not None:
            disk.cut()
        tally.kills += 1
        runs = judge_wreck(bench, tally)
        code, answer = fork_and_run(lambda: bench.work(Countdown(), 2))
        if code:
            tally.add("the restart failed", answer)
        judge_end(bench, runs, tally)
        # Once more: a recovery of what is in order changes nothing.
        fork_and_run(lambda: bench.work(Countdown(), 3))
        judge_end(bench, runs, tally)
        self._ended(bench, tally, before, where)

    def _crossed(self, scenario: Scenario, tally: Tally, die_at: int) -> None:
        """Kill at a step, and let another program at the film before the next start."""
        bench = self._bench(scenario)
        before = len(tally.details)
        fork_and_run(lambda: bench.work(Countdown(die_at), 1))
        tally.kills += 1
        adversary = ADVERSARIES[die_at % len(ADVERSARIES)]
        bench.follow()
        with bench.handle() as handle:
            world = World(bench.film.parent.parent, bench.film, bench.target, handle)
            adversary.act(world)
        code, answer = fork_and_run(bench.recover)
        if code:
            tally.add("the restart failed", answer)
        judge_crossed(bench, world, tally)
        self._ended(bench, tally, before, f"step {die_at}, then a program {adversary.name}")

    def _ended(self, bench: Bench, tally: Tally, before: int, where: str) -> None:
        for number in range(before, len(tally.details)):
            tally.details[number] = f"{bench.scenario.name}, {where}: {tally.details[number]}"
        if len(tally.details) == before:
            self._clear(bench)

    @staticmethod
    def _clear(bench: Bench) -> None:
        shutil.rmtree(bench.root)
        bench.chunk_log.path.unlink(missing_ok=True)
        shutil.rmtree(bench.elsewhere, ignore_errors=True)


def another_disk(root: Path) -> Optional[Path]:
    """A folder on another file system than ``root``; None where there is none."""
    for candidate in (Path("/dev/shm"), Path("/run"), Path.home()):
        usable = candidate.is_dir() and os.access(candidate, os.W_OK)
        if usable and candidate.stat().st_dev != root.stat().st_dev:
            return Path(tempfile.mkdtemp(prefix="mediaprocessor-kill-", dir=candidate))
    return None


def campaign(
    *,
    moments: int,
    seed: int,
    steps: Optional[int] = None,
    names: Tuple[str, ...] = (),
    crossed: int = 0,
    cuts: int = 0,
) -> Iterator[Tuple[str, Tally]]:
    """Run the scenarios (all, or those named); yield each one's tally as it comes."""
    root = Path(tempfile.mkdtemp(prefix="mediaprocessor-kill-"))
    other = another_disk(root)
    clean = True
    chosen = [candidate for candidate in SCENARIOS if not names or candidate.name in names]
    chosen = [
        candidate
        for candidate in chosen
        if other or not (candidate.holding_elsewhere or candidate.work_elsewhere)
    ]
    try:
        work = Campaign(root, other or root / "elsewhere", seed)
        for number, scenario in enumerate(chosen):
            share = moments // len(chosen) + (number < moments % len(chosen))
            tally = work.run(scenario, steps=steps, moments=share, crossed=crossed)
            clean = clean and not tally.details
            yield scenario.name, tally
        for scenario in (found for found in chosen if found.chunks and not found.work_elsewhere):
            if cuts and _has_power_disk(root):
                tally = work.cut_power(scenario, cuts)
                clean = clean and not tally.details
                yield f"{scenario.name}, power cut", tally
    finally:
        if clean:
            shutil.rmtree(root, ignore_errors=True)
        if other:
            shutil.rmtree(other, ignore_errors=True)


def _has_power_disk(root: Path) -> bool:
    """Whether a disk image can be mounted here."""
    if not PowerDisk.to_be_had():
        return False
    disk = PowerDisk(root)
    try:
        disk.insert()
    except OSError:
        return False
    disk.remove()
    return True


def main() -> int:
    """Run all and print a table; 1 when anything was lost, left over or not finished."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=60, help="kills at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="only this many steps of each scenario")
    parser.add_argument("--crossed", type=int, default=12, help="kills with another program after")
    parser.add_argument("--cuts", type=int, default=10, help="power cuts of films in chunks")
    parser.add_argument("--only", action="append", default=[], help="a scenario's name")
    arguments = parser.parse_args()
    psutil.cpu_percent()  # loads what the children need before they are forked
    began = time.monotonic()
    kills, bad = 0, 0
    print(f"{'scenario':<28}{'kills':>6}  problems", flush=True)
    for name, tally in campaign(
        moments=arguments.runs,
        seed=arguments.seed,
        steps=arguments.steps,
        names=tuple(arguments.only),
        crossed=arguments.crossed,
        cuts=arguments.cuts,
    ):
        problems = ", ".join(f"{kind}: {count}" for kind, count in tally.problems.items())
        print(f"{name:<28}{tally.kills:>6}  {problems or 'none'}", flush=True)
        kills, bad = kills + tally.kills, bad + len(tally.details)
        for detail in tally.details[:5]:
            print(detail, file=sys.stderr)
    print(f"{kills} kills in {time.monotonic() - began:.0f} s, seed {arguments.seed}, ", end="")
    print(f"{bad} problems")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())

"""How much faster several machines make one film than one does: real programs, 0.45 of a core each.

``python -m benchmarks.spread [--full] [--seconds S] [--preset P] [--case NAME]… [--share SHARE] [--json]``.
Each machine is the real program in a control group of its own that lets it have so much of a core; the first
is the master, which encodes, proves and joins as well. Cases: ``one``, ``two`` and ``four`` machines with a
shared folder; ``transfer``, four without one; ``killed``, four of which one loses its power when a third of
the film is made; ``slow``, four of which one has a quarter of the speed. Without ``--full`` a short film is
made on one machine and on two, in two minutes; what begins and ends a film is a large part of that, so goals
are for ``--full``, which takes 40 minutes. Linux as root, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from app.program import DATABASE_NAME
from benchmarks.report import Figure, all_met, as_json, as_table, machine_load
from benchmarks.transfer import free_port
from cluster.leases import LEASE_SECONDS

if sys.platform != "linux":
    raise SystemExit("This benchmark needs Linux: machines are limited by control groups.")

from tests.cluster.hosted import Machine, job, pair, until
from tests.cluster_campaign import ThisMachine
from tests.films import AudioSpec, make_film

_GROUPS = Path("/sys/fs/cgroup/cpu")  # version 1
_PERIOD = 100_000  # microseconds
_SHARES = 262_144  # the most there is; everybody else has 1,024
_ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset {} -x265-params log-level=none:pools=1 $tracks $output"
)
_PATIENCE = 3600.0  # seconds for a film
_SLOW = 4  # times slower than the others
_KILLED_AT = 1 / 3  # of the film
_GOALS = {"two": 1.85, "four": 3.4, "transfer": 3.2, "killed": 2.4}
_MACHINES = {"one": 1, "two": 2, "four": 4, "transfer": 4, "killed": 4, "slow": 4}


class LimitedMachine(ThisMachine):
    """This machine, with so much of a core."""

    def __init__(self, name: str, group: Path) -> None:
        super().__init__(name)
        self._group = group

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[str]:
        """Start a program in the group."""
        enter = 'echo $$ > "$0" && exec "$@"'
        return super().start(["sh", "-c", enter, str(self._group / "cgroup.procs"), *argv], **more)


@contextmanager
def limited(name: str, share: float) -> Iterator[Path]:
    """A control group that has ``share`` of a core."""
    group = _GROUPS / f"mediaprocessor-{os.getpid()}-{name}"
    group.mkdir()
    try:
        (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
        (group / "cpu.cfs_quota_us").write_text(str(int(share * _PERIOD)))
        (group / "cpu.shares").write_text(str(_SHARES))  # it has that before all others
        yield group
    finally:
        for pid in (group / "cgroup.procs").read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        until(lambda: not (group / "cgroup.procs").read_text().split(), "an empty group")
        group.rmdir()


@dataclass(frozen=True)
class Made:
    """A finished chunk: when it was there, by which machine, and how many seconds it took."""

    when: float
    machine: str
    seconds: float


@dataclass
class Run:
    """How one film was made; ``chunks`` by their numbers."""

    seconds: float = 0.0
    chunks: Dict[int, Made] = field(default_factory=dict)

    @property
    def end_wait(self) -> float:
        """How long the last chunk was waited for after the one before, in chunks of a fast machine."""
        times = sorted(made.when for made in self.chunks.values())
        took = sorted(made.seconds for made in self.chunks.values())
        return (times[-1] - times[-2]) / took[len(took) // 2] if len(times) > 1 else 0.0


class Case:
    """One film on some machines."""

    def __init__(self, name: str, folder: Path, film: Path, share: float, preset: str) -> None:
        self.name = name
        self.preset = preset
        self.folder = folder
        self.film = folder / "films" / film.name
        self.share = share
        self.film.parent.mkdir(parents=True)
        shutil.copyfile(film, self.film)

    def run(self) -> Run:
        """Have the film made."""
        with ExitStack() as ending:
            machines = self._machines(ending)
            master, slaves = machines[0], machines[1:]
            master.start("--role", "master")
            until(master.ready, "the master's program")
            for slave in slaves:
                pair(master, slave)
            made, begin = Run(), time.monotonic()
            job_id = master.add(self.film)
            killed = False
            while not job(master, job_id).state.final:
                self._look(master, made, time.monotonic() - begin)
                if self.name == "killed" and not killed and self._a_third_is_made(master):
                    slaves[-1].kill()
                    killed = True
                if time.monotonic() - begin > _PATIENCE:
                    raise SystemExit(f"{self.name}: the film takes too long.")
                time.sleep(0.1)
            made.seconds = time.monotonic() - begin
            ended = job(master, job_id)
            if not ended.processed_size:
                raise SystemExit(f"{self.name}: the film was not made: {ended.message}")
            return made

    def _machines(self, ending: ExitStack) -> List[Machine]:
        base = {"network.port": str(free_port()), "network.discovery": "off"}
        base.update({"queue.software_jobs": "1", "queue.remux_jobs": "0"})
        base["processing.encoders_side_by_side"] = "1"  # a machine has less than a core
        access = "transfer" if self.name == "transfer" else "shared path"
        machines = []
        for number in range(_MACHINES[self.name]):
            slow = self.name == "slow" and number == _MACHINES["slow"] - 1
            share = self.share / (_SLOW if slow else 1)
            group = ending.enter_context(limited(f"{self.name}-{number}", share))
            settings = {**base, "network.films": access} if number else dict(base)
            if not number:
                encode = _ENCODE.format(self.preset)
                settings.update({f"templates.{n}": encode for n in ("normal", "normal_fallback")})
            place = LimitedMachine(f"{self.name}-{number}", group)
            machines.append(Machine(place, self.folder, LEASE_SECONDS, **settings))
            ending.callback(machines[-1].close)
        return machines

    @staticmethod
    def _a_third_is_made(master: Machine) -> bool:
        row = master.row("SELECT max(done_share) FROM jobs")
        return bool(row and row[0] and row[0] >= _KILLED_AT)

    def _look(self, master: Machine, made: Run, now: float) -> None:
        """Keep when chunks were there that were not there at the last look."""
        with closing(sqlite3.connect(master.data / DATABASE_NAME)) as connection:
            rows = connection.execute("SELECT number, machine, seconds FROM chunks").fetchall()
        for number, machine, seconds in rows:
            made.chunks.setdefault(number, Made(now, machine, seconds))


@dataclass(frozen=True)
class Extent:
    """Which cases are measured, and on which film."""

    cases: Tuple[str, ...]
    seconds: float  # of the film
    preset: str  # of x265


_SHORT = Extent(("one", "two"), 60.0, "fast")
_FULL = Extent(tuple(_MACHINES), 360.0, "slow")


def measure(folder: Path, extent: Extent, share: float, goals: Mapping[str, float]) -> List[Figure]:
    """Return each case's seconds, and how many times as fast as one machine it is."""
    film = make_film(
        folder / "Film.mkv",
        seconds=extent.seconds,
        size=(640, 360),
        audio=[AudioSpec("aac", language="eng")],
        video_options=["-preset", "veryfast", "-qp", "12", "-g", "50"],
    )
    runs = {}
    for name in extent.cases:
        runs[name] = Case(name, folder / name, film, share, extent.preset).run()
        print(f"{name}: {runs[name].seconds:.0f} s", file=sys.stderr, flush=True)
    figures: List[Figure] = []
    for name, run in runs.items():
        machines = len({made.machine for made in run.chunks.values()})
        figures += [
            Figure(f"seconds_{name}", run.seconds, f"{name}: the film", "s"),
            Figure(f"machines_{name}", machines, f"{name}: machines that made chunks of it"),
        ]
        if "one" in runs and name != "one":
            times = runs["one"].seconds / run.seconds
            label = f"{name}: as fast as one"
            figures.append(Figure(f"times_{name}", times, label, "times", least=goals.get(name)))
        if name == "slow":
            figures.append(
                Figure("end_wait", run.end_wait, "slow: last chunk waited for", "chunks", 1.0)
            )
    return figures


def main() -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="all cases, six minutes of film, goals")
    parser.add_argument("--seconds", type=float, help="length of the film")
    parser.add_argument("--preset", help="of x265")
    parser.add_argument("--share", type=float, default=0.45, help="of a core, for each machine")
    parser.add_argument("--case", choices=list(_MACHINES), action="append")
    parser.add_argument("--folder", type=Path, help="where to work; its disk is written to")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    usual = _FULL if arguments.full else _SHORT
    extent = Extent(
        tuple(arguments.case or usual.cases),
        arguments.seconds or usual.seconds,
        arguments.preset or usual.preset,
    )
    goals = _GOALS if arguments.full else {}
    with tempfile.TemporaryDirectory(prefix="spread-", dir=arguments.folder) as folder:
        figures = measure(Path(folder), extent, arguments.share, goals)
    figures.append(Figure("load", machine_load(), "Load of the machine"))
    if arguments.json:
        print(as_json("spread", figures))
    else:
        print(as_table("One film on several machines", figures))
    return 0 if all_met(figures) else 1


if __name__ == "__main__":
    sys.exit(main())

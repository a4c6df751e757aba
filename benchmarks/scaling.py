"""How much faster several machines encode than one: real films, real programs, a core each.

Part of ``python -m benchmarks.cluster``. The master only hands out, proves and swaps; each slave is bound to
one core with ``taskset``, so that a further one brings a further core and nothing else. Where there are more
slaves than cores they share them, which the figures then show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Sequence

from benchmarks.report import Figure
from benchmarks.transfer import free_port
from cluster.leases import LEASE_SECONDS

if sys.platform != "linux":
    raise SystemExit("This part needs Linux: machines are bound to cores with taskset.")

from tests.cluster.hosted import Machine, job, pair, until
from tests.cluster_campaign import ThisMachine
from tests.films import AudioSpec, make_film

_ENCODE = (
    "$ffmpeg -i $input -c:v libx265 -preset fast "
    "-x265-params log-level=none:pools=none:frame-threads=1 $tracks $output"
)
_PATIENCE = 1800.0  # seconds for all films
FILMS = 8


class Core(ThisMachine):
    """This machine, with one of its cores alone; those of more machines than cores are shared."""

    def __init__(self, number: int) -> None:
        super().__init__(f"core-{number}")
        self._core = number % (os.cpu_count() or 1)

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[str]:
        """Start a program on the core."""
        return super().start(["taskset", "--cpu-list", str(self._core), *argv], **more)


def measure(folder: Path, counts: Sequence[int] = (1, 2, 4)) -> List[Figure]:
    """Return the films a minute of so many slaves, and how much of the ideal that is."""
    sample = make_film(
        folder / "sample.mkv",
        seconds=6,
        size=(640, 360),
        audio=[AudioSpec("aac", language="eng")],
        video_options=["-qp", "10"],
    )
    rates: Dict[int, float] = {}
    for count in counts:
        rates[count] = FILMS / _seconds(folder / f"{count}", sample, count) * 60
    figures = [Figure("cores", os.cpu_count() or 1, "Cores of the machine")]
    for count, rate in rates.items():
        ideal = rates[counts[0]] / counts[0] * count
        figures += [
            Figure(f"films_{count}", rate, f"Machines: {count}", "films a minute"),
            Figure(f"efficiency_{count}", rate / ideal, f"Machines: {count}, of the ideal"),
        ]
    return figures


def _seconds(folder: Path, sample: Path, count: int) -> float:
    """Have the films made by so many slaves; return how long that takes."""
    films = [folder / "films" / f"Film {number}.mkv" for number in range(FILMS)]
    films[0].parent.mkdir(parents=True)
    for film in films:
        shutil.copyfile(sample, film)
    port = free_port()
    base = {"network.port": str(port), "network.discovery": "off"}
    templates = {f"templates.{name}": _ENCODE for name in ("normal", "normal_fallback")}
    none = {"queue.software_jobs": "0", "queue.remux_jobs": "0"}
    master = Machine(ThisMachine("master"), folder, LEASE_SECONDS, **base, **templates, **none)
    one = {"queue.software_jobs": "1", "queue.remux_jobs": "0"}
    slaves = [
        Machine(Core(number), folder, LEASE_SECONDS, **base, **one) for number in range(count)
    ]
    try:
        for slave in slaves:
            pair(master, slave)
        begin = time.monotonic()
        jobs = [master.add(film) for film in films]
        until(
            lambda: all(job(master, job_id).state.final for job_id in jobs), "the films", _PATIENCE
        )
        took = time.monotonic() - begin
        bad = [
            job(master, job_id).message for job_id in jobs if not job(master, job_id).processed_size
        ]
        if bad:
            raise SystemExit(f"films were not made: {bad}")
        return took
    finally:
        for machine in (*slaves, master):
            machine.stop()
            machine.close()

"""Programs of their own, a master and slaves on this machine, joined by TLS: what if one is killed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Callable, Iterator, List

import psutil
import pytest

from app.program import DATABASE_NAME, Program
from core.events import JobState
from core.queue.job import Job, NewJob
from store.connection import Database
from store.jobs import JobStore
from store.journal import Journal, Outcome
from store.slave_jobs import SlaveJobStore
from tests.films import AudioSpec, make_film

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds
LEASE = 8.0
# As fast as the machine can, and no faster than the film runs, on the fastest machine.
FAST = "$ffmpeg -i $input -c:v libx265 -preset medium -x265-params log-level=none:pools=1 $tracks $output"
AS_IT_RUNS = FAST.replace("-i ", "-re -i ")

# Works as the window does, with a lease of its own, until it is killed.
AT_WORK = """
import sys
from pathlib import Path
from app.program import Program
parts = Program(Path(sys.argv[1]))
parts.lease_seconds = float(sys.argv[2])
manager = parts.queue_manager()
parts.begin(manager)
manager.start()
while True:
    manager.events.get()
"""


class Machine:
    """One instance: its data folder, and its program while it runs."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.process: List[subprocess.Popen[bytes]] = []
        with Program(folder) as parts:
            fixed = {
                "metadata.enabled": "no",
                "network.discovery": "off",
                "network.films": "transfer",
            }
            for key, value in {**fixed, **settings}.items():
                parts.config.set(key, value)

    def start(self, *argv: str) -> None:
        words = argv or ("-c", AT_WORK, str(self.folder), str(LEASE))
        with (self.folder / "output.txt").open("ab") as output:
            self.process.append(
                subprocess.Popen(
                    [sys.executable, *words], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT
                )
            )

    def kill(self) -> None:
        """End it as a power cut does, with every encoder that it had started."""
        for program in self.process:
            encoders = psutil.Process(program.pid).children(recursive=True)
            program.kill()
            program.wait(PATIENCE)
            for encoder in encoders:
                with suppress(psutil.NoSuchProcess):
                    encoder.kill()
        self.process.clear()

    def end(self) -> int:
        """End it politely."""
        self.process[-1].terminate()
        code = self.process[-1].wait(PATIENCE)
        self.process.clear()
        return code


class House:
    """A master with a film, and two slaves that are paired with it."""

    def __init__(self, tmp_path: Path, template: str, seconds: float) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        slots = {"queue.gpu_jobs": "0", "queue.software_jobs": "0", "queue.remux_jobs": "0"}
        self.master = Machine(
            tmp_path / "master",
            **{
                "network.port": port,
                "network.mode": "master",
                "network.listen_address": "127.0.0.1",
                "templates.normal": template,
                "templates.normal_fallback": template,
                **slots,
            },
        )
        self.slaves = [
            Machine(tmp_path / name, **{"network.port": port, "network.name": name})
            for name in ("laptop", "desktop")
        ]
        self.film = make_film(
            tmp_path / "library" / "Film.mkv", seconds=seconds, audio=[AudioSpec("flac")]
        )
        self._pair(port)

    def _pair(self, port: str) -> None:
        with Program(self.master.folder) as master:
            manager = master.queue_manager()
            master.begin(manager)
            for slave in self.slaves:
                code = master.network.show_code()
                with Program(slave.folder) as parts:
                    parts.network.pair(f"127.0.0.1:{port}", code.text)
                    parts.config.set("network.mode", "slave")
            (self.job_id,) = manager.submit([NewJob(self.film)])
            manager.shutdown()

    def job(self) -> Job:
        with Database(self.master.folder / DATABASE_NAME) as database:
            job = JobStore(database).get(self.job_id)
        assert job is not None
        return job

    def swaps(self) -> int:
        with Database(self.master.folder / DATABASE_NAME) as database:
            entries = Journal(database).of_job(self.job_id)
        return sum(entry.outcome is Outcome.REPLACED for entry in entries)

    def encodes(self) -> bool:
        """Whether a slave's encoder has shown progress."""
        return self.job().step == "encode"

    def has_finished(self, slave: Machine) -> bool:
        with Database(slave.folder / DATABASE_NAME) as database:
            return any(job.report for job in SlaveJobStore(database).all())

    def until(self, reached: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not reached():
            told = [
                (machine.folder / "output.txt").read_text()
                for machine in self.everybody()
                if machine.process
            ]
            assert time.monotonic() < deadline, f"waited in vain for {what}: {self.job()}, {told}"
            time.sleep(0.1)

    def everybody(self) -> List[Machine]:
        return [self.master, *self.slaves]


@pytest.fixture
def houses() -> Iterator[List[House]]:
    """Houses whose programs end with the test."""
    found: List[House] = []
    yield found
    for house in found:
        for machine in house.everybody():
            machine.kill()


def test_headless_programs_share_a_queue(tmp_path: Path, houses: List[House]) -> None:
    house = House(tmp_path, FAST, 2.0)
    houses.append(house)
    before = house.film.stat()
    for machine in (house.master, house.slaves[0]):
        machine.start("main.py", "--data-dir", str(machine.folder), "--headless")
    house.until(lambda: house.job().state.final, "the film")
    job = house.job()
    assert job.state is JobState.COMPLETED, job
    assert job.instance_id
    assert house.film.stat().st_ino != before.st_ino
    house.until(lambda: not list((house.slaves[0].folder / "slave").glob("*")), "tidying up")
    assert house.slaves[0].end() == 0
    assert house.master.end() == 0


def test_a_killed_slaves_film_runs_elsewhere_soon(tmp_path: Path, houses: List[House]) -> None:
    house = House(tmp_path, AS_IT_RUNS, 30.0)
    houses.append(house)
    first, second = house.slaves
    house.master.start()
    first.start()
    house.until(lambda: house.encodes(), "the encode")
    second.start()
    owner = house.job().instance_id
    first.kill()
    killed = time.monotonic()
    house.until(lambda: house.job().instance_id not in ("", owner), "the other machine")
    # The other machine's start is not the lease's affair; on a machine with time to spare it is up by then.
    assert time.monotonic() - killed < LEASE + 5.0 + 20.0
    assert (house.job().attempt, house.job().failures) == (2, 0)
    house.until(lambda: house.encodes(), "the encode there")
    first.start()
    house.until(lambda: not list((first.folder / "slave").glob("*")), "tidying up")
    assert house.job().instance_id != owner


def test_a_killed_masters_film_is_handed_in_when_it_is_back_without_a_second_encode(
    tmp_path: Path, houses: List[House]
) -> None:
    house = House(tmp_path, AS_IT_RUNS, 8.0)
    houses.append(house)
    slave = house.slaves[0]
    house.master.start()
    slave.start()
    house.until(lambda: house.encodes(), "the encode")
    house.master.kill()
    house.until(lambda: house.has_finished(slave), "the result")
    house.master.start()
    house.until(lambda: house.job().state.final, "the film")
    job = house.job()
    assert (job.state, job.attempt) == (JobState.COMPLETED, 1), job
    assert house.swaps() == 1
    house.until(lambda: not list((slave.folder / "slave").glob("*")), "tidying up")

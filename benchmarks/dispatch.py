"""How quickly a master answers 64 slaves that want work, with 100,000 jobs in its queue.

Part of ``python -m benchmarks.cluster``. The master is a process of its own with the real queue, store,
planner, leases and wire; 64 slaves in another process speak to it over TLS. No film is worked on: the look
into a film is known beforehand, and each job ends with the word that nothing would be gained.
"""

# ruff: noqa: ARG002 - handlers that have nothing to do
from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import psutil

from analyzer import Analyzer
from benchmarks.report import Figure
from benchmarks.transfer import SlaveWork, free_port
from cluster.handshake import LocalInstance
from cluster.ports import Data
from cluster.session import IncomingMessage, Session
from cluster.slave import SlaveWire
from core.errors import NoGain
from core.media.model import MediaFile
from core.peer_errors import PeerError
from core.protocol.messages import Message, MessageType
from core.protocol.node_facts import NodeFacts
from core.protocol.slave_result import not_made
from core.queue.job import NewJob
from core.settings.choices import Discovery, NetworkMode
from core.settings.source import FixedSettings
from core.settings.tree import NetworkSettings, QueueSettings, Settings
from network import Network
from processing.control import JobControl
from processing.maker import MadeResult, Maker
from processing.process_tree import SystemClock
from processing.runner import ProcessRunner
from processor import JobResult, Processor
from queue_manager import JobContext, QueueManager, keep_responsive
from sharing.master.master import MasterWork
from store.connection import Database
from store.jobs import JobStore
from store.nodes import NodeStore
from store.vault import FileVault
from tests.films import FFMPEG, FFPROBE, AudioSpec, make_film
from tests.queue_environment import Surroundings
from tools.resolver import find_tools

ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = 1000
_FILMS_THERE = 20_000  # of the queue's; no run comes further
_SLOTS = 2  # of each slave
_SECRET = b"0123456789abcdef0123456789abcdef"
_HELD = 30.0  # seconds that a paced slave has a film: a tenth of what a short one takes
_SIGN_EVERY = 1.0  # seconds, as a real slave gives its signs of life
# Seconds at the beginning that are not measured: until all are connected, and at a pace until each slot has
# had its first film, which is when its thread begins.
_WARM = {"paced": _HELD + 5.0, "flat_out": 5.0}


# ---- the master's process


class KnownFilms(Analyzer):
    """Finds in every film what was found in the one that was looked into."""

    def know(self, media: MediaFile) -> KnownFilms:
        """Look into no film from now on."""
        self._known = media
        return self

    def analyze(self, path: Path) -> MediaFile:
        """What is known, under the film's own name."""
        found = path.stat()
        identity = replace(self._known.identity, mtime_ns=found.st_mtime_ns)
        return replace(self._known, path=path, identity=identity)


@dataclass
class OneMachine:
    """The machine that the master's work runs on (``sharing.master.ports.MasterMachine``)."""

    network: Network
    name: str = "This machine"

    def master_port(self) -> Network:
        """The wire."""
        return self.network


class WaitingProcessor(Processor):
    """Waits for what a slave hands in; touches no film."""

    def process(
        self,
        job_id: int,
        attempt: int,
        plan: Any,
        control: JobControl,
        on_progress: Any,
        on_stage: Any,
        maker: Optional[Maker] = None,
    ) -> JobResult:
        """Wait; every job ends with an error, NoGain."""
        assert maker is not None
        made: MadeResult = maker.make(
            plan, plan.target.with_suffix(".partial"), control, on_progress
        )
        raise AssertionError(made)


class Stopwatch:
    """Times each JOB_REQUEST from the message that came in to the answer that goes out."""

    def __init__(self) -> None:
        self.taken: List[float] = []  # milliseconds
        self.offers = 0
        self._asked: Dict[Tuple[int, int], float] = {}
        receive, answer = Session.receive, Session.answer
        watch = self

        def timed_receive(session: Session, text: str) -> Any:
            begin = time.perf_counter()
            heard = receive(session, text)
            if isinstance(heard, IncomingMessage) and heard.kind is MessageType.JOB_REQUEST:
                watch._asked[id(session), heard.number or 0] = begin
            return heard

        def timed_answer(session: Session, number: int, data: Data) -> Message:
            message = answer(session, number, data)
            begin = watch._asked.pop((id(session), number), None)
            if begin is not None:
                watch.taken.append((time.perf_counter() - begin) * 1000)
                watch.offers += "offer" in data
            return message

        Session.receive = timed_receive  # type: ignore[method-assign, assignment]
        Session.answer = timed_answer  # type: ignore[method-assign, assignment]


def serve(folder: Path, port: int, jobs: int, slaves: int) -> None:
    """Be the master; each line on standard input is answered with figures since the last one."""
    runner = ProcessRunner()
    settings = replace(Settings(), network=NetworkSettings())
    tools = replace(settings.tools, ffmpeg=FFMPEG, ffprobe=FFPROBE)
    toolset = find_tools(tools, runner).toolset
    sound = [AudioSpec("flac", language="eng")]
    sample = make_film(folder / "sample.mkv", seconds=1, audio=sound)
    analyzer = KnownFilms(runner, toolset).know(Analyzer(runner, toolset).analyze(sample))
    database = Database(folder / "master.db")
    _fill(JobStore(database), folder / "films", jobs)
    nodes = NodeStore(database, FileVault(folder))
    for number in range(slaves):
        nodes.pair(f"slave-{number}", _SECRET)
    log = logging.getLogger("mediaprocessor")
    clock = SystemClock()
    processor = WaitingProcessor(database, toolset, settings, runner, analyzer.analyze, clock, log)
    context = JobContext(settings, toolset, analyzer, processor)
    manager = QueueManager(
        database,
        Surroundings(
            lambda: context, lambda: QueueSettings(gpu_jobs=0, software_jobs=0, remux_jobs=0)
        ),
    )
    here = NetworkSettings(
        mode=NetworkMode.MASTER, port=port, listen_address="127.0.0.1", discovery=Discovery.OFF
    )
    network = Network(
        database, FileVault(folder), folder, FixedSettings(Settings(network=here)), "benchmark"
    )
    work = MasterWork(manager.shared, OneMachine(network))
    watch = Stopwatch()
    manager.recover()
    work.start()
    network.start(work, SlaveWork())
    manager.start()
    keep_responsive()
    print(json.dumps({"tools": NodeFacts(toolset, {}).as_data()["tools"]}), flush=True)
    me, before = psutil.Process(), 0.0
    for _line in sys.stdin:
        cpu = sum(me.cpu_times()[:2])
        answer = {
            "taken": watch.taken,
            "offers": watch.offers,
            "cpu": cpu - before,
            "memory": me.memory_info().rss,
            "threads": me.num_threads(),
        }
        watch.taken, watch.offers, before = [], 0, cpu
        print(json.dumps(answer), flush=True)
        while not manager.events.empty():
            manager.events.get()
    os._exit(0)  # nothing of this is wanted any more


def _fill(jobs: JobStore, folder: Path, count: int) -> None:
    """Queue films; those that will be asked for are there, a few bytes each that no other has."""
    films = [folder / str(n % _FOLDERS) / f"Film {n}.mkv" for n in range(count)]
    for number in range(_FOLDERS):
        (folder / str(number)).mkdir(parents=True)
    for number, film in enumerate(films[:_FILMS_THERE]):
        film.write_bytes(b"film %d" % number)
    for first in range(0, count, 1000):
        jobs.add([NewJob(film, size=10**9) for film in films[first : first + 1000]])


# ---- the slaves' process


class _Book:
    """Every master is known."""

    def master_secret(self, master_id: str) -> Optional[bytes]:
        """The one secret."""
        return _SECRET

    def reached(self, master_id: str, name: str, address: str) -> None:
        """Nothing is kept."""


@dataclass
class SimulatedSlave(SlaveWork):
    """Has films for ``held`` seconds each and hands them in; measures how long the master lets it wait."""

    number: int
    port: int
    tools: Any
    pool: ThreadPoolExecutor
    held: float
    taken: List[Tuple[float, float]] = field(default_factory=list)  # when, milliseconds

    def capabilities(self) -> Data:
        """A machine that copies pictures and encodes in software."""
        facts = {"gpu": 0, "software": _SLOTS, "remux": _SLOTS}
        return {"tools": self.tools, "slots": facts, "cores": 4, "largest": 0}

    async def run(self) -> None:
        """Work until cancelled."""
        me = LocalInstance(f"slave-{self.number}", f"Slave {self.number}", "benchmark", time.time)
        wire = SlaveWire(me, _Book(), self, self.pool, lambda: [("127.0.0.1", self.port)])
        running = asyncio.ensure_future(wire.run())
        try:
            await asyncio.gather(*(self._slot(wire) for _ in range(_SLOTS)))
        finally:
            running.cancel()

    async def _slot(self, wire: SlaveWire) -> None:
        await asyncio.sleep(self.held * self.number / 64 if self.held else 0.01 * self.number)
        while True:
            try:
                begin = time.perf_counter()
                data = {"free": ["software", "remux"]}
                answer = await wire.ask(MessageType.JOB_REQUEST, data, 30.0)
                self.taken.append((time.monotonic(), (time.perf_counter() - begin) * 1000))
                if "offer" in answer:
                    await self._make(wire, answer["offer"])
                else:
                    await asyncio.sleep(float(answer["after"]) if self.held else 0.05)
            except PeerError:
                await asyncio.sleep(0.5)

    async def _make(self, wire: SlaveWire, offer: Dict[str, Any]) -> None:
        key = {"job": offer["job"], "attempt": offer["attempt"]}
        end = time.monotonic() + self.held
        while time.monotonic() < end:
            await asyncio.sleep(_SIGN_EVERY)
            progress = {"step": "encode", "percent": 50.0}
            await wire.ask(MessageType.JOB_STATUS, {**key, "progress": progress}, 30.0)
        report = not_made(NoGain(offer["size"], 2 * offer["size"])).as_data()
        await wire.ask(MessageType.JOB_COMPLETE, {**key, "report": report}, 30.0)


def work(port: int, slaves: int, held: float, warm: float, seconds: float, tools: Any) -> None:
    """Be all slaves for so long; print what each had to wait after ``warm`` seconds."""
    pool = ThreadPoolExecutor(8)

    async def run() -> List[float]:
        all_of_them = [SimulatedSlave(n, port, tools, pool, held) for n in range(slaves)]
        begin = time.monotonic()
        running = asyncio.gather(*(node.run() for node in all_of_them))
        await asyncio.sleep(warm + seconds)
        running.cancel()
        late = begin + warm
        return [ms for node in all_of_them for when, ms in node.taken if when >= late]

    print(json.dumps(asyncio.run(run())), flush=True)
    os._exit(0)


# ---- the measurement


def measure(folder: Path, jobs: int, slaves: int, seconds: float) -> List[Figure]:
    """Return what both processes measured: at a pace, then as fast as it goes."""
    port = free_port()
    arguments = [str(folder), str(port), str(jobs), str(slaves)]
    master = _start("serve", *arguments)
    assert master.stdin is not None
    assert master.stdout is not None
    out = master.stdout

    def ask() -> Dict[str, Any]:
        assert master.stdin is not None
        master.stdin.write("\n")
        master.stdin.flush()
        found: Dict[str, Any] = json.loads(out.readline())
        return found

    try:
        tools = json.dumps(json.loads(out.readline())["tools"])
        figures: List[Figure] = []
        memory = 0.0
        for name, held in (("paced", _HELD), ("flat_out", 0.0)):
            times = str(held), str(_WARM[name]), str(seconds)
            client = _start("work", str(port), str(slaves), *times, tools)
            time.sleep(_WARM[name] + 2.0)
            begin, _before = time.monotonic(), ask()
            time.sleep(seconds - 4.0)
            took, found = time.monotonic() - begin, ask()
            assert client.stdout is not None
            waited = sorted(json.loads(client.stdout.readline()))
            client.wait(60)
            memory = max(memory, found["memory"] / 1e6)
            figures += _figures(name, took, found, waited)
        return [*figures, Figure("memory", memory, "Memory of the master", "MB", 500.0)]
    finally:
        master.kill()
        master.wait()


def _figures(name: str, took: float, found: Dict[str, Any], waited: List[float]) -> List[Figure]:
    label = "At a pace" if name == "paced" else "Flat out"
    inside = sorted(found["taken"])
    goal = 5.0 if name == "paced" else None
    return [
        Figure(f"{name}_dispatches", found["offers"] / took, f"{label}: dispatches", "a second"),
        Figure(f"{name}_requests", len(inside) / took, f"{label}: JOB_REQUESTs", "a second"),
        Figure(f"{name}_p50", _at(inside, 0.5), f"{label}: answer at the master, p50", "ms"),
        Figure(f"{name}_p99", _at(inside, 0.99), f"{label}: answer at the master, p99", "ms", goal),
        Figure(f"{name}_client_p50", _at(waited, 0.5), f"{label}: seen by the slave, p50", "ms"),
        Figure(f"{name}_client_p99", _at(waited, 0.99), f"{label}: seen by the slave, p99", "ms"),
        Figure(f"{name}_cpu", 100 * found["cpu"] / took, f"{label}: one core of the master", "%"),
    ]


def _at(taken: Sequence[float], part: float) -> float:
    return taken[min(len(taken) - 1, int(len(taken) * part))] if taken else float("inf")


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.dispatch", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def main() -> None:
    """Be one of the processes of the measurement."""
    logging.getLogger("mediaprocessor").addHandler(logging.NullHandler())
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["serve", "work"])
    parser.add_argument("rest", nargs="*")
    arguments = parser.parse_args()
    rest = arguments.rest
    parts: Dict[str, Callable[[], None]] = {
        "serve": lambda: serve(Path(rest[0]), int(rest[1]), int(rest[2]), int(rest[3])),
        "work": lambda: work(
            int(rest[0]),
            int(rest[1]),
            float(rest[2]),
            float(rest[3]),
            float(rest[4]),
            json.loads(rest[5]),
        ),
    }
    parts[arguments.part]()


if __name__ == "__main__":
    main()

"""How quickly a master answers 64 slaves that want work, with 100,000 jobs in its queue.

Part of ``python -m benchmarks.cluster``. The master is a process of its own with the real queue, store,
planner, leases and wire; 64 slaves in another process speak to it over TLS. No film is worked on: the look
into a film is known beforehand, and each job ends with the word that nothing would be gained. What is
measured begins once every slave was answered. The master may be another checkout's (``benchmarks.against``);
the slaves are always this one's.

Of a busy machine the milliseconds say little; what the master's processes computed for each dispatch does.
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
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import psutil

from analyzer import Analyzer
from benchmarks.against import HERE, in_turn, ratios
from benchmarks.figure import Figure
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

_FOLDERS = 1000
_FILMS_THERE = 20_000  # of the queue's; no run comes further
_SLOTS = 2  # of each slave
_SECRET = b"0123456789abcdef0123456789abcdef"
_HELD = 30.0  # seconds that a paced slave has a film: a tenth of what a short one takes
_SIGN_EVERY = 1.0  # seconds, as a real slave gives its signs of life
# Seconds at the beginning that are not measured, after which all slaves have to be there: at a pace until
# each slot has had its first film, which is when its thread begins.
_WARM = {"paced": _HELD + 5.0, "flat_out": 5.0}
_PATIENCE = 300.0  # seconds until all are connected, on a machine that has much else to do


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
    taken: List[float] = field(default_factory=list)  # milliseconds

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
                self.taken.append((time.perf_counter() - begin) * 1000)
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


def work(port: int, slaves: int, held: float, tools: Any) -> None:
    """Be all slaves; each line on standard input is answered with what they had to wait since the last."""
    pool = ThreadPoolExecutor(8)
    all_of_them = [SimulatedSlave(n, port, tools, pool, held) for n in range(slaves)]

    async def run() -> None:
        running = asyncio.gather(*(node.run() for node in all_of_them))
        loop = asyncio.get_running_loop()
        while await loop.run_in_executor(None, sys.stdin.readline):
            waited = [ms for node in all_of_them for ms in node.taken]
            answered = sum(bool(node.taken) for node in all_of_them)
            for node in all_of_them:
                node.taken = []
            print(json.dumps({"waited": waited, "answered": answered}), flush=True)
        running.cancel()

    asyncio.run(run())
    os._exit(0)


# ---- the measurement


class _Part:
    """One process of the measurement, which answers each line with a line of JSON."""

    def __init__(self, checkout: Path, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.dispatch", *map(str, arguments)],
            cwd=checkout,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self) -> Dict[str, Any]:
        """Return what it says next."""
        assert self.process.stdout is not None
        heard: Dict[str, Any] = json.loads(self.process.stdout.readline())
        return heard

    def ask(self) -> Dict[str, Any]:
        """Return what it has found since it was asked last."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.hear()

    def end(self) -> None:
        """Nothing of it is wanted any more."""
        self.process.kill()
        self.process.wait()


def measure(folder: Path, jobs: int, slaves: int, seconds: float) -> List[Figure]:
    """Return what this checkout's master took: at a pace, then as fast as it goes."""
    found = values(HERE, folder, jobs, slaves, seconds)
    return [Figure(name, found[name], label, unit, goal) for name, label, unit, goal in _figures()]


def values(
    checkout: Path, folder: Path, jobs: int, slaves: int, seconds: float
) -> Dict[str, float]:
    """Measure a checkout's master in an empty folder; the figures by their names."""
    port = free_port()
    master = _Part(checkout, "serve", folder, port, jobs, slaves)
    try:
        tools = json.dumps(master.hear()["tools"])
        found = {"memory": 0.0}
        for name, held in (("paced", _HELD), ("flat_out", 0.0)):
            client = _Part(HERE, "work", port, slaves, held, tools)
            try:
                found.update(_watched(name, master, client, slaves, seconds, found["memory"]))
            finally:
                client.end()
        return found
    finally:
        master.end()


def _watched(
    name: str, master: _Part, client: _Part, slaves: int, seconds: float, memory: float
) -> Dict[str, float]:
    """What both processes say of the time between the slaves' beginning and the end."""
    begin = time.monotonic()
    time.sleep(_WARM[name])
    answered = 0
    while answered < slaves and time.monotonic() < begin + _PATIENCE:
        answered = max(answered, client.ask()["answered"])
        time.sleep(0.5)
    master.ask()
    client.ask()
    begin = time.monotonic()
    time.sleep(seconds)
    found, took, waited = master.ask(), time.monotonic() - begin, sorted(client.ask()["waited"])
    inside = sorted(found["taken"])
    offers = max(1, found["offers"])
    return {
        f"{name}_dispatches": found["offers"] / took,
        f"{name}_requests": len(inside) / took,
        f"{name}_p50": _at(inside, 0.5),
        f"{name}_p99": _at(inside, 0.99),
        f"{name}_client_p50": _at(waited, 0.5),
        f"{name}_client_p99": _at(waited, 0.99),
        f"{name}_cpu": 100 * found["cpu"] / took,
        f"{name}_cpu_each": 1000 * found["cpu"] / offers,
        "memory": max(memory, found["memory"] / 1e6),
    }


def _figures() -> List[Tuple[str, str, str, Optional[float]]]:
    """Name, label, unit and goal of each figure."""
    rows: List[Tuple[str, str, str, Optional[float]]] = []
    for name, label, goal in (("paced", "At a pace", 5.0), ("flat_out", "Flat out", None)):
        rows += [
            (f"{name}_dispatches", f"{label}: dispatches", "a second", None),
            (f"{name}_requests", f"{label}: JOB_REQUESTs", "a second", None),
            (f"{name}_p50", f"{label}: answer at the master, p50", "ms", None),
            (f"{name}_p99", f"{label}: answer at the master, p99", "ms", goal),
            (f"{name}_client_p50", f"{label}: seen by the slave, p50", "ms", None),
            (f"{name}_client_p99", f"{label}: seen by the slave, p99", "ms", None),
            (f"{name}_cpu", f"{label}: one core of the master", "%", None),
            (f"{name}_cpu_each", f"{label}: the master computes for a dispatch", "ms", None),
        ]
    return [*rows, ("memory", "Memory of the master", "MB", 500.0)]


def compare(
    other: Path, pairs: int, jobs: int, slaves: int, seconds: float, where: Optional[Path]
) -> List[Figure]:
    """Measure this checkout's master and another's in turn; the ratios of what issue and user look at."""

    def one_of(checkout: Path) -> Dict[str, float]:
        with tempfile.TemporaryDirectory(prefix="dispatch-", dir=where) as folder:
            return values(checkout, Path(folder), jobs, slaves, seconds)

    found = in_turn(one_of, other, pairs)
    return [
        figure
        for key, label in (
            ("paced_p99", "At a pace: answer at the master, p99"),
            ("paced_cpu_each", "At a pace: the master computes for a dispatch"),
            ("flat_out_dispatches", "Flat out: dispatches a second"),
            ("flat_out_cpu_each", "Flat out: the master computes for a dispatch"),
            ("flat_out_p50", "Flat out: answer at the master, p50"),
        )
        for figure in ratios(found, key, label)
    ]


def _at(taken: Sequence[float], part: float) -> float:
    return taken[min(len(taken) - 1, int(len(taken) * part))] if taken else float("inf")


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
        "work": lambda: work(int(rest[0]), int(rest[1]), float(rest[2]), json.loads(rest[3])),
    }
    parts[arguments.part]()


if __name__ == "__main__":
    main()

"""What the page for the phone costs a program with 100,000 films in its queue: CPU and memory.

``python -m benchmarks.phone [--jobs N] [--seconds S] [--json]``. The program is a process of its own with the
real queue, database and server, and a film in 90 chunks whose progress changes every second. Phones ask over
TLS once a second, as the page's script does; each gets a new state every time. The same process is measured
without the page, with it, with one phone, with 16, and with one that opens a connection for each question.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import List, Optional, Sequence

import psutil

from app.program import Program
from benchmarks.against import HERE
from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from benchmarks.transfer import free_port
from cluster.identity import client_context, load_identity
from core.chunk_progress import ChunkPhase, ChunkProgress
from core.events import JobState
from core.progress import Progress
from core.queue.job import JobEnd, NewJob
from queue_manager import QueueManager
from scheduling.running_jobs import Running
from store.jobs import JobStore

_CHUNKS = 90  # of a film of three hours
_FAILED = 500
_DONE = 2000
_MOST = 2.0  # percent of one core, by the issue
_MOST_MEMORY = 1.15  # of what the program takes without the page


def fill(folder: Path, jobs: int) -> None:
    """Make a queue of so many films; some failed, some are done."""
    load_identity(folder)  # as a program has had it since its first start
    with Program(folder) as parts:
        store = JobStore(parts.database)
        films = [
            NewJob(Path(f"/films/{at % 1000}/Film {at}.mkv"), size=10**9) for at in range(jobs)
        ]
        ids = store.add(films)
        for at in range(_FAILED + _DONE):
            store.claim_next("")
            ended = JobState.FAILED if at < _FAILED else JobState.COMPLETED
            store.finish(
                ids[at], JobEnd(ended, "The film is cut short.", "probe", 10**9, 5 * 10**8)
            )


def serve(folder: Path) -> None:
    """Be the program until the pipe ends; a line with yes or no switches the page."""
    with Program(folder) as parts:
        parts.listens = True
        manager = parts.queue_manager()
        parts.begin(manager)
        job = manager.jobs(JobState.QUEUED, limit=1)[0]
        running = manager._running  # noqa: SLF001 - no film is encoded here
        running.begin(job.id, Running())
        threading.Thread(target=_progress, args=(manager, job.id), daemon=True).start()
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            parts.config.set("network.phone", line.strip())
            print(json.dumps({"token": parts.phone.entry().token}), flush=True)
        running.give_all_back()
        manager.shutdown()


def _progress(manager: QueueManager, job_id: int) -> None:
    chunks = tuple(ChunkProgress(at, at * 120.0, at * 120.0 + 120.0) for at in range(_CHUNKS))
    step = 0
    while True:
        step += 1
        chunks = (replace(chunks[0], phase=ChunkPhase.IN_HAND, share=step % 100 / 100), *chunks[1:])
        told = Progress(
            "encode", step % 1000 / 10, fps=24.0, speed=1.0, eta=1000.0 - step, chunks=chunks
        )
        manager.publisher.job_progressed(job_id, told)
        while not manager.events.empty():
            manager.events.get()
        time.sleep(1.0)


class Phones:
    """Phones that ask once a second until they are stopped, each in a thread."""

    def __init__(self, count: int, port: int, token: str, *, keeps: bool = True) -> None:
        self.answers: List[int] = []  # bytes of each
        self._place = ("127.0.0.1", port)
        self._token = token
        self._keeps = keeps
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self) -> Phones:
        for thread in self._threads:
            thread.start()
            time.sleep(1.0 / len(self._threads))
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = self._connect()
        while not self._stop.wait(1.0):
            if not self._keeps:
                connection.close()
                connection = self._connect()
            connection.request("GET", "/state", headers={"Authorization": f"Bearer {self._token}"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                self.answers.append(len(body))
        connection.close()

    def _connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(*self._place, context=client_context(), timeout=30)


def in_each_way(jobs: int, seconds: float) -> Sequence[Figure]:
    """Measure the same process in each way, one after the other."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fill(folder, jobs)
        port = free_port()
        with Program(folder) as parts:
            parts.config.change({"network.phone_port": str(port), "network.discovery": "off"})
        argv = [sys.executable, "-m", "benchmarks.phone", "--serve", str(folder)]
        child = stack.enter_context(
            subprocess.Popen(
                argv, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        )
        assert child.stdin is not None
        assert child.stdout is not None
        stack.callback(child.stdin.close)
        json.loads(child.stdout.readline())
        process = psutil.Process(child.pid)

        def used() -> float:
            before, begin = process.cpu_times(), time.monotonic()
            time.sleep(seconds)
            now, passed = process.cpu_times(), time.monotonic() - begin
            return 100 * (now.user + now.system - before.user - before.system) / passed

        time.sleep(3.0)
        without, small = used(), process.memory_full_info().uss
        child.stdin.write("yes\n")
        child.stdin.flush()
        token = json.loads(child.stdout.readline())["token"]
        idle = used()
        with Phones(1, port, token) as phone:
            single = used()
        with Phones(16, port, token) as phones:
            many, large = used(), process.memory_full_info().uss
        with Phones(1, port, token, keeps=False):
            anew = used()
        size = sum(phone.answers) / max(1, len(phone.answers))
        expected = 16 * seconds
        return (
            Figure("without", without, "The program without the page", "% of a core"),
            Figure("idle", idle - without, "The page, nobody looking", "% of a core more"),
            Figure("one", single - without, "One phone, once a second", "% more", goal=_MOST),
            Figure("many", many - without, "16 phones, once a second", "% more"),
            Figure("anew", anew - without, "One phone, a connection each time", "% more"),
            Figure(
                "answered", len(phones.answers) / expected, "Answers to 16 phones", "of all asked"
            ),
            Figure("answer", size, "An answer", "bytes"),
            Figure("memory", large / small, "Memory with 16 phones", "times", goal=_MOST_MEMORY),
            Figure("more", (large - small) / 1e6, "That is more by", "MB"),
        )


def measure(options: argparse.Namespace) -> Measurement:
    """Measure the page."""
    return Measurement("The page for the phone", in_each_way(options.jobs, options.seconds))


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure, or be the program that is measured."""
    parser = benchmark_parser("phone", __doc__)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each of the five ways")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(argv)
    if chosen.serve is not None:
        serve(chosen.serve)
        return 0
    return run("phone", parser, measure, argv)


if __name__ == "__main__":
    sys.exit(main())

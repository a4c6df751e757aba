"""The real program on hosts of a test's own, with leases as short as a test wants them.

``python -m tests.cluster.hosted SECONDS ARGUMENTS…`` is ``main.py ARGUMENTS…`` with leases of SECONDS.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Protocol,
    Sequence,
    TextIO,
)

if sys.platform != "linux":
    raise ImportError("hosts of a test's own are Linux's")

from app.program import DATABASE_NAME, Program
from commandline import headless
from commandline.output import Output
from commandline.parser import parse
from core.events import JobState
from core.queue.job import Job
from queue_manager import QueueManager
from reports.log_files import TEXT_LOG
from store.connection import Database
from store.jobs import JobStore
from tests.films import FFMPEG, FFPROBE
from tests.processing.bench import FAST

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds; others may load the machine
PORT = 8477
# A film takes as long as it plays, and hardly any of the machine: ffmpeg reads it at its own speed.
_READ_SLOWLY = FAST.replace("-i ", "-re -i ")
AT_FILM_SPEED: Mapping[str, str] = {
    "templates.normal": _READ_SLOWLY,
    "templates.normal_fallback": _READ_SLOWLY,
}
BASE: Mapping[str, str] = {
    "tools.ffmpeg": FFMPEG,
    "tools.ffprobe": FFPROBE,
    "processing.missing_mkvpropedit": "continue",
    "verification.sample_points": "2",
    "files.keep_original_days": "0",
    "queue.pause_on_battery": "no",
    "queue.lowest_free_gigabytes": "0",
    "queue.gpu_jobs": "0",
}
NO_SLOTS: Mapping[str, str] = {"queue.software_jobs": "0", "queue.remux_jobs": "0"}


class Place(Protocol):
    """Where a program runs: a host of ``tests.hosts``, or this machine."""

    name: str
    address: str

    def start(self, argv: Sequence[str], **more: Any) -> subprocess.Popen[str]:
        """Start a program there."""

    def processes(self) -> List[int]:
        """Return what runs there."""


class Machine:
    """One instance of the program: its host, its data folder, and the process that may run."""

    def __init__(self, host: Place, folder: Path, lease: float = 60.0, **settings: str) -> None:
        """``settings`` hold beside those that make a test quick."""
        self.host = host
        self.folder = folder / host.name
        self.data = self.folder / "data"
        self.lease = lease
        self.program: Optional[subprocess.Popen[str]] = None
        self.begun = 0  # times that the program was started
        self.folder.mkdir(parents=True, exist_ok=True)
        self._output: Optional[TextIO] = None
        with Program(self.data) as parts:
            parts.config.change({**BASE, "network.name": host.name, **settings})

    def start(self, *arguments: str) -> None:
        """Start the program without a window."""
        argv = [sys.executable, "-m", "tests.cluster.hosted", str(self.lease)]
        argv += ["--data-dir", str(self.data), "--headless", *arguments]
        if self._output is None:
            self._output = (self.folder / "output").open("a", encoding="utf-8")
        # The address of the program that was killed is still there; who waits for ours must not find it.
        with contextlib.suppress(FileNotFoundError):
            (self.data / "running.json").unlink()
        self.program = self.host.start(
            argv,
            stdin=subprocess.PIPE,
            bufsize=1,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self.begun += 1

    def ready(self) -> bool:
        """Whether the program answers questions."""
        assert self.program is not None
        assert self.program.poll() is None, (self.folder / "output").read_text()[-2000:]
        return (self.data / "running.json").exists()

    def kill(self) -> None:
        """End the program as a power cut does: at once, with all that it started."""
        for pid in self.host.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._ended()

    def kill_program(self) -> None:
        """End the program alone, at once; what it had started goes on as long as it likes."""
        self._ended()

    def stop(self) -> None:
        """End the program politely."""
        if self.program is not None and self.program.poll() is None:
            os.killpg(self.program.pid, signal.SIGTERM)
            # nsenter stops itself with a child that is stopped, and is not woken with it.
            os.killpg(self.program.pid, signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.program.wait(PATIENCE)
            self._ended()

    def close(self) -> None:
        """End whatever runs."""
        self.kill()
        if self._output is not None:
            self._output.close()
            self._output = None

    def _ended(self) -> None:
        if self.program is not None:
            assert self.program.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self.program.stdin.close()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.program.pid, signal.SIGKILL)
            self.program.wait(PATIENCE)
            self.program = None

    def ask(self, *words: str) -> str:
        """Run a command beside the program to its end; return what it said."""
        argv = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(self.data), *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with self.host.start(argv, stdin=subprocess.DEVNULL, **pipes) as process:
            out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, f"{words}: {out} {err}"
        return out

    def log(self) -> str:
        """Return the program's log."""
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "logs" / TEXT_LOG).read_text("utf-8", "replace")
        return ""

    def times_logged(self, text: str) -> int:
        """Return how many entries of the log have a text."""
        return self.log().count(text)

    @contextlib.contextmanager
    def queue(self) -> Iterator[JobStore]:
        """The machine's queue, read beside its program."""
        with Database(self.data / DATABASE_NAME) as database:
            yield JobStore(database)

    def tell(self, *words: str) -> None:
        """Have the running program do something with its queue (``Hosted``)."""
        if self.program is not None and self.program.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.program.stdin.write(" ".join(words) + "\n")

    def add(self, film: Path) -> int:
        """Queue a film; return its job's number."""
        self.tell("add", str(film))
        find = "SELECT max(id) FROM jobs WHERE filename = ?"
        until(lambda: self.row(find, str(film))[0], f"{film} in the queue")
        return int(self.row(find, str(film))[0])

    def node_id(self) -> str:
        """Return what the machine is called among machines."""
        with Program(self.data) as parts:
            return parts.instance_id

    def row(self, sql: str, *values: object) -> Any:
        """Return one row of the machine's database, None where there is none."""
        with contextlib.closing(sqlite3.connect(self.data / DATABASE_NAME)) as connection:
            return connection.execute(sql, values).fetchone()


def until(reached: Callable[[], Any], what: str, seconds: float = PATIENCE) -> float:
    """Wait until something is so; return the seconds that it took."""
    begin = time.monotonic()
    while not reached():
        assert time.monotonic() - begin < seconds, f"waited in vain for {what}"
        time.sleep(0.05)
    return time.monotonic() - begin


def pair(master: Machine, slave: Machine) -> None:
    """Make ``slave`` a slave of ``master``, both running afterwards."""
    if master.program is None:
        master.start("--role", "master")
        until(master.ready, "the master's program")
    code = master.ask("network", "pair-code").split()[0]
    before = connections(master, slave)
    slave.start("--role", "slave", "--master", master.host.address, "--pair", code)
    until(lambda: connections(master, slave) > before, f"{slave.host.name} to be connected")


def connections(master: Machine, slave: Machine) -> int:
    """Return how often a slave has connected with its master."""
    return master.times_logged(f"{slave.host.name} ({slave.host.address}) is connected.")


def job(master: Machine, job_id: int) -> Job:
    """Return a job of the master's queue as it is now."""
    with master.queue() as queue:
        found = queue.get(job_id)
    assert found is not None
    return found


def machine_of(master: Machine, job_id: int) -> str:
    """Return the instance id of the machine that has a job in hand or has made it; "" for the master."""
    found = master.row("SELECT instance_id FROM jobs WHERE id = ?", job_id)
    return str(found[0] or "")


def swaps(master: Machine, film: Path) -> int:
    """Return how often a film's place was taken by a result."""
    found = master.row(
        "SELECT count(*) FROM journal WHERE source = ? AND swapped_at IS NOT NULL", str(film)
    )
    return int(found[0])


def wait_for_end(master: Machine, job_ids: Sequence[int], seconds: float = PATIENCE) -> None:
    """Wait until jobs have come to their end, well."""

    def states() -> Dict[int, JobState]:
        return {job_id: job(master, job_id).state for job_id in job_ids}

    until(lambda: all(state.final for state in states().values()), "the jobs' end", seconds)
    assert set(states().values()) == {JobState.COMPLETED}, [
        job(master, job_id) for job_id in job_ids
    ]


class Hosted(Program):
    """The parts of the program; once it works, it does what comes in by lines on its standard input."""

    def begin(self, manager: QueueManager) -> None:
        super().begin(manager)
        verbs: Dict[str, Callable[[str], object]] = {
            "add": lambda name: manager.add([Path(name)]),
            "cancel": lambda number: manager.cancel(int(number)),
            "pause_job": lambda number: manager.pause_job(int(number)),
            "resume_job": lambda number: manager.resume_job(int(number)),
            "pause": lambda nothing: manager.pause(),
            "resume": lambda nothing: manager.resume(),
            "spread": lambda number: manager.spread([int(number)]),
        }

        def listen() -> None:
            for line in sys.stdin:
                verb, _, rest = line.rstrip("\n").partition(" ")
                verbs[verb](rest)

        threading.Thread(target=listen, name="orders", daemon=True).start()


def main() -> int:
    """Run the program with leases of its own length."""
    call = parse(sys.argv[2:])
    output = Output(as_json_lines=False, stream=sys.stdout, errors=sys.stderr)
    with Hosted(Path(call.common.data_dir)) as parts:
        parts.lease_seconds = float(sys.argv[1])
        return headless.run(parts, call.start, output)


if __name__ == "__main__":
    sys.exit(main())

"""How fast a film goes from a master to a slave, against a plain copy that openssl encrypts.

``python -m benchmarks.transfer [--mebibytes N] [--folder F] [--json]``. Both ways go through this machine's
loopback between two processes: ours, with all that the program does for it (TLS, a hash of each piece, a hash
of the whole), and ``openssl s_client`` into ``openssl s_server``. A sparse film is sent, so that no disk is
measured on the sending side; both write what they receive to the same disk. Needs ``openssl``.
"""

# ruff: noqa: ARG002 - handlers that have nothing to do
from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import psutil

from benchmarks.report import Figure
from benchmarks.running import Measurement, benchmark_parser, run
from cluster.identity import load_identity
from cluster.ports import Data, Node
from core.protocol.messages import MessageType
from core.settings.choices import Discovery, NetworkMode
from core.settings.source import FixedSettings
from core.settings.tree import NetworkSettings, Settings
from network import Network
from store.connection import Database
from store.vault import FileVault

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE = 60.0  # seconds for two processes to find each other
MEBI = 1024 * 1024


class MasterWork:
    """Gives out one film, whoever asks, and takes a result beside it."""

    def __init__(self, film: Path) -> None:
        self._film = film

    def joined(self, node: Node) -> None:
        """Nothing is done with it."""

    def left(self, node_id: str) -> None:
        """Nothing is done with it."""

    def status(self, node: Node, data: Data) -> None:
        """Nothing is done with it."""

    def job_request(self, node: Node, data: Data) -> Data:
        """There are no jobs."""
        return {}

    job_status = job_complete = job_request

    def at_once(self, node: Node, kind: MessageType, data: Data) -> Data:
        """There are no jobs."""
        return {}

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        """The film."""
        return self._film

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        """Beside the film."""
        return self._film.with_name("result")


class SlaveWork:
    """Does nothing that it is told to."""

    def capabilities(self) -> Data:
        """None."""
        return {}

    def connected(self, master_id: str, name: str) -> None:
        """Nothing is done with it."""

    def disconnected(self, reason: str) -> None:
        """Nothing is done with it."""

    def command(self, command: str, arguments: Data) -> Data:
        """Nothing is done with it."""
        return {}

    def system_status(self, data: Data) -> None:
        """Nothing is done with it."""


def begun(folder: Path, film: Path, port: int, mode: NetworkMode) -> Network:
    """Start one machine's network in its folder."""
    folder.mkdir(exist_ok=True)
    settings = NetworkSettings(
        mode=mode,
        name=mode.value,
        discovery=Discovery.OFF,
        port=port,
        listen_address="127.0.0.1",
    )
    database = Database(folder / "mediaprocessor.db")
    source = FixedSettings(Settings(network=settings))
    network = Network(database, FileVault(folder), folder, source, "benchmark")
    network.start(MasterWork(film), SlaveWork())
    return network


def serve(folder: Path, film: Path, port: int) -> None:
    """Be the master until the process is ended; prints a pairing code."""
    network = begun(folder, film, port, NetworkMode.MASTER)
    print(network.show_code().text, flush=True)
    sys.stdin.read()
    network.stop()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_until_open(port: int) -> None:
    """Return when somebody listens on the port."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on port {port}")


def ours(folder: Path, film: Path) -> Tuple[float, float, float, float]:
    """Return seconds down and up, and the megabytes by which either end's memory grew."""
    port = free_port()
    argv = [sys.executable, "-m", "benchmarks.transfer", "--serve", str(folder), str(port)]
    with subprocess.Popen(
        [*argv, "--film", str(film)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as master:
        assert master.stdout is not None
        code = master.stdout.readline().strip()
        wait_until_open(port)
        slave = begun(folder / "slave", film, port, NetworkMode.SLAVE)
        slave.pair(f"127.0.0.1:{port}", code)
        end = time.monotonic() + _PATIENCE
        while not slave.connected and time.monotonic() < end:
            time.sleep(0.05)
        memory = Memory([psutil.Process(), psutil.Process(master.pid)])
        target, size = folder / "fetched", film.stat().st_size
        begin = time.perf_counter()
        slave.download(1, 1, size, target, memory.look, lambda count: None)  # noqa: ARG005
        down = time.perf_counter() - begin
        target.unlink()
        begin = time.perf_counter()
        slave.upload(1, 1, film, memory.look, lambda count: None)  # noqa: ARG005
        up = time.perf_counter() - begin
        (film.with_name("result")).unlink()
        slave.stop()
        master.kill()
    return down, up, memory.grown(0), memory.grown(1)


class Memory:
    """By how much processes grew at most, in megabytes."""

    def __init__(self, processes: List[psutil.Process]) -> None:
        self._processes = processes
        self._before = [process.memory_info().rss for process in processes]
        self._most = list(self._before)

    def look(self) -> None:
        """Look once."""
        for number, process in enumerate(self._processes):
            self._most[number] = max(self._most[number], process.memory_info().rss)

    def grown(self, number: int) -> float:
        """Return how much the process of this number grew."""
        return (self._most[number] - self._before[number]) / 1e6


def openssl(folder: Path, film: Path) -> float:
    """Return the seconds that the plain encrypted copy takes."""
    identity = load_identity(folder)
    port, target = free_port(), folder / "copied"
    server = ["openssl", "s_server", "-accept", str(port), "-quiet", "-naccept", "1"]
    server += ["-cert", str(identity.certificate), "-key", str(identity.key)]
    client = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet"]
    with target.open("wb") as copied, film.open("rb") as source, subprocess.Popen(
        server, stdin=subprocess.PIPE, stdout=copied, stderr=subprocess.DEVNULL
    ) as receiving:
        time.sleep(1.0)  # a look at the port would use up the one connection
        begin = time.perf_counter()
        with subprocess.Popen(
            client, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as sending:
            end = time.monotonic() + 1800
            while target.stat().st_size < film.stat().st_size and time.monotonic() < end:
                if receiving.poll() is not None and sending.poll() is not None:
                    break
                time.sleep(0.02)
            took = time.perf_counter() - begin
            sending.kill()
        receiving.kill()
    whole = target.stat().st_size == film.stat().st_size
    target.unlink()
    if not whole:
        raise SystemExit("openssl did not copy the film whole")
    return took


def measure(folder: Path, size: int) -> List[Figure]:
    """Return how fast a film of ``size`` mebibytes goes both ways, and plainly."""
    film = folder / "film"
    with film.open("wb") as file:
        file.truncate(size * MEBI)
    plain = openssl(folder, film)
    down, up, slave, master = ours(folder, film)
    return [
        Figure("openssl", size / plain, "openssl s_client to s_server", "MiB/s"),
        Figure("down", size / down, "Ours, master to slave", "MiB/s"),
        Figure("up", size / up, "Ours, slave to master", "MiB/s"),
        Figure("down_times", down / plain, "Time of ours by that of openssl, down", "", 2.0),
        Figure("up_times", up / plain, "Time of ours by that of openssl, up", "", 2.0),
        Figure("slave_memory", slave, "The slave's memory grew by", "MB", 100.0),
        Figure("master_memory", master, "The master's memory grew by", "MB", 100.0),
    ]


def _measurement(options: argparse.Namespace) -> Measurement:
    with tempfile.TemporaryDirectory(prefix="transfer-bench-", dir=options.folder) as name:
        figures = measure(Path(name), options.mebibytes)
    return Measurement(f"A film of {options.mebibytes:,} MiB over the loopback", figures)


def main(argv: Optional[Sequence[str]] = None) -> int:
    """Measure and print; the exit code says whether all goals are met."""
    parser = benchmark_parser("transfer", __doc__)
    parser.add_argument("--mebibytes", type=int, default=4096)
    parser.add_argument("--folder", type=Path, help="where to work; its disk is written to")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--film", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    if arguments.serve:
        folder, port = arguments.serve
        serve(Path(folder) / "master", arguments.film, int(port))
        return 0
    return run("transfer", parser, _measurement, argv)


if __name__ == "__main__":
    sys.exit(main())

"""Machines of a test: a data folder each, a real database, real sockets on this machine's loopback."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

from cluster.ports import Data, Node
from core.peer_errors import PeerError
from core.protocol.messages import MessageType
from core.settings.choices import Discovery, NetworkMode
from core.settings.tree import NetworkSettings, Settings
from network import Network
from store.connection import Database
from store.vault import FileVault
from tests.cluster.schema import watched_messages

DEADLINE = 40.0  # seconds; far more than anything here takes on a machine with nothing else to do


def wait_for(condition: Callable[[], Any], what: str = "") -> Any:
    """Return what the condition returns as soon as that is true."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"not within {DEADLINE:.0f} seconds: {what or condition}")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class MasterWork:
    """What a master's work hears, and what it answers."""

    def __init__(self) -> None:
        self.heard: List[Tuple[str, str, Any]] = []
        self.films: Dict[int, Path] = {}
        self.results: Dict[int, Path] = {}
        self.answer: Callable[[str, Data], Data] = lambda kind, data: {
            "kind": kind,
            **{key: value for key, value in data.items() if key not in ("error", "code")},
        }
        self._guard = threading.Lock()

    def _hear(self, kind: str, node_id: str, data: Any) -> None:
        with self._guard:
            self.heard.append((kind, node_id, data))

    def of(self, kind: str) -> List[Any]:
        with self._guard:
            return [data for what, _node, data in self.heard if what == kind]

    def joined(self, node: Node) -> None:
        self._hear("joined", node.instance_id, node)

    def left(self, node_id: str) -> None:
        self._hear("left", node_id, None)

    def status(self, node: Node, data: Data) -> None:
        self._hear("status", node.instance_id, data)

    def job_request(self, node: Node, data: Data) -> Data:
        self._hear("job_request", node.instance_id, data)
        return self.answer("job_request", data)

    def job_status(self, node: Node, data: Data) -> Data:
        self._hear("job_status", node.instance_id, data)
        return self.answer("job_status", data)

    def job_complete(self, node: Node, data: Data) -> Data:
        self._hear("job_complete", node.instance_id, data)
        return self.answer("job_complete", data)

    def at_once(self, node: Node, kind: MessageType, data: Data) -> Optional[Data]:
        return None

    def film_to_send(self, node_id: str, job_id: int, attempt: int) -> Path:
        self._hear("film_to_send", node_id, (job_id, attempt))
        if job_id not in self.films:
            raise PeerError(f"Job {job_id} is not this machine's.")
        return self.films[job_id]

    def result_place(self, node_id: str, job_id: int, attempt: int, size: int) -> Path:
        self._hear("result_place", node_id, (job_id, attempt, size))
        if job_id not in self.results:
            raise PeerError(f"Job {job_id} is not this machine's.")
        return self.results[job_id]


class SlaveWork:
    """What a slave's work hears, and what it answers."""

    def __init__(self) -> None:
        self.heard: List[Tuple[str, Any]] = []
        self.answer: Callable[[str, Data], Data] = lambda command, arguments: {"did": command}

    def of(self, kind: str) -> List[Any]:
        return [data for what, data in list(self.heard) if what == kind]

    def capabilities(self) -> Data:
        return {"cores": 2}

    def connected(self, master_id: str, name: str) -> None:
        self.heard.append(("connected", name))

    def disconnected(self, reason: str) -> None:
        self.heard.append(("disconnected", reason))

    def command(self, command: str, arguments: Data) -> Data:
        self.heard.append(("command", (command, arguments)))
        return self.answer(command, arguments)

    def system_status(self, data: Data) -> None:
        self.heard.append(("system_status", data))


class Machine:
    """One instance of the program, as far as its network goes."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.network_settings = NetworkSettings(
            name=folder.name, discovery=Discovery.OFF, listen_address="127.0.0.1", **settings
        )
        self.notices: List[str] = []
        self.database = Database(folder / "mediaprocessor.db")
        self.vault = FileVault(folder)
        self.master_work = MasterWork()
        self.slave_work = SlaveWork()
        self.network = self._network()

    @property
    def settings(self) -> Settings:
        return replace(Settings(), network=self.network_settings)

    def _network(self) -> Network:
        return Network(
            self.database,
            self.vault,
            self.folder,
            self,
            "1.2",
        )

    def start(self) -> None:
        self.network.start(self.master_work, self.slave_work, notice=self.notices.append)

    def restart(self) -> None:
        self.network.stop()
        self.network = self._network()
        self.start()

    def change(self, **settings: Any) -> None:
        self.network_settings = replace(self.network_settings, **settings)
        self.network.apply()

    def close(self) -> None:
        self.network.stop()
        self.database.close()


class Lan:
    """A master and the slaves that are paired with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.machines: List[Machine] = []
        self.master = self.machine("Living room", mode=NetworkMode.MASTER)

    def machine(self, name: str, **settings: Any) -> Machine:
        made = Machine(self._folder / name, port=self.port, **settings)
        self.machines.append(made)
        return made

    def slave(self, name: str = "Laptop") -> Machine:
        """A machine that is paired, connected and known to the master."""
        slave = self.machine(name)
        self.pair(slave)
        slave.network_settings = replace(slave.network_settings, mode=NetworkMode.SLAVE)
        slave.start()
        wait_for(lambda: slave.network.connected, f"{name} is connected")
        wait_for(lambda: node_id(slave) in online(self.master), f"{name} is online")
        return slave

    def pair(self, slave: Machine) -> None:
        wait_for(self.listens, "the master listens")
        slave.network.pair(f"127.0.0.1:{self.port}", self.master.network.show_code().text)

    def listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0


def node_id(machine: Machine) -> str:
    from cluster.identity import load_identity

    return load_identity(machine.folder).instance_id


def online(master: Machine) -> List[str]:
    return [node.instance_id for node in master.network.nodes() if node.state.value == "online"]


@contextmanager
def lan(folder: Path) -> Iterator[Lan]:
    """A master that listens; every message is held against the documented schema."""
    made = Lan(folder)
    with watched_messages():
        try:
            made.master.start()
            yield made
        finally:
            for machine in reversed(made.machines):
                machine.close()

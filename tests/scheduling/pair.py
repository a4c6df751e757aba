"""A master with real films and a real queue, and slaves beside it, joined by direct calls instead of sockets.

What goes over is made JSON and read again, files are copied. A line can be cut, and bytes altered.
"""

from __future__ import annotations

import json
import queue
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

from analyzer import Analyzer
from cluster.ports import CancelCheck, Data, Node, NodeState, Sent
from core.errors import MediaProcessorError
from core.events import Event, JobState, ServiceNotice
from core.peer_errors import PeerError
from core.protocol.messages import MessageType
from core.protocol.node_facts import SLOT_KINDS, NodeFacts
from core.queue.job import Job, JobKind
from core.settings.choices import FilmAccess
from core.settings.path_mappings import PathMapping
from core.settings.tree import QueueSettings, Settings
from core.tools import Toolset
from processing.chunks.dealing import DealtFilms
from processing.runner import ProcessRunner
from queue_manager import JobContext, QueueManager
from scheduling.pause_reasons import PauseReason
from scheduling.slots import Slots
from scheduling.supervision import Supervisor
from sharing.master.master import MasterWork
from sharing.remote_result import file_digest
from sharing.slave.commands import SlaveCommands
from sharing.slave.film import SlaveTools
from sharing.slave.slave import SlaveWork
from store.connection import Database
from store.jobs import JobStore
from store.quality_scores import QualityScores
from store.slave_jobs import SlaveJobStore
from tests.processing.bench import Bench
from tests.queue_environment import QueueLimits, SetClock, Surroundings

PATIENCE = 90.0  # seconds
ONE_EACH = QueueSettings(gpu_jobs=1, software_jobs=1, remux_jobs=1)
NO_SLOTS = QueueSettings(gpu_jobs=0, software_jobs=0, remux_jobs=0)


def over_the_wire(data: Data) -> Dict[str, Any]:
    """What is left of data that was sent."""
    sent: Dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    return sent


@dataclass
class Line:
    """The wire of one slave, from both ends (``SlavePort``); ``said`` is what the slave asked."""

    master: Master
    slave: Slave
    up: bool = False
    said: List[Tuple[MessageType, Data]] = field(default_factory=list)
    fetched: List[int] = field(default_factory=list)  # bytes of each file that was sent
    alter: Callable[[Path], None] = lambda path: None
    before: Callable[[MessageType, Data], None] = lambda kind, data: None

    @property
    def connected(self) -> bool:
        return self.up

    @property
    def node(self) -> Node:
        state = NodeState.ONLINE if self.up else NodeState.OFFLINE
        return Node(self.slave.name, self.slave.name, state=state, capabilities=self.slave.told)

    def connect(self) -> None:
        """Both have proven themselves."""
        self.slave.told = over_the_wire(self.slave.work.capabilities())
        self.up = True
        self.master.work.joined(self.node)
        self.slave.work.connected("the-master", "Master")

    def cut(self) -> None:
        """The line breaks."""
        if self.up:
            self.up = False
            self.master.work.left(self.slave.name)
            self.slave.work.disconnected("The line was cut.")

    def ask(self, kind: MessageType, data: Data, timeout: float = 30.0) -> Data:
        handlers = {
            MessageType.JOB_REQUEST: self.master.work.job_request,
            MessageType.JOB_STATUS: self.master.work.job_status,
            MessageType.JOB_COMPLETE: self.master.work.job_complete,
        }
        sent = over_the_wire(data)
        self.before(kind, sent)
        self._demand()
        self.said.append((kind, sent))
        try:
            quick = self.master.work.at_once(self.node, kind, sent)  # as the wire asks
            answer = over_the_wire(handlers[kind](self.node, sent) if quick is None else quick)
        except MediaProcessorError as error:
            raise PeerError(str(error)) from error
        self._demand()
        return answer

    def tell(self, kind: MessageType, data: Data) -> None:
        if self.up:
            sent = over_the_wire(data)
            self.slave.told = sent.get("capabilities", self.slave.told)
            self.master.work.status(self.node, sent)

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: CancelCheck, sent: Sent
    ) -> None:
        self._demand()
        film = self.master.work.film_to_send(self.slave.name, job_id, attempt)
        check()
        shutil.copyfile(film, target)
        self.fetched.append(target.stat().st_size)
        sent(size)

    def upload(
        self, job_id: int, attempt: int, source: Path, check: CancelCheck, sent: Sent
    ) -> str:
        self._demand()
        try:
            size = source.stat().st_size
            place = self.master.work.result_place(self.slave.name, job_id, attempt, size)
        except MediaProcessorError as error:
            raise PeerError(str(error)) from error
        check()
        shutil.copyfile(source, place)
        self.alter(place)
        sent(source.stat().st_size)
        return file_digest(source, check)

    def _demand(self) -> None:
        if not self.up:
            raise PeerError("The master is away.")


class Master:
    """A queue over a bench, and its work as a master (``cluster.ports.MasterPort``)."""

    def __init__(self, bench: Bench, lease: float = 60.0, limits: QueueSettings = NO_SLOTS) -> None:
        self.bench = bench
        self.lease = lease
        self.limits = limits
        self.lines: Dict[str, Line] = {}
        self.told: List[Event] = []
        self.sent: List[Tuple[str, str]] = []
        self.manager, self.work = self._new()

    def _new(self) -> Tuple[QueueManager, MasterWork]:
        around = Surroundings(lambda: self.equipment(), lambda: self.limits)
        manager = QueueManager(self.bench.database, around)
        return manager, MasterWork(
            manager.shared,
            self,
            lease_seconds=self.lease,
            films_in_chunks=self.bench.in_chunks,
        )

    def equipment(self) -> JobContext:
        return self.bench.equipment()

    def start(self) -> None:
        """Be at work."""
        self.work.start()
        self.manager.start()

    def stop(self) -> None:
        """End the program politely."""
        assert self.manager.shutdown(PATIENCE)
        assert self.work.stop(PATIENCE)

    def restart(self, others: Optional[frozenset[int]] = None) -> None:
        """Start the program again on the same folder, with everybody still there."""
        from store.leases import LeaseStore

        self.bench.restarted()
        self.bench.in_chunks = DealtFilms()
        self.manager, self.work = self._new()
        held = frozenset(lease.job_id for lease in LeaseStore(self.bench.database).held())
        self.manager.recover(held if others is None else others)
        self.start()

    # ---- the machine (``sharing.master.ports.MasterMachine``), and the port

    name = "This machine"

    def master_port(self) -> Master:
        return self

    def nodes(self) -> Tuple[Node, ...]:
        return tuple(line.node for line in self.lines.values())

    def command(self, node_id: str, command: str, arguments: Data, timeout: float = 10.0) -> Data:
        line = self.lines[node_id]
        if not line.up:
            raise PeerError("It is away.")
        self.sent.append((node_id, command))
        return over_the_wire(line.slave.work.command(command, over_the_wire(arguments)))

    def broadcast(self, data: Data) -> None:
        for line in self.lines.values():
            if line.up:
                line.slave.work.system_status(over_the_wire(data))

    # ---- what tests ask

    def job(self, job_id: int) -> Job:
        job = JobStore(self.bench.database).get(job_id)
        assert job is not None
        return job

    def until(self, reached: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Take events in until something is so."""
        deadline = time.monotonic() + seconds
        while not reached():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            with suppress(queue.Empty):
                self.told.append(self.manager.events.get(timeout=0.05))

    def until_state(self, job_id: int, *states: JobState) -> Job:
        self.until(lambda: self.job(job_id).state in states, f"{states}, not {self.job(job_id)}")
        return self.job(job_id)

    def notices(self) -> List[str]:
        with suppress(queue.Empty):
            while True:
                self.told.append(self.manager.events.get_nowait())
        return [event.message for event in self.told if isinstance(event, ServiceNotice)]


class Slave:
    """A slave with a folder and a database of its own; ``sees`` are its names for the master's folders."""

    def __init__(
        self,
        master: Master,
        name: str,
        folder: Path,
        toolset: Toolset,
        *,
        access: FilmAccess = FilmAccess.TRANSFER,
        sees: Tuple[PathMapping, ...] = (),
        slots: QueueSettings = ONE_EACH,
        largest: int = 0,
    ) -> None:
        self.name = name
        self.folder = folder
        self.toolset = toolset
        self.access = access
        self.sees = sees
        self.limits = QueueLimits(slots)
        self.largest = largest
        self.told: Dict[str, Any] = {}
        self.settings = Settings()
        self.folders: Tuple[Path, ...] = ()  # that it watches
        self.unpaired: Set[str] = set()  # masters that it had
        self.runner = ProcessRunner()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.database = Database(folder / "slave.db")
        self.store = SlaveJobStore(self.database)
        self.supervisor = Supervisor()
        self.line = master.lines[name] = Line(master, self)
        self.changed: List[Dict[str, str]] = []
        self.clock = SetClock()
        self.work = self._new()

    def _new(self) -> SlaveWork:
        self.commands = SlaveCommands(self.store, self)
        slots = Slots(self.limits)
        return SlaveWork(
            self, slots, self.store, self.commands, self.supervisor, beat=0.1, clock=self.clock
        )

    # ---- the machine (``sharing.slave.ports``)

    @property
    def instance_id(self) -> str:
        return self.name

    def slave_port(self) -> Line:
        return self.line

    def pause_reason(self) -> Optional[PauseReason]:
        return None

    def keep_awake(self, wanted: bool) -> None:
        """A machine that runs tests is awake."""

    def kinds_at_work(self) -> Tuple[JobKind, ...]:
        return ()

    def is_paired(self, master_id: str) -> bool:
        return master_id not in self.unpaired

    def change_settings(self, values: Mapping[str, str]) -> None:
        self.changed.append(dict(values))

    def rescan(self) -> None:
        """It watches nothing."""

    def log_tail(self, lines: int) -> str:
        return f"{lines} lines"

    def work_folder(self) -> Path:
        return self.folder / "work"

    def path_mappings(self) -> Tuple[PathMapping, ...]:
        return self.sees

    def watched_folders(self) -> Tuple[Path, ...]:
        return self.folders

    def largest_film(self) -> int:
        return self.largest

    def tools(self) -> SlaveTools:
        return SlaveTools(
            self.settings,
            self.toolset,
            Analyzer(self.runner, self.toolset),
            self.runner,
            self.folder / "work",
            self.sees,
            self.access,
            scores=QualityScores(self.database),
        )

    def facts(self) -> NodeFacts:
        slots = Slots(self.limits)
        kinds = {kind: slots.limit(kind) for kind in SLOT_KINDS}
        return NodeFacts(self.toolset, kinds, 2, self.largest, self.access, self.sees)

    def start(self) -> None:
        """Be a slave, and connect."""
        self.work.start()
        self.line.connect()

    def restart(self) -> None:
        """Start the slave's program again."""
        self.work = self._new()
        self.work.start()

    def stop(self) -> None:
        assert self.work.stop(PATIENCE)

    def left_over(self) -> List[str]:
        """What lies in its work folder."""
        return sorted(str(path) for path in (self.folder / "work").rglob("*") if path.is_file())

    def asked_for(self, kind: MessageType) -> List[Data]:
        return [data for asked, data in self.line.said if asked is kind]


@dataclass
class Pair:
    """A master and its slaves, ended together."""

    master: Master
    slaves: List[Slave] = field(default_factory=list)

    def slave(self, name: str, folder: Path, toolset: Toolset, **more: Any) -> Slave:
        slave = Slave(self.master, name, folder, toolset, **more)
        self.slaves.append(slave)
        return slave

    def end(self) -> None:
        for line in self.master.lines.values():
            line.cut()
        for slave in self.slaves:
            slave.stop()
            slave.database.close()
        self.master.stop()


def running(pair: Pair) -> Iterator[Pair]:
    """A pair for a test."""
    yield pair
    pair.end()

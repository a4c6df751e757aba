"""Network communication: this instance as master, as slave, or alone; the front door of ``cluster``.

A master hands out its work (``cluster.ports.MasterPort``), a slave asks for it (``SlavePort``); which of the
two this instance is follows its settings, also while it runs.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Protocol, Tuple, TypeVar

from cluster.addresses import parse_place, shown_place
from cluster.pairing import PairingCode, PairingCodes
from cluster.pairing_store import SlaveRecord
from cluster.ports import CancelCheck, Data, MasterHandlers, Node, NodeState, Sent, SlaveHandlers
from core.peer_errors import PeerError
from core.ports import SupervisedThread
from core.protocol.messages import InstanceRole, Message, MessageType, decode
from core.settings.choices import Discovery, NetworkMode
from core.settings.source import SettingsSource
from core.settings.tree import NetworkSettings
from core.text.sentence import Sentence
from store.connection import Database
from store.nodes import MasterRow, NodeStore
from store.vault import Vault

if TYPE_CHECKING:  # sockets, their event loop and TLS are loaded where there is a part to play
    from typing import Coroutine

    from cluster.discovery import AnnouncedMaster
    from cluster.film_client import FilmClient
    from cluster.master import MasterWire
    from cluster.network_thread import NetworkThread
    from cluster.roles import Roles
    from cluster.slave import SlaveWire

__all__ = ["InstanceRole", "Message", "MessageType", "Network", "decode", "role"]

_log = logging.getLogger("mediaprocessor.network")
_THREADS = 8  # for handlers, secrets and codes
_DISK_THREADS = 4  # for films on their way
_HANG_SECONDS = 30.0
_SWITCH_SECONDS = 20.0
_Result = TypeVar("_Result")
_NAME = "Network"  # as the health page shows it


class ThreadSupervisor(Protocol):
    """Who replaces a thread that dies or hangs; ``scheduling.supervision.Supervisor`` is one."""

    def follow(self, name: str, allowed: float, thread: SupervisedThread) -> None:
        """Watch a thread, which gives a sign of life at least every ``allowed`` seconds."""

    def forget(self, name: str) -> None:
        """Watch it no longer."""


def role(settings: NetworkSettings) -> InstanceRole:
    """The part that an instance with these settings plays."""
    return InstanceRole(settings.mode.value)


class Network:
    """This instance among others; usable from every thread but the network's own, and slow as networks are.

    Raises PeerError where another machine, or what lies between, is not as it should be.
    """

    def __init__(
        self,
        database: Database,
        vault: Vault,
        data_dir: Path,
        settings: SettingsSource,
        version: str,
    ) -> None:
        self._pairings = _PairingStore(NodeStore(database, vault))
        self._settings = settings
        self._notice: Callable[[str], None] = lambda sentence: None  # noqa: ARG005
        self._codes = PairingCodes(time.monotonic)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="network-work")
        self._requests = ThreadPoolExecutor(1, thread_name_prefix="network-requests")
        self._disk = ThreadPoolExecutor(_DISK_THREADS, thread_name_prefix="network-films")
        self._guard = threading.RLock()
        self._thread: Optional[NetworkThread] = None
        self._handlers: Optional[Tuple[MasterHandlers, SlaveHandlers]] = None
        self._supervisor: Optional[ThreadSupervisor] = None
        self._played: Optional[NetworkSettings] = None
        self._roles: Optional[Roles] = None
        self._data_dir, self._version = data_dir, version

    def start(
        self,
        master: MasterHandlers,
        slave: SlaveHandlers,
        supervisor: Optional[ThreadSupervisor] = None,
        notice: Callable[[str], None] = lambda sentence: None,  # noqa: ARG005
    ) -> None:
        """Play the part that the settings ask for; what is heard goes to these handlers.

        ``notice`` is told, in sentences, what the user should know; it is called in any thread.
        """
        with self._guard:
            self._handlers, self._notice = (master, slave), notice
            self._supervisor = supervisor
            self._play()

    def apply(self) -> None:
        """Play the part that the settings ask for by now; nothing where they ask for the same."""
        with self._guard:
            if self._handlers is not None:
                self._play()

    def stop(self) -> None:
        """End every connection; the other ends see it at once."""
        with self._guard:
            self._handlers = self._played = None
            thread, roles, self._thread, self._roles = self._thread, self._roles, None, None
            if self._supervisor is not None:
                self._supervisor.forget(_NAME)
            if thread is not None and roles is not None:
                with contextlib.suppress(Exception):  # it may be the one that hangs
                    thread.call(roles.silence(), _SWITCH_SECONDS)
                thread.stop()
        self._pool.shutdown(wait=False)
        self._requests.shutdown(wait=False)
        self._disk.shutdown(wait=False)

    def role(self) -> InstanceRole:
        """The part that this instance plays now."""
        if self._master is not None:
            return InstanceRole.MASTER
        return InstanceRole.STANDALONE if self._slave is None else InstanceRole.SLAVE

    def state(self) -> str:
        """Say in a sentence how this instance is connected."""
        if self.trouble:
            return self.trouble
        master, slave = self._master, self._slave
        if master is not None:
            known = sum(node.state is not NodeState.REVOKED for node in self.nodes())
            return Sentence(
                "Master: {number} of {known} slaves connected.",
                number=len(master.present),
                known=known,
            )
        if slave is None:
            return "Standalone."
        peer = slave.master
        return Sentence("Slave of {peer}: connected.", peer=peer.name) if peer else "Connecting."

    def discovered(self) -> Tuple[AnnouncedMaster, ...]:
        """The masters that announce themselves on this network; the first call begins to look for them.

        Empty where discovery is switched off, and raises PeerError where it cannot work.
        """
        with self._guard:
            if self._settings.settings.network.discovery is Discovery.OFF:
                return ()
            if self._roles is None or self._roles.discovery is None:
                self._play(browse=True)
            discovery = None if self._roles is None else self._roles.discovery
        if discovery is None:
            return ()
        if discovery.trouble:
            raise PeerError(discovery.trouble)
        return discovery.found

    @property
    def trouble(self) -> str:
        """What keeps this instance from its part, in a sentence; "" where nothing does."""
        roles, playing = self._roles, self._master or self._slave
        if roles is not None and roles.trouble:
            return roles.trouble
        return "" if playing is None else playing.trouble

    # -- a master's -------------------------------------------------------------------------------

    @property
    def listening(self) -> bool:
        """Whether slaves can connect now."""
        master = self._master
        return master is not None and master.listens

    def present(self) -> Mapping[str, str]:
        """The names of the slaves that are connected now, by their ids."""
        master = self._master
        present = {} if master is None else master.present
        return {node_id: node.name for node_id, node in present.items()}

    def nodes(self) -> Tuple[Node, ...]:
        """Every slave that was ever paired, also those that are away."""
        present = {} if self._master is None else self._master.present
        return tuple(present.get(node.instance_id, node) for node in self._pairings.nodes())

    def command(self, node_id: str, command: str, arguments: Data, timeout: float = 10.0) -> Data:
        """Send MASTER_COMMAND and wait for its SLAVE_RESPONSE; raises PeerError."""
        master = self._master
        if master is None:
            raise PeerError(Sentence("This machine is not a master."))
        return self._call(master.command(node_id, command, arguments, timeout))

    def broadcast(self, data: Data) -> None:
        """Send SYSTEM_STATUS to all that are connected; waits for nobody."""
        master, thread = self._master, self._thread
        if master is not None and thread is not None:
            thread.soon(master.broadcast, data)

    def show_code(self) -> PairingCode:
        """Make a pairing code, good for one slave and ten minutes; an older one is good no longer."""
        return self._codes.show()

    def hide_code(self) -> None:
        """Let the pairing code be good no longer."""
        self._codes.hide()

    def revoke(self, node_id: str) -> None:
        """Let a slave in no more, and end its connections; raises PeerError where there is none such."""
        if not self._pairings.store.revoke(node_id, time.time()):
            raise PeerError(Sentence("There is no such machine among those that were paired."))
        self._drop(node_id)

    def _drop(self, node_id: str) -> None:
        master = self._master
        if master is not None:
            self._call(master.drop(node_id))

    def forget(self, instance_id: str) -> None:
        """Know a machine no more, slave or master; raises PeerError where there is none such."""
        self._drop(instance_id)
        if not self._pairings.store.forget(instance_id):
            raise PeerError(Sentence("There is no such machine among those that were paired."))
        slave = self._slave
        if slave is not None and slave.master and slave.master.instance_id == instance_id:
            with self._guard:
                self._played = None
                self._play()

    # -- a slave's --------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether the master is there now."""
        slave = self._slave
        return slave is not None and slave.master is not None

    def masters(self) -> Tuple[MasterRow, ...]:
        """The masters that this machine was paired with, the one that was reached last first."""
        return self._pairings.store.masters()

    def pair(
        self,
        host: str,
        code: str,
        keep: Callable[[Callable[[], None]], None] = lambda write: write(),
    ) -> str:
        """Pair with the master at ``host`` (or ``host:port``) by the code that it shows; return its name.

        ``keep`` is called with what writes that down, to make it part of a change of its own. Raises
        PeerError, and nothing is kept.
        """
        settings = self._settings.settings.network
        place = parse_place(host, settings.port)
        with self._guard:
            _thread, roles = self._running()
        handlers = self._handlers
        capabilities = {} if handlers is None else handlers[1].capabilities()
        master, secret = self._call(roles.pair(settings, place, code, capabilities))
        address = shown_place(*place)
        row = MasterRow(master.instance_id, master.name, address, time.time())
        self._pairings.store.keep_master(row, secret, keep)
        slave, thread = self._slave, self._thread
        if slave is not None and thread is not None:
            thread.soon(slave.try_now)
        return master.name

    def ask(self, kind: MessageType, data: Data, timeout: float = 30.0) -> Data:
        """Send a message and wait for its answer; raises PeerError, also where the master is away."""
        slave = self._slave
        if slave is None:
            raise PeerError(Sentence("This machine is not a slave."))
        return self._call(slave.ask(kind, data, timeout))

    def tell(self, kind: MessageType, data: Data) -> None:
        """Send a message that needs no answer (STATUS); dropped where the master is away."""
        if kind is not MessageType.STATUS:
            raise ValueError(f"{kind.value} wants an answer")
        slave, thread = self._slave, self._thread
        if slave is not None and thread is not None:
            thread.soon(slave.tell_status, data)

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: CancelCheck, sent: Sent
    ) -> None:
        """Fetch a job's film into ``target``, going on where an earlier try has left it.

        Returns when length and hash are right; raises PeerError, JobCancelled, NotEnoughSpace, OSError.
        """
        self._films().download(job_id, attempt, size, target, check, sent)

    def upload(
        self, job_id: int, attempt: int, source: Path, check: CancelCheck, sent: Sent
    ) -> str:
        """Bring a result to the master, resumably; return its hash (``cluster.transfer``)."""
        return self._films().upload(job_id, attempt, source, check, sent)

    def _films(self) -> FilmClient:
        carrier = None if self._roles is None else self._roles.carrier
        if carrier is None:
            raise PeerError(Sentence("This machine is not a slave."))
        return carrier

    # -- which part is played ---------------------------------------------------------------------

    def _play(self, *, browse: bool = False) -> None:
        settings = self._settings.settings.network
        if not browse and self._played is not None and _part(self._played) == _part(settings):
            return
        self._played = settings
        if settings.mode is NetworkMode.STANDALONE and self._thread is None and not browse:
            return
        _thread, roles = self._running()
        try:
            self._call(roles.switch(settings, self._handlers, browse=browse), _SWITCH_SECONDS)
        except FutureTimeoutError:
            self._tell_user(Sentence("The network did not switch in time. Choose its mode again."))

    def _running(self) -> Tuple[NetworkThread, Roles]:
        """The thread, begun where there is none."""
        if self._thread is not None and self._roles is not None:
            return self._thread, self._roles
        from cluster.network_thread import NetworkThread
        from cluster.roles import NetworkContext, Roles

        context = NetworkContext(
            *(self._data_dir, self._version, self._pairings, self._codes),
            *(self._pool, self._requests, self._disk),
            self._tell_user,
        )
        thread = self._thread = NetworkThread()
        roles = self._roles = Roles(thread, context)
        if self._supervisor is not None:
            self._supervisor.follow(_NAME, _HANG_SECONDS, _Supervised(thread, self))
        return thread, roles

    def restart(self) -> None:
        """Begin a new thread where the old one has died or hangs."""
        with self._guard:
            old, self._thread, self._roles, self._played = self._thread, None, None, None
            if old is not None:
                old.soon(old.loop.stop)
            if self._handlers is not None:
                self._play()

    def _call(
        self, coroutine: Coroutine[Any, Any, _Result], timeout: Optional[float] = None
    ) -> _Result:
        thread = self._thread
        if thread is None:
            coroutine.close()
            raise PeerError(Sentence("The network is switched off."))
        return thread.call(coroutine, timeout)

    def _tell_user(self, sentence: str) -> None:
        _log.warning("%s", sentence)
        self._notice(sentence)

    @property
    def _master(self) -> Optional[MasterWire]:
        return None if self._roles is None else self._roles.master

    @property
    def _slave(self) -> Optional[SlaveWire]:
        return None if self._roles is None else self._roles.slave


class _Supervised:
    """The network's thread of this moment, as its supervisor sees it (``core.ports.SupervisedThread``)."""

    def __init__(self, thread: NetworkThread, network: Network) -> None:
        self._thread = thread
        self.restart = network.restart

    @property
    def last_beat(self) -> float:
        return self._thread.last_beat

    @property
    def alive(self) -> bool:
        return self._thread.alive


class _PairingStore:
    """``store.nodes`` as the wire wants it."""

    def __init__(self, store: NodeStore) -> None:
        self.store = store
        self.secret_of = store.secret_of
        self.pair = store.pair
        self.master_secret = store.master_secret

    def seen(self, slave: SlaveRecord) -> None:
        self.store.seen(
            slave.instance_id,
            slave.name,
            slave.address,
            slave.version,
            slave.capabilities,
            slave.at,
        )

    def known_masters(self) -> Tuple[Tuple[str, str], ...]:
        return tuple((master.instance_id, master.address) for master in self.store.masters())

    def reached(self, master_id: str, name: str, address: str) -> None:
        self.store.reached(MasterRow(master_id, name, address, time.time()))

    def nodes(self) -> Tuple[Node, ...]:
        return tuple(
            Node(
                row.instance_id,
                row.name,
                row.address,
                row.version,
                NodeState.OFFLINE if row.revoked_at is None else NodeState.REVOKED,
                row.last_seen,
                0.0,
                row.capabilities,
            )
            for row in self.store.nodes()
        )


def _part(settings: NetworkSettings) -> Mapping[str, object]:
    """What asks for another part, or another way to play it; folders and limits matter to the work alone."""
    return {
        "mode": settings.mode,
        "name": settings.name,
        "discovery": settings.discovery,
        "port": settings.port,
        "address": settings.listen_address,
        "master": settings.master,
    }

"""Which role this instance has on the network: master, slave or none; can change while it runs."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import time
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Coroutine, Optional, Protocol, Tuple

from cluster.addresses import parse_place
from cluster.discovery import AnnouncedMaster, ServiceDiscovery, machine_name
from cluster.film_client import FilmClient
from cluster.handshake import LocalInstance, Peer
from cluster.identity import Identity, load_identity
from cluster.master import MasterWire
from cluster.network_thread import NetworkThread
from cluster.pairing import PairingCodes
from cluster.pairing_store import PairedMasters, PairedSlaves
from cluster.ports import Data, MasterHandlers, SlaveHandlers
from cluster.slave import Place, SlaveWire, prove
from cluster.sockets import GOING, close
from core.errors import MediaProcessorError
from core.ports import Notifier
from core.settings.choices import Discovery, NetworkMode
from core.settings.tree import NetworkSettings
from core.text.sentence import Sentence

_log = logging.getLogger("mediaprocessor.network")
_CANCEL_AGAIN = 5.0  # seconds until a role that has not ended is cancelled once more


class PairingStore(PairedSlaves, PairedMasters, Protocol):
    """The machines that this one was paired with."""

    def known_masters(self) -> Tuple[Tuple[str, str], ...]:
        """Return id and address of each master that this machine was paired with, the last one first."""


@dataclass(frozen=True)
class NetworkContext:
    """What every role needs; ``pool`` and ``requests`` run handlers, ``disk`` reads and writes films."""

    folder: Path
    version: str
    book: PairingStore
    codes: PairingCodes
    pool: Executor
    requests: Executor
    disk: Executor
    tell_user: Notifier


class Roles:
    """The present role, on one thread's loop: coroutines run there, fields may be read anywhere."""

    def __init__(self, thread: NetworkThread, context: NetworkContext) -> None:
        self.master: Optional[MasterWire] = None
        self.slave: Optional[SlaveWire] = None
        self.carrier: Optional[FilmClient] = None
        self.discovery: Optional[ServiceDiscovery] = None
        self.trouble = ""  # why the role cannot be taken
        self._thread = thread
        self._context = context
        self._running: Tuple[asyncio.Future[None], ...] = ()

    async def switch(
        self,
        settings: NetworkSettings,
        handlers: Optional[Tuple[MasterHandlers, SlaveHandlers]],
        *,
        browse: bool = False,
    ) -> None:
        """Leave the present role and take that of the settings; ``browse`` looks for masters too."""
        await self.silence()
        roles = []
        mode = settings.mode if handlers is not None else NetworkMode.STANDALONE
        if mode is not NetworkMode.STANDALONE or browse:
            try:
                identity = load_identity(self._context.folder)
            except MediaProcessorError as error:
                self._failed(str(error))
                return
            if settings.discovery is Discovery.MDNS:
                self.discovery = ServiceDiscovery(
                    _announced(mode, settings, identity, self._context)
                )
                roles.append(self.discovery.run())
            if handlers is not None and mode is NetworkMode.MASTER:
                roles.append(self._run_master(settings, identity, handlers[0]))
            elif handlers is not None and mode is NetworkMode.SLAVE:
                roles.append(self._run_slave(settings, identity, handlers[1]))
        self._running = tuple(asyncio.ensure_future(self._run_role(role)) for role in roles)
        await asyncio.sleep(0)  # so that the next caller sees the new role

    async def silence(self) -> None:
        """Leave the present role."""
        running, self._running = self._running, ()
        while running:
            for task in running:
                task.cancel()
            # Up to Python 3.11 asyncio.wait_for loses a cancel that comes as its future ends.
            _done, pending = await asyncio.wait(running, timeout=_CANCEL_AGAIN)
            running = tuple(pending)
        self.master = self.slave = self.carrier = self.discovery = None
        self.trouble = ""

    async def pair(
        self, settings: NetworkSettings, place: Place, code: str, capabilities: Data
    ) -> Tuple[Peer, bytes]:
        """Pair with a master by the code that it shows; return it and the secret. Raises PeerError."""
        local = self._local_instance(settings, load_identity(self._context.folder))
        request = {"purpose": "pair"}
        proven = await prove(place, local, self._context.pool, capabilities, request, code=code)
        await close(proven.connection, GOING, "")
        return proven.master, proven.secret

    async def _run_role(self, part: Coroutine[Any, Any, None]) -> None:
        """Run a role until cancelled; where it fails, the user reads why."""
        try:
            await part
        except MediaProcessorError as error:
            self._failed(str(error))
        except Exception:  # noqa: BLE001 - the program goes on without a network
            _log.exception("The network has ended.")
            self._failed(Sentence("The network has ended with an error; the log has the details."))

    def _failed(self, sentence: str) -> None:
        self.trouble = sentence
        self._context.tell_user(sentence)

    async def _run_master(
        self, settings: NetworkSettings, identity: Identity, handlers: MasterHandlers
    ) -> None:
        context = self._context
        self.master = MasterWire(
            self._local_instance(settings, identity),
            identity,
            context.book,
            context.codes,
            handlers,
            context.pool,
            context.requests,
            context.disk,
            context.tell_user,
        )
        await self.master.run(settings.listen_address, settings.port)

    async def _run_slave(
        self, settings: NetworkSettings, identity: Identity, handlers: SlaveHandlers
    ) -> None:
        local, context = self._local_instance(settings, identity), self._context
        slave = self.slave = SlaveWire(
            local, context.book, handlers, context.pool, lambda: self._places(settings)
        )
        self.carrier = FilmClient(self._thread, local, slave.open_connection, context.disk)
        await slave.run()

    def _local_instance(self, settings: NetworkSettings, identity: Identity) -> LocalInstance:
        name = settings.name or machine_name()
        return LocalInstance(identity.instance_id, name, self._context.version, time.time)

    def _places(self, settings: NetworkSettings) -> Tuple[Place, ...]:
        """Return where the master may be, likeliest first; raises PeerError for an invalid address."""
        typed = (settings.master,) if settings.master.strip() else ()
        known = self._context.book.known_masters()
        discovery = self.discovery
        seen = (
            ()
            if discovery is None
            else discovery.places_of([master_id for master_id, _where in known])
        )
        addresses = (*typed, *(where for _one, where in known if not typed))
        # A typed address is what the user wants; an announced one comes before the last known one.
        places = [parse_place(address, settings.port) for address in addresses]
        return tuple(dict.fromkeys((*places, *seen) if typed else (*seen, *places)))


def _announced(
    mode: NetworkMode, settings: NetworkSettings, identity: Identity, context: NetworkContext
) -> Optional[AnnouncedMaster]:
    """Return what a master announces to the local network; None for other roles."""
    if mode is not NetworkMode.MASTER:
        return None
    try:
        address = ipaddress.ip_address(settings.listen_address.strip())
        here = () if address.is_unspecified else (str(address),)
    except ValueError:  # a name, or nothing: all addresses of this machine
        here = ()
    name = settings.name or machine_name()
    return AnnouncedMaster(identity.instance_id, name, here, settings.port, context.version)

"""The master's end of the wire: lets slaves in that prove themselves, and talks with each of them."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
import time
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Callable, Dict, Mapping, Optional

from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server

from cluster.conversation import Conversation, Repeated
from cluster.door import Door
from cluster.film_server import FilmServer
from cluster.handshake import MasterHandshake, Me, Registered
from cluster.identity import Identity
from cluster.limits import HELLO_SECONDS, MOST_CONNECTIONS, PAIRED_SECONDS
from cluster.node_queues import Lane
from cluster.pairing import FailedProofs, PairingCodes
from cluster.pairing_store import Slave, SlaveBook
from cluster.ports import Data, MasterHandlers, Node, NodeState
from cluster.session import Heard, Session
from cluster.sockets import (
    BUSY,
    GOING,
    MALFORMED,
    REFUSED,
    address_of,
    close,
    listen,
    receive_text,
    send,
)
from core.errors import MediaProcessorError, PeerError, ProofFailed
from core.protocol.messages import InstanceRole, MessageType, decode
from core.protocol.strangers import Aggregate, place_of

_log = logging.getLogger("mediaprocessor.network")
_RETRY = 5.0  # seconds until a port that is taken is tried again
SUM_UP_SECONDS = 60.0  # between two lines about strangers
_APART = 0.002  # seconds between two slaves that are told how all are
_REVOKED = "This machine was removed from the master's list."


@dataclass
class _Present:
    """A slave that is connected now."""

    node: Node
    conversation: Conversation
    telling: Optional[asyncio.Future[None]] = None

    def seen(self) -> Node:
        """What is known of it at this moment."""
        talk = self.conversation
        return replace(self.node, last_seen=talk.last_heard, skew=talk.skew)


class MasterWire:
    """Listens until it is stopped; made and used on the loop, but for ``present``.

    ``pool`` is for handlers, ``disk`` for films; ``notice`` tells the user what happened, in a sentence.
    """

    def __init__(
        self,
        me: Me,
        identity: Identity,
        book: SlaveBook,
        codes: PairingCodes,
        handlers: MasterHandlers,
        pool: Executor,
        disk: Executor,
        notice: Callable[[str], None],
    ) -> None:
        self.trouble = ""  # why it does not listen
        self._me = me
        self._identity = identity
        self._book = book
        self._codes = codes
        self._handlers = handlers
        self._pool = pool
        self._notice = notice
        self._films = FilmServer(me, handlers, pool, disk)
        self._proofs = FailedProofs(time.monotonic)
        self._present: Dict[str, _Present] = {}
        self._lanes: Dict[str, Lane] = {}
        self._door: Optional[Door] = None  # while it listens
        self._turned_away = Aggregate()
        self._wrong_proofs = Aggregate()
        self._connections: Dict[Connection, str] = {}  # with the node's id, once it is known
        self._system = Repeated(self._tell_all)

    @property
    def present(self) -> Mapping[str, Node]:
        """Return the slaves that are connected now, by their ids; from any thread."""
        return {node_id: slave.seen() for node_id, slave in list(self._present.items())}

    @property
    def listens(self) -> bool:
        """Whether slaves can connect now; from any thread."""
        return self._door is not None

    async def run(self, address: str, port: int) -> None:
        """Listen until cancelled; where the port is taken, say so and try again."""
        telling = asyncio.ensure_future(self._system.run())
        server: Optional[Server] = None
        try:
            server = await self._listening(address, port)
            await asyncio.get_running_loop().create_future()  # until this is cancelled
        finally:
            telling.cancel()
            if server is not None:
                await self._stop(server)

    async def command(self, node_id: str, command: str, arguments: Data, timeout: float) -> Data:
        """Have a slave do something and return its answer; raises PeerError."""
        slave = self._present.get(node_id)
        if slave is None:
            raise PeerError("This machine is not connected just now.")
        data = {"command": command, "arguments": dict(arguments)}
        return await slave.conversation.ask(MessageType.MASTER_COMMAND, data, timeout)

    def broadcast(self, data: Data) -> None:
        """Tell all how the whole system is."""
        self._system.tell(data)

    async def drop(self, node_id: str) -> None:
        """Close every connection of a node that was revoked."""
        present = self._present.get(node_id)
        if present is not None:
            present.conversation.reason = _REVOKED
        mine = [connection for connection, owner in self._connections.items() if owner == node_id]
        await asyncio.gather(*(close(connection, REFUSED, _REVOKED) for connection in mine))

    async def _listening(self, address: str, port: int) -> Server:
        while True:
            try:
                door = Door(self._identity.server_context(), self._left_out)
                server = await listen(self._connected, address, port, door)
            except OSError as error:
                trouble = _why_deaf(address, port, error)
                if trouble != self.trouble:
                    self.trouble = trouble
                    self._notice(trouble)
                await asyncio.sleep(_RETRY)
            else:
                self._door = door
                self.trouble = ""
                _log.info("The master listens on port %d.", port)
                return server

    async def _stop(self, server: Server) -> None:
        server.close(close_connections=False)
        if self._door is not None:
            self._door.close()
            self._door = None
        closing = (close(connection, GOING, "") for connection in list(self._connections))
        await asyncio.gather(*closing, return_exceptions=True)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(server.wait_closed()), 5.0)

    async def _connected(self, connection: Connection) -> None:
        """One connection from its first message to its last."""
        address = address_of(connection)
        self._connections[connection] = ""
        try:
            registered = await self._register(connection, address)
            if registered is not None:
                self._connections[connection] = registered.peer.instance_id
                if self._door is not None:
                    self._door.went(connection)
                await self._go_on(connection, address, registered)
        except PeerError as error:
            _log.warning("The connection from %s ended: %s", address, error)
            await close(connection, MALFORMED, str(error))
        finally:
            del self._connections[connection]

    async def _register(self, connection: Connection, address: str) -> Optional[Registered]:
        """Let the other end prove itself within its time; None where it was refused."""
        try:
            return await asyncio.wait_for(self._prove(connection, address), HELLO_SECONDS)
        except asyncio.TimeoutError:
            self._say_of_strangers(address, f"{address} did not prove itself in time.")
            await close(connection, REFUSED, "This machine did not prove itself in time.")
        except MediaProcessorError as error:
            self._say_of_strangers(address, f"{address} was refused: {error}")
            if isinstance(error, ProofFailed):
                self._proofs.failed(place_of(address))
                sentence = f"A machine at {address} was refused: {error}"
                self._say(self._wrong_proofs, self._notice, address, sentence)
            await close(connection, REFUSED, str(error))
        return None

    def _left_out(self, address: str) -> None:
        """A stranger had to go for another."""
        self._say_of_strangers(
            address,
            f"{address} was turned away: too many are there that have not proven themselves.",
        )

    def _say_of_strangers(self, address: str, sentence: str) -> None:
        self._say(self._turned_away, _warn, address, sentence)

    def _say(
        self, what: Aggregate, tell: Callable[[str], None], address: str, sentence: str
    ) -> None:
        """Say the first at once, and how many more there were in one line a minute."""
        now = what.met(address, sentence)
        if now is not None:
            tell(now)
            self._sum_up_later(what, tell)

    def _sum_up_later(self, what: Aggregate, tell: Callable[[str], None]) -> None:
        def sum_up() -> None:
            sentence = what.summary()
            if sentence:
                tell(sentence)
                self._sum_up_later(what, tell)

        asyncio.get_running_loop().call_later(SUM_UP_SECONDS, sum_up)

    async def _prove(self, connection: Connection, address: str) -> Registered:
        """Raises PeerError, ProofFailed.

        An address that has guessed wrong has to wait; a machine there that shares a secret with this one
        is let in all the same, since many may have one address, and a secret is not to be guessed.
        """
        wait = self._proofs.wait(place_of(address))
        waits = f"Too many wrong proofs came from this address; wait {wait:.0f} seconds."
        used = ""

        def shown_code() -> str:
            nonlocal used
            used = self._codes.current()
            return used

        handshake = MasterHandshake(
            self._me, self._identity.fingerprint, self._book.secret_of, shown_code
        )
        await send(connection, handshake.hello())
        message = decode(await receive_text(connection))
        if wait > 0 and message.data.get("pairing"):
            raise PeerError(waits)
        # Reading a secret and checking a code take their time; nobody else waits for it.
        loop = asyncio.get_running_loop()
        try:
            registered = await loop.run_in_executor(self._pool, handshake.receive, message)
        except ProofFailed as error:
            if wait > 0:
                raise PeerError(waits) from error
            raise
        self._proofs.succeeded(place_of(address))
        if registered.new_secret is not None:
            if not self._codes.use(used):
                raise PeerError("This pairing code was used by another machine just now.")
            node_id = registered.peer.instance_id
            await loop.run_in_executor(self._pool, self._book.pair, node_id, registered.new_secret)
        return registered

    async def _go_on(self, connection: Connection, address: str, registered: Registered) -> None:
        """Do what a slave that has proven itself has come for."""
        purpose = registered.request.get("purpose", "work")
        if purpose == "transfer":
            if sum(bool(owner) for owner in self._connections.values()) > MOST_CONNECTIONS:
                await close(connection, BUSY, "The master has too many connections; try again.")
                return
            await self._films.serve(connection, registered)
        elif purpose in ("work", "pair"):
            await self._keep(address, registered)
            await send(connection, registered.acknowledgement)
            if purpose == "work":
                await self._work_with(connection, address, registered)
            else:
                self._notice(f"{registered.peer.name} was paired with this machine.")
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(connection.wait_closed(), PAIRED_SECONDS)
        else:
            await close(connection, REFUSED, "This master does not know what was asked of it.")

    async def _keep(self, address: str, registered: Registered) -> None:
        peer = registered.peer
        slave = Slave(
            peer.instance_id, peer.name, address, peer.version, peer.capabilities, time.time()
        )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, self._book.seen, slave)

    async def _work_with(
        self, connection: Connection, address: str, registered: Registered
    ) -> None:
        """Talk with a slave until the connection ends."""
        peer = registered.peer
        lane = self._lanes.setdefault(peer.instance_id, Lane(self._pool))
        while peer.instance_id in self._present:
            # The slave knows before us that its old connection is dead.
            before = self._present[peer.instance_id]
            await self._left(before)
            await before.conversation.end(GOING, "The machine has connected anew.")
        session = Session(self._me, InstanceRole.MASTER, peer)

        def handle(heard: Heard) -> Data:
            return self._handle(slave, heard)

        conversation = Conversation(connection, session, lane, handle)
        node = Node(
            peer.instance_id,
            peer.name,
            address,
            peer.version,
            NodeState.ONLINE,
            time.time(),
            peer.skew,
            peer.capabilities,
        )
        slave = self._present[peer.instance_id] = _Present(node, conversation)
        _log.info("%s (%s) is connected.", peer.name, address)
        # Not awaited: it may ask the slave, whose answer the conversation has to hear.
        joining = asyncio.ensure_future(lane.tell(self._handlers.joined, node))
        if self._system.latest is not None:
            self._tell(slave, self._told(self._system.latest))
        try:
            reason = await conversation.run()
            _log.info("%s (%s) is gone: %s", peer.name, address, reason)
        finally:
            await joining
            await self._left(slave)
            await self._keep(address, registered)

    async def _left(self, slave: _Present) -> None:
        if self._present.get(slave.node.instance_id) is slave:
            del self._present[slave.node.instance_id]
            lane = self._lanes[slave.node.instance_id]
            await lane.tell(self._handlers.left, slave.node.instance_id)

    def _handle(self, slave: _Present, heard: Heard) -> Data:
        """Give what a slave said to its handler; called in a thread that may wait."""
        if heard.kind is MessageType.STATUS:
            capabilities = heard.data.get("capabilities")
            if isinstance(capabilities, dict):
                slave.node = replace(slave.node, capabilities=capabilities)
            if heard.data:  # else it is a mere sign of life
                self._handlers.status(slave.seen(), heard.data)
            return {}
        handlers = {
            MessageType.JOB_REQUEST: self._handlers.job_request,
            MessageType.JOB_STATUS: self._handlers.job_status,
            MessageType.JOB_COMPLETE: self._handlers.job_complete,
        }
        return handlers[heard.kind](slave.seen(), heard.data)

    def _tell_all(self, data: Data) -> None:
        # Written once for all, and told to one after the other: with 64 slaves it would else keep the loop
        # for long, each second, and who asks for work meanwhile would wait for all of it.
        text, loop = self._told(data), asyncio.get_running_loop()
        for number, slave in enumerate(list(self._present.values())):
            loop.call_later(number * _APART, self._tell, slave, text)

    def _told(self, data: Data) -> str:
        return self._me.message(InstanceRole.MASTER, MessageType.SYSTEM_STATUS, data).encode()

    def _tell(self, slave: _Present, text: str) -> None:
        """Tell one slave, unless it has not even taken in what came before."""
        there = self._present.get(slave.node.instance_id) is slave
        if there and (slave.telling is None or slave.telling.done()):
            slave.telling = asyncio.ensure_future(_quietly(slave.conversation, text))


def _why_deaf(address: str, port: int, error: OSError) -> str:
    # Since Python 3.13 asyncio says without a number that it could bind to none of a name's addresses.
    no_address = error.errno in (errno.EADDRNOTAVAIL, None) or isinstance(error, socket.gaierror)
    if no_address:
        return (
            f"The master cannot listen on {address}: this machine has no such address now. It is tried again "
            "every few seconds; with Listen on left empty in the network settings, all addresses are taken."
        )
    return (
        f"The master cannot listen on port {port} ({error.strerror or error}). Another program may use it: "
        "choose another port in the network settings."
    )


def _warn(sentence: str) -> None:
    _log.warning("%s", sentence)


async def _quietly(conversation: Conversation, text: str) -> None:
    with contextlib.suppress(PeerError):
        await conversation.tell_text(text)

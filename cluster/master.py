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
from typing import Dict, Mapping, Optional

from websockets.asyncio.connection import Connection
from websockets.asyncio.server import Server

from cluster.conversation import Conversation, StatusRepeater
from cluster.film_server import FilmServer
from cluster.handshake import LocalInstance, MasterHandshake, Registered
from cluster.identity import Identity
from cluster.limits import HELLO_SECONDS, MOST_CONNECTIONS, PAIRED_SECONDS
from cluster.node_queues import NodeQueue
from cluster.pairing import FailedProofs, PairingCodes
from cluster.pairing_store import PairedSlaves, SlaveRecord
from cluster.ports import Data, MasterHandlers, Node, NodeState
from cluster.session import IncomingMessage, Session
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
from cluster.unproven_connections import UnprovenConnections
from core.errors import MediaProcessorError
from core.peer_errors import PeerError, ProofFailed
from core.ports import Notifier
from core.protocol.messages import InstanceRole, MessageType, decode
from core.protocol.strangers import Aggregate, place_of
from core.system_errors import system_problem
from core.text.sentence import Sentence

_log = logging.getLogger("mediaprocessor.network")
_RETRY = 5.0  # seconds until a port that is taken is tried again
SUM_UP_SECONDS = 60.0  # between two lines about strangers
_APART = 0.002  # seconds between sending the status to two slaves
_REVOKED = Sentence("This machine was removed from the master's list.")


@dataclass
class _ConnectedSlave:
    """A slave that is connected now."""

    node: Node
    conversation: Conversation
    sending: Optional[asyncio.Future[None]] = None

    def seen(self) -> Node:
        """What is known of it at this moment."""
        talk = self.conversation
        return replace(self.node, last_seen=talk.last_heard, skew=talk.skew)


class _SummedUp:
    """Says the first of many like sentences at once, and in one line a minute how many more there were."""

    def __init__(self, notify: Notifier) -> None:
        self._notify = notify
        self._aggregate = Aggregate()

    def say(self, address: str, sentence: str) -> None:
        """Say, or count, what happened with an address."""
        at_once = self._aggregate.met(address, sentence)
        if at_once is not None:
            self._notify(at_once)
            self._sum_up_later()

    def _sum_up_later(self) -> None:
        asyncio.get_running_loop().call_later(SUM_UP_SECONDS, self._sum_up)

    def _sum_up(self) -> None:
        sentence = self._aggregate.summary()
        if sentence:
            self._notify(sentence)
            self._sum_up_later()


class MasterWire:
    """Listens until it is stopped; created and used on the event loop, but for ``present``.

    ``pool`` is for handlers, but for those of JOB_REQUEST: they all want the queue's lock, and take turns in
    the one thread of ``requests``. ``disk`` is for films; ``notice`` tells the user what happened, in a
    sentence.
    """

    def __init__(
        self,
        local: LocalInstance,
        identity: Identity,
        slaves: PairedSlaves,
        codes: PairingCodes,
        handlers: MasterHandlers,
        pool: Executor,
        requests: Executor,
        disk: Executor,
        notice: Notifier,
    ) -> None:
        self.trouble = ""  # why it does not listen
        self._local = local
        self._identity = identity
        self._slaves = slaves
        self._codes = codes
        self._handlers = handlers
        self._pool = pool
        self._requests = {MessageType.JOB_REQUEST: requests}
        self._notice = notice
        self._films = FilmServer(local, handlers, pool, disk)
        self._proofs = FailedProofs(time.monotonic)
        self._present: Dict[str, _ConnectedSlave] = {}
        self._queues: Dict[str, NodeQueue] = {}
        self._unproven: Optional[UnprovenConnections] = None  # while it listens
        self._turned_away = _SummedUp(_warn)
        self._wrong_proofs = _SummedUp(notice)
        self._connections: Dict[Connection, str] = {}  # with the node's id, once it is known
        self._system = StatusRepeater(self._send_status_to_all)

    @property
    def present(self) -> Mapping[str, Node]:
        """Return the slaves that are connected now, by their ids; from any thread."""
        return {node_id: slave.seen() for node_id, slave in list(self._present.items())}

    @property
    def listens(self) -> bool:
        """Whether slaves can connect now; from any thread."""
        return self._unproven is not None

    async def run(self, address: str, port: int) -> None:
        """Listen until cancelled; where the port is taken, say so and try again."""
        repeating = asyncio.ensure_future(self._system.run())
        server: Optional[Server] = None
        try:
            server = await self._listening(address, port)
            await asyncio.get_running_loop().create_future()  # until this is cancelled
        finally:
            repeating.cancel()
            if server is not None:
                await self._stop(server)

    async def command(self, node_id: str, command: str, arguments: Data, timeout: float) -> Data:
        """Have a slave do something and return its answer; raises PeerError."""
        slave = self._present.get(node_id)
        if slave is None:
            raise PeerError(Sentence("This machine is not connected just now."))
        data = {"command": command, "arguments": dict(arguments)}
        return await slave.conversation.ask(MessageType.MASTER_COMMAND, data, timeout)

    def broadcast(self, data: Data) -> None:
        """Send all slaves the status of the whole system."""
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
                unproven = UnprovenConnections(self._identity.server_context(), self._turn_away)
                server = await listen(self._connected, address, port, unproven)
            except OSError as error:
                trouble = _why_not_listening(address, port, error)
                if trouble != self.trouble:
                    self.trouble = trouble
                    self._notice(trouble)
                await asyncio.sleep(_RETRY)
            else:
                self._unproven = unproven
                self.trouble = ""
                _log.info("The master listens on port %d.", port)
                return server

    async def _stop(self, server: Server) -> None:
        server.close(close_connections=False)
        if self._unproven is not None:
            self._unproven.close()
            self._unproven = None
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
                if self._unproven is not None:
                    self._unproven.remove(connection)
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
            self._turned_away.say(
                address, Sentence("{address} did not prove itself in time.", address=address)
            )
            await close(connection, REFUSED, Sentence("This machine did not prove itself in time."))
        except MediaProcessorError as error:
            self._turned_away.say(
                address,
                Sentence("{address} was refused: {problem}", address=address, problem=error),
            )
            if isinstance(error, ProofFailed):
                self._proofs.failed(place_of(address))
                sentence = Sentence(
                    "A machine at {address} was refused: {problem}", address=address, problem=error
                )
                self._wrong_proofs.say(address, sentence)
            await close(connection, REFUSED, str(error))
        return None

    def _turn_away(self, address: str) -> None:
        """An unproven connection was closed to make room for another."""
        self._turned_away.say(
            address,
            Sentence(
                "{address} was turned away: too many are there that have not proven themselves.",
                address=address,
            ),
        )

    async def _prove(self, connection: Connection, address: str) -> Registered:
        """Let the other end prove who it is; raises PeerError, ProofFailed.

        After wrong proofs an address has to wait before it may try a pairing code again. A machine there
        that shares a secret with this one is let in all the same: many machines may have one address, and
        a secret cannot be guessed.
        """
        wait = self._proofs.wait(place_of(address))
        waits = Sentence(
            "Too many wrong proofs came from this address; wait {wait} seconds.", wait=round(wait)
        )
        handshake = MasterHandshake(
            self._local, self._identity.fingerprint, self._slaves, self._codes
        )
        await send(connection, handshake.hello())
        message = decode(await receive_text(connection))
        if wait > 0 and message.data.get("pairing"):
            raise PeerError(waits)
        # Reading a secret and checking a code are slow, so they run in the pool.
        loop = asyncio.get_running_loop()
        try:
            registered = await loop.run_in_executor(self._pool, handshake.receive, message)
        except ProofFailed as error:
            if wait > 0:
                raise PeerError(waits) from error
            raise
        self._proofs.succeeded(place_of(address))
        if registered.new_secret is not None:
            if not self._codes.use(registered.pairing_code):
                raise PeerError(Sentence("This pairing code was used by another machine just now."))
            node_id = registered.peer.instance_id
            await loop.run_in_executor(
                self._pool, self._slaves.pair, node_id, registered.new_secret
            )
        return registered

    async def _go_on(self, connection: Connection, address: str, registered: Registered) -> None:
        """Serve a slave that has proven itself, by what its registration asks for."""
        purpose = registered.request.get("purpose", "work")
        if purpose == "transfer":
            if sum(bool(owner) for owner in self._connections.values()) > MOST_CONNECTIONS:
                await close(
                    connection, BUSY, Sentence("The master has too many connections; try again.")
                )
                return
            await self._films.serve(connection, registered)
        elif purpose in ("work", "pair"):
            await self._remember(address, registered)
            await send(connection, registered.acknowledgement)
            if purpose == "work":
                await self._work_with(connection, address, registered)
            else:
                self._notice(
                    Sentence("{peer} was paired with this machine.", peer=registered.peer.name)
                )
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(connection.wait_closed(), PAIRED_SECONDS)
        else:
            await close(
                connection, REFUSED, Sentence("This master does not know what was asked of it.")
            )

    async def _remember(self, address: str, registered: Registered) -> None:
        peer = registered.peer
        slave = SlaveRecord(
            peer.instance_id, peer.name, address, peer.version, peer.capabilities, time.time()
        )
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, self._slaves.seen, slave)

    async def _work_with(
        self, connection: Connection, address: str, registered: Registered
    ) -> None:
        """Exchange messages with a slave until the connection ends."""
        peer = registered.peer
        queue = self._queues.setdefault(peer.instance_id, NodeQueue(self._pool))
        while peer.instance_id in self._present:
            # The slave notices earlier than we do that its old connection is dead.
            before = self._present[peer.instance_id]
            await self._left(before)
            await before.conversation.end(GOING, Sentence("The machine has connected again."))
        session = Session(self._local, InstanceRole.MASTER, peer)

        def handle(message: IncomingMessage) -> Data:
            return self._handle(slave, message)

        def at_once(message: IncomingMessage) -> Optional[Data]:
            if message.kind is MessageType.STATUS:
                return None if message.data else {}
            return self._handlers.at_once(slave.seen(), message.kind, message.data)

        conversation = Conversation(connection, session, queue, handle, at_once, self._requests)
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
        slave = self._present[peer.instance_id] = _ConnectedSlave(node, conversation)
        _log.info("%s (%s) is connected.", peer.name, address)
        # Not awaited: it may ask the slave, whose answer the conversation has to receive.
        joining = asyncio.ensure_future(queue.tell(self._handlers.joined, node))
        if self._system.latest is not None:
            self._send_status(slave, self._status_message(self._system.latest))
        try:
            reason = await conversation.run()
            _log.info("%s (%s) is gone: %s", peer.name, address, reason)
        finally:
            await joining
            await self._left(slave)
            await self._remember(address, registered)

    async def _left(self, slave: _ConnectedSlave) -> None:
        if self._present.get(slave.node.instance_id) is slave:
            del self._present[slave.node.instance_id]
            queue = self._queues[slave.node.instance_id]
            await queue.tell(self._handlers.left, slave.node.instance_id)

    def _handle(self, slave: _ConnectedSlave, message: IncomingMessage) -> Data:
        """Pass a slave's message to its handler; called in a thread that may wait."""
        if message.kind is MessageType.STATUS:
            capabilities = message.data.get("capabilities")
            if isinstance(capabilities, dict):
                slave.node = replace(slave.node, capabilities=capabilities)
            if message.data:  # else it is a mere heartbeat
                self._handlers.status(slave.seen(), message.data)
            return {}
        handlers = {
            MessageType.JOB_REQUEST: self._handlers.job_request,
            MessageType.JOB_STATUS: self._handlers.job_status,
            MessageType.JOB_COMPLETE: self._handlers.job_complete,
        }
        return handlers[message.kind](slave.seen(), message.data)

    def _send_status_to_all(self, data: Data) -> None:
        # Encoded once, and sent to one slave after the other: for 64 slaves at once it would block the loop
        # each second, and a slave that asks for work meanwhile would wait for all of them.
        text, loop = self._status_message(data), asyncio.get_running_loop()
        for number, slave in enumerate(list(self._present.values())):
            loop.call_later(number * _APART, self._send_status, slave, text)

    def _status_message(self, data: Data) -> str:
        return self._local.message(InstanceRole.MASTER, MessageType.SYSTEM_STATUS, data).encode()

    def _send_status(self, slave: _ConnectedSlave, text: str) -> None:
        """Send one slave the status, unless it is still being sent an earlier one."""
        there = self._present.get(slave.node.instance_id) is slave
        if there and (slave.sending is None or slave.sending.done()):
            slave.sending = asyncio.ensure_future(_send_text(slave.conversation, text))


def _why_not_listening(address: str, port: int, error: OSError) -> str:
    # Since Python 3.13 asyncio says without a number that it could bind to none of a name's addresses.
    no_address = error.errno in (errno.EADDRNOTAVAIL, None) or isinstance(error, socket.gaierror)
    if no_address:
        return Sentence(
            "The master cannot listen on {address}: this machine has no such address now. It is "
            "tried again every few seconds; with Listen on left empty in the network settings, "
            "all addresses are taken.",
            address=address,
        )
    return Sentence(
        "The master cannot listen on port {port} ({problem}). Another program may use it: "
        "choose another port in the network settings.",
        port=str(port),
        problem=system_problem(error),
    )


def _warn(sentence: str) -> None:
    _log.warning("%s", sentence)


async def _send_text(conversation: Conversation, text: str) -> None:
    with contextlib.suppress(PeerError):
        await conversation.tell_text(text)

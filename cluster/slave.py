"""The slave's end of the wire: finds its master, proves itself, and comes back when the line breaks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Callable, Optional, Sequence, Tuple

from websockets.asyncio.connection import Connection

from cluster.addresses import shown_place
from cluster.conversation import Conversation, StatusRepeater
from cluster.handshake import LocalInstance, Peer, SlaveHandshake
from cluster.limits import HELLO_SECONDS
from cluster.node_queues import NodeQueue
from cluster.pairing_store import PairedMasters
from cluster.ports import Data, SlaveHandlers
from cluster.session import IncomingMessage, Session
from cluster.sockets import GOING, REFUSED, close, connect, receive_text, send
from core.errors import MediaProcessorError
from core.peer_errors import PeerError
from core.protocol.messages import InstanceRole, MessageType, decode
from core.text.sentence import Sentence

_log = logging.getLogger("mediaprocessor.network")
FIRST_PAUSE = 1.0  # seconds until the next try, doubled with each that fails
LONGEST_PAUSE = 30.0
STATUS_EVERY = 5.0  # seconds
Place = Tuple[str, int]


@dataclass(frozen=True)
class ProvenConnection:
    """A connection to a master on which both ends have proven themselves."""

    connection: Connection
    master: Peer
    secret: bytes
    acknowledgement: Data


async def prove(
    place: Place,
    local: LocalInstance,
    pool: Executor,
    capabilities: Data,
    request: Data,
    *,
    code: str = "",
    masters: Optional[PairedMasters] = None,
) -> ProvenConnection:
    """Connect to a master and prove who both are; raises PeerError.

    By ``code`` where the two pair, else by the secret that ``masters`` remembers.
    """
    connection, fingerprint = await connect(*place)
    try:
        return await asyncio.wait_for(
            _handshake(connection, fingerprint, local, pool, capabilities, request, code, masters),
            HELLO_SECONDS,
        )
    except asyncio.TimeoutError as error:
        await close(connection, REFUSED, Sentence("The master did not prove itself in time."))
        raise PeerError(
            Sentence("{place} answered, but not as a master does.", place=place[0])
        ) from error
    except MediaProcessorError as error:
        await close(connection, REFUSED, str(error))
        raise
    except asyncio.CancelledError:
        connection.transport.abort()
        raise


async def _handshake(
    connection: Connection,
    fingerprint: str,
    local: LocalInstance,
    pool: Executor,
    capabilities: Data,
    request: Data,
    code: str,
    masters: Optional[PairedMasters],
) -> ProvenConnection:
    hello = decode(await receive_text(connection))
    loop = asyncio.get_running_loop()
    secret: Optional[bytes] = None
    if not code:
        if masters is not None:
            secret = await loop.run_in_executor(pool, masters.master_secret, hello.instance_id)
        if secret is None:
            raise PeerError(
                Sentence(
                    "The master at this address is not one that this machine was paired with. Show a "
                    "pairing code there and enter it here."
                )
            )
    handshake = SlaveHandshake(
        local, fingerprint, capabilities, secret=secret, code=code, request=request
    )
    answer = await loop.run_in_executor(pool, handshake.answer, hello)
    await send(connection, answer)
    acknowledgement = decode(await receive_text(connection))
    master, shared = handshake.receive(acknowledgement)
    return ProvenConnection(connection, master, shared, acknowledgement.data)


class SlaveWire:
    """Keeps a conversation with the master; created and used on the event loop.

    ``places`` returns where the master may be now, likeliest first; it may read a disk.
    """

    def __init__(
        self,
        local: LocalInstance,
        masters: PairedMasters,
        handlers: SlaveHandlers,
        pool: Executor,
        places: Callable[[], Sequence[Place]],
    ) -> None:
        self.master: Optional[Peer] = None  # that is connected now
        self.place: Optional[Place] = None  # where it is
        self.trouble = ""  # why none is
        self._local = local
        self._masters = masters
        self._handlers = handlers
        self._pool = pool
        self._places = places
        self._queue = NodeQueue(pool)
        self._conversation: Optional[Conversation] = None
        self._retry_now = asyncio.Event()
        self._sending: Optional[asyncio.Future[None]] = None
        self._status = StatusRepeater(self._send_status, STATUS_EVERY)

    async def run(self) -> None:
        """Connect, talk, and connect again, until cancelled."""
        repeating = asyncio.ensure_future(self._status.run())
        pause = FIRST_PAUSE
        try:
            while True:
                if await self._try_each_place():
                    pause = FIRST_PAUSE
                with contextlib.suppress(asyncio.TimeoutError):
                    # Many slaves of a master that comes back must not all come at once.
                    jittered = pause * random.uniform(0.5, 1.5)  # noqa: S311
                    await asyncio.wait_for(self._retry_now.wait(), jittered)
                    pause = FIRST_PAUSE
                self._retry_now.clear()
                pause = min(LONGEST_PAUSE, pause * 2)
        finally:
            repeating.cancel()

    async def open_connection(self, request: Data) -> ProvenConnection:
        """Open a further connection to the master that is there now; raises PeerError."""
        if self.place is None:
            raise PeerError(Sentence("The master is away just now."))
        return await prove(self.place, self._local, self._pool, {}, request, masters=self._masters)

    def try_now(self) -> None:
        """Try to connect now, since something has changed."""
        self._retry_now.set()

    async def ask(self, kind: MessageType, data: Data, timeout: float) -> Data:
        """Ask the master and return its answer; raises PeerError."""
        if self._conversation is None:
            raise PeerError(Sentence("The master is away just now."))
        return await self._conversation.ask(kind, data, timeout)

    def tell_status(self, data: Data) -> None:
        """Send the master this machine's status, now and repeatedly from now on."""
        self._status.tell(data)

    async def _try_each_place(self) -> bool:
        """Try the places in turn; True where a master was there, whose connection has ended by now."""
        loop = asyncio.get_running_loop()
        try:
            places = await loop.run_in_executor(self._pool, self._places)
        except MediaProcessorError as error:
            places, self.trouble = (), str(error)
        else:
            if not places:
                self.trouble = Sentence(
                    "No master is known. Enter its address, or pair this machine with it."
                )
        for place in places:
            try:
                proven = await self._proven(place)
            except MediaProcessorError as error:
                if str(error) != self.trouble:
                    _log.warning("No connection to the master: %s", error)
                self.trouble = str(error)
            except Exception:  # noqa: BLE001 - whatever it was, the next try may go well
                _log.exception("Connecting to the master failed.")
                self.trouble = Sentence("Connecting to the master failed; the log has the details.")
            else:
                await self._talk(place, proven)
                return True
        return False

    async def _proven(self, place: Place) -> ProvenConnection:
        loop = asyncio.get_running_loop()
        capabilities = await loop.run_in_executor(self._pool, self._handlers.capabilities)
        return await prove(
            place,
            self._local,
            self._pool,
            capabilities,
            {"purpose": "work"},
            masters=self._masters,
        )

    async def _talk(self, place: Place, proven: ProvenConnection) -> None:
        """Exchange messages with the master until the connection ends."""
        master = proven.master
        address = shown_place(*place)
        session = Session(self._local, InstanceRole.SLAVE, master)
        conversation = Conversation(proven.connection, session, self._queue, self._handle)
        reason: str = Sentence("This machine has ended the connection.")
        # Not awaited: it may ask the master, whose answer the conversation has to receive.
        greeting = asyncio.ensure_future(self._greet(master, address))
        try:
            self._conversation, self.master, self.place = conversation, master, place
            self.trouble = ""
            _log.info("Connected to the master %s at %s.", master.name, address)
            if self._status.latest is not None:
                self._status.tell(self._status.latest)
            reason = await conversation.run()
        finally:
            self._conversation = self.master = self.place = None
            self.trouble = reason
            await close(proven.connection, GOING, "")
            _log.warning("The master %s is gone: %s", master.name, reason)
            await asyncio.wait([greeting])
            await self._queue.tell(self._handlers.disconnected, reason)

    async def _greet(self, master: Peer, address: str) -> None:
        """Remember where the master is, and tell the work that it is there."""
        await self._queue.tell(self._masters.reached, master.instance_id, master.name, address)
        await self._queue.tell(self._handlers.connected, master.instance_id, master.name)

    def _handle(self, message: IncomingMessage) -> Data:
        """Pass the master's message to its handler; called in a thread that may wait."""
        if message.kind is MessageType.SYSTEM_STATUS:
            self._handlers.system_status(message.data)
            return {}
        command, arguments = message.data.get("command"), message.data.get("arguments", {})
        if not isinstance(command, str) or not isinstance(arguments, dict):
            raise PeerError(Sentence("A MASTER_COMMAND has no usable command."))
        return self._handlers.command(command, arguments)

    def _send_status(self, data: Data) -> None:
        if self._conversation is not None and (self._sending is None or self._sending.done()):
            self._sending = asyncio.ensure_future(_send_data(self._conversation, data))


async def _send_data(conversation: Conversation, data: Data) -> None:
    with contextlib.suppress(PeerError):
        await conversation.tell(data)

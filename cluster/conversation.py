"""A connection on which both ends have proven themselves: questions, answers, and heartbeats."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from concurrent.futures import Executor
from typing import Callable, Dict, Mapping, Optional

from websockets.asyncio.connection import Connection

from cluster.limits import LARGEST_MESSAGE, MOST_WAITING, MessageBudget
from cluster.node_queues import NodeQueue
from cluster.ports import Data
from cluster.session import Answer, IncomingMessage, NotUnderstood, Session
from cluster.sockets import MALFORMED, REFUSED, close, keep_alive, let_in, receive_text, send_text
from core.errors import MediaProcessorError
from core.peer_errors import PeerError
from core.protocol.messages import Message, MessageType
from core.text.sentence import Sentence

_log = logging.getLogger("mediaprocessor.network")
Handler = Callable[[IncomingMessage], Data]
QuickHandler = Callable[[IncomingMessage], Optional[Data]]


class _InternalError(MediaProcessorError):
    code = "internal"


class Conversation:
    """``handle`` is called in the queue's threads; what it returns is the answer's data.

    ``at_once`` is asked before, on the loop; None where ``handle`` has to be called. ``pools`` are for kinds
    of messages that are not handled in the queue's own.
    """

    def __init__(
        self,
        connection: Connection,
        session: Session,
        queue: NodeQueue,
        handle: Handler,
        at_once: QuickHandler = lambda message: None,  # noqa: ARG005
        pools: Optional[Mapping[MessageType, Executor]] = None,
    ) -> None:
        self.connection = connection
        self.last_heard = time.time()  # seconds since the epoch
        self.reason = ""  # why this end closed the connection
        self._session = session
        self._queue = queue
        self._handle = handle
        self._at_once = at_once
        self._pools = pools or {}
        self._waiting: asyncio.Queue[Optional[IncomingMessage]] = asyncio.Queue()
        self._asked: Dict[int, asyncio.Future[Data]] = {}
        self._ended = False
        let_in(connection, LARGEST_MESSAGE)

    @property
    def skew(self) -> float:
        """Return the other end's clock minus ours, in seconds."""
        return self._session.skew

    async def run(self) -> str:
        """Exchange messages until the connection ends; return the reason, in a sentence."""
        worker = asyncio.ensure_future(self._work())
        alive = asyncio.ensure_future(keep_alive(self.connection))
        try:
            await self._listen()
        except PeerError as error:
            reason = self.reason or str(error)
        finally:
            alive.cancel()
            self._ended = True
            self._waiting.put_nowait(None)
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(
                        PeerError(Sentence("The connection broke off before the answer."))
                    )
        await worker
        return reason

    async def ask(self, kind: MessageType, data: Data, timeout: float) -> Data:
        """Send a message and wait for its answer; raises PeerError."""
        number, message = self._session.ask(kind, data)
        asked: asyncio.Future[Data] = asyncio.get_running_loop().create_future()
        self._asked[number] = asked
        try:
            await asyncio.wait_for(self._send(message), timeout)
            return await asyncio.wait_for(asked, timeout)
        except asyncio.TimeoutError as error:
            raise PeerError(
                Sentence(
                    "The other machine did not answer within {timeout} seconds.",
                    timeout=round(timeout),
                )
            ) from error
        finally:
            del self._asked[number]
            if asked.done() and not asked.cancelled():
                asked.exception()  # retrieved, so that the loop does not complain

    async def tell(self, data: Data) -> None:
        """Send a status; raises PeerError where the connection is closed."""
        await self._send(self._session.tell(data))

    async def tell_text(self, text: str) -> None:
        """Send a message that is encoded already, since all get the same; raises PeerError."""
        if len(text) > LARGEST_MESSAGE:
            raise PeerError(Sentence("A message to the other machine is larger than one may be."))
        await send_text(self.connection, text)

    async def end(self, code: int, reason: str) -> None:
        """Close, with a reason for both ends."""
        self.reason = reason
        await close(self.connection, code, reason)

    async def _send(self, message: Message) -> None:
        await self.tell_text(message.encode())

    async def _listen(self) -> None:
        """Receive messages; raises PeerError when the connection ends."""
        budget = MessageBudget(time.monotonic)
        while True:
            text = await receive_text(self.connection)
            self.last_heard = time.time()
            if not budget.take() or self._waiting.qsize() >= MOST_WAITING:
                await self.end(REFUSED, Sentence("Too many messages in too short a time."))
                raise PeerError(self.reason)
            try:
                message = self._session.receive(text)
            except PeerError as error:
                await self.end(MALFORMED, str(error))
                raise
            if isinstance(message, Answer):
                self._answered(message)
            elif isinstance(message, NotUnderstood):
                await self._send(message.answer)
            else:
                self._waiting.put_nowait(message)

    def _answered(self, answer: Answer) -> None:
        asked = self._asked.get(answer.number)
        if asked is None or asked.done():
            return  # it came too late
        try:
            asked.set_result(answer.result())
        except PeerError as error:
            asked.set_exception(error)

    async def _work(self) -> None:
        """Handle what came in, one after the other."""
        while True:
            message = await self._waiting.get()
            if message is None or self._ended:
                return
            try:
                answer = None if self._queue.busy else self._at_once(message)
                if answer is None:
                    pool = self._pools.get(message.kind)
                    answer = await self._queue.call(self._handle, message, pool=pool)
                if message.number is not None:
                    await self._send(self._session.answer(message.number, answer))
            except MediaProcessorError as error:
                await self._fail(message, error)
            except Exception:  # noqa: BLE001 - a handler of somebody else's must not end the connection
                _log.exception("A %s could not be handled.", message.kind.value)
                sentence = Sentence(
                    "The other machine met an error of its own; its log has the details."
                )
                await self._fail(message, _InternalError(sentence))

    async def _fail(self, message: IncomingMessage, error: MediaProcessorError) -> None:
        _log.info("A %s was answered with an error: %s", message.kind.value, error)
        if message.number is not None and not self._ended:
            with contextlib.suppress(PeerError):
                await self._send(self._session.failure(message.number, error))


class StatusRepeater:
    """Sends the latest status: at most once a second, and again after ``every`` seconds."""

    def __init__(self, send: Callable[[Data], None], every: Optional[float] = None) -> None:
        self._send = send
        self._every = every
        self._news = asyncio.Event()
        self.latest: Optional[Data] = None

    def tell(self, data: Data) -> None:
        """Send this next; replaces a status that was not sent yet."""
        self.latest = data
        self._news.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), self._every)
            self._news.clear()
            self._send(self.latest if self.latest is not None else {})
            await asyncio.sleep(1.0)

"""A film on its own connection: the receiver sends what it has, gets the rest, and a hash decides at the end.

The receiver opens with ``received`` and ``digest``; the sender answers with ``size`` and ``from``, sends
frames (``cluster.transfer``) and at the end the whole ``digest``; the receiver confirms on the way with
``received`` and at the end with ``taken``. Either end can break it off with ``error`` and ``code``. A slave
says all this in JOB_STATUS, a master in MASTER_COMMAND.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, Union

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from cluster.film_files import FilmReader, FilmWriter
from cluster.handshake import LocalInstance
from cluster.limits import LARGEST_STRANGER
from cluster.ports import Data, Sent
from cluster.sockets import TRANSFER_PATIENCE, keep_alive, let_in, receive, send
from cluster.transfer import CHUNK, LARGEST_FRAME, Sender
from core.errors import MediaProcessorError
from core.peer_errors import PeerError, PeerRefused
from core.protocol.messages import InstanceRole, MessageType, decode
from core.protocol.peer_fields import LONGEST_TEXT, sentence_data, sentence_in, shown
from core.system_errors import system_problem
from core.text.sentence import Sentence

_CONFIRM_EVERY = 4 * CHUNK  # bytes
_AHEAD = 2  # frames that are read and hashed while others are sent
COMMAND = "transfer"


class TransferConnection:
    """A connection for one film; ``role`` is that of this end, ``peer_id`` who is at the other."""

    def __init__(
        self,
        connection: Connection,
        local: LocalInstance,
        role: InstanceRole,
        peer_id: str,
        disk: Executor,
    ) -> None:
        self.connection = connection
        self._local = local
        self._role = role
        self._peer_id = peer_id
        self._disk = disk
        let_in(connection, LARGEST_FRAME)

    async def on_disk(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call what waits for a disk, in a thread."""
        loop = asyncio.get_running_loop()
        call = loop.run_in_executor(self._disk, function, *arguments)
        try:
            return await asyncio.shield(call)
        except asyncio.CancelledError:
            await asyncio.wait([call])  # the file must not be closed while it is used
            raise

    async def send(self, **data: Any) -> None:
        """Send a step of the transfer; raises PeerError."""
        if self._role is InstanceRole.MASTER:
            kind = MessageType.MASTER_COMMAND
            data["command"] = COMMAND
        else:
            kind = MessageType.JOB_STATUS
        await send(self.connection, self._local.message(self._role, kind, data))

    async def next(self) -> Union[bytes, Data]:
        """Return the next frame or step; raises PeerError, PeerRefused where the other end breaks off."""
        message = await receive(self.connection)
        if isinstance(message, bytes):
            return message
        if len(message) > LARGEST_STRANGER:
            raise PeerError(Sentence("A step of the transfer is too long."))
        step = decode(message)
        if step.instance_id != self._peer_id or step.instance_role is self._role:
            raise PeerError(Sentence("A message came in the name of another instance."))
        if step.data.get("error") is not None:
            code = shown(str(step.data.get("code", "")), LONGEST_TEXT)
            raise PeerRefused(sentence_in(step.data, "error", "parts"), code)
        return step.data

    async def step(self) -> Data:
        """Return the next step, where no frame belongs; raises PeerError."""
        found = await self.next()
        if isinstance(found, bytes):
            raise PeerError(Sentence("A piece of a film came where none belongs."))
        return found

    async def run(self, work: Awaitable[str]) -> str:
        """Do the work and keep the connection alive; where it fails, send the other end the reason.

        Raises PeerError where the connection or the other end fails, also for errors of ours.
        """
        alive = asyncio.ensure_future(keep_alive(self.connection, TRANSFER_PATIENCE))
        try:
            return await work
        except MediaProcessorError as error:
            await self._break_off(str(error), error.code)
            raise
        except OSError as error:
            await self._break_off(
                Sentence(
                    "The film cannot be read or written ({problem}).", problem=system_problem(error)
                ),
                "disk",
            )
            raise
        finally:
            alive.cancel()

    async def _break_off(self, sentence: str, code: str) -> None:
        with contextlib.suppress(PeerError, ConnectionClosed):
            await self.send(**sentence_data(sentence, "error", "parts"), code=code)


async def send_film(transfer: TransferConnection, source: Path, sent: Sent) -> str:
    """Send a film; return its hash. Raises PeerError, OSError."""
    film: FilmReader = await transfer.on_disk(FilmReader, source)
    with film:
        opening = await transfer.step()
        received, digest = _number(opening, "received"), str(opening.get("digest", ""))
        start = await transfer.on_disk(film.begin, received, digest)
        await transfer.send(size=film.size, **{"from": start})
        sender = Sender(film.size, start)
        room = asyncio.Event()
        frames: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD)

        async def read() -> None:
            while True:
                piece = sender.next()
                if piece is None and sender.all_given:
                    await frames.put(b"")
                    return
                if piece is None:
                    await room.wait()
                    room.clear()
                else:
                    await frames.put(await transfer.on_disk(film.frame, *piece))

        async def write() -> None:
            data = await frames.get()
            while data:
                await _send_bytes(transfer.connection, data)
                data = await frames.get()
            await transfer.send(digest=film.whole.text())

        async def listen() -> str:
            while True:
                step = await transfer.step()
                if "taken" in step:
                    return str(step["taken"])
                sender.confirm(_number(step, "received"))
                sent(_number(step, "received"))
                room.set()

        taken = await _together(read(), write(), listen())
        if taken != film.whole.text():
            raise PeerError(Sentence("The other machine took another film than was sent."))
        return str(taken)


async def receive_film(transfer: TransferConnection, target: Path, size: int, sent: Sent) -> str:
    """Receive a film of ``size`` bytes; return its hash. Raises PeerError, NotEnoughSpace, OSError."""
    film: FilmWriter = await transfer.on_disk(FilmWriter, target, size)
    with film:
        await transfer.send(received=film.have.length, digest=film.have.text())
        opening = await transfer.step()
        if _number(opening, "size") != size:
            raise PeerRefused(
                Sentence("The film on the other machine has another size than was said.")
            )
        await transfer.on_disk(film.begin, _number(opening, "from"))
        confirmed = film.received
        while True:
            found = await transfer.next()
            if not isinstance(found, bytes):
                digest = str(found.get("digest", ""))
                await transfer.on_disk(film.finish, digest)
                await transfer.send(taken=digest)
                return digest
            await transfer.on_disk(film.take, found)
            if film.received - confirmed >= _CONFIRM_EVERY or film.received == size:
                confirmed = film.received
                await transfer.send(received=confirmed)
                sent(confirmed)


async def _send_bytes(connection: Connection, data: bytes) -> None:
    try:
        await connection.send(data)
    except ConnectionClosed as error:
        raise PeerError(Sentence("The connection to the other machine broke off.")) from error


async def _together(*works: Awaitable[Any]) -> Any:
    """Do all at the same time; return what the last one does, raise what any of them raises."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            if task.done():
                task.result()
        return tasks[-1].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def _number(step: Data, key: str) -> int:
    value = step.get(key)
    if type(value) is not int or value < 0:
        raise PeerError(Sentence("A step of the transfer has no usable {key}.", key=key))
    return value


def transfer_request(direction: str, job_id: int, attempt: int, size: int) -> Dict[str, Any]:
    """Return the request of a registration that is for a film; ``size`` in bytes."""
    return {
        "purpose": "transfer",
        "direction": direction,
        "job_id": job_id,
        "attempt": attempt,
        "size": size,
    }

"""The master's end of transfers: which film goes to whom, and one connection a film."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Tuple

from websockets.asyncio.connection import Connection

from cluster.film_wire import TransferConnection, receive_film, send_film
from cluster.handshake import LocalInstance, Registered
from cluster.limits import MOST_TRANSFERS
from cluster.ports import Data, MasterHandlers
from cluster.sockets import BUSY, GOING, close, send
from core.errors import MediaProcessorError
from core.peer_errors import PeerError
from core.protocol.messages import InstanceRole
from core.text.sentence import Sentence

_log = logging.getLogger("mediaprocessor.network")
DOWNLOAD, UPLOAD = "download", "upload"
_MOST = 2**62  # bytes, jobs, attempts
_Key = Tuple[str, str, int, int]


@dataclass(frozen=True)
class _Request:
    direction: str
    job_id: int
    attempt: int
    size: int


class FilmServer:
    """Serves transfers to slaves that have proven themselves; created and used on the event loop."""

    def __init__(
        self, local: LocalInstance, handlers: MasterHandlers, pool: Executor, disk: Executor
    ) -> None:
        self._local = local
        self._handlers = handlers
        self._pool = pool
        self._disk = disk
        self._running: Dict[_Key, Tuple[Connection, asyncio.Event]] = {}

    async def serve(self, connection: Connection, registered: Registered) -> None:
        """Send or take a film, as the registration asks for; raises PeerError."""
        node_id = registered.peer.instance_id
        await send(connection, registered.acknowledgement)
        wanted = _read_request(registered.request)
        key = (node_id, wanted.direction, wanted.job_id, wanted.attempt)
        while key in self._running:
            # The slave notices earlier than we do that its old connection is dead; one file has one writer.
            old, ended = self._running[key]
            old.transport.abort()
            await ended.wait()
        if sum(running_node == node_id for running_node, *_ in self._running) >= MOST_TRANSFERS:
            await close(connection, BUSY, Sentence("Too many films are under way to this machine."))
            return
        ended = asyncio.Event()
        self._running[key] = connection, ended
        try:
            transfer = TransferConnection(
                connection, self._local, InstanceRole.MASTER, node_id, self._disk
            )
            await transfer.run(self._film(transfer, node_id, wanted))
            await close(connection, GOING, "")
        except (MediaProcessorError, OSError) as error:
            _log.warning(
                "The %s of job %d by %s ended: %s",
                wanted.direction,
                wanted.job_id,
                registered.peer.name,
                error,
            )
        finally:
            del self._running[key]
            ended.set()

    async def _film(self, transfer: TransferConnection, node_id: str, wanted: _Request) -> str:
        loop = asyncio.get_running_loop()
        lease = node_id, wanted.job_id, wanted.attempt
        if wanted.direction == DOWNLOAD:
            source = await loop.run_in_executor(self._pool, self._handlers.film_to_send, *lease)
            return await send_film(transfer, source, _ignored)
        target = await loop.run_in_executor(
            self._pool, self._handlers.result_place, *lease, wanted.size
        )
        digest = await receive_film(transfer, target, wanted.size, _ignored)
        try:  # the master may have taken the job back meanwhile
            await loop.run_in_executor(self._pool, self._handlers.result_place, *lease, wanted.size)
        except PeerError:
            await loop.run_in_executor(self._disk, _drop, target)
            raise
        return digest


def _drop(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _ignored(count: int) -> None:
    """The master learns the progress from the slave's JOB_STATUS."""


def _read_request(request: Data) -> _Request:
    """Read what a slave asks for; raises PeerError."""
    direction = request.get("direction")
    numbers = [request.get(name) for name in ("job_id", "attempt", "size")]
    if direction not in (DOWNLOAD, UPLOAD) or not all(
        type(number) is int and 0 <= number < _MOST for number in numbers
    ):
        raise PeerError(Sentence("A transfer was asked for that is none."))
    job_id, attempt, size = (int(number) for number in numbers if number is not None)
    return _Request(str(direction), job_id, attempt, size)

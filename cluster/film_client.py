"""The slave's end of transfers: tries again until a film is there, or nothing has moved for some tries."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Awaitable, Protocol

from cluster.film_server import DOWNLOAD, UPLOAD
from cluster.film_wire import TransferConnection, receive_film, send_film, transfer_request
from cluster.handshake import LocalInstance
from cluster.network_thread import NetworkThread
from cluster.ports import CancelCheck, Data, Sent
from cluster.slave import ProvenConnection
from cluster.sockets import GOING, close
from core.peer_errors import PeerError, PeerRefused, ProofFailed
from core.protocol.messages import InstanceRole

TRIES = 6  # in a row that bring not a single byte
_FIRST_PAUSE = 0.5  # seconds, doubled with each try
_CHECK_EVERY = 0.1  # seconds between two checks whether the transfer is still wanted
_LAST_SECONDS = 10.0  # for a transfer that is broken off to close its file


class OpenConnection(Protocol):
    """Opens a further connection to the master; ``cluster.slave.SlaveWire.open_connection``."""

    def __call__(self, request: Data, /) -> Awaitable[ProvenConnection]:
        """Connect for this request; raises PeerError."""


class TransferWork(Protocol):
    """Sends or receives one film."""

    def __call__(self, transfer: TransferConnection, sent: Sent, /) -> Awaitable[str]:
        """Do it and return the film's hash; raises PeerError, OSError."""


@dataclass
class _Progress:
    """How far a film is, in bytes, and how many tries have brought nothing since."""

    arrived: int = 0
    tries: int = 0

    def received(self, count: int) -> None:
        """Take in how many bytes are there."""
        if count > self.arrived:
            self.arrived, self.tries = count, 0


class FilmClient:
    """Transfers films between this slave and its master; used by threads that may wait."""

    def __init__(
        self,
        thread: NetworkThread,
        local: LocalInstance,
        open_connection: OpenConnection,
        disk: Executor,
    ) -> None:
        self._thread = thread
        self._local = local
        self._open = open_connection
        self._disk = disk

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: CancelCheck, sent: Sent
    ) -> str:
        """Fetch a film into ``target``; return its hash. Raises PeerError, JobCancelled, OSError."""
        request = transfer_request(DOWNLOAD, job_id, attempt, size)

        def receive(transfer: TransferConnection, received: Sent) -> Awaitable[str]:
            return receive_film(transfer, target, size, received)

        return self._transfer(request, receive, check, sent)

    def upload(
        self, job_id: int, attempt: int, source: Path, check: CancelCheck, sent: Sent
    ) -> str:
        """Bring a result to the master; return its hash. Raises PeerError, JobCancelled, OSError."""
        request = transfer_request(UPLOAD, job_id, attempt, source.stat().st_size)

        def send(transfer: TransferConnection, received: Sent) -> Awaitable[str]:
            return send_film(transfer, source, received)

        return self._transfer(request, send, check, sent)

    def _transfer(self, request: Data, work: TransferWork, check: CancelCheck, sent: Sent) -> str:
        """Try until the film is there, or ``TRIES`` in a row have brought nothing."""
        progress = _Progress()
        while True:
            progress.tries += 1
            try:
                ended = threading.Event()
                running = self._thread.begin(self._once(request, work, progress, ended))
                result = _wait_for(running, ended, check, progress, sent)
                sent(progress.arrived)
                return result
            except (PeerRefused, ProofFailed):
                raise
            except PeerError:
                if progress.tries >= TRIES:
                    raise
            _pause(_FIRST_PAUSE * 2**progress.tries, check)

    async def _once(
        self, request: Data, work: TransferWork, progress: _Progress, ended: threading.Event
    ) -> str:
        try:
            proven = await self._open(request)
            master = proven.master.instance_id
            transfer = TransferConnection(
                proven.connection, self._local, InstanceRole.SLAVE, master, self._disk
            )
            try:
                return await transfer.run(work(transfer, progress.received))
            finally:
                await close(proven.connection, GOING, "")
        finally:
            ended.set()


def _wait_for(
    running: Future[str],
    ended: threading.Event,
    check: CancelCheck,
    progress: _Progress,
    sent: Sent,
) -> str:
    """Return the result; end the transfer where ``check`` raises, once it has let go of its file."""
    try:
        while not wait([running], _CHECK_EVERY).done:
            check()
            sent(progress.arrived)
    except BaseException:
        running.cancel()
        ended.wait(_LAST_SECONDS)
        raise
    return running.result()


def _pause(seconds: float, check: CancelCheck) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        check()
        time.sleep(min(_CHECK_EVERY, seconds))

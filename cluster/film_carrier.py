"""The slave's end of transfers: carries a film, again and again until it is there or nothing moves."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, Future, wait
from pathlib import Path
from typing import Awaitable, Callable

from cluster.film_server import DOWNLOAD, UPLOAD
from cluster.film_wire import FilmLine, receive_film, send_film, transfer_request
from cluster.handshake import Me
from cluster.network_thread import NetworkThread
from cluster.ports import Check, Data, Sent
from cluster.slave import Proven
from cluster.sockets import GOING, close
from core.errors import PeerError, PeerRefused, ProofFailed
from core.protocol.messages import InstanceRole

TRIES = 6  # in a row that bring not one byte
_FIRST_PAUSE = 0.5  # seconds, doubled with each try
_LOOK_EVERY = 0.1  # seconds between two looks whether the transfer is still wanted
_LAST_SECONDS = 10.0  # for a transfer that is broken off to close its file
Open = Callable[[Data], Awaitable[Proven]]  # a new connection to the master, for a request
Carry = Callable[[FilmLine, Sent], Awaitable[str]]


class FilmCarrier:
    """Carries films between this slave and its master; used by threads that may wait."""

    def __init__(self, thread: NetworkThread, me: Me, open_line: Open, disk: Executor) -> None:
        self._thread = thread
        self._me = me
        self._open = open_line
        self._disk = disk

    def download(
        self, job_id: int, attempt: int, size: int, target: Path, check: Check, sent: Sent
    ) -> str:
        """Fetch a film into ``target``; return its hash. Raises PeerError, JobCancelled, OSError."""
        request = transfer_request(DOWNLOAD, job_id, attempt, size)
        return self._carry(
            request, lambda line, told: receive_film(line, target, size, told), check, sent
        )

    def upload(self, job_id: int, attempt: int, source: Path, check: Check, sent: Sent) -> str:
        """Bring a result to the master; return its hash. Raises PeerError, JobCancelled, OSError."""
        request = transfer_request(UPLOAD, job_id, attempt, source.stat().st_size)
        return self._carry(request, lambda line, told: send_film(line, source, told), check, sent)

    def _carry(self, request: Data, carry: Carry, check: Check, sent: Sent) -> str:
        there, tries = 0, 0  # bytes; tries since the last of them

        def told(count: int) -> None:
            nonlocal there, tries
            if count > there:
                there, tries = count, 0

        while True:
            tries += 1
            try:
                ended = threading.Event()
                work = self._thread.begin(self._once(request, carry, told, ended))
                result = _watched(work, ended, check, lambda: sent(there))
                sent(there)
                return result
            except (PeerRefused, ProofFailed):
                raise
            except PeerError:
                if tries >= TRIES:
                    raise
            _rest(_FIRST_PAUSE * 2**tries, check)

    async def _once(self, request: Data, carry: Carry, told: Sent, ended: threading.Event) -> str:
        try:
            proven = await self._open(request)
            master = proven.master.instance_id
            line = FilmLine(proven.connection, self._me, InstanceRole.SLAVE, master, self._disk)
            try:
                return await line.carry(carry(line, told))
            finally:
                await close(proven.connection, GOING, "")
        finally:
            ended.set()


def _watched(
    work: Future[str], ended: threading.Event, check: Check, look: Callable[[], None]
) -> str:
    """Wait for the work; end it where ``check`` raises, and return when it has let go of its file."""
    try:
        while not wait([work], _LOOK_EVERY).done:
            check()
            look()
    except BaseException:
        work.cancel()
        ended.wait(_LAST_SECONDS)
        raise
    return work.result()


def _rest(seconds: float, check: Check) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        check()
        time.sleep(min(_LOOK_EVERY, seconds))

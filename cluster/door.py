"""The master's port from a connection's first moment on: who is there that has not proven itself."""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Any, Callable, Dict, List, Optional

from websockets.asyncio.server import ServerConnection

from cluster.limits import HELLO_SECONDS, MOST_STRANGERS, STRANGERS_SHARE
from core.protocol.strangers import Strangers

CLOSE_SECONDS = 2.0  # for the other end to say good-bye


class Door:
    """Counts strangers and lets the oldest go where there are too many; made and used on the loop.

    ``left_out`` is told of each that had to go, by its address.
    """

    def __init__(self, context: ssl.SSLContext, left_out: Callable[[str], None]) -> None:
        self._context = context
        self._left_out = left_out
        self._strangers: Strangers[_Entering] = Strangers(MOST_STRANGERS, STRANGERS_SHARE)

    def connection(self, *arguments: Any, **options: Any) -> ServerConnection:
        """Return what speaks WebSocket on a connection, as the library makes it (``create_connection``)."""
        return _Entering(self, *arguments, **options)

    def came(self, entering: _Entering) -> None:
        """Somebody has connected, nothing more."""
        for oldest in self._strangers.came(entering, entering.address):
            oldest.cut()
            self._left_out(oldest.address)

    def went(self, entering: object) -> None:
        """It has proven itself, or is gone."""
        if isinstance(entering, _Entering):
            self._strangers.went(entering)

    def close(self) -> None:
        """Let all strangers go."""
        for stranger in self._strangers.all():
            stranger.cut()

    async def secure(
        self, transport: asyncio.Transport, entering: _Entering
    ) -> Optional[asyncio.Transport]:
        """Speak TLS on a connection from now on; None where the other end does not."""
        options: Dict[str, Any] = {"ssl_handshake_timeout": HELLO_SECONDS}
        if sys.version_info >= (3, 11):
            options["ssl_shutdown_timeout"] = CLOSE_SECONDS
        loop = asyncio.get_running_loop()
        try:
            return await loop.start_tls(
                transport, entering, self._context, server_side=True, **options
            )
        except (OSError, asyncio.TimeoutError, ValueError):
            return None


class _Entering(ServerConnection):
    """A connection that is counted before its TLS begins: the library would see it after that alone."""

    def __init__(self, door: Door, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.address = "unknown"
        self._door = door
        self._tcp: Optional[asyncio.Transport] = None
        self._opening: Optional[asyncio.Task[None]] = None
        self._securing = False
        self._secured = False
        self._lost = False
        self._early: List[bytes] = []  # what came with the last message of TLS's beginning
        self._ended = False

    def connection_made(self, transport: Any) -> None:
        """A bare connection: TLS comes first."""
        self._tcp = transport
        found = transport.get_extra_info("peername")
        self.address = str(found[0]) if found else "unknown"
        self._door.came(self)
        self._opening = asyncio.get_running_loop().create_task(self._open(transport))

    async def _open(self, transport: asyncio.Transport) -> None:
        self._securing = True
        secured = await self._door.secure(transport, self)
        if secured is None or self._lost:
            self._door.went(self)
            transport.abort()
            return
        self._secured = True
        super().connection_made(secured)
        for data in self._early:
            super().data_received(data)
        self._early.clear()
        if self._ended:
            super().eof_received()

    def cut(self) -> None:
        """End it without a word: nobody is there who would read one."""
        if self._tcp is not None:
            self._tcp.abort()

    def data_received(self, data: bytes) -> None:
        """Take in what came, from TLS alone."""
        if self._secured:
            super().data_received(data)
        elif self._securing:
            self._early.append(data)
        else:
            self.cut()

    def eof_received(self) -> None:
        """The other end says no more."""
        if self._secured:
            super().eof_received()
        else:
            self._ended = True

    def connection_lost(self, exc: Optional[Exception]) -> None:
        """The connection is gone."""
        self._lost = True
        self._door.went(self)
        if self._secured:
            super().connection_lost(exc)

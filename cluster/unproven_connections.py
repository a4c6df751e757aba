"""Connections to the master's port that have not proven themselves yet, from their first moment on."""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Any, Callable, Dict, List, Optional

from websockets.asyncio.server import ServerConnection

from cluster.limits import HELLO_SECONDS, MOST_STRANGERS, STRANGERS_SHARE
from core.protocol.strangers import Strangers

CLOSE_SECONDS = 2.0  # for the other end to close


class UnprovenConnections:
    """Counts connections that have not proven who they are, and closes the oldest where there are too many.

    Created and used on the event loop.

    ``turned_away`` is called with the address of each that had to go.
    """

    def __init__(self, context: ssl.SSLContext, turned_away: Callable[[str], None]) -> None:
        self._context = context
        self._turned_away = turned_away
        self._strangers: Strangers[_CountedConnection] = Strangers(MOST_STRANGERS, STRANGERS_SHARE)

    def connection(self, *arguments: Any, **options: Any) -> ServerConnection:
        """Return what speaks WebSocket on a connection, as the library makes it (``create_connection``)."""
        return _CountedConnection(self, *arguments, **options)

    def add(self, connection: _CountedConnection) -> None:
        """Count a connection that has just been made."""
        for oldest in self._strangers.add(connection, connection.address):
            oldest.cut()
            self._turned_away(oldest.address)

    def remove(self, connection: object) -> None:
        """Count it no longer: it has proven itself, or is gone."""
        if isinstance(connection, _CountedConnection):
            self._strangers.remove(connection)

    def close(self) -> None:
        """Close all that are left."""
        for stranger in self._strangers.all():
            stranger.cut()

    async def secure(
        self, transport: asyncio.Transport, connection: _CountedConnection
    ) -> Optional[asyncio.Transport]:
        """Speak TLS on a connection from now on; None where the other end does not."""
        options: Dict[str, Any] = {"ssl_handshake_timeout": HELLO_SECONDS}
        if sys.version_info >= (3, 11):
            options["ssl_shutdown_timeout"] = CLOSE_SECONDS
        loop = asyncio.get_running_loop()
        try:
            return await loop.start_tls(
                transport, connection, self._context, server_side=True, **options
            )
        except (OSError, asyncio.TimeoutError, ValueError):
            return None


class _CountedConnection(ServerConnection):
    """A connection that is counted before its TLS begins: the library would see it after that alone."""

    def __init__(self, unproven: UnprovenConnections, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.address = "unknown"
        self._unproven = unproven
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
        self._unproven.add(self)
        self._opening = asyncio.get_running_loop().create_task(self._open(transport))

    async def _open(self, transport: asyncio.Transport) -> None:
        self._securing = True
        secured = await self._unproven.secure(transport, self)
        if secured is None or self._lost:
            self._unproven.remove(self)
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
        """Close it without a reason: nobody is there who would read one."""
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
        self._unproven.remove(self)
        if self._secured:
            super().connection_lost(exc)

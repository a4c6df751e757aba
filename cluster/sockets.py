"""WebSockets as this program uses them: always TLS, no compression, no proxy, closed with a reason.

Works with every version of the library since 13.1; what differs between them is dealt with here.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
import ssl
from typing import Any, Dict, NoReturn, Optional, Tuple, Union

from websockets.asyncio import client, server
from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from cluster.handshake import CLOSING_REASONS
from cluster.identity import client_context, fingerprint_of
from cluster.limits import HELLO_SECONDS, LARGEST_STRANGER
from cluster.unproven_connections import CLOSE_SECONDS, UnprovenConnections
from core.peer_errors import PeerError
from core.protocol.messages import Message
from core.protocol.peer_fields import shown
from core.system_errors import system_problem
from core.text.sentence import Sentence, recognized

REFUSED = 1008  # what RFC 6455 calls a violated policy
MALFORMED = 1002
BUSY = 1013
GOING = 1001
_LONGEST_REASON = 123  # bytes, RFC 6455
_NEXT_ADDRESS = 0.25  # seconds until a name's next address is tried as well (RFC 8305, 5)
PING_EVERY = 4.0  # seconds
PING_PATIENCE = 8.0  # seconds for its answer; with the pause before it a dead end is noticed in 12
# The library would log a traceback for each stranger that does not speak WebSocket.
_quiet = logging.getLogger("mediaprocessor.network.websockets")
_quiet.setLevel(logging.CRITICAL)
TRANSFER_PATIENCE = 60.0  # seconds; a film's pieces may stand before the answer


def _options() -> Dict[str, Any]:
    return {
        "compression": None,  # films do not get smaller, and compressed noise costs memory
        "ping_interval": None,  # ``keep_alive`` does it, with its own patience for transfers
        "close_timeout": CLOSE_SECONDS,
        "max_size": LARGEST_STRANGER,
        "open_timeout": HELLO_SECONDS,
    }


async def listen(
    handler: Any, host: Optional[str], port: int, unproven: UnprovenConnections
) -> server.Server:
    """Listen for slaves, whose connections begin in ``unproven``; raises OSError where the port is taken."""
    listening: server.Server = await server.serve(
        handler,
        host or None,
        port,
        create_connection=unproven.connection,  # type: ignore[arg-type]  # whose TLS it is
        server_header=None,  # strangers need not know what runs here
        logger=_quiet,
        **_options(),
    )
    return listening


async def connect(host: str, port: int) -> Tuple[Connection, str]:
    """Connect to a master; return the connection and the fingerprint of the certificate that it showed.

    Raises PeerError.
    """
    # By default one address is tried until the time is up: where IPv6 leads nowhere, IPv4 is never tried.
    options = {**_options(), "happy_eyeballs_delay": _NEXT_ADDRESS}
    if "proxy" in inspect.signature(client.connect.__init__).parameters:  # since version 15
        options["proxy"] = None
    place = f"[{host}]" if ":" in host else host
    try:
        connection = await client.connect(
            f"wss://{place}:{port}/", ssl=client_context(), user_agent_header=None, **options
        )
    except (OSError, asyncio.TimeoutError, InvalidHandshake, InvalidURI, ConnectionClosed) as error:
        raise PeerError(
            Sentence(
                "No master answers at {host}, port {port} ({problem}). Check the address, and that "
                "the other machine runs MediaProcessor as a master and lets its port through.",
                host=host,
                port=str(port),
                problem=_why(error),
            )
        ) from error
    except (ValueError, EOFError) as error:  # invalid names; answers that are not HTTP
        raise PeerError(
            Sentence(
                "{host}, port {port}, is not the address of a master.", host=host, port=str(port)
            )
        ) from error
    certificate = connection.transport.get_extra_info("ssl_object").getpeercert(True)
    return connection, fingerprint_of(certificate)


def _why(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return Sentence("no answer in time")
    if isinstance(error, ssl.SSLError):
        return Sentence("it does not speak TLS")
    if isinstance(error, OSError):
        return system_problem(error) if error.strerror else Sentence("it cannot be reached")
    return Sentence("something else answers there")


def let_in(connection: Connection, largest: int) -> None:
    """Allow messages of this size in bytes, now that the peer has proven itself."""
    protocol: Any = connection.protocol
    name = "max_message_size" if hasattr(protocol, "max_message_size") else "max_size"
    setattr(protocol, name, largest)


def address_of(connection: Connection) -> str:
    """Return the other end's address, without its port."""
    found = connection.remote_address
    return str(found[0]) if found else "unknown"


async def receive(connection: Connection) -> Union[str, bytes]:
    """Return the next message; raises PeerError, with the reason, where the connection is closed."""
    try:
        return await connection.recv()
    except ConnectionClosed as error:
        _raise_closed(error)


async def receive_text(connection: Connection) -> str:
    """Return the next message, which has to be text; raises PeerError."""
    message = await receive(connection)
    if not isinstance(message, str):
        raise PeerError(Sentence("The other end sent bytes where a message belongs."))
    return message


async def send(connection: Connection, message: Message) -> None:
    """Send a message; raises PeerError where the connection is closed."""
    await send_text(connection, message.encode())


async def send_text(connection: Connection, text: str) -> None:
    """Send a message as text; raises PeerError where the connection is closed."""
    try:
        await connection.send(text)
    except ConnectionClosed as error:
        _raise_closed(error)


def _raise_closed(error: ConnectionClosed) -> NoReturn:
    received = error.rcvd
    if received is not None and received.reason:
        reason = recognized(shown(received.reason), CLOSING_REASONS)
        raise PeerError(
            Sentence("The other machine ended the connection: {reason}", reason=reason)
        ) from error
    if received is not None and received.code == GOING:
        raise PeerError(Sentence("The other machine's program has ended.")) from error
    raise PeerError(Sentence("The connection to the other machine broke off.")) from error


async def close(connection: Connection, code: int, reason: str) -> None:
    """Close with a reason; as many of its sentences are sent as fit."""
    closing = connection.close(code, short_reason(reason))
    try:
        await asyncio.wait_for(closing, 2 * CLOSE_SECONDS)
    except asyncio.TimeoutError:
        # Before version 15 it waits for TLS's closing alert, which a peer that reads nothing never sends.
        connection.transport.abort()
    except (OSError, ConnectionClosed):
        pass


def short_reason(reason: str) -> str:
    """Return as much of a reason as a closing frame holds: whole sentences, or its beginning."""
    if len(reason.encode("utf-8", "replace")) <= _LONGEST_REASON:
        return reason
    first = reason.split(". ")[0] + "."
    return first.encode("utf-8", "replace")[:_LONGEST_REASON].decode("utf-8", "ignore")


async def keep_alive(connection: Connection, patience: float = PING_PATIENCE) -> None:
    """Ping while the connection is open; close it where the other end is silent for too long."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await asyncio.sleep(PING_EVERY)
            answer = await connection.ping()
            try:
                await asyncio.wait_for(answer, patience)
            except asyncio.TimeoutError:
                # close() would wait for an answer, and nobody is there.
                connection.transport.abort()
                return

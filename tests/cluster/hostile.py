"""Peers that do not play by the rules: raw WebSockets, a relay, sockets that drip."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
from pathlib import Path
from typing import Any, Callable, Coroutine, Dict, List, Optional, Tuple, Union

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from cluster.handshake import LocalInstance, SlaveHandshake
from cluster.identity import client_context, fingerprint_of, load_identity
from core.protocol.messages import Message, decode

STRANGER = "127.0.0.2"  # an address of its own, so that its waits are not the others'


async def dial(port: int, source: str = STRANGER) -> ClientConnection:
    """Connect to a master as anybody can."""
    return await connect(
        f"wss://127.0.0.1:{port}/",
        ssl=client_context(),
        compression=None,
        local_addr=(source, 0),
        ping_interval=None,
        max_size=None,
        open_timeout=30,
    )


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(work, 60))


def as_text(message: Message) -> str:
    """The message as it is sent; not by ``encode``, which the tests hold against the schema."""
    envelope = {**vars(message), "type": message.type.value, "data": dict(message.data)}
    return json.dumps({**envelope, "instance_role": message.instance_role.value})


async def register(
    connection: ClientConnection,
    secret: bytes,
    instance_id: str,
    request: Optional[Dict[str, Any]] = None,
    **changes: Any,
) -> Tuple[Message, str]:
    """Answer the master's HELLO; return the answer and what it says to it."""
    certificate = connection.transport.get_extra_info("ssl_object").getpeercert(True)
    me = LocalInstance(instance_id, "Stranger", "1.2", time.time)
    handshake = SlaveHandshake(
        me, fingerprint_of(certificate), {}, secret=secret, request=request or {"purpose": "work"}
    )
    answer = handshake.answer(decode(str(await connection.recv())))
    envelope = json.loads(as_text(answer))
    envelope["data"].update(changes)
    await connection.send(json.dumps(envelope))
    return answer, str(await connection.recv())


async def last_words(connection: ClientConnection) -> str:
    """Return the reason with which the other end closes."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv()
    protocol = connection.protocol  # which every version of the library tells it by
    return f"{protocol.close_code} {protocol.close_reason}"


class Relay:
    """Stands between two honest ends with a certificate of its own and passes everything on."""

    def __init__(self, folder: Path, port: int, target: int) -> None:
        self.port = port
        self.passed: List[Union[str, bytes]] = []
        self._target = target
        self._context: ssl.SSLContext = load_identity(folder).server_context()

    async def run(self) -> None:
        async with serve(self._between, "127.0.0.1", self.port, ssl=self._context):
            await asyncio.Future()

    async def _between(self, slave: ServerConnection) -> None:
        master = await dial(self._target, "127.0.0.3")
        both = (self._pass(slave, master), self._pass(master, slave))
        await asyncio.gather(*both, return_exceptions=True)

    async def _pass(self, one: Any, other: Any) -> None:
        try:
            async for message in one:
                self.passed.append(message)
                await other.send(message)
        finally:
            await other.close(1008, one.protocol.close_reason or "")


def quietly(work: Callable[[], Any]) -> None:
    with contextlib.suppress(ConnectionClosed, OSError):
        work()

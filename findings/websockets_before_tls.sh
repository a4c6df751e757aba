#!/usr/bin/env bash
# A websockets server with TLS, and a client that connects and says nothing: who is there, and does closing end it?
# Expected: it is in `server.connections`, and close() with wait_closed() closes it.
# Seen with 17.4: the server knows a connection only after its TLS handshake. `connections` is empty, so that no limit counts
# it, and wait_closed() is back at once while the client is still connected: it stays so until open_timeout has passed,
# which is handed on as TLS's own limit.
# Source: websockets' documentation: close() "closes the server", wait_closed() "waits until all connections are closed".
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system openssl openssl
packages websockets==17.4
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/certificate" -days 2 -subj /CN=finding \
    2>"$work/log" ||
    cannot "openssl made no certificate"
answer=$("$python" - "$work" <<'PY'
import asyncio, ssl, sys, time
from websockets.asyncio.server import serve

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{sys.argv[1]}/certificate", f"{sys.argv[1]}/key")


async def stay(connection):
    await connection.wait_closed()


async def main():
    server = await serve(stay, "127.0.0.1", 0, ssl=context, open_timeout=4)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    await asyncio.sleep(0.5)
    known = len(server.connections)
    server.close()
    began = time.monotonic()
    await server.wait_closed()
    waited = time.monotonic() - began
    try:
        await asyncio.wait_for(reader.read(1), 1)
        state = "disconnected"
    except asyncio.TimeoutError:
        state = "still connected"
    await asyncio.wait_for(reader.read(1), 6)
    print(known, "at once" if waited < 0.5 else "later", state, round(time.monotonic() - began + 0.5))


asyncio.run(main())
PY
) || cannot "websockets does not run here"
printf '  websockets 17.4\n'
expect "connections, wait_closed, the client, seconds until it is cut" "0 at once still connected 4" "$answer"
finish

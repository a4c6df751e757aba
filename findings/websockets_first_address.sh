#!/usr/bin/env bash
# websockets' connect to a name that has an IPv6 address which answers nothing, and an IPv4 address where the server is.
# Expected: the second address is tried in time, as browsers, curl and ssh do it.
# Seen with 17.4: the first address takes all of open_timeout, then TimeoutError; the second one is never tried, however
# often one connects. `happy_eyeballs_delay=0.25` is handed on to asyncio's create_connection and cures it in 0.3 s.
# Source: RFC 8305; asyncio: happy_eyeballs_delay is None by default; websockets' documentation does not mention it.
# shellcheck source=findings/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
system ip iproute2
packages websockets==17.4
own net mount
printf 'fd98::1 attic\n127.0.0.1 attic\n' >"$work/hosts"
cat >"$work/connect.py" <<'PY'
import asyncio
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve


async def stay(connection):
    await connection.wait_closed()


async def reached(**options):
    try:
        async with connect("ws://attic:8477", proxy=None, open_timeout=5, **options) as connection:
            return connection.remote_address[0]
    except TimeoutError:
        return "TimeoutError"


async def main():
    async with serve(stay, "127.0.0.1", 8477):
        print(await reached(), await reached(happy_eyeballs_delay=0.25))


asyncio.run(main())
PY
cat >"$work/network" <<'SH'
ip link set lo up
ip link add near type veth peer name far
ip link set near up && ip link set far up
ip -6 addr add fd98::2/64 dev near nodad || exit
ip -6 neigh add fd98::1 lladdr 02:00:00:00:00:09 dev near nud permanent # everything is sent, nobody takes it
mount --bind "$1" /etc/hosts && exec "$2" "$3"
SH
answer=$("${own[@]}" sh "$work/network" "$work/hosts" "$python" "$work/connect.py") || cannot "no network of its own"
printf '  websockets 17.4\n'
expect "connect, and with happy_eyeballs_delay" "TimeoutError 127.0.0.1" "$answer"
finish

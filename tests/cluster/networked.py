"""Networks of a test's own: what runs in a user and network namespace, where it may make interfaces.

Both ends of its one cable (``near``, ``far``) are there: what is sent by one comes in at the other.
"""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Any, Callable

from cluster.discovery import AnnouncedMaster, ServiceDiscovery
from cluster.identity import load_identity
from cluster.network_thread import NetworkThread
from cluster.sockets import address_of, connect, listen
from cluster.unproven_connections import UnprovenConnections
from tests.cluster.machines import wait_for
from tests.namespaces import in_namespaces

ROOT = Path(__file__).resolve().parents[2]
_SILENT = "fd98::1"  # an address to which everything is sent and nothing comes back


def in_own_network(scenario: Callable[[Path], None], place: Path) -> None:
    """Run a scenario of this module in a network of its own; skips where the system has none."""
    in_namespaces(scenario, place, ("--net", "--mount"), ("ip", "link"))


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def _cable() -> None:
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "near", "type", "veth", "peer", "name", "far")
    for end in ("near", "far"):
        Path(f"/proc/sys/net/ipv6/conf/{end}/accept_dad").write_text("0")
        _ip("link", "set", end, "up")


def a_network_has_ipv6_alone(place: Path) -> None:
    _cable()
    threads = NetworkThread(), NetworkThread()
    master = AnnouncedMaster("one", "Attic", ("fe80::7", "fd98::7"), 8477)
    announcing, looking = ServiceDiscovery(master), ServiceDiscovery()
    for thread, discovery in zip(threads, (announcing, looking)):
        thread.begin(discovery.run())
    (found,) = wait_for(lambda: looking.found)
    assert found.name == "Attic"
    assert "fd98::7" in found.addresses
    assert "fe80::7" not in found.addresses, "nobody can connect to it without its interface"
    for thread in threads:
        thread.stop()


def one_of_two_addresses_is_silent(place: Path) -> None:
    _cable()
    _ip("-6", "addr", "add", "fd98::2/64", "dev", "near", "nodad")
    nobody = "02:00:00:00:00:09"
    _ip("-6", "neigh", "add", _SILENT, "lladdr", nobody, "dev", "near", "nud", "permanent")
    names = place / "hosts"
    names.write_text(f"{_SILENT} attic\n127.0.0.1 attic\n")
    subprocess.run(["mount", "--bind", str(names), "/etc/hosts"], check=True)

    async def greeted() -> str:
        unproven = UnprovenConnections(load_identity(place).server_context(), lambda address: None)
        server = await listen(_stay, "127.0.0.1", 8477, unproven)
        connection, _fingerprint = await connect("attic", 8477)
        address = address_of(connection)
        await connection.close()
        server.close()
        return address

    assert asyncio.run(greeted()) == "127.0.0.1"


async def _stay(connection: Any) -> None:
    await connection.wait_closed()

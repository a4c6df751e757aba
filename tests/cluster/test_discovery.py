"""Machines that find each other by mDNS, on this machine's loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

from cluster.discovery import AnnouncedMaster, ServiceDiscovery, local_addresses
from cluster.network_thread import NetworkThread
from core.settings.choices import Discovery
from tests.cluster.machines import Lan, lan, wait_for

LOOPBACK = "127.0.0.1"


def multicast_works() -> bool:
    """Whether a datagram to mDNS's group comes back on the loopback."""
    group = socket.inet_aton("224.0.0.251") + socket.inet_aton(LOOPBACK)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.bind(("", 0))
            one.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
            one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LOOPBACK))
            one.settimeout(2.0)
            one.sendto(b"?", ("224.0.0.251", one.getsockname()[1]))
            return one.recv(1) == b"?"
        except OSError:
            return False


pytestmark = pytest.mark.skipif(
    not multicast_works(), reason="needs multicast on the loopback, which this machine lacks"
)


@pytest.fixture(name="identity")
def _identity() -> str:
    """A master that no other test on this machine announces at the same time."""
    return f"master-{uuid.uuid4().hex}"


@pytest.fixture(name="thread")
def _thread() -> Iterator[NetworkThread]:
    thread = NetworkThread()
    yield thread
    thread.stop()


def begun(
    thread: NetworkThread, announced: object = None, addresses: object = None
) -> ServiceDiscovery:
    where: List[Tuple[str, ...]] = [(LOOPBACK,)]
    made = ServiceDiscovery(
        announced if isinstance(announced, AnnouncedMaster) else None,
        addresses=addresses if callable(addresses) else lambda: where[0],
        interfaces=[LOOPBACK],
    )
    thread.begin(made.run())
    return made


def seen(looking: ServiceDiscovery, identity: str) -> List[AnnouncedMaster]:
    """What is found of this master; others may be announced beside it."""
    return [master for master in looking.found if master.instance_id == identity]


def test_a_master_that_announces_itself_is_found_with_what_it_says(
    thread: NetworkThread, identity: str
) -> None:
    master = AnnouncedMaster(identity, "Living room", (), 8477, "1.2")
    announcing, looking = begun(thread, master), begun(thread)
    wait_for(lambda: seen(looking, identity))
    assert seen(looking, identity) == [
        AnnouncedMaster(identity, "Living room", (LOOPBACK,), 8477, "1.2")
    ]
    assert looking.places_of([identity]) == ((LOOPBACK, 8477),)
    assert looking.places_of(["master-2"]) == ()
    assert seen(announcing, identity) == [], "it does not find itself"


def test_a_master_that_goes_is_no_longer_listed(thread: NetworkThread, identity: str) -> None:
    looking = begun(thread)
    other = NetworkThread()
    begun(other, AnnouncedMaster(identity, "Living room", (), 8477))
    wait_for(lambda: seen(looking, identity))
    other.stop()
    wait_for(lambda: not seen(looking, identity))


def test_a_master_that_was_switched_off_leaves_the_list_without_a_good_bye(
    thread: NetworkThread, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it said of its address is over in seconds here, in two minutes as our masters say it."""
    monkeypatch.setattr("cluster.discovery._LOOK_EVERY", 0.5)
    monkeypatch.setattr("cluster.discovery._PATIENCE", 500)
    looking = begun(thread)
    master = subprocess.Popen([sys.executable, "-c", _SHORT_LIVED, identity], stdin=subprocess.PIPE)
    wait_for(lambda: seen(looking, identity))
    master.kill()
    master.communicate()
    wait_for(lambda: not seen(looking, identity))


_SHORT_LIVED = """
import sys
from zeroconf import ServiceInfo, Zeroconf
kind = "_mediaprocessor._tcp.local."
said = {"name": "Attic", "id": sys.argv[1]}
Zeroconf(interfaces=["127.0.0.1"]).register_service(
    ServiceInfo(kind, f"{sys.argv[1]}.{kind}", port=8477, properties=said, server=f"{sys.argv[1]}.local.",
                parsed_addresses=["127.0.0.1"], host_ttl=2))
sys.stdin.read()
"""


def test_two_masters_of_one_identity_are_told_that_a_data_folder_was_copied(
    thread: NetworkThread, identity: str
) -> None:
    first = begun(thread, AnnouncedMaster(identity, "Attic", (), 8477))
    looking = begun(thread)
    wait_for(lambda: seen(looking, identity))
    other = NetworkThread()
    copy = begun(other, AnnouncedMaster(identity, "Den", (), 8477))
    wait_for(lambda: copy.trouble)
    other.stop()
    assert "its data folder is a copy" in copy.trouble
    assert not first.trouble


def test_what_kept_it_from_finding_others_is_forgotten_once_it_works(
    thread: NetworkThread, identity: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cluster.discovery._LOOK_EVERY", 0.1)
    interfaces = ["203.0.113.7"]  # which this machine does not have
    looking = ServiceDiscovery(addresses=lambda: (LOOPBACK,), interfaces=interfaces)
    thread.begin(looking.run())
    wait_for(lambda: looking.trouble)
    interfaces[:] = [LOOPBACK]
    begun(thread, AnnouncedMaster(identity, "Attic", (), 8477))
    wait_for(lambda: seen(looking, identity))
    assert looking.trouble == ""


def test_what_strangers_say_is_made_fit_to_be_shown(thread: NetworkThread, identity: str) -> None:
    begun(thread, AnnouncedMaster(identity, "a\x1b[31m\nb", (), 8477))
    looking = begun(thread)
    (found,) = wait_for(lambda: seen(looking, identity))
    assert found.name == "a [31m b"


def test_this_machines_addresses_are_those_that_others_can_reach() -> None:
    assert not {LOOPBACK, "::1"} & set(local_addresses())


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


def test_without_discovery_nothing_is_looked_for(place: Lan) -> None:
    alone = place.machine("Alone")
    assert alone.network.discovered() == ()


def test_a_master_with_another_address_is_found_again(place: Lan) -> None:
    """The slave knows it by where it announces itself, not by where it was."""
    slave = place.machine("Laptop")
    place.pair(slave)
    known = slave.network._pairings.store.masters()[0]
    slave.network._pairings.reached(
        known.instance_id, known.name, "127.0.0.9:1"
    )  # it was there once
    found = AnnouncedMaster(known.instance_id, known.name, (LOOPBACK,), place.port)
    thread = NetworkThread()
    begun(thread, found)
    try:
        slave.change(mode=slave.network_settings.mode.SLAVE, discovery=Discovery.MDNS)
        slave.start()
        wait_for(lambda: slave.network.discovered())
        wait_for(lambda: slave.network.connected)
    finally:
        thread.stop()

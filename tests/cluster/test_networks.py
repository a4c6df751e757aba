"""Networks that have one kind of address only, or addresses that lead nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster.addresses import parse_place, shown_place
from tests.cluster import networked


def test_machines_find_each_other_where_there_is_ipv6_alone(tmp_path: Path) -> None:
    networked.in_own_network(networked.a_network_has_ipv6_alone, tmp_path)


def test_a_name_whose_first_address_is_silent_is_reached_at_the_next(tmp_path: Path) -> None:
    networked.in_own_network(networked.one_of_two_addresses_is_silent, tmp_path)


@pytest.mark.parametrize("interface", ["eth0", "2", "eth0.7", "br-lan", "Ethernet_2"])
def test_an_address_on_one_interface_is_typed_with_its_name(interface: str) -> None:
    address = f"fe80::7%{interface}"
    assert parse_place(address, 8477) == (address, 8477)
    assert parse_place(f"[{address}]:9000", 8477) == (address, 9000)
    assert parse_place(shown_place(address, 9000), 8477) == (address, 9000)

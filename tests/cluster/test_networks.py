"""Networks that have one kind of address only, or addresses that lead nowhere."""

from __future__ import annotations

from pathlib import Path

from tests.cluster import networked


def test_machines_find_each_other_where_there_is_ipv6_alone(tmp_path: Path) -> None:
    networked.in_own_network(networked.a_network_has_ipv6_alone, tmp_path)


def test_a_name_whose_first_address_is_silent_is_reached_at_the_next(tmp_path: Path) -> None:
    networked.in_own_network(networked.one_of_two_addresses_is_silent, tmp_path)

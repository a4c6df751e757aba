"""Who is let in to the page for the phone: tokens, guesses, other sites' names."""

from __future__ import annotations

from email.message import Message
from typing import Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phone.access import TokenGate, is_own_host, is_own_site, new_token, token_in


def headers(**given: str) -> Message:
    made = Message()
    for name, value in given.items():
        made[name.replace("_", "-")] = value
    return made


def test_a_token_has_125_bits_in_groups_that_can_be_typed() -> None:
    made = {new_token() for _ in range(50)}
    assert len(made) == 50
    assert all([len(group) for group in token.split("-")] == [5] * 5 for token in made)


def test_a_token_is_taken_however_it_was_typed() -> None:
    gate = TokenGate("7QK2M-9TXWA-10000-ABCDE-FGHJK", lambda: 0.0)
    for typed in (
        "7qk2m9txwaI0O00abcdefghjk",
        " 7QK2M 9TXWA 10000 ABCDE FGHJK",
        "7QK2M-9TXWA-l0000-ABCDE-FGHJK",
    ):
        assert gate.knows(typed, "10.0.0.9")
    assert not gate.knows("", "10.0.0.9")
    assert not gate.knows("7QK2M-9TXWA-10000-ABCDE-FGHJ", "10.0.0.9")


def test_each_wrong_token_after_the_third_doubles_the_wait_of_that_address_alone() -> None:
    now = 100.0
    gate = TokenGate("RIGHT", lambda: now)
    waits = []
    for _ in range(6):
        assert not gate.knows("WRONG", "10.0.0.9")
        waits.append(gate.wait("10.0.0.9"))
    assert waits == [0.0, 0.0, 0.0, 2.0, 4.0, 8.0]
    assert gate.wait("10.0.0.8") == 0.0
    assert gate.knows("RIGHT", "10.0.0.9")
    assert gate.wait("10.0.0.9") == 0.0


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    gate = TokenGate("RIGHT", lambda: 0.0)
    for number in range(4):
        gate.knows("WRONG", f"2001:db8:0:1::{number}")
    assert gate.wait("2001:db8:0:1::ffff") > 0
    assert gate.wait("2001:db8:0:2::1") == 0.0


def test_asking_without_a_token_is_no_guess() -> None:
    gate = TokenGate("RIGHT", lambda: 0.0)
    assert not any(gate.knows("", "10.0.0.9") for _ in range(50))
    assert gate.wait("10.0.0.9") == 0.0


@pytest.mark.parametrize(
    "host",
    [
        *("192.168.1.5:8480", "192.168.1.5", "[fe80::1]:8480", "[::1]", "localhost:8480"),
        *("attic", "ATTIC:8480", "attic.local", "attic.fritz.box:8480", "attic.local."),
    ],
)
def test_numbers_and_names_of_this_machine_are_its_own(host: str) -> None:
    assert is_own_host(host, ("Attic",))


@pytest.mark.parametrize(
    "host",
    [
        *(
            None,
            "",
            "evil.example",
            "attic.evil.example",
            "evil.example:8480",
            "192.168.1.5.evil.example",
        ),
        *(
            "attic:8480:1",
            "user@attic",
            "attic/",
            "attic:99999",
            "attic\r\nX: y",
            "[attic]",
            "evil.local",
        ),
        *("1.2.3.4, attic", "localhost.evil.example", "atticlocal"),
    ],
)
def test_a_name_that_another_site_pointed_here_is_not(host: str) -> None:
    assert not is_own_host(host, ("Attic", ""))


@given(st.text(max_size=40))
def test_no_host_at_all_raises(host: str) -> None:
    is_own_host(host, ("attic",))


@pytest.mark.parametrize(
    ("sent", "own"),
    [
        ({}, True),
        ({"Origin": "https://attic:8480"}, True),
        ({"Origin": "HTTPS://ATTIC:8480"}, True),
        ({"Origin": "https://attic:8480", "Sec_Fetch_Site": "same-origin"}, True),
        ({"Sec_Fetch_Site": "none"}, True),
        ({"Origin": "http://attic:8480"}, False),
        ({"Origin": "https://attic"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Sec_Fetch_Site": "cross-site"}, False),
        ({"Sec_Fetch_Site": "same-site"}, False),
        ({"Origin": "https://attic:8480", "Sec_Fetch_Site": "cross-site"}, False),
    ],
)
def test_requests_of_other_sites_are_told_by_what_the_browser_says(
    sent: Dict[str, str], own: bool
) -> None:
    assert is_own_site(headers(**sent), "attic:8480") is own


def test_a_token_comes_as_bearer_alone() -> None:
    assert token_in(headers(Authorization="Bearer  ABC ")) == "ABC"
    assert token_in(headers(Authorization="bearer ABC")) == "ABC"
    assert token_in(headers(Authorization="Basic ABC")) == ""
    assert token_in(headers()) == ""

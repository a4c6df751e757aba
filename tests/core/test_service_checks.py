"""What a user types about a service is judged before the network is asked."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.settings.service_checks import (
    address_problem,
    example_address,
    key_problem,
    name_problem,
    parse_path_mappings,
    path_mappings_text,
)
from core.settings.services import Service


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8989",
        "https://media.example.org/sonarr/",
        "  http://192.168.1.4:8989  ",
        "http://[::1]:8989",
        "http://nas/apinae",
    ],
)
def test_an_address_that_can_be_asked_has_no_problem(address: str) -> None:
    assert address_problem(address, Service.SONARR) == ""


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("", "8989"),
        ("localhost:8989", "http://"),
        ("ftp://nas", "http://"),
        ("http://", "no address"),
        ("http://nas:99999", "no address"),
        ("http://nas:sonarr", "no address"),
        ("http://[::1", "no address"),
        ("http://my nas:8989", "no address"),
        ("http://nas\n:8989", "no address"),
        ("http://me:secret@nas:8989", "password"),
        ("http://nas:8989/?apikey=1", "?"),
        ("http://nas:8989/#/series", "#"),
        ("http://nas:8989/api", "/api"),
        ("http://nas:8989/sonarr/api/v3/", "/api"),
    ],
)
def test_an_address_that_cannot_be_asked_says_what_is_wrong(address: str, word: str) -> None:
    problem = address_problem(address, Service.SONARR)
    assert word in problem
    assert "secret" not in problem


def test_the_example_is_an_address() -> None:
    for service in (Service.SONARR, Service.RADARR):
        assert address_problem(example_address(service), service) == ""


@pytest.mark.parametrize("key", ["", " ", "two words", "schlüssel", "a\tb", "a\x00b"])
def test_what_no_key_has_is_told(key: str) -> None:
    assert key_problem(key) != ""


def test_a_key_may_have_been_copied_with_spaces_around() -> None:
    assert key_problem(" 0123456789abcdef ") == ""


def test_a_name_must_be_there_and_be_seen() -> None:
    assert name_problem("  ") != ""
    assert name_problem("a\x1bb") != ""
    assert name_problem("Wohnzimmer 📺") == ""


def test_path_mappings_come_back_as_they_were_written() -> None:
    pairs = (("/tv", "/mnt/media/tv"), ("D:\\Films", "/mnt/films = new"))
    assert parse_path_mappings(path_mappings_text(pairs)) == pairs
    assert parse_path_mappings(" \n\n") == ()


@pytest.mark.parametrize("text", ["/tv", "/tv =", "= /mnt/tv", "/tv=/mnt/tv", "/a = /b\n/c"])
def test_half_a_pair_of_folders_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no pair of folders"):
        parse_path_mappings(text)

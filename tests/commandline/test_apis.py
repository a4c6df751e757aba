"""``apis``: keys come by standard input, never by the command line, and are never shown."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest

from tests.commandline.calls import Answer, call, records
from tests.views.api_bench import KEY, arr_server

OMDB_KEY = "1a2b3c4d"


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Run ``apis`` with a key on standard input; whatever it answers, no key is in it."""

    def run(*words: str, key: str = "") -> Answer:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{key}\n"))
        answer = call(tmp_path, "apis", *words)
        assert OMDB_KEY not in answer.stdout + answer.stderr
        assert KEY not in answer.stdout + answer.stderr
        return answer

    return run


def test_what_is_added_is_listed_and_can_be_removed(entered, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert entered("add", "omdb", key=OMDB_KEY).returncode == 0
    assert entered("add", "sonarr", "Series", "http://nas:8989", key=KEY).returncode == 0
    answer = entered("list", "--json")
    shown = [record for record in records("apis", answer) if record["type"] == "api"]
    assert [(record["service"], record["name"], record["url"]) for record in shown] == [
        ("omdb", "Key 1", ""),
        ("sonarr", "Series", "http://nas:8989"),
    ]
    assert "Series" in entered("list").stdout
    entered("remove", "omdb", "Key 1")
    last = entered("remove", "sonarr", "Series", "--json")
    assert [record for record in records("apis", last) if record["type"] == "api"] == []
    connection = sqlite3.connect(str(tmp_path / "data" / "mediaprocessor.db"))
    try:
        assert connection.execute("SELECT count(*) FROM api_keys").fetchone() == (0,)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (("add", "sonarr", "Series"), "apis add sonarr NAME URL"),
        (("add", "sonarr", "Series", "nas:8989"), "http://"),
        (("add", "radarr"), "apis add radarr NAME URL"),
        (("add", "omdb", "Name"), "no name"),
        (("add", "omdb"), "empty"),
        (("remove", "omdb", "Key 9"), "apis list"),
        (("test",), "apis add"),
        (("test", "Nobody"), "apis list"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(entered, words, word: str) -> None:  # type: ignore[no-untyped-def]
    answer = entered(*words)
    assert answer.returncode == 2
    assert word in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_a_connection_test_says_what_is_wrong_and_fails(entered) -> None:  # type: ignore[no-untyped-def]
    with arr_server() as server:
        entered("add", "sonarr", "Good", server.address, key=KEY)
        assert entered("test").returncode == 0
        entered("add", "radarr", "Bad", server.address, key=KEY)
        answer = entered("test", "--json")
    assert answer.returncode == 1
    found = {record["name"]: record for record in records("apis", answer)}
    assert found["Good"]["ok"]
    assert "not a Radarr" in found["Bad"]["message"]


def test_the_status_is_that_of_the_dashboard(entered) -> None:  # type: ignore[no-untyped-def]
    entered("add", "omdb", key=OMDB_KEY)
    (line,) = records("apis", entered("status", "--json"))
    assert (line["service"], line["status"], line["usage"]) == ("OMDB", "Active", "0/1000")
    assert "0/1000" in entered("status").stdout


def test_the_webhooks_address_stays_the_same(entered) -> None:  # type: ignore[no-untyped-def]
    address = entered("webhook").stdout.strip()
    assert address.startswith("http://127.0.0.1:8479/")
    assert len(address.rpartition("/")[2]) >= 32
    assert entered("webhook").stdout.strip() == address

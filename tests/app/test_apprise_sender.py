"""Letters go out by the real library to a real server; nothing of an address ever comes out of it."""

from __future__ import annotations

import logging
import socket
import traceback
from typing import Any, Dict

import pytest

from app.apprise_sender import AppriseSender, secret_pieces
from core.errors import MessageNotSent
from core.messages.letter import Letter
from tests.metadata.server import Reply, Server

pytest.importorskip("apprise", reason="apprise is not installed (pip install apprise)")

TOKEN = "planted-token-4711"
LETTER = Letter("MediaProcessor (attic): A film failed", "Film *one* <b>&_two_ failed.")


def address_at(server: Server, scheme: str = "json") -> str:
    return f"{scheme}://{server.url.partition('://')[2]}/{TOKEN}"


def answering(status: int) -> Any:
    return lambda method, path, query: Reply(status, {"id": "1"})


def test_a_letter_arrives_as_it_was_written() -> None:
    with Server(answering(200)) as server:
        AppriseSender().send("Phone", address_at(server), LETTER)
    (body,) = server.bodies
    assert (body["title"], body["message"]) == (LETTER.title, LETTER.body)


def test_ntfy_gets_a_letter_at_the_topic_of_its_address() -> None:
    with Server(answering(200)) as server:
        AppriseSender().send("Phone", address_at(server, "ntfy"), LETTER)
    (body,) = server.bodies
    assert body["topic"] == TOKEN
    assert body["title"] == LETTER.title
    assert "attach" not in str(body), "no picture is fetched from elsewhere"


@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_refusal_names_the_services_error(status: int) -> None:
    with Server(answering(status)) as server, pytest.raises(MessageNotSent) as caught:
        AppriseSender().send("Phone", address_at(server), LETTER)
    assert f"error {status}" in str(caught.value)


def test_a_server_that_is_off_cannot_be_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(MessageNotSent, match="cannot be reached"):
        AppriseSender().send("Phone", f"json://127.0.0.1:{port}/{TOKEN}", LETTER)


@pytest.mark.parametrize(
    "address", ["nothing://x", "tgram://", "://", "json://", "mailto://", "https://example.org/x"]
)
def test_what_no_service_understands_is_refused_before_anything_is_sent(address: str) -> None:
    with pytest.raises(MessageNotSent, match="understands no such address"):
        AppriseSender().check("Phone", address)


@pytest.mark.parametrize(
    "address",
    [
        "ntfy://my-films",
        "ntfys://ntfy.example.org/my-films",
        "tgram://123456789:abcdefg_hijklmnop/12315544",
        "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
        "gotify://gotify.example.org/Aabcdefghijklmn",
        "mailto://someone:secret@example.org",
        "pover://uuuuuuuuuuuuuuuuuuuuuuuuuuuuuu@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_the_addresses_of_the_page_are_understood(address: str) -> None:
    AppriseSender().check("Phone", address)


def test_only_the_service_that_is_named_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    loaded = {name for name in sys.modules if name.startswith("apprise.plugins.")}
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)
    AppriseSender().check("Phone", "ntfy://my-films")
    now = {name.split(".")[2] for name in sys.modules if name.startswith("apprise.plugins.")}
    assert now <= {"base", "ntfy"}


def test_no_error_and_no_log_line_holds_anything_of_an_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with Server(answering(500)) as server:
        for address in (address_at(server), f"json://127.0.0.1:9/{TOKEN}", f"tgram://{TOKEN}"):
            try:
                AppriseSender().send("Phone", address, LETTER)
            except MessageNotSent as error:
                told += f"{error!r}{error}{traceback.format_exc()}"
    told += "".join(
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith("urllib3")  # the program's log hides the pieces of an address
    )
    assert "No message could be sent to Phone" in told
    assert TOKEN not in told


@pytest.mark.parametrize(
    ("address", "hidden", "shown"),
    [
        ("ntfy://ntfy.sh/my-topic", {"my-topic"}, {"ntfy.sh"}),
        ("ntfy://my-topic", {"my-topic"}, set()),
        ("tgram://123456789:AAtoken/12315544", {"123456789", "AAtoken", "12315544"}, set()),
        ("mailto://me:pass%20word@example.org", {"pass word", "pass%20word"}, {"example.org"}),
        ("json://localhost:8080/x?token=abcdef1", {"abcdef1"}, {"localhost", "8080"}),
        ("sendgrid://SG.abc.defgh:me@x.org", {"SG.abc.defgh"}, set()),
        ("json://192.168.1.2/secret-path", {"secret-path"}, {"192.168.1.2"}),
    ],
)
def test_each_part_of_an_address_that_may_be_a_token_is_hidden(
    address: str, hidden: Any, shown: Any
) -> None:
    pieces: Dict[str, None] = dict.fromkeys(secret_pieces(address))
    assert hidden <= set(pieces)
    assert address in pieces
    assert not shown & set(pieces)

"""The server of the page for the phone, over real encrypted sockets: what it hands out and to whom."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest

from cluster.identity import load_identity
from core.errors import PhoneError
from phone import handler, server
from phone.access import TokenGate
from phone.handler import SAFETY
from phone.server import PhoneServer
from tests.phone.client import (
    TOKEN,
    Desk,
    Served,
    answer_of,
    served,
    until,
    until_closed,
    with_token,
)

JSON: Dict[str, Any] = {"Content_Type": "application/json"}
PAUSE = b'{"do": "pause"}'


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as made:
        yield made


def test_page_script_and_texts_are_for_everybody_and_say_nothing_of_the_program(
    page: Served,
) -> None:
    for path, kind in (
        ("/", "text/html"),
        ("/page.js", "text/javascript"),
        ("/page.css", "text/css"),
        ("/icon.png", "image/png"),
        ("/texts", "application/json"),
    ):
        status, headers, body = page.ask(path)
        assert (status, headers["Content-Type"].split(";")[0]) == (200, kind)
        assert body
        assert b"Attic" not in body


def test_the_state_is_for_who_has_the_token(page: Served) -> None:
    assert page.ask("/state")[0] == 401
    assert page.ask("/state", Authorization="Bearer WRONG")[0] == 401
    assert page.ask(f"/state?token={TOKEN}", Cookie=f"token={TOKEN}")[0] == 401
    status, headers, body = page.ask("/state", **with_token())
    assert status == 200
    assert json.loads(body) == {"machine": "Attic", "language": "en"}
    assert headers["Cache-Control"] == "no-store"


def test_every_answer_has_the_headers_that_keep_it_safe(page: Served) -> None:
    for status, headers, _body in (
        page.ask("/"),
        page.ask("/state"),
        page.ask("/state", **with_token()),
        page.ask("/nothing"),
        page.ask("/", Host="evil.example"),
        page.ask("/", "BREW"),
        page.ask("/do", "POST", PAUSE, **JSON, **with_token()),
    ):
        missing = {name: value for name, value in SAFETY.items() if headers.get(name) != value}
        assert missing == {}, status
        assert "Server" not in headers
        assert "Access-Control-Allow-Origin" not in headers
        assert "Strict-Transport-Security" not in headers  # would hold for every port of the name
    policy = SAFETY["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_what_has_not_changed_is_not_sent_again(page: Served) -> None:
    with contextlib.closing(page.connect()) as connection:
        _status, headers, _body = answer_of(connection, "/state", **with_token())
        seen: Dict[str, Any] = {"If_None_Match": headers["ETag"]}
        assert answer_of(connection, "/state", **with_token(), **seen)[::2] == (304, b"")
        page.desk.shown["machine"] = "Den"
        assert answer_of(connection, "/state", **with_token(), **seen)[0] == 200
        assert connection.sock is not None  # all of it went over one connection


def test_sentences_come_in_the_language_that_the_phone_asks_for(page: Served) -> None:
    for accepted, language in (
        ("tr-TR,tr;q=0.9,en;q=0.8", "tr"),
        ("de-DE,de;q=0.9,nl;q=0.8,en;q=0.7", "nl"),
        ("en;q=0.5, nl;q=0.9", "nl"),
        ("fr", "en"),
        ("nl;q=0", "en"),
        ("", "en"),
        ("nl;q=much, ;;;,", "en"),
    ):
        told = page.ask("/state", Accept_Language=accepted, **with_token())[2]
        assert json.loads(told)["language"] == language, accepted
    texts = json.loads(page.ask("/texts", Accept_Language="nl")[2])
    assert texts["language"] == "nl"
    assert texts["texts"]["Pause"] == "Pauzeren"


def test_a_button_does_what_it_says_once(page: Served) -> None:
    status, _headers, body = page.ask("/do", "POST", PAUSE, **JSON, **with_token())
    assert (status, json.loads(body)) == (200, {"told": ""})
    assert page.desk.did == [("pause", None)]


def test_what_cannot_be_done_is_told_in_a_sentence(page: Served) -> None:
    body = b'{"do": "impossible", "film": 7}'
    status, _headers, told = page.ask("/do", "POST", body, **JSON, **with_token())
    assert (status, json.loads(told)) == (409, {"told": "Film.mkv was changed."})


def test_no_button_works_without_the_token(page: Served) -> None:
    assert page.ask("/do", "POST", PAUSE, **JSON)[0] == 401
    assert page.ask("/do", "POST", PAUSE, **JSON, Authorization="Bearer WRONG")[0] == 401
    assert page.desk.did == []


def test_another_site_can_neither_see_nor_do_anything(page: Served) -> None:
    own = f"https://127.0.0.1:{page.port}"
    foreigners: List[Dict[str, Any]] = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": own.replace("https", "http")},
        {"Sec_Fetch_Site": "cross-site"},
        {"Origin": own, "Sec_Fetch_Site": "same-site"},
    ]
    for foreign in foreigners:
        assert page.ask("/do", "POST", PAUSE, **JSON, **with_token(), **foreign)[0] == 403
        assert page.ask("/state", **with_token(), **foreign)[0] == 403
    # What a form of another site can send without asking: no header of ours, and no JSON.
    assert page.ask("/do", "POST", PAUSE, Content_Type="text/plain", **with_token())[0] == 415
    assert page.ask("/do", "OPTIONS", Origin="https://evil.example")[0] == 501
    assert page.desk.did == []
    assert page.ask("/do", "POST", PAUSE, **JSON, **with_token(), Origin=own)[0] == 200


def test_a_name_that_was_pointed_here_is_refused(page: Served) -> None:
    for host in ("evil.example", f"evil.example:{page.port}", "attic.evil.example", ""):
        assert page.ask("/state", **with_token(), Host=host)[0] == 421
        assert page.ask("/", Host=host)[0] == 421
    assert page.ask("/state", **with_token(), Host=f"attic.local:{page.port}")[0] == 200


def test_who_guesses_waits_even_with_the_right_token(page: Served) -> None:
    for _ in range(4):
        assert page.ask("/state", Authorization="Bearer WRONG")[0] == 401
    status, headers, _body = page.ask("/state", **with_token())
    assert (status, headers["Retry-After"]) == (429, "3")
    page.now += 2.5
    assert page.ask("/state", **with_token())[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"[]",
            b"{}",
            b'{"do": 1}',
            b"\xff",
            b'{"do": "fly"}',
            b'{"do": "pause", "film": -1}',
        ),
        *(b'{"do": "pause", "film": "1"}', b'{"do": "pause", "film": true.}', b"[" * 4000),
    ],
)
def test_a_command_that_is_none_is_refused(page: Served, body: bytes) -> None:
    assert page.ask("/do", "POST", body, **JSON, **with_token())[0] == 400
    assert page.desk.did == []


def test_bodies_and_heads_have_a_largest_size(page: Served) -> None:
    large = b'{"do": "pause"}' + b" " * handler.LARGEST_BODY
    assert page.ask("/do", "POST", large, **JSON, **with_token())[0] == 413
    assert page.ask("/do", "POST", **JSON, **with_token(), Transfer_Encoding="chunked")[0] == 411
    with contextlib.closing(page.encrypted()) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        with contextlib.suppress(OSError):
            for _ in range(64):
                connection.sendall(b"X: " + b"y" * 1000 + b"\r\n")
        assert b" 200 " not in until_closed(connection)


@pytest.mark.parametrize(
    "said",
    [
        *(b"\r\n\r\n", b"GET /\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n"),
        *(
            b"GET / HTTP/1.1\r\n\r\n",
            b"G" * 20000 + b"\r\n\r\n",
            b"GET //x HTTP/1.1\r\nHost: x\r\n\r\n",
        ),
        *(b"GET http://evil.example/state HTTP/1.1\r\nHost: evil.example\r\n\r\n",),
    ],
)
def test_what_is_no_request_of_a_browser_gets_nothing(page: Served, said: bytes) -> None:
    with contextlib.closing(page.encrypted()) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(said)
        assert b" 200 " not in until_closed(connection)
    assert page.ask("/state", **with_token())[0] == 200


def test_files_beside_the_page_are_not_handed_out(page: Served) -> None:
    for path in (
        "/../app_icon.ico",
        "/page.html",
        "/%2e%2e/instance.key",
        "/state/",
        "/..%5cx",
    ):
        assert page.ask(path, **with_token())[0] == 404


def test_an_address_typed_without_https_leads_to_the_page(page: Served) -> None:
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    ) as plain:
        plain.request("GET", "/")
        answer = plain.getresponse()
        assert answer.status == 308
        assert answer.headers["Location"] == f"https://127.0.0.1:{page.port}/"
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", page.port, timeout=30)
    ) as plain:
        plain.request("GET", "/", headers={"Host": "evil.example"})
        assert plain.getresponse().status == 421


def test_one_who_says_nothing_or_drips_is_hung_up_on(
    page: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HELLO_SECONDS", 0.3)
    monkeypatch.setattr(handler, "REQUEST_SECONDS", 0.3)
    with contextlib.closing(socket.create_connection(("127.0.0.1", page.port))) as silent:
        assert until_closed(silent) == b""
    with contextlib.closing(socket.create_connection(("127.0.0.1", page.port))) as half:
        half.sendall(b"\x16\x03\x01\x02\x00\x01")  # the beginning of a greeting
        until_closed(half)
    with contextlib.closing(page.encrypted()) as dripping:
        sent = 0
        with contextlib.suppress(OSError):
            while sent < handler.LARGEST_HEAD // 4:
                dripping.settimeout(30.0)
                dripping.sendall(b"G")
                sent += 1
                dripping.settimeout(0.01)
                with contextlib.suppress(socket.timeout):
                    if not dripping.recv(1):
                        break
        assert sent < handler.LARGEST_HEAD // 4, "it may drip for ever"
    until(lambda: not page.server._strangers.all(), "their places")


def test_one_who_does_not_read_holds_up_nobody(
    page: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handler, "ANSWER_SECONDS", 0.5)
    page.desk.shown["much"] = "x" * 30_000_000
    with contextlib.closing(page.encrypted()) as lazy:
        head = f"GET /state HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
        lazy.sendall(head.encode("ascii"))
        until(lambda: page.server._phones, "the one who is let in")
        assert page.ask("/texts")[0] == 200  # meanwhile
        until(lambda: not page.server._phones, "its place")


def test_a_crowd_of_strangers_keeps_nobody_out(
    page: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HELLO_SECONDS", 120.0)
    crowd: List[socket.socket] = []
    try:
        for _ in range(5 * server.MOST_STRANGERS):
            crowd.append(socket.create_connection(("127.0.0.1", page.port), timeout=30))
        assert page.ask("/state", **with_token())[0] == 200
        assert len(page.server._strangers) <= server.STRANGERS_SHARE
        assert until_closed(crowd[0]) == b""
    finally:
        for stranger in crowd:
            stranger.close()


def test_only_so_many_phones_are_served_and_one_that_leaves_makes_room(page: Served) -> None:
    phones = [page.connect() for _ in range(server.MOST_PHONES)]
    try:
        assert {answer_of(phone, "/state", **with_token())[0] for phone in phones} == {200}
        status, headers, _body = page.ask("/state", **with_token())
        assert (status, headers["Retry-After"]) == (503, "5")
        assert {answer_of(phone, "/state", **with_token())[0] for phone in phones} == {200}
        phones.pop().close()
        until(lambda: len(page.server._phones) < server.MOST_PHONES, "a free place")
        assert page.ask("/state", **with_token())[0] == 200
    finally:
        for phone in phones:
            phone.close()


def test_closing_ends_every_connection(page: Served) -> None:
    with contextlib.closing(page.connect()) as phone:
        assert answer_of(phone, "/state", **with_token())[0] == 200
        page.close()
        with pytest.raises((OSError, http.client.HTTPException)):
            answer_of(phone, "/state", **with_token())
    with pytest.raises(ConnectionError):
        page.ask("/")


def test_an_error_of_the_program_costs_that_answer_alone(page: Served) -> None:
    page.desk.broken = True
    with pytest.raises((OSError, http.client.HTTPException)):
        page.ask("/state", **with_token())
    page.desk.broken = False
    assert page.ask("/state", **with_token())[0] == 200


def test_a_port_that_is_taken_and_an_address_that_is_not_ours_are_told(tmp_path: Path) -> None:
    context = load_identity(tmp_path).server_context()
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            PhoneError, match=f"cannot be served on 127.0.0.1:{port} .* another port"
        ):
            PhoneServer("127.0.0.1", port, context, TokenGate(TOKEN, float), Desk())
    with pytest.raises(PhoneError, match=r"cannot be served on 203\.0\.113\.9:8480"):
        PhoneServer("203.0.113.9", 8480, context, TokenGate(TOKEN, float), Desk())
    with pytest.raises(PhoneError, match="cannot be served on no such name"):
        PhoneServer("no such name", 8480, context, TokenGate(TOKEN, float), Desk())


def test_all_addresses_are_served_both_ways_of_the_internet(tmp_path: Path) -> None:
    context = load_identity(tmp_path).server_context()
    page = PhoneServer("", 0, context, TokenGate(TOKEN, float), Desk())
    try:
        with contextlib.closing(socket.create_connection(("127.0.0.1", page.port), timeout=30)):
            pass
        if socket.has_dualstack_ipv6():
            with contextlib.closing(socket.create_connection(("::1", page.port), timeout=30)):
                pass
    finally:
        page.close()

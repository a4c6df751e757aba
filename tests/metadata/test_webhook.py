"""The listener: who may speak to it, what it takes, and that it cannot be held up."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from core.errors import MetadataError
from core.settings.services import Service
from metadata import webhook
from metadata.below_folders import files_below
from metadata.webhook import Download, WebhookServer, read_event

SECRET = "planted-webhook-secret"
RADARR: Dict[str, Any] = {
    "eventType": "Download",
    "instanceName": "Films",
    "movie": {
        "id": 1,
        "title": "X",
        "imdbId": "TT0000001",
        "folderPath": "/movies/X",
        "tags": ["downscale"],
        "originalLanguage": {"id": 8, "name": "Japanese"},
    },
    "movieFile": {"relativePath": "x.mkv", "path": "/movies/X/x.mkv"},
}


@pytest.fixture
def listener() -> Iterator[Tuple[WebhookServer, List[Download]]]:
    events: List[Download] = []
    server = WebhookServer("127.0.0.1", 0, SECRET, events.append)
    yield server, events
    server.close()


def send(
    server: WebhookServer, body: object, *, path: str = f"/{SECRET}", method: str = "POST"
) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    try:
        raw = body if isinstance(body, str) else json.dumps(body)
        connection.request(method, path, raw.encode())
        return connection.getresponse().status
    finally:
        connection.close()


Listener = Tuple[WebhookServer, List[Download]]


def test_a_download_is_taken_with_all_that_it_tells(listener: Listener) -> None:
    server, events = listener
    assert [send(server, RADARR), send(server, RADARR, method="PUT")] == [200, 200]
    assert events[0] == Download(
        Service.RADARR,
        "Films",
        ("/movies/X/x.mkv",),
        "X",
        "tt0000001",
        "Japanese",
        ("downscale",),
    )


def test_other_events_are_welcome_and_nothing_happens(listener: Listener) -> None:
    server, events = listener
    for kind in ("Test", "Grab", "Rename", "MovieFileDelete", "Health"):
        assert send(server, {**RADARR, "eventType": kind}) == 200
    assert events == []


def test_who_does_not_know_the_secret_finds_nothing(listener: Listener) -> None:
    server, events = listener
    for path in ("/", "/wrong", f"/{SECRET}x", f"/{SECRET[:-1]}", f"/x/{SECRET}", "/%C3%BC"):
        assert send(server, RADARR, path=path) == 404
    assert send(server, "", method="GET") == 404
    assert events == []


@pytest.mark.parametrize(
    ("body", "status"),
    [("{half", 400), ("[]", 400), ('{"eventType": 1}', 400), ("[" * 100_000, 400)],
)
def test_what_is_no_webhook_is_refused(listener: Listener, body: str, status: int) -> None:
    assert send(listener[0], body) == status


def test_too_large_a_body_is_refused_before_it_is_read(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener[0].port), timeout=5) as raw:
        raw.sendall(f"POST /{SECRET} HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n".encode())
        assert b" 413 " in raw.recv(200)


def test_a_sender_that_stops_in_the_middle_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "_SECONDS", 0.3)
    server = WebhookServer("127.0.0.1", 0, SECRET, lambda event: None)
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(f"POST /{SECRET} HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf".encode())
        assert b" 200 " not in raw.recv(200)
    server.close()


def test_an_error_of_ours_is_no_answer_for_the_sender() -> None:
    def fail(event: Download) -> None:
        raise RuntimeError("ours")

    server = WebhookServer("127.0.0.1", 0, SECRET, fail)
    assert send(server, RADARR) == 500
    server.close()


def test_a_taken_port_is_one_sentence(listener: Listener) -> None:
    with pytest.raises(MetadataError, match="Choose another port"):
        WebhookServer("127.0.0.1", listener[0].port, SECRET, lambda event: None)


def paths(body: Dict[str, Any]) -> Optional[Tuple[str, ...]]:
    event = read_event({"eventType": "Download", **body})
    return event.paths if event else None


def test_every_file_of_an_import_is_queued_once() -> None:
    series = {"series": {"path": "/tv/X"}}
    one = {"relativePath": "S01/a.mkv", "path": "/tv/X/S01/a.mkv"}
    assert paths({**series, "episodeFile": one}) == ("/tv/X/S01/a.mkv",)
    assert paths({**series, "episodeFile": {"relativePath": "S01/b.mkv"}}) == ("/tv/X/S01/b.mkv",)
    assert paths(
        {**series, "episodeFiles": [one, {"path": "/tv/X/c.mkv"}], "episodeFile": one}
    ) == (
        "/tv/X/S01/a.mkv",
        "/tv/X/c.mkv",
    )
    assert paths({"series": None, "episodeFile": "odd", "tags": 1}) == ()


# ---- callers that stay, and files that are none of theirs


def slow(server: WebhookServer, address: str, said: bytes) -> socket.socket:
    found = socket.create_connection(("127.0.0.1", server.port), 5, source_address=(address, 0))
    found.sendall(said)
    return found


@pytest.mark.parametrize("addresses", [1, 10], ids=["one address", "ten addresses"])
@pytest.mark.parametrize(
    "said",
    [b"", b"POST /", b"POST /wrong HTTP/1.1\r\nContent-Length: 1000\r\nX: "],
    ids=["nothing", "half a line", "half a head"],
)
def test_hundreds_of_slow_callers_keep_no_real_one_out(
    listener: Listener, addresses: int, said: bytes
) -> None:
    server, events = listener
    there = []
    try:
        for number in range(4 * webhook.MOST_STRANGERS):
            there.append(slow(server, f"127.0.0.{30 + number % addresses}", said))
            if number % 40 == 0:
                assert send(server, RADARR) == 200
        assert send(server, RADARR) == 200
        there[0].settimeout(5)
        with suppress(ConnectionResetError):
            assert there[0].recv(1) == b"", "the oldest went"
    finally:
        for connection in there:
            connection.close()
    assert len(events) == 5


def test_a_caller_that_knows_the_secret_is_not_sent_away_for_strangers(
    listener: Listener,
) -> None:
    server, events = listener
    body = json.dumps(RADARR).encode()
    head = f"POST /{SECRET} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with slow(server, "127.0.0.1", head + body[:10]) as known:
        deadline = time.monotonic() + 5
        while server._server._at_work._value == webhook.MOST_AT_WORK:
            assert time.monotonic() < deadline
        there = [slow(server, "127.0.0.1", b"") for _ in range(2 * webhook.MOST_STRANGERS)]
        known.sendall(body[10:])
        assert b" 200 " in known.recv(200)
        for connection in there:
            connection.close()
    assert len(events) == 1


def test_a_head_without_end_is_cut_off(listener: Listener) -> None:
    with slow(listener[0], "127.0.0.1", b"POST / HTTP/1.1\r\n") as one, suppress(OSError):
        for number in range(10_000):
            one.sendall(f"X-{number}: {'x' * 1000}\r\n".encode())
        raise AssertionError("ten megabytes of a stranger's head were read")


def test_files_outside_of_the_folders_are_told_apart_however_they_are_written(
    tmp_path: Path,
) -> None:
    films, outside = tmp_path / "films", tmp_path / "outside"
    (films / "X").mkdir(parents=True)
    outside.mkdir()
    inside = films / "X" / "x.mkv"
    secret = outside / "secret.mkv"
    for path in (inside, secret):
        path.write_bytes(b"film")
    names = {
        "below": inside,
        "not there yet": films / "X" / "y.mkv",
        "the folder itself": films,
        "a folder": films / "X",
        "beside": secret,
        "beside, by its beginning": tmp_path / "films2" / "x.mkv",
        "with dots": films / ".." / "outside" / "secret.mkv",
        "dots that come back": films / "X" / ".." / "X" / "x.mkv",
        "relative": Path("x.mkv"),
        "NUL": films / "x\0.mkv",
    }
    if sys.platform != "win32":
        (films / "link.mkv").symlink_to(secret)
        (films / "linked").symlink_to(outside)
        (tmp_path / "second").symlink_to(films)
        os.mkfifo(films / "pipe.mkv")
        names.update(
            {
                "a link to outside": films / "link.mkv",
                "below a link to outside": films / "linked" / "secret.mkv",
                "a pipe": films / "pipe.mkv",
                "by another name of the folder": tmp_path / "second" / "X" / "x.mkv",
            }
        )
    good, others = files_below(names.values(), [films])
    assert {name for name, path in names.items() if path in good} == {"below", "not there yet"}
    assert len(good) + len(others) == len(names)
    if sys.platform != "win32":
        linked = tmp_path / "second" / "X" / "x.mkv"
        assert files_below([linked, inside], [tmp_path / "second"]) == ((linked, inside), ())


def test_what_a_caller_says_of_a_title_is_cut_and_shown_without_control_characters() -> None:
    movie = {
        **RADARR["movie"],
        "title": "x\x1b[2J" * 9000,
        "imdbId": "tt1' OR 1",
        "tags": [[["x"]]],
    }
    event = read_event({**RADARR, "movie": movie})
    assert event is not None
    assert event.imdb_id == ""
    assert "\x1b" not in event.title
    assert len(event.title) < 5000

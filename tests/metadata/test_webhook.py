"""The listener: who may speak to it, what it takes, and that it cannot be held up."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from core.errors import MetadataError
from core.services import Service
from metadata import webhook
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

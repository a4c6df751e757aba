"""One Sonarr or Radarr, answering in every way that was seen of them."""

from __future__ import annotations

import socket
import time
from typing import Any, Dict

import pytest
import requests

from core.services import ArrInstance, Service
from metadata.arr import ArrAnswerError, ArrClient
from metadata.transport import Unreachable
from tests.metadata.server import KEY, Reply, Server, arr, fixture


def client(url: str, service: Service = Service.RADARR, **options: Any) -> ArrClient:
    return ArrClient(requests.Session(), ArrInstance(service, "Films", url, KEY), **options)


def always(reply: Reply) -> Any:
    return lambda method, path, query: reply


STARTING = {"errorMessage": "Radarr is starting up, please try again later"}
HTML = Reply(200, "<!doctype html><title>Login</title>", content_type="text/html")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, {"appName": "Radarr", "version": "6.1.0"}), "Connected to Radarr 6.1.0."),
        (Reply(401), "The API key is wrong."),
        (Reply(401, {"error": "Unauthorized"}), "The API key is wrong."),
        (HTML, "A web page answered"),
        (Reply(404, {"message": "NotFound"}), "no Radarr at this address"),
        (Reply(200, {"appName": "Sonarr", "version": "4.0.1"}), "a Sonarr, not a Radarr"),
        (Reply(200, {"what": "else"}), "something else, not a Radarr"),
        (Reply(503, STARTING), "Radarr is starting up."),
        (Reply(503, {"message": "SkyHook"}), "Radarr is not ready."),
        (Reply(500, {"message": "boom", "description": "at Radarr.."}), "error 500"),
        (Reply(429, headers={"Retry-After": "7"}), "too many requests"),
        (Reply(200, '{"appName": '), "answer is broken"),
        (Reply(200, {"version": "3.2.2"}), "Connected to Radarr 3.2.2"),  # before appName was sent
        (Reply(200, [1, 2]), "something else"),
    ],
)
def test_the_connection_test_says_what_is_wrong(reply: Reply, said: str) -> None:
    with Server(always(reply)) as server:
        assert said in client(server.url).test_connection().message


def test_an_old_sonarr_is_found_at_its_old_address_and_told_apart() -> None:
    def answer(method: str, path: str, query: Dict[str, str]) -> Reply:
        if path == "/api/system/status":
            return Reply(200, {"version": "2.0.0.5344"})
        return Reply(404, {"message": "NotFound"})

    with Server(answer) as server:
        report = client(server.url, Service.SONARR).test_connection()
    assert report.ok
    assert "does not know original languages" in report.message


def test_a_missing_url_base_is_followed_with_the_key() -> None:
    healthy = arr("Radarr", [], version="6.1.0")

    def answer(method: str, path: str, query: Dict[str, str]) -> Reply:
        if not path.startswith("/radarr/"):
            return Reply(307, headers={"Location": f"/radarr{path}"})
        return healthy(method, path[len("/radarr") :], query)

    with Server(answer) as server:
        assert client(server.url).test_connection().ok
        assert client(server.url).start_rescan(1) == (7, "queued")
    assert all(headers["X-Api-Key"] == KEY for _, headers in server.seen)
    assert server.bodies[-1] == {"name": "RescanMovie", "movieId": 1}


def test_the_key_never_follows_a_redirect_to_another_host() -> None:
    with Server(always(Reply(200, {"appName": "Radarr", "version": "6"}))) as other:
        foreign = other.url.replace("127.0.0.1", "localhost")
        with Server(always(Reply(307, headers={"Location": foreign}))) as server:
            assert not client(server.url).test_connection().ok
        assert other.total == 0


def test_redirects_in_a_circle_end() -> None:
    with Server(lambda method, path, query: Reply(307, headers={"Location": path})) as server:
        assert "circle" in client(server.url).test_connection().message


def test_nobody_listening_is_one_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    report = client(url).test_connection()
    assert not report.ok
    assert "cannot be reached" in report.message
    assert "refused" in report.message
    assert "object at" not in report.message


@pytest.mark.parametrize(
    "reply", [Reply(200, [], wait=5.0), Reply(200, "[" + " " * 400 + "]", drip=0.05)]
)
def test_a_time_out_and_a_dripping_body_end_in_time(reply: Reply) -> None:
    with Server(always(reply)) as server:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="did not answer in time"):
            client(server.url, timeout=(0.3, 0.5)).library()
        assert time.monotonic() - began < 4.0


def test_half_a_body_is_no_answer() -> None:
    half = Reply(200, fixture("movies.json"), half=True)
    with Server(always(half)) as server, pytest.raises(Unreachable):
        client(server.url, timeout=(1.0, 1.0)).library()


@pytest.mark.parametrize("status", [401, 404, 500, 503, 429])
def test_an_answer_that_is_none_says_whether_to_ask_again(status: int) -> None:
    headers = {"Retry-After": "7"} if status == 429 else {}
    answer = always(Reply(status, {"message": "x"}, headers=headers))
    with Server(answer) as server, pytest.raises(ArrAnswerError) as caught:
        client(server.url).lookup("tt0000001")
    assert caught.value.retry is (status in (429, 503))
    assert caught.value.retry_after == (7.0 if status == 429 else None)
    assert KEY not in str(caught.value)


def test_the_library_has_languages_by_name_and_tags_by_label() -> None:
    with Server(arr("Radarr", fixture("movies.json"), tags=fixture("tags.json"))) as server:
        titles = client(server.url).library()
    assert [(one.imdb_id, one.original_language, one.tags) for one in titles] == [
        ("tt0096283", "Japanese", ("downscale",)),
        ("tt5822536", "English", ()),
        ("", "Turkish", ()),
        ("tt0000004", "", ()),
        ("tt0000005", "", ()),
    ]


def test_a_look_up_that_finds_another_title_finds_nothing() -> None:
    found = {"tt0000001": {"title": "Other", "imdbId": "tt0000002"}}
    with Server(arr("Radarr", [], found=found)) as server:
        assert client(server.url).lookup("tt0000001") is None


def test_a_rescan_of_everything_is_never_asked_for() -> None:
    with pytest.raises(ValueError, match="id"):
        client("http://127.0.0.1:9").start_rescan(0)

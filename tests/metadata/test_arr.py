"""One Sonarr or Radarr, answering in every way that was seen of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import socket
import time
import zlib
from pathlib import Path
from typing import Any, Dict

import pytest
import requests

from core.settings.services import ArrInstance, Service
from metadata.arr import ArrAnswerError, ArrClient
from metadata.same_place import SentElsewhere, next_place
from metadata.transport import Unreachable
from metadata.unpacking import Unpacker
from tests.metadata.server import KEY, Reply, Server, arr, certificate_of, fixture


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
    assert report.message.startswith("No connection to ")
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
    assert [(title.imdb_id, title.original_language, title.tags) for title in titles] == [
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


# ---- where the key goes


def test_the_key_goes_to_no_other_port_of_the_same_host() -> None:
    with Server(always(Reply(200, {"appName": "Radarr", "version": "6"}))) as other:
        with Server(always(Reply(307, headers={"Location": other.url + "/radarr"}))) as server:
            report = client(server.url).test_connection()
            assert not report.ok
            assert (
                f"sends its callers on to {other.url}, which is another address" in report.message
            )
            with pytest.raises(Unreachable, match="gets no key"):
                client(server.url).start_rescan(1)
        assert other.total == 0


HERE = "http://nas:8989/api/v3/system/status"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/sonarr/api", "http://nas:8989/sonarr/api"),
        ("other", "http://nas:8989/api/v3/system/other"),
        ("//NAS:8989/x", "http://NAS:8989/x"),
        ("http://nas:8989/x?y=1", "http://nas:8989/x?y=1"),
        ("https://nas:9898/x", "https://nas:9898/x"),
        ("https://nas/x", "https://nas/x"),
    ],
)
def test_a_redirect_to_the_same_place_is_followed(location: str, target: str) -> None:
    assert next_place(HERE, location) == target


@pytest.mark.parametrize(
    "location",
    [
        *("http://nas/x", "http://nas:80/x", "http://nas:89890/x", "http://nas:8989.evil/x"),
        *("http://nas.:8989/x", "http://evil:8989/x", "//evil/x", "ftp://nas:8989/x"),
        *("http://nas:8989@evil/x", "http://key@nas:8989/x", "http://evil\\@nas:8989/x"),
        *("http://nas:8989\\@evil/x", "https:x", "javascript:alert(1)", "http://[::1"),
        *("http://nas:8989/\r\nX-Evil: 1", "http://nas :8989/", "http://nаs:8989/", "\\\\evil\\x"),
        *("http://nas:8989/" + "x" * 5000, "file:///etc/passwd", "http://127.0.0.1:8989/"),
    ],
)
def test_a_redirect_to_what_may_be_another_place_is_not(location: str) -> None:
    with pytest.raises(SentElsewhere) as met:
        next_place(HERE, location)
    assert str(met.value).isprintable()
    assert len(str(met.value)) < 200


def test_no_redirect_leads_from_https_to_http_and_a_default_port_is_a_port() -> None:
    assert next_place("https://nas/a", "https://nas:443/b") == "https://nas:443/b"
    assert next_place("http://u:p@[::1]:80/a", "http://[::1]/b") == "http://[::1]/b"
    for location in ("http://nas/b", "http://nas:443/b", "https://nas:444/b"):
        with pytest.raises(SentElsewhere):
            next_place("https://nas/a", location)


def test_from_http_to_https_of_the_same_host_the_key_goes_over_a_proved_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_of("127.0.0.1", tmp_path)
    healthy = arr("Radarr", [], version="6.1.0")
    with Server(healthy, certificate) as secure, Server(
        lambda method, path, query: Reply(308, headers={"Location": secure.url + path})
    ) as server:
        assert not client(server.url).test_connection().ok, "nobody vouches for this certificate"
        assert secure.total == 0
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert client(server.url).test_connection().ok
        assert [headers["X-Api-Key"] for _, headers in secure.seen] == [KEY]


# ---- how large an answer may be


def packed(body: bytes, encoding: str = "gzip") -> bytes:
    if encoding == "gzip":
        return gzip.compress(body, mtime=0)
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS if encoding == "bare" else zlib.MAX_WBITS)
    return bare.compress(body) + bare.flush()


def reply_of(body: bytes, encoding: str) -> Reply:
    found = Reply(
        200, "", headers={"Content-Encoding": "deflate" if encoding == "bare" else encoding}
    )
    found.raw = packed(body, encoding)
    return found


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "bare"])
def test_a_packed_answer_is_read(encoding: str) -> None:
    body = json.dumps({"appName": "Radarr", "version": "6.1.0"}).encode()
    with Server(always(reply_of(body, encoding))) as server:
        assert client(server.url).test_connection().ok
        assert server.seen[0][1]["Accept-Encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "bare"])
def test_an_answer_just_over_what_was_asked_for_is_refused(encoding: str) -> None:
    words = " ".join(hashlib.sha256(bytes([byte % 256])).hexdigest() for byte in range(17_000))
    body = json.dumps({"appName": "Radarr", "version": "6.1.0", "words": words[: 1024 * 1024]})
    just = json.dumps({"appName": "Radarr", "version": "6.1.0", "words": words[: 1024 * 1000]})
    for text, well in ((body, False), (just, True)):
        reply = reply_of(text.encode(), encoding) if encoding else Reply(200, text)
        with Server(always(reply)) as server:
            report = client(server.url).test_connection()
            assert report.ok is well
            assert well or "its answer is too large" in report.message


def test_a_library_may_be_larger_than_a_status_and_not_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        {"id": number, "title": f"Film {number}", "path": f"/f/{number}"}
        for number in range(40_000)
    ]
    with Server(arr("Radarr", rows)) as server:
        assert len(client(server.url).library()) == 40_000
        monkeypatch.setattr("metadata.arr.LIBRARY_BYTES", 2_000_000)
        with pytest.raises(Unreachable, match="its answer is too large"):
            client(server.url).library()


def test_what_is_packed_too_densely_is_noticed_before_it_is_unpacked() -> None:
    unpacker = Unpacker("gzip", 64 * 1024 * 1024)
    with pytest.raises(ValueError, match="so densely"):
        unpacker.feed(packed(b" " * 8_000_000))
    assert len(unpacker._found) < 2_000_000
    dense = always(reply_of(b"[" + b" " * 8_000_000 + b"]", "gzip"))
    with Server(dense) as server, pytest.raises(Unreachable, match=r"densely that it is none\."):
        client(server.url).library()


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x"])
def test_an_answer_packed_as_nobody_asked_for_is_not_unpacked(encoding: str) -> None:
    with Server(always(Reply(200, {}, headers={"Content-Encoding": encoding}))) as server:
        report = client(server.url).test_connection()
        assert "packed in a way that was not asked for" in report.message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"no gzip", "packed wrongly"),
        (packed(b"{}" * 999)[:-9], "breaks off"),
        (b"", "broken|page"),
    ],
)
def test_a_packed_answer_that_is_none_is_one_sentence(raw: bytes, said: str) -> None:
    reply = reply_of(b"", "gzip")
    reply.raw = raw
    with Server(always(reply)) as server:
        assert re.search(said, client(server.url).test_connection().message)


@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 100_000, "1" * 900_000, "[NaN]" * 3])
def test_an_answer_that_no_reader_can_hold_is_one_sentence(body: str) -> None:
    with Server(always(Reply(200, body))) as server:
        assert "answer is broken" in client(server.url).test_connection().message


def test_what_a_server_calls_itself_is_cut_and_shown_without_control_characters() -> None:
    name = "Lidarr\x1b[2J" + "x" * 100_000
    with Server(always(Reply(200, {"appName": name, "version": "1"}))) as server:
        message = client(server.url).test_connection().message
    assert message.isprintable()
    assert len(message) < 2000

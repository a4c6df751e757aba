"""Plex, Jellyfin and Emby: tested, told of a replaced film, and asked who watches, over real sockets."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest
import requests

from core.settings.services import MEDIA_SERVERS, ArrInstance, Service
from core.settings.tree import FileSettings, MetadataSettings, Settings
from metadata.media_server import MediaServer, MediaServerAnswerError
from metadata.media_servers import LOOK_EVERY, PAUSED_COUNTS, MediaServers, client_of
from tests.metadata.made import HandClock
from tests.metadata.server import KEY, Reply, Server
from tests.metadata.shows import Shows, emby_session, instance_of, plex_session

HTML = Reply(200, "<!doctype html><title>Login</title>", content_type="text/html")
EVERY = pytest.mark.parametrize("service", MEDIA_SERVERS)


def client(service: Service, url: str, **more: Any) -> MediaServer:
    return client_of(requests.Session(), instance_of(service, url, **more), (1.0, 1.0))


def watched_by(service: Service, user: str, title: str, *, paused: bool = False) -> Dict[str, Any]:
    if service is Service.PLEX:
        return plex_session(user, title, "paused" if paused else "playing")
    return emby_session(user, title, paused)


# ---- the connection test


@EVERY
def test_a_healthy_server_is_named_with_its_version(service: Service) -> None:
    with Server(Shows(service)) as server:
        report = client(service, server.url).test_connection()
    assert report.ok
    assert report.message.startswith(f"Connected to {service.label} {report.version} (Attic)")


@EVERY
@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(401, "<html>Unauthorized</html>", content_type="text/html"), "is wrong"),
        (Reply(403), "may not do this"),
        (HTML, "A web page answered"),
        (Reply(404), "at this address"),
        (Reply(500, {"message": "boom"}), "error 500"),
        (Reply(503), "is not ready"),
        (Reply(429), "too many requests"),
        (Reply(200, '{"MediaContainer": '), "answer is broken"),
        (Reply(200, {"what": "else"}), "Something other than"),
        (Reply(200, [1, 2]), "Something other than"),
    ],
)
def test_the_test_says_what_is_wrong(service: Service, reply: Reply, said: str) -> None:
    with Server(Shows(service, trouble=reply)) as server:
        report = client(service, server.url).test_connection()
    assert not report.ok
    assert said in report.message
    assert KEY not in report.message


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        (Service.JELLYFIN, Service.PLEX),
        (Service.PLEX, Service.JELLYFIN),
        (Service.EMBY, Service.PLEX),
    ],
)
def test_another_media_server_is_told_apart(wanted: Service, there: Service) -> None:
    with Server(Shows(there)) as server:
        assert not client(wanted, server.url).test_connection().ok


def test_a_jellyfin_is_no_emby_though_it_answers_the_same() -> None:
    jellyfin = Shows(Service.JELLYFIN)
    with Server(lambda method, path, query: jellyfin(method, path[5:], query)) as server:
        report = client(Service.EMBY, server.url).test_connection()
    assert report.message == "Something other than Emby answers here. Check the address."


def test_each_gets_its_key_in_the_header_of_its_document() -> None:
    sent = {
        Service.PLEX: ("X-Plex-Token", KEY),
        Service.JELLYFIN: ("Authorization", f'MediaBrowser Client="MediaProcessor", Token="{KEY}"'),
        Service.EMBY: ("X-Emby-Token", KEY),
    }
    for service, (header, value) in sent.items():
        with Server(Shows(service)) as server:
            client(service, server.url).test_connection()
            assert all(headers[header] == value for _path, headers in server.seen)
            assert not any(KEY in path for path, _headers in server.seen)


def test_an_emby_at_its_long_address_is_asked_there_once() -> None:
    with Server(Shows(Service.EMBY)) as server:
        assert client(Service.EMBY, f"{server.url}/emby").test_connection().ok


# ---- a replaced film


def test_plex_looks_through_the_films_folder_alone() -> None:
    plex = Shows(Service.PLEX)
    with Server(plex) as server:
        told = client(Service.PLEX, server.url).refresh(
            "/data/films/X (2001)/X.mkv", "/data/films/X (2001)/X.mkv", times_kept=False
        )
    assert told.asked
    assert plex.refreshes == [{"section": "1", "path": "/data/films/X (2001)"}]


def test_plex_looks_again_though_the_file_seems_as_old_as_before() -> None:
    plex = Shows(Service.PLEX)
    with Server(plex) as server:
        client(Service.PLEX, server.url).refresh(
            "/data/films/X/X.mkv", "/data/films/X/X.mkv", times_kept=True
        )
    assert plex.refreshes[0]["force"] == "1"


def test_a_mapped_folder_is_asked_for_as_the_server_sees_it() -> None:
    plex = Shows(Service.PLEX)
    mappings = (("/data", "/mnt"), ("D:\\Series", "/mnt/tv"))
    with Server(plex) as server:
        mapped = client(Service.PLEX, server.url, path_mappings=mappings)
        mapped.refresh("/mnt/tv/Y/1.avi", "/mnt/tv/Y/1.mkv", times_kept=False)
        mapped.refresh("/mnt/films/X/X.mkv", "/mnt/films/X/X.mkv", times_kept=False)
    assert plex.refreshes == [
        {"section": "2", "path": "D:\\Series\\Y"},
        {"section": "1", "path": "/data/films/X"},
    ]


def test_a_film_of_no_library_refreshes_nothing_and_says_so() -> None:
    plex = Shows(Service.PLEX)
    with Server(plex) as server:
        told = client(Service.PLEX, server.url).refresh(
            "/data/films2/X/X.mkv", "/data/films2/X/X.mkv", times_kept=False
        )
    assert not told.asked
    assert "no library with the folder /data/films2/X" in told.message
    assert plex.refreshes == []


def test_an_older_plex_without_the_documents_addresses_is_asked_the_old_way() -> None:
    plex = Shows(Service.PLEX)

    def old(method: str, path: str, query: Dict[str, str]) -> Reply:
        if path == "/library/sections":
            return plex(method, "/library/sections/all", query)
        if path == "/library/sections/all" or method == "POST":
            return Reply(404)
        return plex("POST", path, query)

    with Server(old) as server:
        film = "/data/films/X/X.mkv"
        assert client(Service.PLEX, server.url).refresh(film, film, times_kept=False).asked
    assert plex.refreshes == [{"section": "1", "path": "/data/films/X"}]


@pytest.mark.parametrize("service", [Service.JELLYFIN, Service.EMBY])
def test_jellyfin_and_emby_look_at_the_one_file(service: Service) -> None:
    with Server(Shows(service)) as server:
        other = client(service, server.url, path_mappings=(("/media", "/mnt/films"),))
        other.refresh("/mnt/films/X/X.mkv", "/mnt/films/X/X.mkv", times_kept=False)
        other.refresh("/mnt/films/X/X.avi", "/mnt/films/X/X.mkv", times_kept=False)
    assert server.bodies == [
        {"Updates": [{"Path": "/media/X/X.mkv", "UpdateType": "Modified"}]},
        {
            "Updates": [
                {"Path": "/media/X/X.avi", "UpdateType": "Deleted"},
                {"Path": "/media/X/X.mkv", "UpdateType": "Created"},
            ]
        },
    ]


# ---- who watches


@EVERY
def test_viewers_are_named_with_what_they_watch(service: Service) -> None:
    rows = [watched_by(service, "Anna", "Alien"), watched_by(service, "Bob", "Heat", paused=True)]
    with Server(Shows(service, rows)) as server:
        anna, bob = client(service, server.url).viewers()
    assert (anna.user, anna.title, anna.paused) == ("Anna", "Alien", False)
    assert (bob.user, bob.title, bob.paused) == ("Bob", "Heat", True)
    assert anna.server == f"{service.label} (Home)"


def test_an_episode_is_named_with_its_series_and_music_is_no_film() -> None:
    plex = [
        plex_session("Anna", "Pilot", type="episode", grandparentTitle="Dark"),
        plex_session("Bob", "Song", type="track"),
    ]
    emby = [
        emby_session("Anna", "Pilot", Type="Episode", SeriesName="Dark"),
        emby_session("Bob", "Song", Type="Audio", MediaType="Audio"),
    ]
    for service, rows in ((Service.PLEX, plex), (Service.JELLYFIN, emby), (Service.EMBY, emby)):
        with Server(Shows(service, rows)) as server:
            (viewer,) = client(service, server.url).viewers()
        assert viewer.title == "Dark: Pilot"


@EVERY
@pytest.mark.parametrize("body", [{}, {"MediaContainer": []}, "text", 7, None])
def test_an_answer_of_another_form_is_an_error_and_no_crash(service: Service, body: Any) -> None:
    strange = Shows(service, trouble=Reply(200, json.dumps(body)))
    with Server(strange) as server, pytest.raises(MediaServerAnswerError):
        client(service, server.url).viewers()


@EVERY
def test_names_from_the_network_cannot_break_a_line(service: Service) -> None:
    rows = [watched_by(service, "An\nna\x1b[31m", "x" * 100_000)]
    with Server(Shows(service, rows)) as server:
        (viewer,) = client(service, server.url).viewers()
    assert "\n" not in viewer.user
    assert "\x1b" not in viewer.user
    assert len(viewer.title) < 5000


# ---- all of them together


@dataclass
class Book:
    """The configured servers, and what is noted of them."""

    instances: List[ArrInstance]
    failures: List[str] = field(default_factory=list)
    answers: int = 0

    def load_arr_instances(self, service: Service) -> Tuple[ArrInstance, ...]:
        return tuple(instance for instance in self.instances if instance.service is service)

    def note_answer(self, instance: ArrInstance) -> None:
        self.answers += 1

    def note_failure(self, instance: ArrInstance, message: str) -> None:
        self.failures.append(message)


@dataclass
class Chosen:
    """Settings that a test sets."""

    settings: Settings = field(default_factory=Settings)


def servers_of(book: Book, clock: HandClock, chosen: Optional[Settings] = None) -> MediaServers:
    return MediaServers(book, clock, Chosen(chosen or Settings()), timeout=(0.5, 0.5))


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def look_again(servers: MediaServers, server: Server, clock: HandClock) -> None:
    asked = server.total
    clock.advance(60)

    def has_asked() -> bool:
        servers.watching()
        return server.total > asked

    wait_for(has_asked)


def test_a_server_that_is_off_keeps_nothing_up_and_is_told_once() -> None:
    dead = instance_of(Service.PLEX, "http://127.0.0.1:9", id=1)
    with Server(Shows(Service.EMBY)) as server:
        book = Book([dead, instance_of(Service.EMBY, server.url, id=2)])
        servers = servers_of(book, HandClock())
        for _film in range(3):
            plex, emby = servers.refresh("/films/X.mkv", "/films/X.mkv")
            assert "No connection" in plex
            assert emby == "Emby (Home) looks at /films/X.mkv again."
    assert len(book.failures) == 1


def test_no_server_is_told_where_the_user_does_not_want_that() -> None:
    with Server(Shows(Service.EMBY)) as server:
        book = Book([instance_of(Service.EMBY, server.url, id=1)])
        off = replace(Settings(), metadata=MetadataSettings(refresh_media_servers=False))
        assert servers_of(book, HandClock(), off).refresh("/X.mkv", "/X.mkv") == ()
        assert server.total == 0


def test_one_that_is_not_in_use_is_left_alone() -> None:
    with Server(Shows(Service.PLEX)) as server:
        book = Book([instance_of(Service.PLEX, server.url, id=1, enabled=False)])
        servers = servers_of(book, HandClock())
        assert servers.refresh("/X.mkv", "/X.mkv") == ()
        servers.watching()
        assert server.total == 0


def test_who_watches_is_asked_beside_the_queue_and_anew_after_a_while() -> None:
    plex = Shows(Service.PLEX, [plex_session("Anna", "Alien")])
    clock = HandClock()
    with Server(plex) as server:
        servers = servers_of(Book([instance_of(Service.PLEX, server.url, id=1)]), clock)
        servers.watching()
        wait_for(servers.watching)
        assert [viewer.user for viewer in servers.watching()] == ["Anna"]
        plex.sessions = []
        assert server.asked["/status/sessions"] == 1
        clock.advance(LOOK_EVERY)
        wait_for(lambda: not servers.watching())


def test_a_film_that_was_left_paused_counts_as_watched_for_ten_minutes_alone() -> None:
    plex = Shows(Service.PLEX, [plex_session("Anna", "Alien", "paused")])
    clock = HandClock()
    with Server(plex) as server:
        servers = servers_of(Book([instance_of(Service.PLEX, server.url, id=1)]), clock)
        servers.watching()
        wait_for(servers.watching)
        for _look in range(int(PAUSED_COUNTS / 60)):
            look_again(servers, server, clock)
        wait_for(lambda: not servers.watching())
        plex.sessions = [plex_session("Anna", "Alien")]
        clock.advance(60)
        wait_for(servers.watching)


def test_a_viewer_of_a_server_that_falls_silent_holds_the_queue_no_longer() -> None:
    plex, clock = Shows(Service.PLEX, [plex_session("Anna", "Alien")]), HandClock()
    with Server(plex) as server:
        book = Book([instance_of(Service.PLEX, server.url, id=1)])
        servers = servers_of(book, clock)
        servers.watching()
        wait_for(servers.watching)
    clock.advance(LOOK_EVERY)
    wait_for(lambda: not servers.watching())
    for _look in range(5):
        clock.advance(LOOK_EVERY)
        servers.watching()
    assert len(book.failures) == 1
    assert KEY not in book.failures[0]


def test_kept_times_reach_the_server(tmp_path: Path) -> None:
    plex = Shows(Service.PLEX)
    kept = replace(Settings(), files=FileSettings(keep_times=True))
    with Server(plex) as server:
        book = Book([instance_of(Service.PLEX, server.url, id=1)])
        servers_of(book, HandClock(), kept).refresh("/data/films/X/X", "/data/films/X/X")
    assert plex.refreshes[0]["force"] == "1"

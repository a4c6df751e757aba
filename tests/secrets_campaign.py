"""Runs the whole program with planted keys, in good weather and bad, and looks for them everywhere.

``python -m tests.secrets_campaign``: a film comes in by webhook, is looked up in Sonarr, Radarr and OMDb
(dead ones, wrong keys, spent keys and outages among them), processed, its owner and the media servers are
told, and messages go to addresses that work and that do not. Then the database, logs, exports, plans and the
texts of all errors are searched for every planted secret, in every form that text can take.
Only the vault may hold one. Exit code 1 when anything else does.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import tempfile
import traceback
import urllib.request
import zipfile
from contextlib import closing
from functools import cached_property, partial
from pathlib import Path
from typing import Callable, Dict, List, Tuple

import requests

from app.metadata_services import MetadataServices
from app.program import DATABASE_NAME, Program
from core.events import JobState
from core.media.model import NativeLanguage
from core.messages.message import MessageAddress
from core.planning.plan_json import as_json
from core.settings.services import ArrInstance, Service
from core.text.redaction import secret_forms
from metadata.omdb import ask_omdb
from store.jobs import JobStore
from store.vault import FILE_NAME
from tests.films import AudioSpec, make_film
from tests.metadata.server import Reply, Server, arr

DEAD = "http://127.0.0.1:9"
_KEYS = ("plantedomdbspent", "plantedomdbinvalid", "plantedomdbgood", "plantedomdbextra")
_SHOW_KEYS = ("plantedplextoken", "plantedjellyfinkey", "plantedembykeydead")
# Parts of addresses: each is a secret, however it is written.
_MESSAGE_SECRETS = ("plantedtopic", "plantedrefusedtoken", "plantedmailpassword", "plantedbottoken")
_ARR_KEYS = ("plantedradarrliving", "plantedradarrdead", "plantedsonarrwrong")


class _Parts(Program):
    """The program, with a server of ours in OMDb's place."""

    omdb_url = ""

    @cached_property
    def services(self) -> MetadataServices:
        """As the program's own."""
        return MetadataServices(self.data_dir, self.database, self.config, omdb_url=self.omdb_url)


def _omdb(method: str, path: str, query: Dict[str, str]) -> Reply:
    refused = {
        "plantedomdbspent": "Request limit reached!",
        "plantedomdbinvalid": "Invalid API key!",
    }
    problem = refused.get(query["apikey"])
    if problem:
        return Reply(401, {"Response": "False", "Error": problem})
    body = {"Response": "True", "Language": "English", "Country": "United Kingdom"}
    return Reply(200, {**body, "imdbID": query["i"]})


def _said(call: Callable[[], object]) -> str:
    """The result, or all that an exception says of itself."""
    try:
        return repr(call())
    except Exception as error:  # noqa: BLE001 - its text is what we are after
        return f"{error}\n{error!r}\n{traceback.format_exc()}"


def _configure(parts: Program, radarr: str, sonarr: str) -> None:
    keys = parts.services.keys
    for secret in _KEYS:
        keys.save_omdb_key(secret)
    for service, name, url, secret in (
        (Service.RADARR, "Living", radarr, _ARR_KEYS[0]),
        (Service.RADARR, "Dead", DEAD, _ARR_KEYS[1]),
        (Service.SONARR, "Wrong", sonarr, _ARR_KEYS[2]),
    ):
        keys.save_arr_instance(ArrInstance(service, name, url, secret))
    for service, url, secret in (
        (Service.PLEX, sonarr, _SHOW_KEYS[0]),  # which refuses every key
        (Service.JELLYFIN, radarr, _SHOW_KEYS[1]),  # which is none
        (Service.EMBY, DEAD, _SHOW_KEYS[2]),
    ):
        keys.save_arr_instance(ArrInstance(service, "Shows", url, secret))
    for name, address in _addresses(radarr, sonarr).items():
        parts.messenger.addresses.save(MessageAddress(name, address))
    parts.config.change(
        {"video.encode": "no", "metadata.webhook": "yes", "metadata.webhook_port": "18479"}
    )


def _addresses(works: str, refuses: str) -> Dict[str, str]:
    """Where messages go: one that arrives, one that is refused, and some that nobody answers."""
    topic, refused, password, token = _MESSAGE_SECRETS
    return {
        "Works": f"json://{works.partition('://')[2]}/{topic}",
        "Refused": f"ntfy://someone:{refused}@{refuses.partition('://')[2]}/{topic}",
        "Mail": f"mailto://someone:{password}@127.0.0.1:9?to=x@example.org",
        "Dead": f"matrix://{token}@127.0.0.1:9/#room",
        "Nonsense": f"nothing://{token}",
    }


def _run(parts: Program, film: Path) -> Tuple[NativeLanguage, Dict[str, str]]:
    """One film from the webhook to its owner; returns what was exported and said on the way."""
    parts.listens = True
    manager = parts.queue_manager()
    event = {
        "eventType": "Download",
        "movie": {"imdbId": "tt5822536", "title": "X"},
        "movieFile": {"path": str(film)},
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:18479/{parts.services.keys.webhook_secret()}",
        json.dumps(event).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200
    manager.run_until_idle(lambda event: None)
    manager.shutdown()
    store = JobStore(parts.database)
    jobs = store.page(tuple(JobState), limit=-1)
    assert [job.state for job in jobs] == [JobState.COMPLETED], jobs
    native = parts.analyzer.native_language(parts.analyzer.analyze(film))
    texts = {
        "settings export": json.dumps(parts.config.export()),
        "job and plan": repr(jobs) + "".join(store.details(jobs[0].id)),
        "native language": json.dumps(as_json(native)),
        "status dashboard": repr(parts.services.keys.statuses()),
        "keys as printed": repr([parts.services.keys.load_api_keys(service) for service in Service])
        + repr([parts.services.keys.load_arr_instances(service) for service in Service])
        + repr(parts.messenger.addresses.all()),
    }
    return native, texts


def _errors(parts: Program) -> str:
    """What all kinds of failures say; the last one goes to the log as a crash would."""
    log = logging.getLogger("mediaprocessor.campaign")
    instances = parts.services.instances
    said: List[str] = []
    for service in (Service.RADARR, Service.SONARR):
        for instance in instances.configured(service):
            with instances.open_session() as session:
                client = instances.client(session, instance)
                said += [_said(client.test_connection), _said(client.library)]
    servers = parts.services.media_servers
    said.append(repr(servers.refresh("/films/X.mkv", "/films/X.mkv")))
    for instance in servers.configured():
        said.append(_said(partial(parts.services.test_connection, instance)))
    for address in parts.messenger.addresses.all():
        said.append(_said(partial(parts.messenger.test, address)))
    with requests.Session() as session:
        said.append(_said(lambda: ask_omdb(session, "tt0000001", _KEYS[2], url=DEAD)))
        try:
            session.get(DEAD, params={"apikey": _KEYS[2]}, timeout=1)
        except requests.RequestException:
            log.exception("A library's own error, which quotes the address")
        try:
            session.post(f"{DEAD}/bot{_MESSAGE_SECRETS[0]}/send", timeout=1)
        except requests.RequestException:
            log.exception("The same of a service for messages")
    return "\n".join(said)


def search(folder: Path) -> List[Tuple[str, int, int]]:
    """Do all of it in ``folder``; return each place with its size and the number of secrets in it."""
    film = make_film(
        folder / "films" / "X {imdb-tt5822536}" / "X.mkv",
        audio=(AudioSpec(language="eng"), AudioSpec(language="jpn")),
    )
    row = {
        "id": 1,
        "title": "X",
        "imdbId": "tt5822536",
        "path": str(film.parent),
        "originalLanguage": {"name": "English"},
    }
    data = folder / "data"
    wrong = Reply(401)
    with Server(arr("Radarr", [row])) as radarr, Server(_omdb) as omdb:
        parts = _Parts(data)
        parts.omdb_url = omdb.url
        with Server(lambda method, path, query: wrong) as sonarr, parts:
            _configure(parts, radarr.url, sonarr.url)
            native, texts = _run(parts, film)
            texts["error texts"] = _errors(parts)
            parts.make_bundle(folder / "report.zip")
            secrets = [
                *_KEYS,
                *_ARR_KEYS,
                *_SHOW_KEYS,
                *_MESSAGE_SECRETS,
                parts.services.keys.webhook_secret(),
            ]
        assert any("OMDb: English" in source for source in native.sources), native
        assert radarr.bodies, "the owner was not told"
    with closing(sqlite3.connect(data / DATABASE_NAME)) as connection:
        texts["database, dumped"] = "\n".join(connection.iterdump())
    places = {name: text.encode("utf-8", "backslashreplace") for name, text in texts.items()}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "films" not in path.parts:
            places[str(path.relative_to(folder))] = path.read_bytes()
    with zipfile.ZipFile(folder / "report.zip") as bundle:
        for name in bundle.namelist():
            places[f"report.zip: {name}"] = bundle.read(name)
    forms = [[form.encode() for form in secret_forms(secret)] for secret in secrets]
    return [
        (name, len(raw), sum(any(spelling in raw for spelling in spelled) for spelled in forms))
        for name, raw in places.items()
    ]


def main() -> int:
    """Print the table; 1 when a secret is where it must not be."""
    with tempfile.TemporaryDirectory() as folder:
        found = search(Path(folder))
    leaks = 0
    for name, size, hits in found:
        vault = Path(name).name == FILE_NAME
        leaks += 0 if vault else hits
        print(f"{name:40} {size:9} bytes {hits:3} secrets{' (the vault)' if vault else ''}")
    print(f"{leaks} hits outside of the vault")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())

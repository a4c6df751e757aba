"""The page for the phone of the real program: switched on and off, its token, what it shows and does."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from app.phone_page import own_address
from app.phone_state import PhoneStates
from app.program import Program
from cluster.identity import client_context, fingerprint_of
from core.events import JobState, QueueState, ServiceNotice
from core.queue.job import JobEnd, NewJob
from main import main
from store.jobs import JobStore
from tests.cluster.machines import free_port
from tests.phone.client import answer_of, with_token

JSON: Dict[str, Any] = {"Content_Type": "application/json"}


class Served:
    """The program as it stays, and a phone without a browser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.parts = Program(folder)
        self.parts.listens = True
        self.parts.config.change(
            {"network.phone_address": "127.0.0.1", "network.phone_port": str(self.port)}
        )
        self.manager = self.parts.queue_manager()
        self.parts.begin(self.manager)

    def switch(self, on: str) -> None:
        self.parts.config.set("network.phone", on)

    def ask(self, path: str, body: Any = None) -> Tuple[int, Dict[str, Any]]:
        import http.client

        token = self.parts.phone.entry().token
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=client_context(), timeout=30
        )
        with contextlib.closing(connection):
            sent = None if body is None else json.dumps(body).encode()
            method = "GET" if body is None else "POST"
            status, _headers, told = answer_of(
                connection, path, method, sent, **with_token(token), **JSON
            )
        return status, json.loads(told or "{}")

    def told(self) -> List[str]:
        found: List[str] = []
        with contextlib.suppress(queue.Empty):
            while True:
                event = self.manager.events.get_nowait()
                if isinstance(event, ServiceNotice):
                    found.append(event.message)
        return found

    @property
    def listens(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=30).close()
            return True
        return False


@pytest.fixture
def phoned(tmp_path: Path) -> Iterator[Served]:
    with ExitStack() as stack:
        made = Served(tmp_path / "data")
        stack.enter_context(made.parts)
        stack.callback(made.manager.shutdown)
        yield made


def films(phoned: Served, *states: JobState) -> List[int]:
    jobs = JobStore(phoned.parts.database)
    ids = jobs.add([NewJob(Path(f"/films/Film {at}.mkv"), size=10) for at in range(len(states))])
    for _state in states:
        jobs.claim_next("")
    for job_id, state in zip(ids, states):
        if state is JobState.QUEUED:
            jobs.requeue_interrupted(frozenset(set(ids) - {job_id}))
        else:
            jobs.finish(job_id, JobEnd(state, "This file is incomplete.", "probe", 10, 4))
    return list(ids)


def test_nothing_listens_until_it_is_switched_on_and_again_once_it_is_off(phoned: Served) -> None:
    assert not phoned.listens
    phoned.switch("yes")
    assert phoned.listens
    assert phoned.ask("/state")[0] == 200
    assert phoned.parts.phone.listens_at == f"https://127.0.0.1:{phoned.port}/"
    phoned.switch("no")
    assert not phoned.listens
    assert phoned.parts.phone.listens_at == ""


def test_a_change_of_the_port_moves_the_page(phoned: Served) -> None:
    phoned.switch("yes")
    before, phoned.port = phoned.port, free_port()
    phoned.parts.config.set("network.phone_port", str(phoned.port))
    assert phoned.ask("/state")[0] == 200
    phoned.port = before
    assert not phoned.listens


def test_a_port_that_is_taken_is_told_once_and_harms_nothing(phoned: Served) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", phoned.port))):
        phoned.switch("yes")
        entry = phoned.parts.phone.entry()
        assert not entry.listens
        assert "cannot be served on 127.0.0.1" in entry.trouble
        assert phoned.told() == [entry.trouble]
    phoned.parts.config.set("network.phone_port", str(phoned.port))  # asked for once more
    phoned.switch("no")
    phoned.switch("yes")
    assert phoned.ask("/state")[0] == 200
    assert phoned.parts.phone.entry().trouble == ""


def test_the_token_outlives_a_restart_and_is_not_kept_in_plain_text(
    phoned: Served, tmp_path: Path
) -> None:
    token = phoned.parts.phone.entry().token
    assert len(token.replace("-", "")) == 25
    with Program(phoned.folder) as again:
        assert again.phone.entry().token == token
    database = b"".join(file.read_bytes() for file in phoned.folder.glob("mediaprocessor.db*"))
    assert token.encode() not in database
    logs = "".join(file.read_text("utf-8") for file in (phoned.folder / "logs").glob("*.log"))
    assert token not in logs


def test_a_new_token_shuts_the_old_one_out_at_once(phoned: Served) -> None:
    phoned.switch("yes")
    old = phoned.parts.phone.entry()
    new = phoned.parts.phone.renew_token()
    assert old.token != new.token
    assert old.code != new.code
    with contextlib.closing(socket.create_connection(("127.0.0.1", phoned.port))) as plain:
        shown = client_context().wrap_socket(plain).getpeercert(True)
    assert shown is not None
    assert fingerprint_of(shown) == new.fingerprint.replace(":", "").lower()
    phoned.parts.services.keys.take_phone_token(old.token)  # what a phone with the old one sends
    assert phoned.ask("/state")[0] == 401


def test_the_state_counts_the_queue_and_names_the_first_of_each_list(phoned: Served) -> None:
    films(phoned, JobState.FAILED, JobState.COMPLETED, JobState.COMPLETED)
    jobs = JobStore(phoned.parts.database)
    jobs.add([NewJob(Path(f"/films/W\x1b{at}.mkv"), size=10) for at in range(1000)])
    phoned.switch("yes")
    _status, state = phoned.ask("/state")
    assert state["waiting"]["number"] == 1000
    assert len(state["waiting"]["films"]) == 20
    assert state["waiting"]["films"][0]["name"] == "W\\x1b0.mkv"
    assert state["problems"]["number"] == 1
    assert state["problems"]["films"][0]["told"] == "This file is incomplete."
    assert state["saved"] == [[2, 12]] * 3
    assert [machine["state"] for machine in state["machines"]] == ["this machine"]
    assert state["queue"]["state"] == "stopped"


def test_what_is_asked_of_the_page_is_done_by_the_queue(phoned: Served) -> None:
    failed, done = films(phoned, JobState.FAILED, JobState.COMPLETED)
    phoned.switch("yes")
    phoned.manager.pause()
    assert phoned.ask("/do", {"do": "retry", "film": failed}) == (200, {"told": ""})
    assert JobStore(phoned.parts.database).counts()[JobState.QUEUED] == 1
    assert phoned.ask("/do", {"do": "retry", "film": 999})[0] == 409
    assert phoned.ask("/do", {"do": "retry"})[0] == 400
    status, told = phoned.ask("/do", {"do": "retry all"})
    assert (status, told["told"]) == (200, "0 films are in the queue again.")
    assert phoned.ask("/do", {"do": "finish"})[0] == 200
    assert phoned.ask("/state")[1]["queue"]["state"] in ("stopped", "stopping")
    assert phoned.ask("/do", {"do": "pause"})[0] == 200
    assert phoned.manager.state is QueueState.PAUSED
    assert phoned.ask("/state")[1]["queue"]["state"] == "paused"
    assert done


def test_many_phones_cost_one_look_a_second(phoned: Served) -> None:
    now = [100.0]
    looks: List[float] = []
    overview = phoned.manager.overview

    def counted_overview() -> Any:
        looks.append(now[0])
        return overview()

    phoned.manager.overview = counted_overview  # type: ignore[method-assign]
    machines = phoned.parts.machines(phoned.manager)
    states = PhoneStates(phoned.parts.database, phoned.manager, machines, lambda: now[0])
    for _phone in range(50):
        for language in ("en", "nl", "tr"):
            states.json(language)
    assert len(looks) == 1
    now[0] += 1.0
    states.json("en")
    assert len(looks) == 2


def test_a_damaged_key_is_told_and_the_program_goes_on(phoned: Served) -> None:
    (phoned.folder / "instance.key").write_text("no key")
    (phoned.folder / "instance.crt").write_text("no certificate")
    phoned.switch("yes")
    assert not phoned.listens
    (told,) = phoned.told()
    assert "The key of this instance is damaged" in told


def test_the_command_shows_how_a_phone_gets_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data-dir", str(tmp_path)]
    assert main([*data, "network", "phone"]) == 0
    shown = capsys.readouterr()
    assert "▄" in shown.out
    assert "settings set network.phone yes" in shown.out
    assert main([*data, "settings", "set", "network.phone", "yes"]) == 0
    capsys.readouterr()
    assert main([*data, "--json", "network", "phone", "--new-token"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[0])
    assert told["link"] == f"{told['address']}#{told['token']}"
    assert told["address"] == f"https://{own_address()}:8480/"
    assert told["token"] not in shown.out


def test_closing_the_program_ends_the_page(phoned: Served) -> None:
    phoned.switch("yes")
    assert phoned.listens
    begin = time.monotonic()
    phoned.parts.close()
    assert not phoned.listens
    assert time.monotonic() - begin < 30

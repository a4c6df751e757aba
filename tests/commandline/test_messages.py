"""``messages``, and what a run tells an address, by the real program, library and server."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from app.program import Program
from core.messages.message import MessageAddress
from main import language_of
from tests.commandline.calls import call
from tests.films import make_film
from tests.metadata.server import Reply, Server
from views import texts
from window import language

pytest.importorskip("apprise", reason="apprise is not installed (pip install apprise)")


def taking(method: str, path: str, query: Any) -> Reply:
    return Reply(200, {"id": "1"})


def test_an_address_is_added_from_standard_input_tested_changed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(taking) as server:
        address = f"json://{server.url.partition('://')[2]}/planted-secret-path"
        monkeypatch.setattr(sys, "stdin", io.StringIO(address))
        added = call(tmp_path, "messages", "add", "Phone", "--only", "film failed")
        assert added.returncode == 0, added.stderr
        assert "Phone" in added.stdout
        assert "film failed" in added.stdout
        tested = call(tmp_path, "messages", "test")
        assert tested.stdout == "A message was sent to Phone.\n"
    assert server.bodies[0]["message"] == "This is a test. Messages to this address arrive."
    failed = call(tmp_path, "messages", "test", "phone", "--json")
    assert failed.returncode == 1
    assert "cannot be reached" in json.loads(failed.stdout)["message"]
    assert "not in use" in call(tmp_path, "messages", "change", "Phone", "--off").stdout
    assert call(tmp_path, "messages", "remove", "Phone").returncode == 0
    for answer in (added, tested, failed):
        assert "planted-secret" not in answer.stdout + answer.stderr


@pytest.fixture
def first_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing was spoken in this process yet, and English is afterwards."""
    monkeypatch.setattr(language, "_spoken", threading.Event())
    yield
    texts.use_language("en", language.LOCALE)


@pytest.mark.usefixtures("first_words")
def test_a_run_tells_how_it_ended_in_the_users_language(tmp_path: Path) -> None:
    film = make_film(tmp_path / "films" / "Good.mkv")
    bad = tmp_path / "films" / "Broken.mkv"
    bad.write_bytes(film.read_bytes()[:2000])
    with Server(taking) as server:
        address = f"json://{server.url.partition('://')[2]}/topic-of-mine"
        with Program(tmp_path / "data") as parts:
            parts.config.change({"video.encode": "no", "window.language": "Nederlands"})
            parts.language_of = language_of
            parts.messenger.addresses.save(MessageAddress("Phone", address))
            manager = parts.queue_manager()
            manager.add([film, bad])
            manager.run_until_idle(lambda event: None)
            manager.shutdown()
        told: List[str] = [body["message"] for body in server.bodies]
    text = "\n".join(told)
    assert "De wachtrij is klaar: 1 film klaar" in text
    assert "Broken.mkv is mislukt." in text
    assert str(tmp_path) not in text, "no folder of this machine goes to a service"

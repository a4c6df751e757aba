"""Which files a webhook may name: through the real listener, the real settings and the real queue."""

from __future__ import annotations

import json
import queue
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from app.program import Program
from core.events import JobState, ServiceNotice
from core.settings.services import ArrInstance, Service
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from store.jobs import JobStore
from tests.cluster.machines import free_port
from tests.metadata.server import Server, arr


class Hook:
    """The program as it listens; what was queued and what the user was told."""

    def __init__(self, folder: Path, radarr: str) -> None:
        self.films = folder / "films"
        self.port = free_port()
        self.parts = Program(folder / "data")
        self.parts.listens = True
        change = {"metadata.webhook": "yes", "metadata.webhook_port": str(self.port)}
        self.parts.config.change(change)
        mapped = (("/movies", str(self.films / "mapped")),)
        instance = ArrInstance(Service.RADARR, "Main", radarr, "key-12345", path_mappings=mapped)
        self.parts.services.keys.save_arr_instance(instance)
        self.manager = self.parts.queue_manager()

    def film(self, *names: str) -> Path:
        path = self.films.joinpath(*names)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"film")
        return path

    def send(self, *paths: object) -> None:
        files = [{"path": str(path)} for path in paths]
        body = {"eventType": "Download", "movie": {"title": "X"}, "episodeFiles": files}
        secret = self.parts.services.keys.webhook_secret()
        address = f"http://127.0.0.1:{self.port}/{secret}"
        with urllib.request.urlopen(address, json.dumps(body).encode(), timeout=30) as answer:
            assert answer.status == 200

    def queued(self) -> List[Path]:
        jobs = JobStore(self.parts.database).page(tuple(JobState), limit=-1)
        return sorted(job.path for job in jobs)

    def told(self) -> List[str]:
        found: List[Any] = []
        while True:
            try:
                found.append(self.manager.events.get_nowait())
            except queue.Empty:
                return [event.message for event in found if isinstance(event, ServiceNotice)]


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[Hook]:
    library = [{"id": 1, "title": "Owned", "path": str(tmp_path / "films" / "Owned (2001)")}]
    with ExitStack() as stack:
        server = stack.enter_context(Server(arr("Radarr", library, version="6.1.0")))
        made = Hook(tmp_path, server.url)
        stack.enter_context(made.parts)
        yield made
        made.manager.shutdown(30.0)


def test_files_below_watched_and_mapped_folders_and_of_the_servers_library_are_queued(
    hook: Hook,
) -> None:
    watched = hook.film("watched", "X", "x.mkv")
    mapped = hook.film("mapped", "Y", "y.mkv")
    owned = hook.film("Owned (2001)", "owned.mkv")
    FolderList(hook.parts.database).add(WatchedFolder(hook.films / "watched"))
    hook.send(watched, "/movies/Y/y.mkv", owned)
    assert hook.queued() == sorted([watched, mapped, owned])
    assert hook.told() == []


def test_all_other_files_are_not_and_the_user_reads_why(hook: Hook) -> None:
    beside = hook.film("beside", "x.mkv")
    hook.film("mapped", "Y", "y.mkv")
    hook.send(beside, "/movies/../beside/x.mkv", hook.films / "mapped", hook.films / "mapped" / "Y")
    assert hook.queued() == []
    (sentence,) = hook.told()
    assert f"Radarr named 4 files, such as {beside}, which is not below a watched" in sentence
    assert "Watch its folder, or map it" in sentence

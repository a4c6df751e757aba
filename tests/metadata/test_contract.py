"""The client against the official API documents, served by Prism; skipped where that is not installed.

``npm install @stoplight/prism-cli`` anywhere, and its ``node_modules/.bin`` on the PATH.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Dict, Iterator

import pytest
import requests

from core.settings.services import ArrInstance, Service
from metadata.arr import ArrAnswerError, ArrClient, ArrTitle
from tests.metadata.server import fixture

SHARED = Path(__file__).resolve().parents[3] / "shared" / "api"
_STATUS = {"appName": "", "version": "4.0.10.2544"}


def _examples(service: Service) -> Dict[str, Any]:
    sonarr = service is Service.SONARR
    rows = fixture("series.json" if sonarr else "movies.json")
    route = "series" if sonarr else "movie"
    return {
        "/api/v3/system/status": {**_STATUS, "appName": service.label},
        f"/api/v3/{route}": rows,
        f"/api/v3/{route}/lookup": rows[:1],
        "/api/v3/tag": fixture("tags.json"),
    }


@pytest.fixture(params=[Service.SONARR, Service.RADARR], ids=["sonarr", "radarr"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArrClient]:
    prism = shutil.which("prism")
    document = SHARED / f"{request.param.value}-openapi.json"
    if prism is None:
        pytest.skip("prism is not on the PATH (npm install @stoplight/prism-cli)")
    if not document.is_file():
        pytest.skip(f"the official API documents are not at {SHARED}")
    examples, patched = tmp_path / "examples.json", tmp_path / "openapi.json"
    examples.write_text(json.dumps(_examples(request.param)), encoding="utf-8")
    overlay = SHARED / "prism_overlay.py"
    subprocess.run(
        [sys.executable, overlay, document, patched, request.param.label, examples], check=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [prism, "mock", "-h", "127.0.0.1", "-p", str(port), str(patched)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = ArrClient(
        requests.Session(), ArrInstance(request.param, "Prism", f"http://127.0.0.1:{port}", "any")
    )
    try:
        deadline = time.monotonic() + 60
        while not client.test_connection().ok:
            assert process.poll() is None, "prism ended"
            assert time.monotonic() < deadline, client.test_connection()
            time.sleep(0.2)
        yield client
    finally:
        process.terminate()
        process.wait(10)


def test_every_call_is_one_that_the_official_document_allows(served: ArrClient) -> None:
    library = served.library()
    assert library
    assert all(isinstance(title, ArrTitle) for title in library)
    known = library[0]
    assert served.lookup(known.imdb_id) is not None
    assert served.lookup("tt9999999") is None  # the mock answers with the same title
    assert isinstance(served.start_rescan(1)[0], int)
    assert isinstance(served.command_status(1), str)
    assert isinstance(served.unmonitors_deleted(), bool)


def test_the_documents_errors_are_told(served: ArrClient) -> None:
    served._session.headers["Prefer"] = "code=503"
    with pytest.raises(ArrAnswerError) as caught:
        served.library()
    assert caught.value.retry

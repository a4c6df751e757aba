"""Fixtures of the watching's tests."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.monitoring.bench import Bench, tiny_film


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tiny_film(tmp_path_factory.mktemp("film"))


@pytest.fixture
def bench(tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """The watched folder, and a monitor that is in more of a hurry than for people."""
    monkeypatch.setattr("monitoring.root._TICK", 0.05)
    monkeypatch.setattr("monitoring.root._CALM", 0.1)
    with Bench(tmp_path, film) as made:
        yield made

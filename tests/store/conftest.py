"""What tests of what is kept share."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from store.connection import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "data.db") as opened:
        yield opened

"""Fixtures of the tests that carry plans out."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from core.tools import ToolName, Toolset
from tests.processing.bench import Bench, fast_settings


@pytest.fixture
def bench(tmp_path: Path, toolset: Toolset) -> Iterator[Bench]:
    """A bench with this machine's tools; the tests that need mkvpropedit say so."""
    one = Bench(tmp_path / "library", toolset, fast_settings())
    if toolset.get(ToolName.MKVPROPEDIT) is None:
        pytest.skip("mkvpropedit is not installed")
    yield one
    one.database.close()

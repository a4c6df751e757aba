"""Fixtures of what makes results."""

from __future__ import annotations

import pytest

from core.tools import ToolName
from tests.chunk_campaign import Bench


@pytest.fixture(scope="session")
def chunk_bench() -> Bench:
    """The tools that films in chunks are made with; skipped where they are too old for that."""
    made = Bench()
    tool = made.toolset.get(ToolName.FFMPEG)
    if tool is None or not tool.at_least(8, 0) or "libx265_10bit" not in tool.abilities:
        pytest.skip("needs an ffmpeg 8 or newer whose libx265 has 10 bits")
    return made

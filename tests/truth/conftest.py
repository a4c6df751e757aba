"""Fixtures of the tests that compare results with their films."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The film's folder, beside which the workshop has its database."""
    folder = tmp_path / "films"
    folder.mkdir()
    return folder

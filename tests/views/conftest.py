"""Fixtures of the window's tests."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Iterator

import pytest

from tests.views.api_bench import ApiBench
from tests.views.window import Errors, end, require_display
from views.palette import LIGHT
from views.theme import Look


@pytest.fixture
def root() -> Iterator[tk.Tk]:
    """A window of its own; an error in any callback fails the test."""
    require_display()
    window = tk.Tk()
    scaling = window.tk.call("tk", "scaling")
    errors = Errors()
    window.report_callback_exception = errors.take
    yield window
    window.tk.call("tk", "scaling", scaling)  # it is the display's, which other tests use too
    end(window)
    errors.raise_first()


@pytest.fixture
def look(root: tk.Tk) -> Look:
    """The light look on that window."""
    look = Look(root)
    look.apply(LIGHT)
    return look


@pytest.fixture
def bench(root: tk.Tk, look: Look, tmp_path: Path) -> Iterator[ApiBench]:
    """The pages for Sonarr, Radarr and OMDb on a database of their own."""
    root.geometry("1000x640")
    bench = ApiBench(root, look, tmp_path)
    yield bench
    bench.close()

"""Windows on Windows: a question stands over the window that asks, and belongs to it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from scripts.wine_desktop import WineDesktop

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.exe, pytest.mark.timeout(300)]


def test_every_window_belongs_to_the_one_it_came_from_and_stands_over_it(
    desktop: WineDesktop,
) -> None:
    python = os.environ.get("MEDIAPROCESSOR_WINE_PYTHON", "")
    if not python:
        pytest.skip("MEDIAPROCESSOR_WINE_PYTHON is not set; scripts/test.sh sets it")
    answer = desktop.run(Path(python), "-m", "tests.exe.stacked_windows", folder=ROOT)
    moments = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    assert [moment["stack"][:3] for moment in moments] == [
        ["Details", "Program"],
        ["Question", "Details", "Program"],
        ["MediaProcessor", "Details", "Program"],
        ["Slots", "Details", "Program"],
    ], answer
    for moment, above in zip(moments[1:], ("Question", "MediaProcessor", "Slots")):
        assert moment["owners"][above] == "Details"
        assert moment["owners"]["Details"] == "Program"

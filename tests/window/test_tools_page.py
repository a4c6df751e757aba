"""The page of the tools in the whole window: what is really on this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List

import pytest

from app import encoder_prover
from core.encoders.listed import programs
from tests.films import FFMPEG
from tests.stand_in import StandIn
from tests.window_program import Program
from views.tools_panel import ToolsPanel
from window.settings_controller import SettingsController

pytestmark = pytest.mark.window


def rows(panel: ToolsPanel) -> List[List[str]]:
    return [
        [str(cell) for cell in panel.table.item(row, "values")]
        for row in panel.table.get_children()
    ]


@pytest.fixture
def panel(program: Program) -> ToolsPanel:
    controller: SettingsController = program.window.open_tab("settings")
    controller.view.open_section("tools")
    found = controller.tools.panel
    assert found is not None
    program.until(lambda: rows(found), "the tools")
    return found


def test_every_program_stands_there_with_its_version_and_place(panel: ToolsPanel) -> None:
    names = [row[0] for row in rows(panel)]
    assert names == [program.name for program in programs()]
    ffmpeg = rows(panel)[0]
    assert ffmpeg[1][0].isdigit() or ffmpeg[1].startswith(("n", "N"))
    assert Path(ffmpeg[2]).is_file()


def test_a_chosen_program_tells_what_it_can_do(panel: ToolsPanel) -> None:
    panel.table.selection_set("0")
    panel.update()
    assert "H.265 (CPU)" in panel.details.cget("text")
    assert "Opus" in panel.details.cget("text")


def test_a_path_that_was_set_is_looked_at_at_once(program: Program, panel: ToolsPanel) -> None:
    program.parts.config.set("tools.ffmpeg", FFMPEG)
    program.until(lambda: rows(panel) and rows(panel)[0][3] == "set by you", "the new program")
    assert rows(panel)[0][2] == FFMPEG


def test_find_again_looks_again(program: Program, panel: ToolsPanel) -> None:
    before = rows(panel)
    panel.again_button.invoke()
    assert panel.again_button.instate(["disabled"])
    program.until(lambda: panel.again_button.instate(["!disabled"]), "the search")
    assert rows(panel) == before


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script")
def test_find_again_asks_the_graphics_anew(
    program: Program, panel: ToolsPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder_prover, "FEATURES", ())
    stand_in = StandIn(tmp_path / "bin", FFMPEG)
    stand_in.mode = "gone"
    program.parts.config.set("tools.qsvenc", str(stand_in.path))
    place = [row[0] for row in rows(panel)].index("QSVEncC") if rows(panel) else 2

    def told() -> str:
        if not rows(panel):
            return ""
        panel.table.selection_set(str(place))
        panel.update()
        return str(panel.details.cget("text"))

    program.until(lambda: "does not work here and is not used" in told(), "the answer")
    assert "install" in told()
    stand_in.mode = "works"
    panel.again_button.invoke()
    program.until(lambda: "H.265 (Intel)" in told(), "the new answer")

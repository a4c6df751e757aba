"""The page of the tools in the whole window: what is really on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from tests.films import FFMPEG
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
    assert names == ["ffmpeg", "ffprobe", "QSVEncC", "mkvpropedit", "mkvmerge"]
    ffmpeg = rows(panel)[0]
    assert ffmpeg[1][0].isdigit() or ffmpeg[1].startswith(("n", "N"))
    assert Path(ffmpeg[2]).is_file()


def test_a_chosen_program_tells_what_it_can_do(panel: ToolsPanel) -> None:
    panel.table.selection_set("0")
    panel.update()
    assert "libx265" in panel.details.cget("text")
    assert "libopus" in panel.details.cget("text")


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

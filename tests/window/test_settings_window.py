"""The settings in the whole window: applied page by page, asked about once, moved to another machine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable

import pytest

from app.presets import PresetList
from config import Config
from core.settings.services import ArrInstance, Service
from core.settings.watched_folder import WatchedFolder
from monitor import FolderList
from tests.product import ROOT
from tests.window_program import Program
from views.settings_tab import SettingsTab
from views.transfer_page import TransferPage

pytestmark = pytest.mark.window


@pytest.fixture
def settings(program: Program) -> SettingsTab:
    view: SettingsTab = program.window.open_tab("settings").view
    program.root.update()
    return view


def test_a_quality_of_the_first_page_makes_the_templates_that_the_command_line_shows(
    program: Program, settings: SettingsTab
) -> None:
    settings.field("video.quality").text = "better"
    settings.field("video.graphics").text = "none"
    said = program.window.tab("settings").films.summary.said
    assert said.cget("text").startswith("The picture of films stays as it is.")
    settings.field("video.encode").text = "yes"
    assert said.cget("text").startswith("Films become HEVC at very good quality.")
    settings.apply_button.invoke()
    program.until(lambda: settings.status.cget("text") == "Saved.", "the saving")
    shown = subprocess.run(
        [sys.executable, str(ROOT / "main.py"), "--data-dir", str(program.folder / "data"),
         "settings", "list"],
        capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    (line,) = [line for line in shown.splitlines() if line.startswith("templates.normal ")]
    assert "-crf 20" in line


def test_what_was_changed_elsewhere_is_told_instead_of_saved(
    program: Program, settings: SettingsTab
) -> None:
    config = program.parts.config
    told = settings.status
    threading.Thread(target=config.set, args=("queue.gpu_jobs", "3")).start()
    expected = "“Films on the GPU at once” was changed outside these pages."
    program.until(lambda: told.cget("text") == expected, "what another place changed")
    assert settings.field("queue.gpu_jobs").text == "3"
    config.change({"queue.gpu_jobs": "2", "queue.remux_jobs": "5", "video.encode": "yes"})
    program.until(lambda: told.cget("text").endswith("were changed outside these pages."), "three")
    assert " and 2 more " in told.cget("text")
    program.invoke("theme.dark")
    program.until(lambda: told.cget("text").startswith("“Theme” was changed"), "the menu's theme")
    settings.field("queue.gpu_jobs").text = "4"
    config.change({"queue.remux_jobs": "3"})
    program.until(lambda: settings.texts["queue.remux_jobs"] == "3", "a change beside one's own")
    assert told.cget("text") == "1 unsaved change."
    settings.apply_button.invoke()
    program.until(lambda: told.cget("text") == "Saved.", "one's own")
    config.change({"window.geometry": "800x600+1+1"})
    program.until_commands_are_done()
    assert told.cget("text") == "Saved."


def test_a_preset_fills_in_the_choices_and_is_recognised(
    program: Program, settings: SettingsTab
) -> None:
    box = program.window.tab("settings").films.summary.preset
    assert box.get() == "(your own choice)", "the templates of this test are by hand"
    box.current(1)
    box.event_generate("<<ComboboxSelected>>")
    assert settings.unsaved == {"video.codec": "av1", "video.quality": "balanced"}
    assert box.get() == "Small files for new players"
    settings.field("video.quality").text = "best"
    assert box.get() == "(your own choice)"


def test_what_the_disk_refuses_on_one_page_keeps_no_other_from_being_stored(
    program: Program, settings: SettingsTab
) -> None:
    settings.field("queue.gpu_jobs").text = "3"
    settings.field("tools.ffmpeg").text = str(program.folder / "gone")
    settings.apply_button.invoke()
    config = program.parts.config
    program.until(lambda: config.settings.queue.gpu_jobs == 3, "the page that is right")
    refused = "Nothing on the page “Tools” was saved."
    program.until(lambda: settings.status.cget("text") == refused, "the refusal")
    assert settings.sidebar.chosen == "tools"
    assert settings.sections.item("tools", "text") == "● Tools"
    assert "is not there" in settings.sidebar.problems["tools"]
    settings.revert()


@pytest.mark.parametrize(
    ("answer", "stored", "left"), [(0, "dark", {}), (1, "light", {}), (2, "light", {"x": "dark"})]
)
def test_leaving_with_unsaved_changes_asks_once(
    program: Program, settings: SettingsTab, answer: int, stored: str, left: dict[str, str]
) -> None:
    program.parts.config.set("window.theme", "light")
    program.until(lambda: settings.field("window.theme").setting.text == "light", "the theme")
    settings.field("window.theme").text = "dark"
    program.answers.chosen = answer
    for tab in ("queue", "settings", "logs"):
        program.window.open_tab(tab)
        program.root.update()
        program.until_commands_are_done()
    assert program.answers.asked == ["Settings not saved"]
    program.until(lambda: program.parts.config.get("window.theme") == stored, "the answer")
    program.until(lambda: list(settings.unsaved.values()) == list(left.values()), "the rest")
    settings.revert()


def test_the_experts_pages_are_open_again_at_the_next_start(program: Program) -> None:
    assert not program.window.tab("settings").view.sidebar.expert_open
    program.window.tab("settings").view.sidebar.open_expert(True)
    program.close()
    program.open()
    assert program.window.tab("settings").view.sidebar.expert_open


@pytest.fixture
def transfer(program: Program, settings: SettingsTab) -> TransferPage:
    settings.open_section("transfer")
    page: TransferPage = program.window.tab("settings").transfer.page
    return page


def test_everything_goes_to_a_file_without_keys_and_comes_back(
    program: Program, transfer: TransferPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    folders = FolderList(program.parts.database)
    folders.add(WatchedFolder(library, own_settings=(("video.quality", "best"),)))
    sonarr = ArrInstance(Service.SONARR, "Home", "http://127.0.0.1:8989", "a-secret-key")
    program.parts.services.keys.save_arr_instance(sonarr)
    program.parts.config.set("queue.gpu_jobs", "4")
    file = program.answers.saved_as = tmp_path / "setup.json"
    transfer.export_button.invoke()
    program.until(lambda: "Saved to" in transfer.note.cget("text"), "the file")
    assert "a-secret-key" not in file.read_text("utf-8")
    assert json.loads(file.read_text("utf-8"))["sealed_keys"] == ""
    program.parts.config.set("queue.gpu_jobs", "1")
    folders.remove(folders.all()[0].id)
    monkeypatch.setattr(program.answers, "path", lambda _kind: str(file))
    program.answers.chosen = 0
    transfer.import_button.invoke()
    program.until(lambda: "1 setting was changed." in transfer.note.cget("text"), "the import")
    assert program.parts.config.settings.queue.gpu_jobs == 4
    assert [folder.own_settings for folder in folders.all()] == [(("video.quality", "best"),)]
    (kept,) = program.parts.services.keys.load_arr_instances(Service.SONARR)
    assert kept.api_key == "a-secret-key", "the key that is here stays"


def test_what_is_no_setup_is_refused_with_a_sentence(
    program: Program, transfer: TransferPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content, said in (("{}", "holds no setup"), ("no JSON", "holds no JSON")):
        file = tmp_path / "other.json"
        file.write_text(content, "utf-8")
        monkeypatch.setattr(program.answers, "path", lambda _kind, file=file: str(file))
        transfer.import_button.invoke()
        program.until(lambda said=said: said in transfer.note.cget("text"), said)
    assert program.answers.asked == []


def test_a_preset_is_saved_used_exported_removed_and_imported(
    program: Program, transfer: TransferPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config: Config = program.parts.config
    config.change({"video.quality": "best", "video.codec": "av1"})

    def rows(*names: str) -> Callable[[], bool]:
        return lambda: transfer.table.get_children() == names

    transfer.name.insert(0, "Evening")
    transfer.save_button.invoke()
    program.until(rows("Evening"), "the preset")
    config.set("video.quality", "smaller")
    transfer.table.selection_set("Evening")
    program.root.update()
    transfer.use_button.invoke()
    program.until(lambda: config.get("video.quality") == "best", "the use of it")
    file = program.answers.saved_as = tmp_path / "evening.json"
    transfer.save_file_button.invoke()
    program.until(file.exists, "the file")
    program.answers.chosen = 0
    transfer.remove_button.invoke()
    program.until(rows(), "the end of it")
    monkeypatch.setattr(program.answers, "path", lambda _kind: str(file))
    transfer.load_button.invoke()
    program.until(rows("Evening"), "the preset again")
    (preset,) = PresetList(program.parts.database, config).all()
    assert preset.settings["video.codec"] == "av1"
    box = program.window.tab("settings").films.summary.preset
    assert "Evening" in box.cget("values")

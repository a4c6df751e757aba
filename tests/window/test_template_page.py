"""The page of the command templates in the whole window, with the real tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.encoders import templates
from core.errors import UsageError
from core.settings.fields import FIELDS
from tests.films import AudioSpec, make_film
from tests.window_program import Program
from views.template_panel import TemplatePanel
from window.settings_controller import SettingsController
from window.template_controller import read_templates

pytestmark = pytest.mark.window

NORMAL = "templates.normal"
QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 31 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)


@pytest.fixture
def settings(program: Program) -> SettingsController:
    program.parts.config.set("metadata.enabled", "no")
    controller: SettingsController = program.window.open_tab("settings")
    controller.view.open_section("templates")
    program.root.update()
    return controller


@pytest.fixture
def panel(settings: SettingsController) -> TemplatePanel:
    assert settings.templates.panel is not None
    return settings.templates.panel


def commands(panel: TemplatePanel) -> str:
    return panel.preview.get("1.0", "end-1c")


def look_at_film(program: Program, panel: TemplatePanel, tmp_path: Path) -> None:
    film = make_film(tmp_path / "A Film.mkv", seconds=2, audio=[AudioSpec("ac3", 2)])
    program.answers.chosen_films = (film,)
    panel.film_button.invoke()
    program.until(lambda: commands(panel), "the commands")


def test_the_commands_for_a_film_follow_what_is_typed(
    program: Program, settings: SettingsController, panel: TemplatePanel, tmp_path: Path
) -> None:
    look_at_film(program, panel, tmp_path)
    assert "A Film.mkv" in commands(panel)
    settings.view.field(NORMAL).text = QUICK
    program.until(lambda: "-crf 31" in commands(panel), "the new commands")
    settings.view.field(NORMAL).text = "$ffmpeg -i $input"
    program.until(lambda: "$output" in str(panel.note.cget("text")), "the reason")


def test_ten_seconds_are_encoded_and_the_figures_shown(
    program: Program, settings: SettingsController, panel: TemplatePanel, tmp_path: Path
) -> None:
    settings.view.field(NORMAL).text = QUICK
    look_at_film(program, panel, tmp_path)
    panel.test_button.invoke()
    program.until(lambda: "frames a second" in str(panel.note.cget("text")), "the figures")
    settings.view.revert()


def test_a_test_ends_when_it_is_cancelled(
    program: Program, settings: SettingsController, panel: TemplatePanel, tmp_path: Path
) -> None:
    settings.view.field(NORMAL).text = QUICK.replace("ultrafast", "placebo")
    look_at_film(program, panel, tmp_path)
    label = panel.test_button.cget("text")
    panel.test_button.invoke()
    assert panel.test_button.cget("text") != label
    data = program.parts.data_dir
    program.until(lambda: list(data.glob("template-test-*/result.mkv")), "the encoder")
    panel.test_button.invoke()
    program.until(lambda: panel.test_button.cget("text") == label, "the end of the test")
    assert not list(data.glob("template-test-*"))
    assert "cancelled" in str(panel.note.cget("text")).lower()
    settings.view.revert()


def test_a_placeholder_is_put_in_at_the_cursor(
    settings: SettingsController, panel: TemplatePanel
) -> None:
    field = settings.view.field(NORMAL)
    field.text = "$ffmpeg -i"
    panel.placeholders.selection_set("$input")
    panel.placeholders.focus_force()
    panel.update()
    assert "stands alone after -i" in panel.note.cget("text")
    panel.placeholders.event_generate("<Return>")
    assert field.text == "$ffmpeg -i $input"
    settings.view.revert()


def test_templates_go_out_to_a_file_and_come_back(
    program: Program,
    settings: SettingsController,
    panel: TemplatePanel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "mine.json"
    settings.view.field(NORMAL).text = QUICK
    program.answers.saved_as = file
    panel.export_button.invoke()
    program.until(lambda: str(file) in str(panel.note.cget("text")), "the file")
    settings.view.revert()
    monkeypatch.setattr(program.answers, "path", lambda _kind: str(file), raising=False)
    panel.import_button.invoke()
    program.until(lambda: settings.view.field(NORMAL).text == QUICK, "the templates")
    settings.view.apply_button.invoke()
    program.until(lambda: program.parts.config.get(NORMAL) == QUICK, "the saving")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("no json", "JSON"),
        ("{}", "holds no templates"),
        (
            '{"format": "mediaprocessor-templates-1", "templates": {"audio.languages": "x"}}',
            "audio",
        ),
    ],
)
def test_a_file_of_something_else_is_refused_in_a_sentence(
    tmp_path: Path, content: str, word: str
) -> None:
    file = tmp_path / "file.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=word):
        read_templates(file)


def test_a_template_that_is_wrong_is_not_imported(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    texts = {NORMAL: templates.FFMPEG_NORMAL.replace("$output", "$elsewhere")}
    content = {"format": "mediaprocessor-templates-1", "templates": texts}
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(Exception, match="elsewhere"):
        read_templates(file)


def test_default_brings_the_first_text_back(settings: SettingsController) -> None:
    field = settings.view.field(NORMAL)
    field.text = QUICK
    field.default_button.invoke()
    assert field.text == FIELDS[NORMAL].default
    settings.view.revert()


def test_unsaved_changes_are_asked_about_when_the_window_closes(
    program: Program, settings: SettingsController
) -> None:
    settings.view.field(NORMAL).text = QUICK
    program.answers.chosen = 2  # keep open
    program.window.close()
    assert program.answers.asked == ["Settings not saved"]
    assert program.root.winfo_exists()
    settings.view.revert()

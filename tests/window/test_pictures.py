"""Pictures before and after in the whole window: in a film's details, and of a template's test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import List

import pytest

from core.tools import ToolName, Toolset
from tests.films import AudioSpec, make_film
from tests.window_program import Program
from window import pictures_controller
from window.details_controller import JobWindow
from window.pictures_controller import PicturesController
from window.settings_controller import SettingsController

pytestmark = pytest.mark.window

QUICK = (
    "$ffmpeg -i $input -c:v libx265 -preset ultrafast -crf 31 -pix_fmt $pixel_format "
    "-filter:v:0 $filters $hdr $tracks $output"
)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> List[Path]:
    """What would have been given to the system's player."""
    found: List[Path] = []
    monkeypatch.setattr(pictures_controller, "open_with_system", found.append)
    return found


def done(program: Program) -> int:
    """The job of a film that was encoded."""
    program.parts.config.change(
        {"video.encode": "yes", "video.good_bits_per_pixel": "0", "templates.normal": QUICK}
    )
    program.window.add((program.film("Film.mkv", seconds=2),))
    program.invoke("queue.start")
    program.until(program.counts(pending=0, completed=1), "the film completed")
    program.until(lambda: program.table("completed").ids, "its row")
    return int(program.table("completed").ids[0])


def opened(program: Program, job_id: int) -> JobWindow:
    controller = program.window.tab("queue").details
    controller.open(job_id)
    window: JobWindow = controller.open_windows[job_id]
    program.until(lambda: window.view.facts, "the job")
    window.view.open("pictures")
    program.until(lambda: window.pictures.page is not None, "the page")
    return window


def page_of(window: JobWindow) -> PicturesController:
    assert window.pictures.page is not None
    return window.pictures.page


def test_details_show_the_picture_before_and_after_with_sizes_and_a_score(
    program: Program, played: List[Path]
) -> None:
    window = opened(program, done(program))
    page = page_of(window)
    view = page.view
    program.until(lambda: view.slider.both, "both stills")
    program.until(lambda: "here:" in view.scored.cget("text"), "a score")
    assert "not of the whole film" in view.scored.cget("text")
    assert view.sizes.cget("text").startswith("Before ")
    assert view.place_label.cget("text") == "Place 1 of 1 · 0:01"
    program.until(lambda: str(window.view.thumbnail.cget("image")), "the small picture")
    view.play_original.invoke()
    view.play_result.invoke()
    program.until(lambda: len(played) == 2, "both films played")
    assert played[0].suffix in (".mkv", ".m3u8")  # kept as "….original", which no player takes
    assert played[0].resolve().name.endswith(".original")
    assert played[1].name == "Film.mkv"
    program.answers.chosen = 0
    window.view.restore_button.invoke()
    program.until(
        lambda: "The original was restored" in page_of(window).view.note.cget("text"),
        "the page to say that there is no result any more",
    )
    assert not page_of(window).view.slider.both


def test_without_the_original_only_the_result_is_shown_and_why(program: Program) -> None:
    job_id = done(program)
    for path in (program.folder / "films" / ".mediaprocessor" / "originals").iterdir():
        path.unlink()
    view = page_of(opened(program, job_id)).view
    program.until(lambda: "not where it was kept" in view.note.cget("text"), "the reason")
    program.until(lambda: view.slider.under.find_all(), "the result's picture")
    assert view.play_original.instate(["disabled"])
    assert view.play_result.instate(["!disabled"])
    assert not view.slider.both


def test_without_ffmpeg_the_page_says_so_in_a_sentence(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = done(program)
    program.invoke("queue.stop")
    toolset = program.parts.equip().toolset
    without = Toolset(tuple(tool for tool in toolset.tools if tool.name != ToolName.FFMPEG))
    equipped = replace(program.parts.equip(), toolset=without)
    monkeypatch.setattr(program.parts, "equip", lambda: equipped)
    view = page_of(opened(program, job_id)).view
    program.until(lambda: "ffmpeg" in shown(view.slider.under), "the sentence")
    assert "no pictures can be shown" in shown(view.slider.under)


def shown(canvas: object) -> str:
    items = canvas.find_all()  # type: ignore[attr-defined]
    texts = [canvas.itemcget(item, "text") for item in items if canvas.type(item) == "text"]  # type: ignore[attr-defined]
    return " ".join(texts)


def test_a_templates_test_shows_its_pictures_and_its_files_go(
    program: Program, tmp_path: Path
) -> None:
    program.parts.config.set("metadata.enabled", "no")
    settings: SettingsController = program.window.open_tab("settings")
    settings.view.open_section("templates")
    program.root.update()
    panel = settings.templates.panel
    assert panel is not None
    settings.view.field("templates.normal").text = QUICK
    program.answers.chosen_films = (
        make_film(tmp_path / "A Film.mkv", seconds=2, audio=[AudioSpec("ac3", 2)]),
    )
    panel.film_button.invoke()
    program.until(lambda: panel.preview.get("1.0", "end-1c"), "the commands")
    panel.test_button.invoke()
    program.until(lambda: panel.result_button.winfo_ismapped(), "the pictures to be offered")
    panel.result_button.invoke()
    pictures = settings.templates.result
    assert pictures.page is not None
    view = pictures.page.view
    program.until(lambda: view.slider.both, "both stills")
    trials = list(program.parts.data_dir.glob("template-test-*"))
    assert len(trials) == 1
    pictures.close()
    settings.view.revert()
    program.close()
    assert not list(program.parts.data_dir.glob("template-test-*"))

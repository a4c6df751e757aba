"""The log tab of the whole window: the program's log, and that of one job while it grows."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path
from typing import List

import pytest

import logger
from core.events import JobState
from tests.reports.log_page import entries_in, parse, words
from tests.views.window import require_display
from tests.window_program import Program
from window import log_controller
from window.log_controller import LogController

pytestmark = pytest.mark.window
log = logging.getLogger("mediaprocessor.test")


def tab(program: Program) -> LogController:
    controller: LogController = program.window.open_tab("logs")
    program.until(controller.view.winfo_viewable, "the tab")
    return controller


def told(controller: LogController) -> str:
    return controller.view.text.get("1.0", "end")


def until_told(program: Program, controller: LogController, text: str) -> None:
    program.until(lambda: text in told(controller), text)


def test_what_was_told_before_the_tab_was_there_comes_first_and_once(tmp_path: Path) -> None:
    require_display()
    logger.setup_logging(tmp_path / "data" / "logs", stream=io.StringIO())
    log.info("Of an earlier start.")
    logger.close_logging()
    program = Program(tmp_path)
    try:
        controller = tab(program)
        log.info("Of this one.")
        until_told(program, controller, "Of this one.")
        until_told(program, controller, "Of an earlier start.")
        text = told(controller)
        assert text.index("Of an earlier start.") < text.index("Of this one.")
        assert text.count("Of this one.") == 1
    finally:
        program.close()
    program.errors.raise_first()


def test_the_log_of_a_job_is_followed_while_it_grows(program: Program) -> None:
    controller = tab(program)
    folder = program.parts.log_dir
    with logger.job_log(folder, 7):
        log.info("The first line of job 7.")
        controller.show_job(7)
        until_told(program, controller, "The first line of job 7.")
        assert "starts" not in told(controller)
        logger.log_tool_line(log, "ffmpeg", "frame=1")
        until_told(program, controller, "ffmpeg: frame=1")
        assert controller.view.source.get() == "Job 7: "
    log.info("Of the program.")
    controller.show_job(None)
    until_told(program, controller, "Of the program.")
    assert "frame=1" not in told(controller)
    assert "The first line of job 7." in told(controller), "its line in the program's log"


def test_a_film_that_was_processed_can_be_chosen_and_its_log_read(program: Program) -> None:
    controller = tab(program)
    program.window.add((program.film("Film.mkv"),))
    program.invoke("queue.start")
    done = program.jobs().counts
    program.until(lambda: done()[JobState.COMPLETED] == 1, "the film completed")
    choices = controller.view._sources
    program.until(lambda: len(choices.cget("values")) == 2, "the job among the choices")
    assert choices.cget("values")[1] == "Job 1: Film.mkv"
    choices.current(1)
    choices.event_generate("<<ComboboxSelected>>")
    until_told(program, controller, "Job 1: completed.")
    text = told(controller)
    assert "Job 1: analyzing." in text
    assert "The result passed 12 checks." in text
    assert "opens and reaches the end (" in text


def test_details_reach_the_tab_only_where_they_are_asked_for(program: Program) -> None:
    controller = tab(program)
    log.debug("a detail that nobody wants")
    controller.view.show_level(logging.DEBUG)
    log.debug("a detail apikey=PLANTED")
    until_told(program, controller, "a detail apikey=***")
    assert "nobody wants" not in told(controller)


def test_a_flood_keeps_the_last_lines_and_the_window_alive(program: Program) -> None:
    controller = tab(program)
    for number in range(7_000):
        log.info("flood %d", number)
    until_told(program, controller, "flood 6999")
    assert len(told(controller).splitlines()) <= 5001
    assert len(controller._program) <= 5000


def test_the_log_is_saved_as_a_page_with_the_level_that_is_shown(
    program: Program, tmp_path: Path
) -> None:
    controller = tab(program)
    log.info("quiet")
    log.warning("loud <b>")
    controller.view.show_level(logging.WARNING)
    target = program.answers.saved_as = tmp_path / "saved.html"
    program.invoke("logs.export")
    program.until(target.exists, "the page")
    texts = [words(entry) for entry in entries_in(parse(target.read_text("utf-8")))]
    assert any("loud <b>" in text for text in texts)
    assert not any("quiet" in text for text in texts)
    program.answers.saved_as = tmp_path / "none" / "saved.html"
    program.invoke("logs.export")
    status = program.window.status.view.message
    program.until(lambda: "cannot be written to" in status.whole, "the refusal")


def test_a_report_for_a_bug_is_made_from_the_menu(program: Program, tmp_path: Path) -> None:
    tab(program)
    target = program.answers.saved_as = tmp_path / "report.zip"
    program.invoke("help.bundle")
    program.until(lambda: "Make a bug report" in program.answers.asked, "the answer")
    with zipfile.ZipFile(target) as bundle:
        assert "doctor.txt" in bundle.namelist()


def test_page_and_folder_are_opened_with_the_systems_programs(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: List[Path] = []
    monkeypatch.setattr(log_controller, "open_with_system", opened.append)
    log.warning("Something for the page.")
    tab(program)
    program.invoke("logs.page")
    program.until(lambda: opened, "the page")
    program.invoke("logs.folder")
    program.until(lambda: len(opened) == 2, "the folder")
    assert "Something for the page." in opened[0].read_text("utf-8")
    assert opened[1] == program.parts.log_dir


def test_a_log_that_cannot_be_written_is_told_above_it(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_controller, "log_problem", lambda: "The disk of the log is full.")
    controller = tab(program)
    program.until(controller.view.problem.winfo_viewable, "the sentence")
    assert controller.view.problem.cget("text") == "The disk of the log is full."
    monkeypatch.setattr(log_controller, "log_problem", lambda: "")
    program.until(lambda: not controller.view.problem.winfo_viewable(), "its end")


def test_searching_by_keys(program: Program) -> None:
    controller = tab(program)
    view = controller.view
    for number in range(3):
        log.info("needle %d", number)
    until_told(program, controller, "needle 2")
    program.root.focus_force()
    view.text.focus_set()
    program.root.update()
    view.text.event_generate("<Control-f>")
    program.until(lambda: program.root.focus_get() is view.field, "the field")
    view.field.insert(0, "NEEDLE")
    view.field.event_generate("<Return>")
    program.until(lambda: " of 3" in view.count.cget("text"), "the first match")
    view.field.event_generate("<Escape>")
    program.until(lambda: view.count.cget("text") == "", "the end of the search")


def test_an_error_while_reading_a_jobs_log_is_a_sentence(program: Program) -> None:
    controller = tab(program)
    (program.parts.log_dir / "jobs" / "9.log").mkdir(parents=True)
    controller.show_job(9)
    program.until(lambda: controller._tail is None, "the way back")
    assert controller.view.source.get() == "The whole program"

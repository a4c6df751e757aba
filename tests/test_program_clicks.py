"""The program worked by a real pointer and keyboard on a screen with a window manager."""

from __future__ import annotations

import os
import tkinter as tk
from pathlib import Path
from typing import Iterator

import pytest

from tests.real_user import RealProgram, RealUser
from tests.screen import screen
from tests.window_program import Program
from views.details_window import DetailsWindow

pytestmark = pytest.mark.window


@pytest.fixture(scope="module")
def desktop() -> Iterator[dict[str, str]]:
    with screen() as environment:
        yield environment


@pytest.fixture
def user(
    tmp_path: Path, desktop: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealUser]:
    monkeypatch.setenv("DISPLAY", desktop["DISPLAY"])
    program = RealProgram(tmp_path)
    yield RealUser(program, desktop)
    program.close()
    program.errors.raise_first()


def done(program: Program, name: str) -> int:
    """Process a short film; its job."""
    program.window.add((program.film(name),))
    program.invoke("queue.start")
    program.until(program.counts(completed=1), "the film")
    program.until(lambda: program.table("completed").ids, "its row")
    return int(program.table("completed").ids[0])


def test_a_question_of_the_details_stands_over_them_and_belongs_to_them(user: RealUser) -> None:
    program = user.program
    job_id = done(program, "Film.mkv")
    details = program.window.tab("queue").details
    title, question = "Details of Film.mkv", "Restore original"

    def scenario() -> None:
        user.see(lambda: details.open(job_id))
        view: DetailsWindow = details.open_windows[job_id].view
        user.until(lambda: view.restore_button.instate(["!disabled"]), "what can be restored")
        user.until_on_top(title)
        assert user.belongs_to(title) == "MediaProcessor"
        user.click(view.restore_button)
        user.until_on_top(question)
        assert user.belongs_to(question) == title
        middle = centre(user, title)
        assert abs(centre(user, question)[0] - middle[0]) < 20
        user.click(program.queue.area)  # what lies behind comes to no front
        assert user.stacking()[-3:] == ["MediaProcessor", title, question]
        user.answer("Keep the result")
        user.until_on_top(title)

    user.play(scenario)


def test_a_question_is_wholly_on_the_screen_where_its_window_is_at_the_edge(user: RealUser) -> None:
    program = user.program
    program.root.geometry("720x480+900+700")

    def scenario() -> None:
        user.press("F9")
        user.until_on_top("Machines")
        assert user.belongs_to("Machines") == "MediaProcessor"
        place = user.place("Machines")
        assert place["left"] + place["width"] <= 1280
        assert place["top"] + place["height"] <= 900
        user.press("Escape")
        user.until_on_top("MediaProcessor")

    user.play(scenario)


def test_a_letter_with_alt_in_a_file_chooser_or_a_list_makes_no_error(user: RealUser) -> None:
    program = user.program
    box = next(child for child in descendants(program.queue) if child.winfo_class() == "TCombobox")

    def scenario() -> None:
        user.press("ctrl+o")
        user.until_on_top("Add films")
        user.press("alt+q", "alt+s", "Escape")
        user.until_on_top("MediaProcessor")
        user.click(box)
        user.press("alt+q", "Escape")

    user.play(scenario)  # raises what a callback raised


def test_cancel_asks_what_would_be_lost_and_one_click_loses_nothing(user: RealUser) -> None:
    program = user.program
    begin_slow_film(program)
    (card,) = program.queue.area.cards.values()
    manager = program.window.services.manager

    def scenario() -> None:
        user.until(lambda: manager.work_in_hand()[0].seconds > 1, "a second of work")
        user.click(card.cancel_button, double=True)
        said = user.texts()
        assert "s of work on Slow.mkv" in said
        assert "The originals are not changed." in said
        user.press("Return")  # what is chosen beforehand keeps the work
        user.until_on_top("MediaProcessor")
        assert user.see(lambda: manager.work_in_hand())
        user.click(card.cancel_button)
        user.answer("Cancel and lose this work")
        user.until(program.counts(cancelled=1, failed=0), "the end of the film")
        assert user.see(lambda: program.cell("cancelled", 0, "state") or "Cancelled") == "Cancelled"

    user.play(scenario)


def test_stop_asks_with_films_at_work_and_its_buttons_keep_their_places(user: RealUser) -> None:
    program = user.program
    begin_slow_film(program)
    manager = program.window.services.manager

    def scenario() -> None:
        user.until(lambda: manager.work_in_hand()[0].seconds > 1, "a second of work")
        running = user.see(lambda: places(program))
        user.press("F7")
        assert "s of work on Slow.mkv" in user.texts()
        user.answer("Keep working")
        assert user.see(lambda: manager.work_in_hand())
        user.press("F6")
        user.until(lambda: program.window.registry.enabled("queue.start"), "the pause")
        assert user.see(lambda: places(program)) == running
        user.press("F7")
        user.answer("Stop and lose this work")
        user.until(program.counts(pending=1), "the film back in the queue")
        user.until(lambda: not program.window.registry.enabled("queue.stop"), "the stop")
        assert user.see(lambda: places(program)) == running

    user.play(scenario)


def test_a_film_is_paused_and_resumed_by_the_same_button_of_its_card(user: RealUser) -> None:
    program = user.program
    begin_slow_film(program)
    (card,) = program.queue.area.cards.values()
    button = card.pause_button

    def scenario() -> None:
        user.click(button)
        user.until(lambda: button.cget("text") == "Resume", "the pause")
        user.until(lambda: "processor slot" in card.sizes.cget("text"), "what it holds")
        assert list(program.queue.area.cards.values()) == [card]
        user.click(button)
        user.until(lambda: button.cget("text") == "Pause", "going on")
        user.until(lambda: card.line.cget("text").startswith("In progress"), "the encoder")

    user.play(scenario)


def test_the_computer_shuts_down_when_the_queue_is_done_unless_somebody_says_no(
    user: RealUser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, asked = user.program, tmp_path / "asked"
    system = tmp_path / "bin" / "systemctl"
    system.parent.mkdir()
    system.write_text(f'#!/bin/sh\necho "$@" >> "{asked}"\n')
    system.chmod(0o755)
    monkeypatch.setenv("PATH", f"{system.parent}{os.pathsep}{os.environ['PATH']}")
    when_done, panel = program.window.when_done, program.window.panel
    films = [program.film(name) for name in ("One.mkv", "Two.mkv")]

    def run(film: Path) -> None:
        user.click(panel.when_done)
        user.press("Down", "Down", "Down", "Return")
        user.until(lambda: panel.when_done.cget("text") == "Shut down", "the choice")
        user.see(lambda: program.window.add((film,)))
        user.press("F5")
        user.until(lambda: when_done.countdown and when_done.countdown.winfo_exists(), "a minute")
        user.until_on_top("Shut down")
        assert user.belongs_to("Shut down") == "MediaProcessor"

    def scenario() -> None:
        run(films[0])
        countdown = when_done.countdown
        assert countdown is not None
        assert " seconds" in user.see(lambda: countdown.told.cget("text"))
        user.press("Return")
        user.until(lambda: panel.when_done.cget("text") == "Nothing", "the choice to be over")
        assert not asked.exists()
        when_done.seconds = 2
        run(films[1])
        user.until(asked.exists, "the system's program")
        assert asked.read_text() == "poweroff\n"

    user.play(scenario)


def begin_slow_film(program: RealProgram) -> None:
    program.parts.config.set("video.encode", "yes")
    program.window.add((program.film("Slow.mkv", seconds=40),))
    program.invoke("queue.start")
    program.until_encoding()


def descendants(widget: tk.Misc) -> Iterator[tk.Misc]:
    for child in widget.winfo_children():
        yield child
        yield from descendants(child)


def places(program: RealProgram) -> list[tuple[int, int]]:
    """Where the buttons of the panel are."""
    row = program.window.panel.winfo_children()[0]
    return [(child.winfo_rootx(), child.winfo_width()) for child in row.winfo_children()]


def centre(user: RealUser, title: str) -> tuple[int, int]:
    place = user.place(title)
    return place["left"] + place["width"] // 2, place["top"] + place["height"] // 2

"""The program worked by a real pointer and keyboard on a screen with a window manager."""

from __future__ import annotations

import os
import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Iterator, Mapping

import pytest

from store.exclusions import ExclusionStore
from tests.real_user import RealProgram, RealUser
from tests.window_program import Program
from views.details_window import DetailsWindow
from views.welcome_page import WelcomePage
from views.windowed_table import WindowedTable
from window.tabs import TABS

pytestmark = pytest.mark.window


class EmptyProgram(RealProgram):
    """The program at its very first start."""

    settings: Mapping[str, str] = {}


class Flow:
    """What a user does for one thing, counted: clicks, keys, and a film named in a file chooser."""

    def __init__(self, user: RealUser) -> None:
        self.user = user
        self.steps = 0

    def click(self, widget: tk.Misc) -> None:
        self.steps += 1
        self.user.click(widget)

    def press(self, key: str) -> None:
        self.steps += 1
        self.user.press(key)

    def answer(self, text: str) -> None:
        self.steps += 1
        self.user.answer(text)

    def row(self, table: WindowedTable, place: int, button: str = "1", times: int = 1) -> None:
        self.steps += times
        self.user.click_row(table, place, button, times)

    def choose(self, label: str) -> None:
        """Click an entry of the menu that is open."""
        self.steps += 1
        call = self.user.program.root.tk.call
        menus = self.user.until(lambda: call("grab", "current"), "the menu")
        menu = str(menus[0] if isinstance(menus, tuple) else menus)

        def place() -> tuple[int, int]:
            high = int(call(menu, "yposition", label)) + 8
            return int(call("winfo", "rootx", menu)) + 30, int(call("winfo", "rooty", menu)) + high

        self.user.pointer(*self.user.see(place))
        self.user.press_button()

    def pick(self, film: Path) -> None:
        """Name a film in the open file chooser."""
        self.steps += 1
        call = self.user.program.root.tk.call
        self.user.until_on_top("Add films")
        self.user.until(lambda: str(call("focus")).endswith(".ent"), "the chooser to take keys")
        entry = self.user.see(lambda: str(call("focus")))
        self.user.type(str(film))
        self.user.until(lambda: call(entry, "get") == str(film), "the film's name")


@pytest.fixture
def user(
    tmp_path: Path,
    desktop: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[RealUser]:
    monkeypatch.setenv("DISPLAY", desktop["DISPLAY"])
    program = getattr(request, "param", RealProgram)(tmp_path)
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
        user.answer("Cancel")
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


@pytest.mark.parametrize("user", [EmptyProgram], indirect=True)
def test_the_first_film_takes_four_clicks_from_an_empty_start(user: RealUser) -> None:
    program, flow = user.program, Flow(user)
    program.until(lambda: program.window.first_steps.wizard, "the first steps")
    film = program.film("Film.mkv")
    before = film.read_bytes()
    program.parts.config.change({**RealProgram.settings})
    steps = program.window.first_steps

    def scenario() -> None:
        user.until_on_top("First steps")
        page = user.see(lambda: steps.wizard and steps.wizard.page)
        assert isinstance(page, WelcomePage)
        flow.click(page.films_button)
        flow.pick(film)
        flow.press("Return")
        user.until_on_top("Before the first film")
        wizard = steps.wizard
        assert wizard is not None
        user.until(lambda: wizard.next_button.instate(["!disabled"]), "the plan")
        assert user.see(lambda: steps.plan.film.cget("text")) == "Film.mkv"
        assert user.see(lambda: steps.plan.plan.table.get_children())
        assert film.read_bytes() == before
        user.until(program.counts(pending=1), "the film in the queue")
        flow.click(wizard.next_button)
        user.until(program.counts(pending=0, completed=1), "the film")

    user.play(scenario)
    assert flow.steps == 4


@pytest.mark.parametrize("user", [EmptyProgram], indirect=True)
def test_who_closes_the_plan_of_the_first_film_has_it_in_the_queue_untouched(
    user: RealUser,
) -> None:
    program, flow = user.program, Flow(user)
    program.until(lambda: program.window.first_steps.wizard, "the first steps")
    film = program.film("Film.mkv")
    steps = program.window.first_steps

    def scenario() -> None:
        user.until_on_top("First steps")
        page = user.see(lambda: steps.wizard and steps.wizard.page)
        flow.click(page.films_button)
        flow.pick(film)
        flow.press("Return")
        user.until_on_top("Before the first film")
        flow.press("Escape")
        user.until_on_top("MediaProcessor")
        user.until(program.counts(pending=1), "the film in the queue")
        assert user.see(lambda: program.window.registry.enabled("queue.start"))

    user.play(scenario)


def test_a_film_is_paused_and_resumed_by_two_clicks(user: RealUser) -> None:
    program, flow = user.program, Flow(user)
    begin_slow_film(program)
    (card,) = program.queue.area.cards.values()

    def scenario() -> None:
        flow.click(card.pause_button)
        user.until(lambda: card.pause_button.cget("text") == "Resume", "the pause")
        flow.click(card.pause_button)
        user.until(lambda: card.pause_button.cget("text") == "Pause", "going on")

    user.play(scenario)
    assert flow.steps == 2


def test_a_film_whose_original_is_restored_by_four_clicks_is_left_alone_then(
    user: RealUser,
) -> None:
    program, flow = user.program, Flow(user)
    job_id = done(program, "Film.mkv")
    details = program.window.tab("queue").details
    completed = program.table("completed")
    film, told = program.folder / "films" / "Film.mkv", program.window.status.view.message
    processed = film.read_bytes()

    def scenario() -> None:
        flow.row(completed, 0, times=2)
        user.until(lambda: details.open_windows, "the details")
        view: DetailsWindow = details.open_windows[job_id].view
        user.until(lambda: view.restore_button.instate(["!disabled"]), "what can be restored")
        flow.click(view.restore_button)
        user.until_on_top("Restore original")
        flow.answer("Restore and leave alone")
        user.until(lambda: view.note.cget("text") == "The original was restored.", "the restore")
        assert flow.steps == 4
        original = film.read_bytes()
        assert original != processed
        user.press("Escape")
        user.until_on_top("MediaProcessor")
        user.see(lambda: program.window.add((film,)))
        user.press("F5")
        user.until(lambda: "never touched" in told.whole, "why it is left alone")
        user.until(program.counts(pending=0, completed=1), "the film to be left alone")
        assert film.read_bytes() == original

    user.play(scenario)


def test_a_film_is_never_touched_again_after_two_clicks_and_comes_off_the_list_by_two(
    user: RealUser,
) -> None:
    program, flow = user.program, Flow(user)
    done(program, "Film.mkv")
    completed = program.table("completed")
    store = ExclusionStore(program.parts.database)

    def scenario() -> None:
        flow.row(completed, 0, button="3")
        user.until(lambda: program.window.registry.enabled("job.never"), "the row's commands")
        flow.choose("Never touch this film")
        user.until(store.all, "the exclusion")
        assert flow.steps == 2
        while user.see(lambda: TABS[int(program.window.tabs.index("current"))].name) != "originals":
            user.press("ctrl+Tab")
        originals = program.window.tab("originals")
        user.pointer(*user.see(lambda: place_of_tab(originals.view.pages, 1)))
        user.press_button()
        listed = originals.exclusions.view
        user.until(lambda: listed.winfo_viewable() and len(listed.table.ids), "its row")
        tree = listed.table.tree
        user.until(lambda: tree.exists("0") and tree.set("0", "name") == "Film.mkv", "its name")
        assert user.see(lambda: tree.set("0", "why")) == "You asked for it"
        flow.row(listed.table, 0)
        user.until(lambda: program.window.registry.enabled("exclusion.remove"), "its command")
        flow.press("Delete")
        user.until(lambda: not store.all(), "the film to come off the list")
        user.until(lambda: not len(listed.table.ids), "its row to go")
        assert flow.steps == 4

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


def place_of_tab(notebook: ttk.Notebook, number: int) -> tuple[int, int]:
    """Where a tab of a notebook is on the screen, wherever the theme puts its tabs."""
    inside = [
        (x, y)
        for y in range(2, notebook.winfo_height(), 6)
        for x in range(2, notebook.winfo_width(), 6)
        if str(notebook.tk.call(str(notebook), "identify", "tab", x, y)) == str(number)
    ]
    x, y = inside[len(inside) // 2]
    return notebook.winfo_rootx() + x, notebook.winfo_rooty() + y

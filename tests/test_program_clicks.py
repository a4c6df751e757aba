"""The program worked by a real pointer and keyboard on a screen with a window manager."""

from __future__ import annotations

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


def centre(user: RealUser, title: str) -> tuple[int, int]:
    place = user.place(title)
    return place["left"] + place["width"] // 2, place["top"] + place["height"] // 2

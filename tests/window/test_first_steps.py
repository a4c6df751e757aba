"""The first steps in the whole window: shown once, and no film is touched before a plan was seen."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator, List, Mapping, Optional

import pytest

from app.encoder_trial import EncoderTrial
from core.encoders.listed import programs
from core.events import JobState
from core.media.seen_file import SeenKind
from core.settings.choices import FirstSteps
from monitor import FolderList
from store.seen_files import SeenFileStore
from tests.processing.bench import digest
from tests.views.window import require_display
from tests.window_program import Program
from views.texts import use_language
from views.welcome_page import WelcomePage
from views.wizard import Wizard
from window.first_steps import FirstStepsController, speed_text
from window.language import LOCALE

pytestmark = pytest.mark.window

WELCOME, FOLDERS, LANGUAGES, ORIGINALS, PLAN, SPEED, PROGRAMS = range(7)


class NewUser(Program):
    """The program in a data folder where nothing was set yet."""

    settings: Mapping[str, str] = {}

    @property
    def steps(self) -> FirstStepsController:
        return self.window.first_steps

    @property
    def wizard(self) -> Wizard:
        assert self.steps.wizard is not None
        return self.steps.wizard

    @property
    def reached(self) -> FirstSteps:
        return self.parts.config.settings.window.first_steps

    def begin(self) -> None:
        self.until(lambda: self.steps.wizard, "the steps")

    def go(self, place: int) -> None:
        while self.wizard.place < place:
            self.wizard.skip_button.invoke()
        self.root.update()

    def next(self, place: int) -> None:
        self.wizard.next_button.invoke()
        self.until(lambda: self.wizard.place == place, "the next page")

    def seen_plan(self) -> None:
        self.until(lambda: self.steps.plan.plan.table.get_children(), "the plan")

    def watched(self) -> List[Path]:
        return [folder.path for folder, _state, _said in self.window.services.folders.all()]


@pytest.fixture
def user(tmp_path: Path) -> Iterator[NewUser]:
    require_display()
    one = NewUser(tmp_path)
    yield one
    if one.opened:
        one.answers.chosen = 1
        one.close()
    one.errors.raise_first()


def test_a_new_user_is_led_through_once(user: NewUser) -> None:
    user.begin()
    user.until(lambda: user.reached is FirstSteps.SHOWN, "the note of it")
    user.wizard.close_button.invoke()
    user.close()
    user.open()
    user.until_commands_are_done()
    user.until(lambda: "logs.page" not in user.window.registry.unbound, "the window")
    assert user.steps.wizard is None
    user.invoke("help.first_steps")
    assert user.wizard.winfo_exists()


def test_who_has_settings_is_not_led(tmp_path: Path) -> None:
    require_display()
    program = Program(tmp_path)
    program.until(lambda: "logs.page" not in program.window.registry.unbound, "the window")
    program.until_commands_are_done()
    assert program.window.first_steps.wizard is None
    program.answers.chosen = 1
    program.close()
    program.errors.raise_first()


def test_the_first_page_says_what_the_program_does_and_changes_the_language(user: NewUser) -> None:
    user.begin()
    welcome = user.wizard.page
    assert isinstance(welcome, WelcomePage)
    assert user.wizard.title() == "First steps"
    assert welcome.language.get() == "English"
    welcome.language.set("Nederlands")
    try:
        welcome.language.event_generate("<<ComboboxSelected>>")
        user.until(lambda: user.steps.wizard and user.wizard.page is not welcome, "other words")
        assert user.wizard.title() == "Eerste stappen"
        assert user.parts.config.get("window.language") == "Nederlands"
        assert user.wizard.page.language.get() == "Nederlands"  # type: ignore[attr-defined]
    finally:
        use_language("en", LOCALE)


def test_the_programs_of_this_machine_are_shown(user: NewUser) -> None:
    user.begin()
    user.go(PROGRAMS)
    page = user.steps.tools
    user.until(lambda: page.table.get_children(), "the programs")
    names = [str(page.table.set(row, "name")) for row in page.table.get_children()]
    assert names == [program.name for program in programs()]
    assert str(page.table.set(page.table.get_children()[0], "state")).startswith("✓")


def test_every_page_can_be_skipped_and_changes_nothing_then(user: NewUser) -> None:
    before = user.parts.config.export()["settings"]
    user.begin()
    user.go(LANGUAGES)
    user.steps.languages.audio.set("tur")
    user.go(ORIGINALS)
    user.steps.originals.days.set("3")
    user.go(PROGRAMS)
    user.wizard.next_button.invoke()
    user.until(lambda: user.steps.wizard is None, "the end")
    user.until_commands_are_done()
    after = user.parts.config.export()["settings"]
    assert after == {**before, "window.first_steps": FirstSteps.SHOWN.value}
    assert user.watched() == []


def test_what_is_set_on_a_page_is_kept_by_next(user: NewUser) -> None:
    user.begin()
    user.go(LANGUAGES)
    user.steps.languages.audio.set("tur, eng")
    user.next(ORIGINALS)
    user.steps.originals.days.set("30")
    user.next(PLAN)
    settings = user.parts.config.settings
    assert settings.audio.languages == settings.subtitles.languages == ("tur", "eng")
    assert settings.files.keep_original_days == 30


def test_what_is_wrong_is_said_and_the_page_stays(user: NewUser) -> None:
    user.begin()
    user.go(ORIGINALS)
    user.steps.originals.days.set("many")
    user.wizard.next_button.invoke()
    assert user.wizard.place == ORIGINALS
    assert "number" in user.steps.originals.said.cget("text")


def test_a_folder_is_watched_only_at_the_end_and_its_film_waits_for_start(user: NewUser) -> None:
    film = user.film("Film.mkv")
    before = digest(film)
    user.answers.chosen_folder = film.parent
    user.begin()
    user.go(FOLDERS)
    user.steps.folders.add_button.invoke()
    user.until(lambda: user.steps.folders.folders, "the folder")
    user.go(PLAN)
    user.seen_plan()
    assert user.steps.plan.film.cget("text") == "Film.mkv"
    assert user.watched() == []
    user.until(lambda: user.reached is FirstSteps.DONE, "the note that a plan was seen")
    user.go(PROGRAMS)
    user.wizard.next_button.invoke()
    user.until(user.watched, "the watching")
    assert user.watched() == [film.parent]
    assert digest(film) == before
    assert not user.window.registry.enabled("queue.pause"), "nothing starts by itself"


def test_the_folders_of_the_first_steps_say_what_they_hold_and_may_be_for_new_films_only(
    user: NewUser,
) -> None:
    film = user.film("Film.mkv")
    user.answers.chosen_folder = film.parent
    user.begin()
    user.go(FOLDERS)
    page = user.steps.folders
    page.add_button.invoke()
    user.until(lambda: "   1 film, " in "".join(map(str, page.list.get(0, "end"))), "the count")
    page.only_new.set(True)
    user.go(PLAN)
    user.seen_plan()
    user.go(PROGRAMS)
    user.wizard.next_button.invoke()
    user.until(user.watched, "the watching")
    (folder,) = FolderList(user.parts.database).all()
    ((_row, path),) = SeenFileStore(user.parts.database).of_kinds(folder.id, [SeenKind.LEFT_ALONE])
    assert path == film


def test_a_folder_that_cannot_be_watched_is_refused_with_the_reason(user: NewUser) -> None:
    user.answers.chosen_folder = user.folder / "gone"
    user.begin()
    user.go(FOLDERS)
    user.steps.folders.add_button.invoke()
    user.until(lambda: user.steps.folders.said.cget("text"), "the reason")
    assert user.steps.folders.folders == []


@pytest.mark.parametrize(("answer", "watched"), [(0, True), (1, False), (None, False)])
def test_folders_that_were_chosen_and_not_kept_are_asked_about(
    user: NewUser, answer: Optional[int], watched: bool
) -> None:
    film = user.film("Film.mkv")
    user.answers.chosen_folder = film.parent
    user.begin()
    user.go(FOLDERS)
    user.steps.folders.add_button.invoke()
    user.until(lambda: user.steps.folders.folders, "the folder")
    user.answers.chosen = answer
    user.wizard.close_button.invoke()
    user.until_commands_are_done()
    assert user.answers.asked == ["Folders not watched yet"]
    assert bool(user.watched()) is watched


def test_start_shows_the_plan_of_a_film_of_the_queue_before_anything_is_done(user: NewUser) -> None:
    film = user.film("Film.mkv")
    before = digest(film)
    user.begin()
    user.wizard.close_button.invoke()
    user.until(lambda: user.reached is FirstSteps.SHOWN, "the note of it")
    user.parts.config.change({**Program.settings})
    user.window.add((film,))
    user.until(user.counts(pending=1), "the film")
    user.invoke("queue.start")
    user.seen_plan()
    assert user.window.services.manager.overview().counts[JobState.QUEUED] == 1
    assert digest(film) == before
    user.until(lambda: user.wizard.next_button.instate(["!disabled"]), "the button")
    user.wizard.next_button.invoke()
    user.until(user.counts(pending=0, completed=1), "the film completed")


def test_closing_that_plan_starts_nothing(user: NewUser) -> None:
    user.begin()
    user.wizard.close_button.invoke()
    user.until(lambda: user.reached is FirstSteps.SHOWN, "the note of it")
    user.invoke("queue.start")
    user.until(lambda: "no film" in user.steps.plan.said.cget("text"), "the answer")
    assert user.wizard.next_button.instate(["disabled"])
    user.wizard.close_button.invoke()
    user.until_commands_are_done()
    assert user.window.registry.enabled("queue.start")


def test_the_test_of_the_encoder_is_stopped_when_the_steps_close(user: NewUser) -> None:
    user.begin()
    user.go(SPEED)
    user.steps.speed.button.invoke()
    user.until(lambda: user.steps.speed.bar.cget("value") > 0, "progress")
    user.wizard.close_button.invoke()
    left = user.parts.data_dir.glob("encoder-test-*")
    user.until(lambda: not any(user.parts.data_dir.glob("encoder-test-*")), "the clip to be gone")
    assert not list(left)


def test_the_keyboard_leads_through(user: NewUser) -> None:
    user.begin()
    user.root.update()
    user.wizard.focus_force()
    user.until(lambda: user.root.focus_get() is not None, "the focus")
    user.wizard.event_generate("<Alt-n>")
    user.until(lambda: user.wizard.place == FOLDERS, "the next page")
    user.wizard.event_generate("<Alt-b>")
    user.until(lambda: user.wizard.place == WELCOME, "the page before")
    user.wizard.event_generate("<Escape>")
    user.until(lambda: user.steps.wizard is None, "the end")


def test_the_speed_is_told_in_a_sentence() -> None:
    said = speed_text(EncoderTrial("hevc_qsv", "Normal content", 1080, 180.4))
    assert said.startswith("Your computer encodes 1080p with hevc_qsv at 180 frames per second")
    assert "takes about 16 minutes" in said
    assert "“Normal content”" in said

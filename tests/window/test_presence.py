"""The whole window among others on the desktop: later starts, the tray, the user's language."""

from __future__ import annotations

from typing import List

import pytest

from core.settings.choices import WindowLanguage
from tests.window_program import Program
from views import texts
from window.language import LOCALE, speak, system_language

pytestmark = pytest.mark.window


def test_films_of_a_later_start_are_queued_and_the_window_comes_forward(program: Program) -> None:
    program.root.iconify()
    program.parts.handed.put((program.film("later.mkv"),))
    program.until(lambda: program.root.state() == "normal", "the window")
    program.until(program.counts(pending=1), "the film")


def test_the_user_hears_of_a_database_that_was_damaged(program: Program) -> None:
    program.answers.chosen = 1
    program.close()
    (program.folder / "data" / "mediaprocessor.db").write_bytes(b"no database " * 100)
    program.open()
    told = program.window.status.view.message
    program.until(lambda: "was damaged" in told.whole, "the sentence")


def test_closing_the_window_hides_it_where_the_user_wants_that_and_its_icon_can_be_seen(
    program: Program,
) -> None:
    presence = program.window.presence
    presence.tray._visible.set()  # no tray of this machine can be clicked
    assert not presence.hide(), "the user does not want it"
    program.parts.config.set("window.close_to_tray", "yes")
    program.root.tk.call(program.root.protocol("WM_DELETE_WINDOW"))
    program.until(lambda: program.root.state() == "withdrawn", "the window to hide")
    presence.tray._chosen.put("window.show")
    program.until(lambda: program.root.state() == "normal", "the window")


def test_without_a_tray_closing_closes_and_nothing_is_hidden_for_ever(program: Program) -> None:
    program.parts.config.set("window.close_to_tray", "yes")
    assert not program.window.presence.hide()


def test_the_window_speaks_the_language_that_is_set_and_else_the_systems(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert LOCALE.parent.name == "assets"
    try:
        speak(WindowLanguage.ENGLISH)
        assert texts._("Queue") == "Queue"
    finally:
        texts.use_language("en", LOCALE)
    for value, code in (("nl:en", "nl"), ("tr_TR.UTF-8", "tr"), ("C", "en"), ("", "en")):
        monkeypatch.setenv("LANGUAGE", value)
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        assert system_language() == code


def test_the_end_of_the_queue_is_told_below_the_tabs_and_by_the_icon(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: List[str] = []
    monkeypatch.setattr(program.window.presence.tray, "notify", told.append)
    program.answers.chosen_films = (program.film("Film.mkv"),)
    program.invoke("files.add")
    program.invoke("queue.start")
    program.until(lambda: told, "the end of the queue")
    (sentence,) = told
    assert sentence.startswith("The queue is done: 1 film done, ")
    assert sentence.endswith(" saved.")
    assert program.window.status.view.message.whole == sentence

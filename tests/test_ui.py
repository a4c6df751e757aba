"""The whole window on a real screen: films are added, processed and shown; nothing is lost when it closes."""

from __future__ import annotations

import logging
from typing import Callable

import pytest

from core.events import JobState
from tests.processing.bench import digest
from tests.window_program import Program
from views.command_list import COMMANDS
from views.palette import DARK, LIGHT
from window.tabs import TABS

pytestmark = pytest.mark.window


def test_a_film_chosen_in_the_dialog_is_processed_and_shown(program: Program) -> None:
    film = program.film("Film.mkv")
    size = film.stat().st_size
    program.answers.chosen_films = (film,)
    program.invoke("files.add")
    queue = program.queue
    program.until(program.counts(pending=1), "the film in the queue")
    status = program.window.status.view.message
    program.until(lambda: "Press Start" in status.whole, "what to do next")
    program.invoke("queue.start")
    program.until(program.counts(pending=0, completed=1), "the film completed")
    program.until(lambda: not queue.area.cards, "the end of its card")
    program.until(lambda: program.cell("completed", 0, "name") == "Film.mkv", "its row")
    assert film.stat().st_size < size
    tiles = program.window.open_tab("statistics").view.tiles
    program.until(lambda: tiles.get("Films") and tiles["Films"].cget("text") == "1", "the figures")
    program.until(
        lambda: "Film.mkv" in program.window.tab("logs").view.text.get("1.0", "end"), "the log"
    )


def test_a_folder_and_dropped_films_are_added_each_once(program: Program) -> None:
    films = [program.film(name) for name in ("One film.mkv", "Two {films}.mkv")]
    program.answers.chosen_folder = films[0].parent
    program.invoke("files.add_folder")
    program.until(program.counts(pending=2), "the folder's films")
    program.window.add((films[0],))
    status = program.window.status.view.message
    program.until(lambda: "already in the queue" in status.whole, "the refusal")
    assert len(program.table("pending").ids) == 2


def test_a_broken_film_shows_its_reason_and_can_be_tried_again(program: Program) -> None:
    broken = program.folder / "Broken.mkv"
    broken.write_bytes(b"nothing of a film")
    program.window.add((broken,))
    program.invoke("queue.start")
    program.until(program.counts(failed=1), "the failure")
    program.until(lambda: "not a film" in program.cell("failed", 0, "message"), "the reason")
    (row,) = program.table("failed").ids
    program.select("failed", row, "job.retry")
    program.invoke("job.retry")

    def tried_again() -> bool:
        job = program.jobs().get(row)
        return job is not None and job.attempt == 2 and job.state is JobState.FAILED

    program.until(tried_again, "the second try")
    program.until(program.window.services.manager.events.empty, "the news of it")
    program.until(lambda: row in program.table("failed").ids, "the row")
    program.select("failed", row, "job.remove")
    program.invoke("job.remove")
    program.until(program.counts(failed=0), "the removal")


def test_all_failed_films_are_tried_again_at_once(program: Program) -> None:
    for name in ("One.mkv", "Two.mkv"):
        (program.folder / name).write_bytes(b"nothing of a film")
    program.window.add((program.folder / "One.mkv", program.folder / "Two.mkv"))
    program.invoke("queue.start")
    program.until(program.counts(pending=0, failed=2), "the failures")
    program.invoke("queue.stop")
    program.until(lambda: program.window.registry.enabled("queue.start"), "the stop")
    program.queue.open("failed")
    program.invoke("job.retry_all")
    program.until(program.counts(pending=2, failed=0), "the films back in the queue")


def test_pause_resume_and_stop_by_their_buttons(program: Program) -> None:
    program.parts.config.set("video.encode", "yes")
    film = program.film("Slow.mkv", seconds=40)
    before = digest(film)
    program.window.add((film,))
    program.invoke("queue.start")
    program.until_encoding()
    program.invoke("queue.pause")
    (card,) = program.queue.area.cards.values()
    program.until(lambda: card.line.cget("text").startswith("Paused"), "the pause")
    registry = program.window.registry
    assert registry.enabled("queue.start")
    assert not registry.enabled("queue.pause")
    program.invoke("queue.start")
    program.until(lambda: not card.line.cget("text").startswith("Paused"), "going on")
    program.until(worked_for_a_second(program), "work that would be lost")
    program.invoke("queue.stop")
    program.until(lambda: program.answers.asked, "the question")
    program.until_commands_are_done()
    assert encoders_go_on(program), "nothing is lost by a click"
    program.answers.chosen = 1
    program.invoke("queue.stop")
    program.until(program.counts(pending=1), "the film back in the queue")
    program.until(lambda: not registry.enabled("queue.stop"), "the stop")
    assert program.answers.asked == ["Stop the queue"] * 2
    assert digest(film) == before


def test_a_card_cancels_its_film(program: Program) -> None:
    program.parts.config.set("video.encode", "yes")
    program.window.add((program.film("Slow.mkv", seconds=40),))
    program.invoke("queue.start")
    program.until_encoding()
    program.until(worked_for_a_second(program), "work that would be lost")
    (card,) = program.queue.area.cards.values()
    card.cancel_button.invoke()
    program.until(lambda: program.answers.asked == ["Cancel this film?"], "the question")
    program.until_commands_are_done()
    assert encoders_go_on(program), "nothing is lost by a click"
    program.answers.chosen = 1
    card.cancel_button.invoke()
    program.until(program.counts(cancelled=1, failed=0, skipped=0), "the end of the film")
    program.until(lambda: program.cell("cancelled", 0, "state") == "Cancelled", "its row")


def worked_for_a_second(program: Program) -> Callable[[], bool]:
    manager = program.window.services.manager
    return lambda: any(work.seconds > 1 for work in manager.work_in_hand())


def encoders_go_on(program: Program) -> bool:
    return bool(program.window.services.manager.work_in_hand())


def test_a_paused_film_keeps_its_card_says_what_it_holds_and_is_on_no_list(
    program: Program,
) -> None:
    program.parts.config.set("video.encode", "yes")
    program.window.add((program.film("Slow.mkv", seconds=40),))
    program.invoke("queue.start")
    program.until_encoding()
    (card,) = program.queue.area.cards.values()
    assert card.pause_button.cget("text") == "Pause"
    width = card.pause_button.winfo_width()
    card.pause_button.invoke()
    program.until(lambda: card.pause_button.cget("text") == "Resume", "the pause")
    program.until(lambda: card.sizes.cget("text").startswith("Holds 1 processor slot"), "its slot")
    assert card.line.cget("text").startswith("Paused")
    (other,) = program.window.services.manager.add((program.film("Later.mkv"),))
    program.until(program.counts(pending=1), "the list without it")
    assert list(program.table("pending").ids) == [other]
    assert card.pause_button.winfo_width() == width
    card.pause_button.invoke()
    program.until(lambda: card.line.cget("text").startswith("In progress"), "going on")
    assert card.pause_button.cget("text") == "Pause"


def test_closing_asks_while_a_film_runs_and_loses_nothing(program: Program) -> None:
    program.parts.config.set("video.encode", "yes")
    film = program.film("Slow.mkv", seconds=40)
    before = digest(film)
    program.window.add((film,))
    program.invoke("queue.start")
    program.until_encoding()
    program.answers.chosen = None
    program.window.close()
    assert program.answers.asked == ["Close MediaProcessor"]
    assert program.queue.area.cards, "keeping it open changes nothing"
    program.answers.chosen = 1
    program.close()
    assert digest(film) == before
    assert sorted(path.name for path in film.parent.iterdir()) == ["Slow.mkv"]
    program.open()
    program.until(program.counts(pending=1), "the film in the queue again")


def test_the_window_opens_as_it_was_closed(program: Program) -> None:
    done = program.film("Done.mkv")
    program.window.add((done,))
    program.invoke("queue.start")
    program.until(program.counts(completed=1), "the film completed")
    program.invoke("queue.stop")
    program.window.add((program.film("Waiting.mkv"),))
    program.until(program.counts(pending=1), "the second film")
    program.root.geometry("840x560+30+20")
    program.window.open_tab("logs")
    program.until(lambda: program.size() == (840, 560), "the size")
    program.close()
    program.open()
    program.until(lambda: program.size() == (840, 560), "the size that it had")
    assert program.window.tabs.tab("current", "text").strip() == "Logs"
    program.until(program.counts(pending=1, completed=1), "the tables")


def test_a_window_from_a_larger_screen_is_brought_back_onto_this_one(program: Program) -> None:
    program.parts.config.set("window.geometry", "900x600+90000+90000")
    program.close()
    program.open()
    program.root.update()
    assert program.root.winfo_x() < program.root.winfo_screenwidth()
    assert program.root.winfo_y() < program.root.winfo_screenheight()


def test_the_theme_changes_at_once_and_is_kept(program: Program) -> None:
    for name, palette in (("theme.dark", DARK), ("theme.light", LIGHT)):
        program.invoke(name)
        program.until(lambda one=palette: program.window.look.palette is one, name)
        bar = program.root.tk.call(".#!menu", "cget", "-background")
        assert str(bar) == palette.window, "the menu bar has them too"
    field = program.window.tab("settings").view.field("window.theme")
    assert field.text == program.parts.config.get("window.theme") == "light"


def test_settings_are_saved_beside_the_event_loop(program: Program) -> None:
    settings = program.window.tab("settings").view
    settings.field("verification.sample_points").text = "7"
    settings.apply_button.invoke()
    config = program.parts.config
    program.until(lambda: config.settings.verification.sample_points == 7, "the saving")
    program.until(lambda: settings.status.cget("text") == "Saved.", "the answer")
    settings.field("files.work_folder").text = str(program.folder / "film.mkv" / "x")
    (program.folder / "film.mkv").touch()
    settings.apply_button.invoke()
    refused = "Nothing on the page “Files and verification” was saved."
    program.until(lambda: settings.status.cget("text") == refused, "the refusal")


def test_tabs_without_commands_in_menus_are_built_when_they_are_opened(program: Program) -> None:
    window = program.window
    beforehand = {kind.name for kind in TABS if kind.beforehand}
    program.until(lambda: beforehand <= set(window._tabs), "the other tabs")
    in_menus = {command.name for command in COMMANDS if command.menu}
    assert not in_menus & set(window.registry.unbound)
    for name in ("library", "originals"):
        assert name not in window._tabs
        window.tabs.select(window._places[name])  # as a click does
        program.until(
            lambda name=name: name in window._tabs and window._tabs[name].view.winfo_viewable(),
            name,
        )


def test_every_command_can_be_invoked(program: Program) -> None:
    registry = program.window.registry
    assert set(registry.names) == {command.name for command in COMMANDS}
    for kind in TABS:  # the program builds it when somebody opens it
        program.window.tab(kind.name)
    assert not registry.unbound
    for name in registry.names:
        if name in ("window.close", "window.exit"):
            continue  # every test ends with it
        registry.enable(name, enabled=True)
        registry.invoke(name)
        program.until_commands_are_done()
        assert program.window.status.view.message.cget("style") != "Error.TLabel", name


def test_an_error_of_the_window_reaches_the_log_and_one_dialog(program: Program) -> None:
    def fail() -> None:
        raise ZeroDivisionError("a mistake")

    program.root.after(1, fail)
    program.until(lambda: program.answers.asked, "the dialog")
    (sentence,) = program.answers.asked
    assert sentence == (
        "Something went wrong inside the program (ZeroDivisionError). "
        "The log has the details; Help > Make a bug report collects them."
    )
    logs = program.folder / "data" / "logs" / "mediaprocessor.log"
    assert "ZeroDivisionError: a mistake" in logs.read_text("utf-8")
    program.errors.found.clear()


def test_a_line_of_somebody_elses_shows_no_secret(program: Program) -> None:
    feed = program.window.tab("logs").feed
    feed.handle(logging.LogRecord("other", logging.ERROR, "", 0, "apikey=secret", (), None))
    text = program.window.tab("logs").view.text
    program.until(lambda: "apikey=***" in text.get("1.0", "end"), "the line")
    assert "secret" not in text.get("1.0", "end")

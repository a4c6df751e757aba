"""The tab of originals in the whole window, with films that were processed: restored, freed, left alone."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import pytest

from core.events import JobState
from core.queue.exclusion import Exclusion, ExclusionCause
from store.exclusions import ExclusionStore
from store.journal import Journal, JournalEntry
from tests.processing.bench import digest
from tests.window_program import Program
from window.originals_controller import OriginalsController

pytestmark = pytest.mark.window


def processed(program: Program, *names: str) -> List[Tuple[Path, str]]:
    """Films that were processed by the window, each with the digest of its original."""
    films = [program.film(name) for name in names]
    known = [(film, digest(film)) for film in films]
    program.answers.chosen_films = tuple(films)
    program.invoke("files.add")
    program.until(lambda: program.jobs().counts()[JobState.QUEUED] == len(films), "the films")
    program.invoke("queue.start")
    done = JobState.COMPLETED
    program.until(lambda: program.jobs().counts()[done] == len(films), "their results")
    return known


def opened(program: Program, count: int) -> OriginalsController:
    """The tab, once it shows so many originals."""
    controller: OriginalsController = program.window.open_tab("originals")
    program.root.update()
    program.until(lambda: controller.page.table.count == count, f"{count} originals")
    return controller


def choose(program: Program, controller: OriginalsController, *places: int) -> None:
    table = controller.page.table
    table.choice.nothing()
    for place in places:
        table.choice.toggle(place)
    table.redraw()
    controller.page.show_chosen()
    program.until(lambda: program.window.registry.enabled("kept.restore"), "the command")


def cells(controller: OriginalsController, row: int) -> List[str]:
    return [str(value) for value in controller.page.table.tree.item(str(row), "values")]


def excluded(program: Program) -> Tuple[Exclusion, ...]:
    return ExclusionStore(program.parts.database).all()


def entries(program: Program) -> Tuple[JournalEntry, ...]:
    return Journal(program.parts.database).held()


def test_an_original_is_listed_asked_about_and_restored_without_being_excluded(
    program: Program,
) -> None:
    ((film, sha),) = processed(program, "Film.mkv")
    controller = opened(program, 1)
    program.until(lambda: cells(controller, 0)[0] == "Film.mkv", "the row")
    row = cells(controller, 0)
    assert "(in 14 days)" in row[4]
    assert row[5] == str(film.parent)
    assert "%" in row[2]
    program.until(lambda: "1 original" in controller.page.sums.cget("text"), "the sums")
    choose(program, controller, 0)
    program.answers.chosen = 0  # keep them
    program.invoke("kept.free")
    assert program.answers.asked == ["Free the space"]
    # A file that is missing is shown so, until it is back.
    (entry,) = entries(program)
    aside = entry.holding.rename(entry.holding.with_name("aside"))
    controller.opened()
    controller._read()
    program.until(lambda: cells(controller, 0)[4] == "The file is missing", "its row")
    program.until(lambda: "1 file is missing" in controller.page.sums.cget("text"), "the sums")
    aside.rename(entry.holding)
    choose(program, controller, 0)
    program.answers.chosen = 1  # restore, it may be processed again
    program.invoke("kept.restore")
    program.until(lambda: controller.page.table.count == 0, "an empty list")
    assert digest(film) == sha
    assert excluded(program) == ()


def test_a_restored_film_is_left_alone_where_its_user_wants_that(program: Program) -> None:
    ((film, sha),) = processed(program, "Film.mkv")
    controller = opened(program, 1)
    # First it is made again from its original, which stays kept.
    choose(program, controller, 0)
    program.answers.chosen = 0
    program.invoke("kept.again")
    done = JobState.COMPLETED
    program.until(lambda: program.jobs().counts()[done] == 2, "the second result")
    (entry,) = entries(program)
    assert digest(entry.holding) == sha != digest(film)
    program.until(lambda: list(controller.page.table.ids) == [entry.id], "the new row")
    choose(program, controller, 0)
    program.answers.chosen = 0  # restore and leave alone
    program.invoke("kept.restore")
    program.until(lambda: controller.page.table.count == 0, "an empty list")
    assert digest(film) == sha
    program.until(lambda: excluded(program), "the film on the list")
    (listed,) = excluded(program)
    assert (listed.path, listed.cause) == (film, ExclusionCause.RESTORED)
    # It is not taken into the queue any more, also under another name.
    renamed = film.rename(film.with_name("Other name.mkv"))
    program.window.add((renamed,))
    status = program.window.status.view.message
    program.until(lambda: "never touched" in status.whole, "the sentence")
    assert program.jobs().counts()[JobState.QUEUED] == 0


def test_one_refusal_does_not_stop_the_others_and_all_are_told_at_the_end(program: Program) -> None:
    known = processed(program, "One.mkv", "Two.mkv", "Three.mkv")
    stray = entries(program)[0].holding.with_name("9-1 Stranger.mkv.original")
    stray.write_bytes(b"of another data folder")
    controller = opened(program, 3)
    program.invoke("kept.search")
    program.until(lambda: controller.page.table.count == 4, "the file of an unknown film")
    changed = known[1][0]
    changed.write_bytes(changed.read_bytes() + b"more")
    choose(program, controller, 0, 1, 2, 3)
    program.answers.chosen = 1  # delete them
    program.invoke("kept.free")
    program.until(lambda: controller.page.table.count == 2, "what stays")
    (left,) = entries(program)
    assert left.target == changed
    assert left.holding.exists()
    assert stray.exists()
    told = controller.refusals.shown
    assert "changed after it was proved" in told
    assert f"No film is known for {stray}" in told


def test_never_touch_a_folder_takes_its_films_from_the_queue_and_can_be_taken_back(
    program: Program,
) -> None:
    film = program.film("Film.mkv")
    program.answers.chosen_films = (film,)
    program.invoke("files.add")
    program.until(lambda: program.jobs().counts()[JobState.QUEUED] == 1, "the film")
    program.select("pending", 1, "job.never_folder")
    program.answers.chosen = 0
    program.invoke("job.never_folder")
    program.until(lambda: program.jobs().counts()[JobState.CANCELLED] == 1, "the cancelled film")
    job = program.jobs().get(1)
    assert job is not None
    assert "Never touched: its folder" in job.message
    controller: OriginalsController = program.window.open_tab("originals")
    controller.view.open("excluded")
    table = controller.exclusions.view.table
    program.until(lambda: table.count == 1, "the entry")
    table.choice.only(0)
    controller.exclusions.view.show_chosen()
    program.invoke("exclusion.remove")
    program.until(lambda: table.count == 0, "an empty list")
    program.window.add((film,))
    program.until(lambda: program.jobs().counts()[JobState.QUEUED] == 1, "the film in the queue")

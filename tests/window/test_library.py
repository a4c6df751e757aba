"""The library's page in the whole window: real small films, from an empty page to the queue."""

from __future__ import annotations

import csv
import json
from typing import Dict, List

import pytest

from core.events import JobState
from core.library.film import FilmHealth
from core.media.seen_file import SeenKind
from core.settings.choices import QueueOrder
from monitor import FolderList
from store.exclusions import ExclusionStore
from store.seen_files import SeenFileStore
from tests.films import make_film
from tests.window_program import Program
from views.folder_dialog import FolderDialog
from views.library_tab import LibraryTab
from views.texts import _
from window.library_controller import LibraryController

pytestmark = pytest.mark.window


def page(program: Program) -> LibraryController:
    found = program.window.open_tab("library")
    assert isinstance(found, LibraryController)
    return found


def cells(view: LibraryTab, column: str) -> List[str]:
    tree = view.table.tree
    return [str(tree.set(row, column)) for row in tree.get_children()]


def watch_folder(program: Program, found: LibraryController) -> FolderDialog:
    """Press the empty page's button, and return the dialog that it opens."""
    found.view.add_button.invoke()
    folders = program.window.tab("settings").folders
    program.until(lambda: folders.dialog is not None, "the folder's dialog")
    dialog = folders.dialog
    assert isinstance(dialog, FolderDialog)
    return dialog


@pytest.fixture
def shown(program: Program) -> LibraryController:
    """The page of two films in a watched folder that was scanned."""
    folder = program.folder / "films"
    make_film(folder / "Long one.mkv", seconds=4)
    make_film(folder / "below" / "Short one.mkv", seconds=1)
    parts, manager = program.parts, program.window.services.manager
    parts.config.set("monitor.still_seconds", "0")
    program.answers.chosen_folder = folder
    found = page(program)
    program.until(lambda: found.view.add_button.winfo_ismapped(), "the page without a folder")
    watch_folder(program, found).save_button.invoke()
    program.until(lambda: FolderList(parts.database).all(), "the watched folder")
    (watched,) = FolderList(parts.database).all()
    parts.monitor(manager).scan_once(watched)
    program.until(lambda: found.view.table.count == 2, "its films")
    return found


def by_name(found: LibraryController) -> Dict[str, FilmHealth]:
    return {film.path.name: film.health for film in found.list.films.values()}


def test_an_empty_library_says_what_to_do_and_has_the_button_that_does_it(
    program: Program,
) -> None:
    found = page(program)
    program.until(lambda: found.view.add_button.winfo_ismapped(), "the page without a folder")
    assert "No folder is watched" in found.view.table.empty.label.cget("text")
    program.answers.chosen_folder = program.folder / "films"
    (program.folder / "films").mkdir()
    watch_folder(program, found).save_button.invoke()
    program.until(
        lambda: "No films were found" in found.view.table.empty.label.cget("text"),
        "the next sentence",
    )
    assert [folder.path for folder in FolderList(program.parts.database).all()] == [
        program.folder / "films"
    ]


def test_a_folder_watched_from_here_says_what_it_holds_and_may_leave_that_alone(
    program: Program,
) -> None:
    make_film(program.folder / "films" / "Here already.mkv", seconds=1)
    program.answers.chosen_folder = program.folder / "films"
    found = page(program)
    program.until(lambda: found.view.add_button.winfo_ismapped(), "the page without a folder")
    dialog = watch_folder(program, found)
    assert str(dialog.master) == str(found.view), "it stands over the page that asked for it"
    films = dialog.films
    assert films is not None
    program.until(lambda: "1 film now" in films.count.cget("text"), "the count")
    films.new_button.invoke()
    dialog.save_button.invoke()
    program.until(lambda: FolderList(program.parts.database).all(), "the watched folder")
    (watched,) = FolderList(program.parts.database).all()
    seen = SeenFileStore(program.parts.database)
    program.until(lambda: seen.of_kinds(watched.id, [SeenKind.LEFT_ALONE]), "what is left alone")


def choose_from_menu(found: LibraryController, label: str) -> None:
    menu = found.view.menu
    labels = [
        str(menu.entrycget(place, "label")) for place in range(int(menu.index("end") or 0) + 1)
    ]
    menu.invoke(labels.index(label))


def test_a_film_is_never_touched_from_its_row_and_not_queued_with_the_others(
    program: Program, shown: LibraryController
) -> None:
    view, jobs = shown.view, program.jobs()
    for job in jobs.page([JobState.QUEUED]):
        jobs.remove(job.id)
    program.until(lambda: "Short one.mkv" in cells(view, "name"), "the films")
    view.table.choice.only(cells(view, "name").index("Short one.mkv"))
    choose_from_menu(shown, _("Never touch this film"))
    store = ExclusionStore(program.parts.database)
    program.until(lambda: not store.empty, "the list of what is never touched")
    view.queue_all.invoke()
    program.until(lambda: jobs.counts()[JobState.QUEUED] == 1, "the other film's job")
    (job,) = jobs.page([JobState.QUEUED])
    assert job.path.name == "Long one.mkv"


def test_columns_are_hidden_as_in_the_other_tables_and_the_next_start_knows(
    program: Program, shown: LibraryController
) -> None:
    table = shown.view.table
    table.hide_columns(["codec"])
    shown.list.sort("size")
    kept = json.loads(program.window.services.layouts.text())["library"]
    assert (kept["hidden"], kept["sort"]) == (["codec"], ["size", True])


def test_films_are_looked_into_and_counted_in_groups(
    program: Program, shown: LibraryController
) -> None:
    view = shown.view
    program.until(lambda: "2" in view.look_button.cget("text"), "two films to look into")
    view.look_button.invoke()
    program.until(lambda: "H.264" in cells(view, "codec"), "what they are")
    program.until(lambda: "2 films" in view.sums.cget("text"), "the sums")
    program.until(lambda: view.groups.exists("codec0"), "the groups")
    program.until(lambda: view.groups.item("codec0", "text") == "H.264", "their names")
    assert next(str(value) for value in view.groups.item("codec0", "values")) == "2"
    view.groups.selection_set("folder1")
    program.until(lambda: view.table.count == 1, "the films of one folder")
    view.all_button.invoke()
    program.until(lambda: view.table.count == 2, "all films")
    view.search.text.set("short")
    program.until(lambda: view.table.count == 1, "what was searched for")
    assert cells(view, "name") == ["Short one.mkv"]


def test_a_click_on_a_heading_sorts_and_another_turns_round(
    program: Program, shown: LibraryController
) -> None:
    view = shown.view
    shown.list.sort("size")
    program.until(lambda: cells(view, "name") == ["Long one.mkv", "Short one.mkv"], "by size")
    shown.list.sort("size")
    program.until(lambda: cells(view, "name") == ["Short one.mkv", "Long one.mkv"], "the other way")


def test_damaged_films_are_found_listed_and_saved_as_a_table(
    program: Program, shown: LibraryController
) -> None:
    view = shown.view
    path = program.folder / "films" / "Long one.mkv"
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    program.parts.monitor(program.window.services.manager).scan_once(
        FolderList(program.parts.database).all()[0]
    )
    view.check_button.invoke()
    program.until(
        lambda: by_name(shown).get("Long one.mkv") is FilmHealth.DAMAGED, "what is damaged"
    )
    program.until(lambda: by_name(shown).get("Short one.mkv") is FilmHealth.SOUND, "what is sound")
    view.shown.set(_("Damaged"))
    view.filter.event_generate("<<ComboboxSelected>>")
    program.until(lambda: view.table.count == 1, "the damaged films")
    view.table.choice.only(0)
    shown._chosen()
    assert "broken" in view.about.cget("text")
    program.answers.saved_as = program.folder / "damaged.csv"
    view.save_button.invoke()
    program.until(lambda: (program.folder / "damaged.csv").is_file(), "the table")
    with (program.folder / "damaged.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Film"], row["Condition"]) == ("Long one.mkv", "Damaged")


def test_chosen_films_are_queued_with_a_priority(
    program: Program, shown: LibraryController
) -> None:
    view, jobs = shown.view, program.jobs()
    for job in jobs.page([JobState.QUEUED]):
        jobs.remove(job.id)
    view.table.choice.only(0)
    view.table.redraw()
    shown._chosen()
    view.priority.set(_("high"))
    view.queue_chosen.invoke()
    program.until(lambda: jobs.counts()[JobState.QUEUED] == 1, "its job")
    (job,) = jobs.page([JobState.QUEUED])
    assert job.priority == 10
    view.queue_all.invoke()
    program.until(lambda: jobs.counts()[JobState.QUEUED] == 2, "the other")


def test_the_queues_order_is_chosen_on_its_page(program: Program, shown: LibraryController) -> None:
    queue = program.window.open_tab("queue")
    choice = queue.rule.view
    choice.rule.set(_("largest first"))
    choice.box.event_generate("<<ComboboxSelected>>")
    program.until(
        lambda: program.parts.config.settings.queue.order is QueueOrder.LARGEST, "the setting"
    )
    program.until(lambda: cells_of_queue(queue)[:1] == ["Long one.mkv"], "the table in order")
    program.parts.config.set("queue.order", QueueOrder.FOUND.value)
    program.until(lambda: choice.rule.get() == _("as found"), "what was set elsewhere")


def cells_of_queue(queue: object) -> List[str]:
    tree = queue.view.views["pending"].table.tree  # type: ignore[attr-defined]
    return [str(tree.set(row, "name")) for row in tree.get_children()]

"""The queue tab without a queue: cards tell how far jobs are, commands fit what is chosen."""

from __future__ import annotations

import tkinter as tk
from array import array
from dataclasses import replace
from pathlib import Path
from typing import List, Sequence, Set, Tuple

import pytest

from core.events import JobState, JobStateChanged
from core.progress import Progress
from core.queue.film_filter import FilmFilter
from core.queue.job import Job
from tests.views.window import pump
from views import pointer_rest
from views.command_list import COMMANDS
from views.commands import Registry
from views.filter_bar import FilterBar
from views.icons import Icons
from views.palette import DARK
from views.queue_sections import (
    COMPLETED,
    FAILED,
    MACHINE,
    PENDING,
    SECTIONS,
    Section,
    row_of,
    section_of,
)
from views.queue_tab import QueueTab
from views.theme import Look

pytestmark = pytest.mark.window


@pytest.fixture
def told() -> List[object]:
    return []


@pytest.fixture
def registry(root: tk.Tk) -> Registry:
    one = Registry(root)
    for command in COMMANDS:
        one.add(command, lambda: None)
    return one


class Asked:
    """Writes down what the tab asks for."""

    def __init__(self, told: List[object]) -> None:
        self._told = told
        self.open_job = self.pause_job = self.cancel_job = self.resume_job = told.append
        self.move_rows = told.append

    def machine_name(self, instance_id: str) -> str:
        return instance_id

    def need_rows(self, section: str, job_ids: Sequence[int]) -> None:
        pass

    def sort_rows(self, section: str, column: str) -> None:
        self._told.append((section, column))

    def search_rows(
        self, section: str, text: str, states: Tuple[JobState, ...], narrowed: FilmFilter
    ) -> None:
        self._told.append((section, text, states, narrowed))

    def filter_opened(self, section: str) -> None:
        self._told.append((section, "filter opened"))

    def choose_folder(self) -> str:
        return "/films/Drama"

    def rows_can_move(self) -> bool:
        return True

    def section_opened(self, section: str) -> None:
        pass


@pytest.fixture
def tab(root: tk.Tk, look: Look, registry: Registry, told: List[object]) -> QueueTab:
    queue_tab = QueueTab(root, look, registry, Asked(told))
    queue_tab.pack(fill="both", expand=True)
    root.geometry("1000x700")
    root.update()
    return queue_tab


def running(job_id: int, state: JobState) -> JobStateChanged:
    return JobStateChanged(job_id, state, f"/films/Film {job_id}.mkv", "", 2_000_000)


@pytest.mark.parametrize("state", list(JobState))
def test_every_state_has_one_place(state: JobState) -> None:
    places = [section for section in SECTIONS if state in section.states]
    assert len(places) == (0 if state.value in ("analyzing", "processing", "verifying") else 1)
    assert section_of(state) is (places[0] if places else None)


def test_reasons_and_savings_are_shown() -> None:
    failed = Job(1, Path("/films/A.mkv"), JobState.FAILED, 0.0, message="The disk is full.")
    assert "The disk is full." in row_of(FAILED, failed).values
    done = Job(
        2, Path("/films/B.mkv"), JobState.COMPLETED, 0.0, original_size=2000, processed_size=500
    )
    row = row_of(COMPLETED, done)
    assert "1.5 kB (75%)" in row.values
    assert row.bar == 25


def test_a_name_cannot_break_a_row(tab: QueueTab, root: tk.Tk) -> None:
    job = Job(1, Path("/films/a\nb \udcff {c} $d.mkv"), JobState.QUEUED, 0.0)
    table = tab.views["pending"].table
    table.show_order(array("q", [1]))
    table.take_rows({1: row_of(PENDING, job)})
    root.update()
    assert table.tree.set("0", "name") == "a\\nb \\udcff {c} $d.mkv"


def test_a_card_says_how_far_its_job_is(tab: QueueTab, told: List[object]) -> None:
    tab.area.show_job(running(1, JobState.PROCESSING))
    tab.area.show_progress(1, Progress("encode", percent=10))
    progress = Progress(
        "encode", 50.0, fps=24.04, speed=1.5, eta=65, output_size=1000, projected_size=2000
    )
    tab.area.show_progress(1, progress)
    tab.area.draw()
    card = tab.area.cards[1]
    assert card.bar["value"] == 50
    line = card.line.cget("text")
    assert line == "In progress (Encoding) · 50% · 1:05 left · 24.0 fps · 1.50×"
    sizes = card.sizes.cget("text")
    assert sizes == "on this machine · 1.0 kB so far, about 2.0 kB expected · original 2.0 MB"
    tab.area.show_paused(True)
    assert card.line.cget("text") == "Paused · In progress (Encoding) · 50%"
    card.cancel_button.invoke()
    assert told == [1]


def test_a_new_stage_begins_with_an_empty_bar(tab: QueueTab) -> None:
    tab.area.show_job(running(1, JobState.PROCESSING))
    tab.area.show_progress(1, Progress("encode", percent=100))
    tab.area.draw()
    tab.area.show_job(running(1, JobState.VERIFYING))
    assert tab.area.cards[1].bar["value"] == 0
    assert tab.area.cards[1].line.cget("text") == "Verifying"


def test_progress_is_drawn_a_moment_after_it_came(tab: QueueTab, root: tk.Tk) -> None:
    tab.area.show_job(running(1, JobState.PROCESSING))
    for percent in range(100):
        tab.area.show_progress(1, Progress("encode", percent=percent))
    pump(root, lambda: tab.area.cards[1].bar["value"] == 99, "the last of them")


def test_many_cards_leave_the_tables_their_room(tab: QueueTab, root: tk.Tk) -> None:
    empty = tab.area.winfo_height()
    for number in range(12):
        tab.area.show_job(running(number, JobState.PROCESSING))
    root.update()
    assert tab.area.winfo_height() < tab.winfo_height() / 2
    for number in range(12):
        tab.area.drop(number)
    root.update()
    assert tab.area.winfo_height() == empty


@pytest.fixture
def pointer(root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> List[int]:
    """Where the pointer is: it lies in the middle of the window."""
    place = [root.winfo_rootx() + 500, root.winfo_rooty() + 300]
    monkeypatch.setattr(tk.Misc, "winfo_pointerxy", lambda _widget: tuple(place))
    return place


def test_no_card_and_no_table_moves_under_the_pointer_when_a_film_ends(
    root: tk.Tk, tab: QueueTab, pointer: List[int]
) -> None:
    for number in (1, 2, 3):
        tab.area.show_job(running(number, JobState.PROCESSING))
    root.update()
    cards = dict(tab.area.cards)
    places = {number: place_of(card) for number, card in cards.items()}
    below = tab.sections.winfo_rooty()
    tab.area.drop(1, JobState.COMPLETED)
    tab.area.show_job(running(4, JobState.PROCESSING))
    root.update()
    assert cards[1].line.cget("text") == "Completed"
    assert cards[1].cancel_button.instate(["disabled"])
    assert {number: place_of(card) for number, card in cards.items()} == places
    assert place_of(tab.area.cards[4]) not in places.values()
    assert tab.sections.winfo_rooty() == below
    pointer[1] = -1  # it leaves
    pump(root, lambda: not cards[1].winfo_exists(), "the end of its place")
    root.update()
    assert place_of(cards[2]) == places[1]


def test_what_ended_goes_by_itself_where_the_pointer_lies_still(
    root: tk.Tk, tab: QueueTab, pointer: List[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pointer_rest, "_STILL", 0.3)
    tab.area.show_job(running(1, JobState.PROCESSING))
    card = tab.area.cards[1]
    tab.area.drop(1)
    assert card.winfo_exists()
    pump(root, lambda: not card.winfo_exists(), "its end")


def test_cancel_stands_apart_and_tabs_keep_their_places_when_numbers_grow(
    root: tk.Tk, tab: QueueTab
) -> None:
    tab.area.show_job(running(1, JobState.PROCESSING))
    root.update()
    card = tab.area.cards[1]
    pause, details, cancel = (
        (button.winfo_x(), button.winfo_x() + button.winfo_width())
        for button in (card.pause_button, card.details_button, card.cancel_button)
    )
    assert cancel[0] - details[1] > 4 * (details[0] - pause[1])
    tab.show_counts(dict.fromkeys(JobState, 0))
    root.update()
    before = tab_edges(tab)
    tab.show_counts(dict.fromkeys(JobState, 12345))
    root.update()
    assert tab_edges(tab) == before


def place_of(card: tk.Misc) -> Tuple[int, int]:
    return card.winfo_rootx(), card.winfo_rooty()


def tab_edges(tab: QueueTab) -> List[int]:
    """Where one tab's title ends and the next begins, in pixels from the left."""
    at = [str(tab.sections.tk.call(tab.sections, "index", f"@{left},12")) for left in range(900)]
    return [left for left in range(1, 900) if at[left] != at[left - 1]]


@pytest.mark.parametrize(
    ("name", "enabled"),
    [
        ("pending", {"job.cancel", "job.remove"}),
        ("completed", {"job.retry", "job.remove"}),
        ("failed", {"job.retry", "job.remove"}),
        ("skipped", {"job.retry", "job.remove"}),
    ],
)
def test_only_what_makes_sense_for_the_choice_is_enabled(
    root: tk.Tk, tab: QueueTab, registry: Registry, name: str, enabled: Set[str]
) -> None:
    tab.open(name)
    root.update()
    tab.show_chosen()
    names = ("job.cancel", "job.retry", "job.remove")
    assert not any(registry.enabled(command) for command in names)
    tab.table.show_order(array("q", [7, 8]))
    tab.table.choice.only(1)
    tab.show_chosen()
    assert {command for command in names if registry.enabled(command)} == enabled
    assert list(tab.table.chosen_ids) == [8]
    tab.table.show_order(array("q", []))
    assert not any(registry.enabled(command) for command in names)


def test_sections_count_their_films(tab: QueueTab, registry: Registry) -> None:
    tab.show_counts({JobState.QUEUED: 1234, JobState.PAUSED: 1, JobState.CANCELLED: 2})
    titles = [tab.title(section.name) for section in SECTIONS]
    assert titles == [
        *("Pending (1,235)", "Completed", "Failed", "Skipped", "Cancelled (2)"),
    ]
    assert not registry.enabled("job.retry_all")


def test_a_search_is_asked_for_a_moment_after_the_last_letter(
    tab: QueueTab, root: tk.Tk, told: List[object]
) -> None:
    for text in ("m", "me", "met"):
        tab.views["pending"].search.text.set(text)
    pump(root, lambda: told, "the search")
    assert told == [("pending", "met", PENDING.states, FilmFilter())]
    tab.views["pending"].filter.set("Paused")
    tab.views["pending"]._search()
    assert told[-1] == ("pending", "met", (JobState.PAUSED,), FilmFilter())


def test_the_search_is_cleared_where_no_filter_was_ever_opened(
    tab: QueueTab, told: List[object]
) -> None:
    view = tab.views["pending"]
    view.search.text.set("met")
    view.search.search()
    view.clear_button.invoke()
    assert told[-1] == ("pending", "", PENDING.states, FilmFilter())
    assert not [child for child in view.winfo_children() if isinstance(child, FilterBar)]


def test_a_menu_of_rows_has_the_commands_and_colours_of_the_moment_when_it_opens(
    root: tk.Tk, look: Look
) -> None:
    registry = Registry(root, Icons(root, look))
    registry.declare(COMMANDS)
    before = {*root.winfo_children()}
    show = registry.popup_later(root, "job.details", "job.log")
    assert {*root.winfo_children()} == before
    registry.bind("job.log", lambda: None)
    look.apply(DARK)
    show(5, 5)
    show(5, 5)
    (menu,) = {*root.winfo_children()} - before
    assert isinstance(menu, tk.Menu)
    menu.unpost()
    assert [menu.entrycget("end", option) for option in ("label", "state")] == [
        "Show log",
        "normal",
    ]
    assert str(menu.cget("foreground")) == DARK.text
    registry.enable("job.log", enabled=False)
    assert menu.entrycget("end", "state") == "disabled"


def test_a_filter_is_asked_for_told_of_and_cleared(
    tab: QueueTab, root: tk.Tk, told: List[object]
) -> None:
    view = tab.views["pending"]
    view.filter_button.invoke()
    assert told == [("pending", "filter opened")]
    root.update()
    assert view.filter_bar.winfo_viewable()
    view.filter_bar.folder.set("Drama")
    view.filter_bar.smallest.set("1,5")
    view.filter_bar.show_codecs(("h264", "hevc"))
    view.filter_bar.codec.set("HEVC")
    pump(root, lambda: len(told) > 1, "the filter")
    wanted = FilmFilter("Drama", 1_500_000_000, codec="hevc")
    assert told[-1] == ("pending", "", PENDING.states, wanted)
    assert view.sign.whole == "Filter: folder Drama, from 1.5 GB, HEVC"
    view.filter_button.invoke()  # the fields go, the filter and its sign stay
    root.update()
    assert not view.filter_bar.winfo_viewable()
    assert view.filter_bar.wanted == wanted
    assert view.clear_button.instate(["!disabled"])
    view.clear_button.invoke()
    assert told[-1] == ("pending", "", PENDING.states, FilmFilter())
    assert view.sign.whole == ""
    assert view.clear_button.instate(["disabled"])


@pytest.mark.parametrize("typed", ["many", "-1", "nan", "1e99"])
def test_a_size_that_is_none_filters_nothing_and_is_marked(
    tab: QueueTab, root: tk.Tk, told: List[object], typed: str
) -> None:
    bar = tab.views["pending"].filter_bar
    bar.smallest.set(typed)
    pump(root, lambda: told, "the filter")
    assert told[-1] == ("pending", "", PENDING.states, FilmFilter())
    assert bar.sizes[0].instate(["invalid"])


def test_a_waiting_film_says_its_priority() -> None:
    job = Job(1, Path("/films/A.mkv"), JobState.PAUSED, 0.0, priority=10)
    columns = [column.name for column in PENDING.columns]
    cells = dict(zip(columns, row_of(PENDING, job).values))
    assert (cells["priority"], cells["state"]) == ("High", "Paused")
    assert row_of(PENDING, replace(job, priority=3)).values[columns.index("priority")] == "+3"


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_films_name_keeps_its_room_in_a_narrow_window(
    tab: QueueTab, root: tk.Tk, look: Look, section: Section
) -> None:
    root.geometry("900x600")
    tab.open(section.name)
    tab.views[section.name].table.show_column(MACHINE, wanted=True)
    root.update()
    tree = tab.views[section.name].table.tree
    assert int(tree.column("name", "width")) >= look.px(220)
    shown = [str(name) for name in tree["displaycolumns"]]
    width = sum(int(tree.column(name, "width")) for name in shown)
    if section.lead:
        width += int(tree.column("#0", "width"))
    assert width <= tree.winfo_width()
    if section is PENDING:
        assert "priority" in shown
        assert [str(part) for part in tree["show"]] == ["tree", "headings"]


def test_order_and_priority_cannot_be_hidden(tab: QueueTab) -> None:
    table = tab.views["pending"].table
    table.hide_columns(("queue", "name", "priority", "size", "state", "message", "folder"))
    assert tuple(table.tree["displaycolumns"]) == ("name", "priority")
    assert [str(part) for part in table.tree["show"]] == ["tree", "headings"]

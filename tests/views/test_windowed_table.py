"""A table of a million rows on a real screen: only the seen rows exist, and nothing chosen is lost."""

from __future__ import annotations

import tkinter as tk
from array import array
from typing import Dict, List, Optional, Sequence

import pytest

from core.reporting.row_order import reorder
from tests.views.window import pump
from views import pointer_hold
from views.columns_menu import columns_menu
from views.palette import DARK
from views.pointer_rest import pointer_over
from views.table_input import TableInput
from views.table_parts import Column, Row, TableEvents
from views.theme import Look
from views.windowed_table import WindowedTable

pytestmark = pytest.mark.window

MILLION = 1_000_000


class Bench:
    """A table that is given every row it asks for at once."""

    def __init__(self, root: tk.Tk, look: Look) -> None:
        self.asked: List[Sequence[int]] = []
        self.opened: List[int] = []
        self.sorted: List[str] = []
        self.dropped: List[Optional[int]] = []
        self.menus = 0
        events = TableEvents(
            need=self.need,
            sort=self.sorted.append,
            opened=self.opened.append,
            dropped=self.dropped.append,
        )
        columns = (Column("name", "Film", 200, stretch=True), Column("size", "Size", 80))
        self.table = WindowedTable(
            root, look, columns, events, empty="Nothing here.", lead=Column("queue", "Order", 90)
        )
        self.table.pack(fill="both", expand=True)
        TableInput(self.table, look, events, self.menu, draggable=lambda: True)
        self.root = root
        root.geometry("600x400+0+0")
        pump(root, lambda: self.table.tree.winfo_height() > 300, "the size")
        self.table.tree.focus_force()
        pump(root, lambda: root.focus_get() is self.table.tree, "the focus")

    def need(self, ids: Sequence[int]) -> None:
        self.asked.append(ids)
        self.table.after_idle(
            lambda: self.table.take_rows({job_id: self.row(job_id) for job_id in ids})
        )

    def menu(self, _x: int, _y: int) -> None:
        self.menus += 1

    @staticmethod
    def row(job_id: int) -> Row:
        return Row((f"Film {job_id}", f"{job_id} MB"), "", job_id % 101)

    def fill(self, count: int) -> None:
        self.table.show_order(array("q", range(count)))
        self.root.update()

    def key(self, *keys: str) -> None:
        for key in keys:
            self.table.tree.event_generate(f"<{key}>")
        self.root.update()

    def seen(self) -> List[str]:
        tree = self.table.tree
        return [tree.set(item, "name") for item in tree.get_children()]

    def y(self, slot: int) -> int:
        tree = self.table.tree
        pump(self.root, lambda: tree.bbox(str(slot)), f"row {slot} on the screen")
        box = tree.bbox(str(slot))
        assert box
        return int(box[1]) + int(box[3]) // 2

    def press(self, slot: int, state: int = 0) -> None:
        self.table.tree.event_generate("<Button-1>", x=150, y=self.y(slot), state=state)
        self.table.tree.event_generate("<ButtonRelease-1>", x=150, y=self.y(slot), state=state)
        self.root.update()

    @property
    def chosen(self) -> List[int]:
        return list(self.table.chosen_ids)


@pytest.fixture
def bench(root: tk.Tk, look: Look) -> Bench:
    return Bench(root, look)


def test_a_million_rows_take_as_many_rows_of_the_widget_as_are_seen(bench: Bench) -> None:
    bench.fill(MILLION)
    assert len(bench.table.tree.get_children()) < 40
    assert bench.seen()[:2] == ["Film 0", "Film 1"]
    bench.key("End")
    assert f"Film {MILLION - 1}" in bench.seen()
    assert bench.chosen == [MILLION - 1]
    bench.key("Home")
    assert bench.seen()[0] == "Film 0"
    assert sum(len(ids) for ids in bench.asked) < 2000


def test_the_scrollbar_goes_anywhere(bench: Bench) -> None:
    bench.fill(MILLION)
    bench.table.scroll("moveto", "0.5")
    bench.root.update()
    assert bench.seen()[0] == "Film 500000"
    first, last = bench.table.scrollbar.get()[:2]
    assert 0.49 < float(first) < float(last) < 0.51
    bench.table.scroll("scroll", "1", "pages")
    bench.table.scroll("scroll", "-1", "units")
    bench.root.update()
    assert bench.seen()[0] == f"Film {500_000 + bench.table.full - 1}"


def test_the_keys_move_and_choose(bench: Bench) -> None:
    bench.fill(100)
    bench.key("Down", "Down", "Shift-Down", "Shift-Down")
    assert bench.chosen == [2, 3, 4]
    bench.key("Up")
    assert bench.chosen == [3]
    bench.key("Control-Down", "Control-Down", "Control-space")
    assert bench.chosen == [3, 5]
    bench.key("Next")
    assert bench.chosen == [5 + bench.table.full]
    bench.key("Shift-End")
    assert bench.chosen == list(range(5 + bench.table.full, 100))
    bench.key("Control-a")
    assert len(bench.chosen) == 100
    bench.key("Return")
    assert bench.opened == [99]


def test_the_mouse_chooses_one_several_and_ranges(bench: Bench) -> None:
    bench.fill(100)
    bench.press(2)
    bench.press(5, state=0x1)
    assert bench.chosen == [2, 3, 4, 5]
    bench.press(3, state=0x4)
    assert bench.chosen == [2, 4, 5]
    bench.press(4)
    assert bench.chosen == [4]
    assert bench.table.tree.selection() == ("4",)
    bench.table.tree.event_generate("<Button-3>", x=150, y=bench.y(6))
    assert bench.chosen == [6]
    assert bench.menus == 1
    bench.key("Shift-F10")
    assert bench.menus == 2


def test_rows_are_dragged_to_between_others(bench: Bench) -> None:
    bench.fill(100)
    tree = bench.table.tree
    bench.press(1)
    bench.press(3, state=0x1)
    tree.event_generate("<Button-1>", x=150, y=bench.y(2))
    tree.event_generate("<B1-Motion>", x=150, y=bench.y(7) - 2, state=0x100)
    tree.event_generate("<ButtonRelease-1>", x=150, y=bench.y(7) - 2, state=0x100)
    assert bench.dropped == [7]
    assert bench.chosen == [1, 2, 3], "what was dragged stays chosen"
    tree.event_generate("<Button-1>", x=150, y=bench.y(2))
    tree.event_generate("<B1-Motion>", x=150, y=bench.y(7), state=0x100)
    bench.key("Escape")
    tree.event_generate("<ButtonRelease-1>", x=150, y=bench.y(7), state=0x100)
    assert bench.dropped == [7], "Escape gives a drag up"


def test_what_is_seen_and_chosen_stays_while_the_table_changes(bench: Bench) -> None:
    bench.fill(10_000)
    bench.table.show_from(5000)
    bench.root.update()
    bench.press(2)
    before = bench.table.ids
    after = array("q", [*range(20_000, 20_007), *range(3, 10_000)])
    bench.table.show_order(after, reorder(before, after, {5000, 5002}))
    bench.root.update()
    assert bench.seen()[0] == "Film 5000"
    assert bench.chosen == [5002]
    bench.fill(3)
    assert bench.seen() == ["Film 0", "Film 1", "Film 2"]


def test_at_the_top_the_newest_row_is_seen_when_it_comes(bench: Bench) -> None:
    bench.fill(1000)
    after = array("q", [5000, *range(1000)])
    bench.table.show_order(after, reorder(bench.table.ids, after))
    bench.root.update()
    assert bench.seen()[:2] == ["Film 5000", "Film 0"]


def pointed(bench: Bench, monkeypatch: pytest.MonkeyPatch, slot: int, still: float = 60) -> None:
    """Put the pointer on a row; it counts as at rest ``still`` seconds after its last move."""
    monkeypatch.setattr(pointer_hold, "_STILL", still)
    tree = bench.table.tree
    tree.event_generate("<Motion>", x=150, y=bench.y(slot), warp=True)
    pump(bench.root, lambda: bench.table._hold.y == bench.y(slot), "the pointer on the row")


def away(bench: Bench) -> None:
    """Take the pointer elsewhere."""
    bench.root.event_generate("<Motion>", x=-50, y=700, warp=True)
    pump(bench.root, lambda: not pointer_over(bench.table.tree), "the pointer elsewhere")


def change_to(bench: Bench, ids: Sequence[int]) -> None:
    table, after = bench.table, array("q", ids)
    table.show_order(after, reorder(table.ids, after, table.followed_ids()))
    bench.root.update()


@pytest.mark.parametrize("count", [5, 1000])  # fewer than the screen has room for, and more
def test_the_row_under_the_pointer_stays_when_rows_come_above_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    bench.fill(count)
    pointed(bench, monkeypatch, 3)
    for newest in (5001, 5002):
        change_to(bench, [newest, *bench.table.ids])
        assert bench.seen()[:5] == [f"Film {number}" for number in range(5)]
    bench.press(3)
    assert bench.chosen == [3]
    away(bench)
    pump(bench.root, lambda: bench.seen()[:3] == ["Film 5002", "Film 5001", "Film 0"], "the newest")
    assert bench.chosen == [3]


def test_the_row_under_the_pointer_stays_when_rows_above_it_go(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    pointed(bench, monkeypatch, 3)
    change_to(bench, range(2, 1000))
    assert bench.seen()[:4] == ["", "", "Film 2", "Film 3"]
    bench.press(0)
    assert bench.chosen == []
    away(bench)
    pump(bench.root, lambda: bench.seen()[0] == "Film 2", "the rows in their places")


def test_rows_that_come_in_the_middle_move_only_what_is_below_the_pointer(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    bench.table.show_from(500)
    pointed(bench, monkeypatch, 3)
    change_to(bench, [*range(502), 5001, *range(502, 505), 5002, *range(505, 1000)])
    assert bench.seen()[3] == "Film 503"
    away(bench)
    change_to(bench, [5003, *bench.table.ids])
    assert bench.seen()[3] == "Film 503"


def test_a_pointer_that_lies_still_for_long_lets_the_newest_row_be_seen(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    pointed(bench, monkeypatch, 3, still=0.5)
    pump(bench.root, lambda: not bench.table._hold.holds, "the rest of the pointer")
    change_to(bench, [5001, *range(1000)])
    assert bench.seen()[0] == "Film 5001"


def test_a_row_that_its_user_puts_elsewhere_is_seen_there_at_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    pointed(bench, monkeypatch, 5)
    change_to(bench, [5, 0, 1, 2, 3, 4, *range(6, 1000)])
    assert bench.seen()[:2] == ["Film 5", "Film 0"]


def test_a_row_under_the_pointer_that_goes_leaves_those_above_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    pointed(bench, monkeypatch, 3)
    change_to(bench, [0, 1, 2, *range(4, 1000)])
    assert bench.seen()[2:4] == ["Film 2", "Film 4"]


def test_the_wheel_scrolls_from_rows_that_are_held(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.fill(1000)
    pointed(bench, monkeypatch, 3)
    change_to(bench, [5002, 5001, *range(1000)])
    bench.table.tree.event_generate("<Button-4>", x=150, y=bench.y(3))
    bench.root.update()
    assert bench.seen()[0] == "Film 5002"


def test_an_outdated_row_is_asked_for_again_and_stays_until_then(bench: Bench) -> None:
    bench.fill(1000)
    bench.asked.clear()
    bench.table.outdate([3, 900])
    assert bench.seen()[3] == "Film 3"
    bench.root.update()
    assert [job_id for ids in bench.asked for job_id in ids] == [3]


def test_an_empty_table_says_why(bench: Bench) -> None:
    assert bench.table.empty.winfo_manager() == "place"
    bench.fill(1)
    assert bench.table.empty.winfo_manager() == ""
    bench.table.show_empty("No film fits.")
    bench.fill(0)
    assert bench.table.empty.winfo_manager() == "place"
    bench.key("Down", "Return", "Control-a", "Control-space", "Shift-F10", "Delete")
    assert not bench.opened


def test_a_heading_sorts_and_shows_which_way(bench: Bench) -> None:
    bench.root.tk.call(bench.table.tree.heading("name", "command"))
    assert bench.sorted == ["name"]
    bench.table.show_sorted("name", descending=True)
    assert bench.table.tree.heading("name", "text") == "Film ▼"
    assert bench.table.tree.heading("size", "text") == "Size"


def test_bars_take_the_colours_of_the_theme(bench: Bench, look: Look) -> None:
    image = bench.table.bars.image(100)
    look.apply(DARK)
    bench.table.recolor()
    color = "#{:02x}{:02x}{:02x}".format(*image.get(1, 1))
    assert color == DARK.accent


def test_widths_are_given_back(bench: Bench) -> None:
    widths: Dict[str, int] = bench.table.widths()
    widths["size"] = 133
    bench.table.set_widths(widths)
    assert bench.table.widths()["size"] == 133


def test_a_column_is_hidden_and_shown_and_some_cannot_be(bench: Bench) -> None:
    table = bench.table
    bench.fill(3)
    assert [column.name for column in table.hideable()] == ["queue", "name", "size"]
    table.hide_columns(("size",))
    bench.root.update()
    assert table.hidden == ("size",)
    assert tuple(table.tree["displaycolumns"]) == ("name",)
    table.hide_columns(("queue",))  # the first column
    assert [str(part) for part in table.tree["show"]] == ["headings"]
    table.hide_columns(("name", "no such column"))
    assert tuple(table.tree["displaycolumns"]) == ("size",)
    table.show_column("size", wanted=False)  # the program has nothing to say in it
    assert [column.name for column in table.hideable()] == ["queue", "name"]
    table.hide_columns(())
    assert tuple(table.tree["displaycolumns"]) == ("name",)
    table.show_column("size", wanted=True)
    assert tuple(table.tree["displaycolumns"]) == ("name", "size")


def test_a_heading_has_a_menu_of_the_columns(bench: Bench, look: Look) -> None:
    bench.fill(3)
    menu = columns_menu(bench.table, look)
    labels = [menu.entrycget(place, "label") for place in range(3)]
    assert labels == ["Order", "Film", "Size"]
    menu.invoke(2)
    assert list(bench.table.hidden) == ["size"]
    again = columns_menu(bench.table, look)
    again.invoke(2)
    assert list(bench.table.hidden) == []


def test_rows_are_counted_by_whoever_knows_their_place(bench: Bench) -> None:
    bench.table.number_of = lambda place, job_id: 100 * job_id + place
    bench.table.show_order(array("q", [7, 3]))
    pump(bench.root, lambda: "Film 3" in bench.seen(), "the rows")
    assert [bench.table.tree.item(item, "text") for item in ("0", "1")] == ["700", "301"]


def test_rows_on_the_screen_are_asked_for_before_those_around_them(root: tk.Tk, look: Look) -> None:
    bench = Bench(root, look)
    bench.fill(MILLION)
    pump(root, lambda: len(bench.asked) == 2, "the rows around the screen")
    seen, around = bench.asked
    assert list(seen) == list(range(bench.table.full))
    assert min(around) == bench.table.full
    assert len(around) > len(seen)

"""Cells that do not fit end in an ellipsis, with the whole text beside the mouse and for whoever asks."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.window import pump
from views.column_widths import Wish, column_widths
from views.elided import ELLIPSIS
from views.elided_label import ElidedLabel
from views.fitted_tree import FittedTree, ShownRow
from views.theme import Look

pytestmark = pytest.mark.window

LONG = "The Lord of the Rings – İstanbul Hatırası Größe 日本 (2001).mkv"


@pytest.fixture
def tree(root: tk.Tk, look: Look) -> FittedTree:
    table = FittedTree(root, look, columns=("name", "size"), show="headings")
    table.heading("name", text="Film")
    table.heading("size", text="A title that is too long for it")
    table.column("name", width=150, stretch=False)
    table.column("size", width=90, stretch=False)
    table.pack(fill="both", expand=True)
    table.insert("", "end", iid="0", values=(LONG, "17.3 GB"))
    root.geometry("400x200+0+0")
    pump(root, lambda: table.bbox("0", "name"), "the row")
    return table


def test_cells_follow_columns_that_tk_stretches_only_when_it_draws_the_tree(
    root: tk.Tk, tree: FittedTree
) -> None:
    """As on a page that is opened after its rows came: the tree is mapped first and drawn later."""
    assert tree.shown("0", "name").endswith(ELLIPSIS)
    root.update()
    ttk.Treeview.column(tree, "name", width=900)  # as Tk does it, past the tree's own method
    tree.event_generate("<Expose>")
    pump(root, lambda: tree.shown("0", "name") == LONG, "the whole text")


def test_rows_shown_together_look_as_those_shown_one_by_one(root: tk.Tk, tree: FittedTree) -> None:
    picture = tk.PhotoImage(master=root, width=8, height=8)
    values = (LONG, "{ [odd] $name \\")
    for row in ("1", "2"):
        tree.insert("", "end", iid=row)
    tree.item("1", values=values, text="  7 ", image=picture, tags=("muted",))
    tree.show_rows(
        [ShownRow("2", values, "  7 ", picture, ("muted",)), ShownRow("0", ("", "1 GB"), tags=())]
    )
    assert tree.item("2") == tree.item("1")
    assert tree.shown("2", "name") == tree.shown("1", "name") != LONG
    assert [tree.set("0", name) for name in ("name", "size")] == ["", "1 GB"]


def test_a_text_is_as_wide_as_its_characters(root: tk.Tk, look: Look) -> None:
    for text in (LONG, "AVATAR fi", ""):
        assert look.elider.width(text) == int(
            root.tk.call("font", "measure", "TkDefaultFont", text)
        )


def test_a_cut_text_fits_with_its_ellipsis_and_one_that_fits_is_whole(look: Look) -> None:
    elider = look.elider
    for room in range(elider.width(ELLIPSIS), elider.width(LONG) + 2, 7):
        shown = elider.fit(LONG, room)
        assert elider.width(shown) <= room
        assert shown == LONG or (shown.endswith(ELLIPSIS) and LONG.startswith(shown[:-1]))
    assert elider.fit(LONG, elider.width(LONG)) == LONG


def test_a_cell_that_does_not_fit_ends_in_an_ellipsis_until_it_does(
    root: tk.Tk, tree: FittedTree
) -> None:
    shown = tree.shown("0", "name")
    assert shown.endswith(ELLIPSIS)
    assert LONG.startswith(shown[:-1])
    assert tree.shown("0", "size") == "17.3 GB"
    # Whoever asks for the row gets what it says.
    assert tree.set("0", "name") == LONG
    assert tree.set("0") == {"name": LONG, "size": "17.3 GB"}
    assert tuple(tree.item("0", "values")) == (LONG, "17.3 GB")
    assert tree.item("0")["values"] == [LONG, "17.3 GB"]
    tree.column("name", width=700)
    pump(root, lambda: tree.shown("0", "name") == LONG, "the whole text")
    tree.column("name", width=100)
    pump(root, lambda: tree.shown("0", "name").endswith(ELLIPSIS), "the ellipsis again")


def test_what_is_seen_is_within_the_cell(root: tk.Tk, look: Look, tree: FittedTree) -> None:
    """Where the text's last column of pixels is drawn, measured: Tk would cut the ellipsis off."""
    box = tree.bbox("0", "name")
    assert box
    room = int(box[2]) - 2 * (look.px(6) + 4)
    assert look.elider.width(tree.shown("0", "name")) <= room


def test_a_changed_cell_is_fitted_and_rows_can_go(root: tk.Tk, tree: FittedTree) -> None:
    tree.set("0", "size", LONG)
    assert tree.shown("0", "size").endswith(ELLIPSIS)
    assert tree.shown("0", "name").endswith(ELLIPSIS)
    head = tree.insert("", "end", iid="head", values=("Head", ""))
    tree.insert(head, "end", iid="child", values=(LONG, ""))
    tree.delete("head")  # the child goes with it
    tree.column("name", width=120)
    root.update()
    assert tree.get_children() == ("0",)


def point(tree: FittedTree, x: int, y: int) -> None:
    tree.event_generate("<Motion>", x=x, y=y)


def texts(window: tk.Misc) -> List[str]:
    return [str(child.cget("text")) for child in window.winfo_children()]


def test_the_mouse_on_a_cut_cell_brings_its_whole_text(root: tk.Tk, tree: FittedTree) -> None:
    x, y, width, height = map(int, tree.bbox("0", "name"))
    point(tree, x + 5, y + 5)
    pump(root, lambda: tree.tips.window, "the text")
    window = tree.tips.window
    assert window is not None
    assert texts(window) == [LONG]
    root.update()
    assert window.winfo_rooty() >= tree.winfo_rooty() + y + height  # never under the mouse
    point(tree, x + width + 5, y + 5)  # a cell that fits
    assert tree.tips.window is None
    point(tree, x + width + 5, 5)  # its heading, which does not
    pump(root, lambda: tree.tips.window, "the title")
    assert tree.tips.window is not None
    assert texts(tree.tips.window) == ["A title that is too long for it"]
    tree.event_generate("<Leave>")
    assert tree.tips.window is None


def test_a_label_shows_what_fits_and_the_rest_beside_the_mouse(root: tk.Tk, look: Look) -> None:
    label = ElidedLabel(root, look)
    label.pack(fill="x")
    label.show(LONG)
    root.geometry("120x60+0+0")
    pump(root, lambda: str(label.cget("text")).endswith(ELLIPSIS), "the ellipsis")
    root.geometry("900x60+0+0")
    pump(root, lambda: label.cget("text") == LONG, "the whole text")


def test_a_narrow_column_comes_back_where_a_wide_one_went() -> None:
    film, codec = Wish(220, 200, True, 0), Wish(76, 76, False, 8)
    saving = Wish(166, 166, False, 9)
    assert column_widths([film, codec, saving], 300) == [224, 76, 0]


WISHES = st.lists(
    st.builds(
        lambda width, less, stretch, gives_way: Wish(
            width, max(20, width - less) if stretch else width, stretch, gives_way
        ),
        st.integers(40, 400),
        st.integers(0, 300),
        st.booleans(),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=8,
)


@given(WISHES, st.integers(100, 2000))
def test_columns_fit_keep_their_least_width_and_go_in_their_order(
    wishes: List[Wish], room: int
) -> None:
    widths = column_widths(wishes, room)
    there = [wish for wish, width in zip(wishes, widths) if width]
    gone = [wish for wish, width in zip(wishes, widths) if not width]
    assert all(width == 0 or width >= wish.least for wish, width in zip(wishes, widths))
    assert all(wish.gives_way for wish in gone)
    spare = room - sum(wish.least for wish in there)
    for wish in gone:  # none of them would fit, and none went for a wider one that says less
        assert wish.least > spare
        lesser = [other for other in there if 0 < other.gives_way < wish.gives_way]
        assert all(other.least < wish.least for other in lesser)
    if sum(wish.least for wish in there) <= room:
        assert sum(widths) <= room
        if any(wish.stretch for wish in there):
            assert sum(widths) > room - len(wishes)  # all the room is used
    else:
        assert not any(wish.gives_way for wish in there)

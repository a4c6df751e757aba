"""Every page has one left edge: its words, fields, buttons and tables begin there."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Iterator, List, Tuple

import pytest

from tests.window_program import Program
from views.metrics import EDGE
from window.tabs import TABS

pytestmark = pytest.mark.window

_PARTS = (ttk.Label, ttk.Entry, ttk.Button, ttk.Treeview, tk.Text, ttk.Checkbutton, ttk.Radiobutton)
_NEAR = 2 * EDGE  # what begins so near to the edge is meant to begin at it


def parts(widget: tk.Misc) -> Iterator[tk.Misc]:
    """What is seen of a page, without what a part is made of or what stands in a card."""
    for child in widget.winfo_children():
        if not child.winfo_viewable() or isinstance(child, tk.Toplevel):
            continue
        is_card = isinstance(child, ttk.Frame) and "Card" in str(child.cget("style"))
        if is_card or isinstance(child, _PARTS):
            yield child
        else:
            yield from parts(child)


def lefts(program: Program, page: tk.Misc) -> List[Tuple[int, str]]:
    """Where the parts that begin near the left edge begin, in pixels of the page."""
    left = page.winfo_rootx()
    begins = ((part.winfo_rootx() - left, str(part)) for part in parts(page))
    return [(begin, name) for begin, name in begins if begin < program.window.look.px(_NEAR)]


@pytest.mark.parametrize("name", [kind.name for kind in TABS])
def test_a_page_has_one_left_edge(program: Program, name: str) -> None:
    window = program.window
    tab = window.open_tab(name)
    program.until(tab.view.winfo_viewable, "the tab")
    window.root.update()
    found = lefts(program, tab.view)
    assert len(found) >= 2
    edge = window.look.px(EDGE)
    assert all(abs(begin - edge) <= 1 for begin, _part in found), found  # Tk rounds shared columns


def test_the_settings_pages_begin_at_one_edge(program: Program) -> None:
    view = program.window.open_tab("settings").view
    program.until(view.winfo_viewable, "the tab")
    edges = {}
    for page in view.sidebar.pages:
        view.open_section(page)
        program.window.root.update()
        shown = next(child for child in view._place.winfo_children() if child.winfo_viewable())
        begins = [part.winfo_rootx() - view.winfo_rootx() for part in parts(shown)]
        edges[page] = min(begins)
    assert len(set(edges.values())) == 1, edges

"""Help by F1, the list of shortcuts, Ctrl+Tab through the tabs, and icons that follow the theme."""

from __future__ import annotations

from tkinter import ttk

import pytest

from tests.views.window import press_keys
from tests.window_program import Program
from views.help_texts import SHORTCUTS, TOPICS
from views.help_window import HelpWindow, shortcuts_of
from window.tabs import TABS

pytestmark = pytest.mark.window


def opened(program: Program) -> HelpWindow:
    program.until(lambda: program.window.help.window, "the help")
    window = program.window.help.window
    assert window is not None
    return window


def test_f1_opens_the_help_at_the_open_page_and_every_tab_has_one(program: Program) -> None:
    for tab in TABS:
        program.window.open_tab(tab.name)
        program.root.focus_force()
        program.root.update()
        program.invoke("help.page")
        window = opened(program)
        assert window.head.cget("text") == TOPICS[tab.name][0]
        assert len(window.text.shown) > 100
    window.list.focus_force()
    window.update()
    window.list.event_generate("<Escape>")
    program.until(lambda: not window.winfo_exists(), "the end of the help")
    program.invoke("help.page")
    assert opened(program).winfo_exists()


def test_the_shortcuts_are_those_of_the_commands(program: Program) -> None:
    program.invoke("help.shortcuts")
    window = opened(program)
    rows = [window.table.item(row, "values") for row in window.table.get_children()]
    listed = {str(row[0]): str(row[1]) for row in rows}
    commands = program.window.registry.commands
    assert {command.shortcut_text for command in commands if command.shortcut_text} <= set(listed)
    assert listed["F5"] == "Start"
    assert listed["Ctrl+O"] == "Add films"
    assert window.names[-1] == SHORTCUTS
    assert len(rows) == len(shortcuts_of(commands))


def test_ctrl_tab_turns_the_tabs_wherever_the_keyboard_is(program: Program) -> None:
    program.window.open_tab("queue")
    program.until(lambda: "logs.page" not in program.window.registry.unbound, "the window")
    program.window.panel.mode.focus_force()  # outside of the tabs
    program.root.update()
    press_keys("ctrl+Tab")
    names = [tab.name for tab in TABS]

    def current() -> str:
        return names[int(program.window.tabs.index("current"))]

    program.until(lambda: current() == names[1], "the second tab")
    press_keys("ctrl+shift+Tab")
    program.until(lambda: current() == names[0], "the first tab")
    press_keys("ctrl+shift+Tab")
    program.until(lambda: current() == names[-1], "the last tab")
    press_keys("ctrl+Tab")
    program.until(lambda: current() == names[0], "the first tab again")


def test_an_empty_queue_offers_what_ends_that(program: Program) -> None:
    program.answers.chosen_films = (program.film("Film.mkv"),)
    empty = program.table("pending").empty
    program.until(lambda: empty.winfo_ismapped(), "the offer")
    add, _folder = empty.buttons.winfo_children()
    assert isinstance(add, ttk.Button)
    add.invoke()
    program.until(lambda: program.table("pending").ids, "the film")
    program.until(lambda: not empty.winfo_ismapped(), "the offer to go")

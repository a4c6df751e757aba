"""One registry for menu, buttons, shortcuts and the enabled state."""

from __future__ import annotations

import tkinter as tk
from collections import Counter
from typing import List

import pytest

from scripts.texts import LANGUAGES, LOCALE
from tests.views.window import press_keys, pump
from views.command_list import COMMANDS
from views.commands import Registry, WindowCommand
from views.texts import _, use_language

pytestmark = pytest.mark.window


@pytest.fixture
def done() -> List[str]:
    return []


@pytest.fixture
def registry(root: tk.Tk, done: List[str]) -> Registry:
    one = Registry(root)
    one.add(
        WindowCommand("open", "&Open", "&File", 0, "<Control-o>", "Ctrl+O"),
        lambda: done.append("open"),
    )
    one.add(WindowCommand("exit", "E&xit", "&File", 1), lambda: done.append("exit"))
    return one


def test_menu_and_button_run_the_same_command(
    root: tk.Tk, registry: Registry, done: List[str]
) -> None:
    menu = registry.menu(tk.Menu(root), "&File")
    menu.invoke(0)
    registry.button(root, "open").invoke()
    assert done == ["open", "open"]


def test_a_line_parts_the_groups_of_a_menu(root: tk.Tk, registry: Registry) -> None:
    menu = registry.menu(tk.Menu(root), "&File")
    assert [menu.type(index) for index in range(3)] == ["command", "separator", "command"]
    assert menu.entrycget(0, "accelerator") == "Ctrl+O"
    assert menu.entrycget(0, "label") == "Open"
    assert menu.entrycget(2, "underline") == 1


def test_a_shortcut_runs_its_command(root: tk.Tk, registry: Registry, done: List[str]) -> None:
    root.update()
    root.focus_force()
    pump(root, lambda: root.focus_get() is not None, "the focus")
    root.event_generate("<Control-o>")
    pump(root, lambda: done, "the command")
    assert done == ["open"]


def test_with_caps_lock_it_is_shift_that_tells_two_shortcuts_of_a_letter_apart(
    root: tk.Tk, registry: Registry, done: List[str]
) -> None:
    registry.add(
        WindowCommand("folder", "&Add", "&File", 2, "<Control-O>", "Ctrl+Shift+O"),
        lambda: done.append("folder"),
    )
    root.update()
    root.focus_force()
    pump(root, lambda: root.focus_get() is not None, "the focus")
    press_keys("Caps_Lock", "ctrl+o", "ctrl+shift+o", "Caps_Lock", "ctrl+o", "ctrl+shift+o")
    pump(root, lambda: len(done) == 4, "the commands")
    assert done == ["open", "folder", "open", "folder"]


def test_a_disabled_command_does_nothing_anywhere_and_shows_it(
    root: tk.Tk, registry: Registry, done: List[str]
) -> None:
    menu, button = registry.menu(tk.Menu(root), "&File"), registry.button(root, "open")
    registry.enable("open", enabled=False)
    registry.invoke("open")
    button.invoke()
    assert done == []
    assert button.instate(["disabled"])
    assert menu.entrycget(0, "state") == "disabled"
    registry.enable("open", enabled=True)
    button.invoke()
    assert done == ["open"]


def test_names_shortcuts_and_underlined_letters_are_there_once() -> None:
    names = [command.name for command in COMMANDS]
    shortcuts = [command.shortcut for command in COMMANDS if command.shortcut]
    letters = [
        (command.menu, command.text[command.underline].lower())
        for command in COMMANDS
        if command.menu
    ]
    for every in (names, shortcuts, letters):
        assert len(set(every)) == len(every)


@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_no_letter_is_underlined_twice_in_a_menu_in_any_language(language: str) -> None:
    use_language(language, LOCALE)
    try:
        letters = [
            (command.menu, label[label.index("&") + 1].casefold())
            for command in COMMANDS
            for label in [_(command.label)]
            if command.menu and "&" in label
        ]
    finally:
        use_language("en", LOCALE)
    assert [letter for letter, count in Counter(letters).items() if count > 1] == []

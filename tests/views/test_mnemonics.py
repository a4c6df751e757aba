"""Underlined letters do what they promise."""

from __future__ import annotations

import shutil
import subprocess
import tkinter as tk
from tkinter import filedialog, ttk
from typing import List

import pytest

from tests.views.window import press_keys, pump
from views.mnemonics import follow_letters, free_letter

pytestmark = pytest.mark.window


@pytest.fixture
def pressed(root: tk.Tk) -> List[str]:
    """What was pressed on a window with a label, a field and four buttons."""
    found: List[str] = []
    follow_letters(root, "f")
    ttk.Label(root, text="Search", underline=3).pack()
    root.field = ttk.Entry(root)  # type: ignore[attr-defined]
    root.field.pack()  # type: ignore[attr-defined]
    for text in ("Apply", "Stop", "Start", "Find"):
        ttk.Button(root, text=text, underline=0, command=lambda one=text: found.append(one)).pack()  # type: ignore[misc]
    off = ttk.Button(root, text="Remove", underline=0, command=lambda: found.append("Remove"))
    off.state(["disabled"])
    off.pack()
    root.update()
    root.focus_force()
    pump(root, lambda: root.focus_get() is not None, "the focus")
    return found


def press(root: tk.Tk, letter: str) -> None:
    root.event_generate(f"<Alt-{letter}>")
    root.update()


def test_a_letter_presses_its_button(root: tk.Tk, pressed: List[str]) -> None:
    press(root, "a")
    assert pressed == ["Apply"]


@pytest.mark.parametrize("key", ["udiaeresis", "i", "scedilla"])
def test_a_letter_of_turkish_presses_its_button(root: tk.Tk, pressed: List[str], key: str) -> None:
    layout = shutil.which("setxkbmap")
    if layout is None:
        pytest.skip("needs setxkbmap (x11-xkb-utils)")
    ttk.Button(root, text="Üç saat", underline=0, command=lambda: pressed.append("ü")).pack()
    ttk.Button(root, text="İptal", underline=0, command=lambda: pressed.append("i")).pack()
    ttk.Button(root, text="Şimdi", underline=0, command=lambda: pressed.append("ş")).pack()
    root.update()
    subprocess.run([layout, "tr"], check=True)
    try:
        press_keys(f"alt+{key}")
        pump(root, lambda: pressed, "the button")
    finally:
        subprocess.run([layout, "us"], check=True)
    assert pressed == [{"udiaeresis": "ü", "i": "i", "scedilla": "ş"}[key]]


def test_a_letter_that_is_typed_with_control_and_alt_presses_nothing(
    root: tk.Tk, pressed: List[str]
) -> None:
    """AltGr of a keyboard on Windows, which types letters and signs."""
    root.event_generate("<Control-Alt-a>")
    root.update()
    assert pressed == []


def test_a_letter_of_a_label_goes_to_its_field(root: tk.Tk, pressed: List[str]) -> None:
    press(root, "r")
    pump(root, lambda: root.focus_get() is root.field, "the field")  # type: ignore[attr-defined]
    assert pressed == []


def test_buttons_that_wish_for_the_same_letter_get_one_each(
    root: tk.Tk, pressed: List[str]
) -> None:
    for letter in ("s", "t"):
        press(root, letter)
    assert pressed == ["Stop", "Start"]


def test_a_button_that_appears_later_gets_a_letter_that_is_free(
    root: tk.Tk, pressed: List[str]
) -> None:
    later = ttk.Button(root, text="Sort", underline=0, command=lambda: pressed.append("Sort"))
    later.pack()
    pump(root, lambda: later.cget("underline") == 1, "another letter")
    press(root, "o")
    assert pressed == ["Sort"]


def test_what_appears_again_keeps_its_letters_and_is_not_drawn_anew(
    root: tk.Tk, pressed: List[str]
) -> None:
    buttons = [child for child in root.winfo_children() if isinstance(child, ttk.Button)]
    start = next(button for button in buttons if button.cget("text") == "Start")
    pump(root, lambda: start.cget("underline") == 1, "another letter than that of Stop")
    changed: List[object] = []
    for button in buttons:
        button.configure = lambda **options: changed.append(options)  # type: ignore[assignment, method-assign]
    again = ttk.Button(root, text="Sort", underline=2)
    again.pack()
    pump(root, lambda: again.cget("underline") == 1, "its letter")  # "r" is the label's
    assert changed == []


def test_a_new_text_brings_its_own_wish(root: tk.Tk, pressed: List[str]) -> None:
    button = ttk.Button(root, text="Next", underline=0, command=lambda: pressed.append("next"))
    button.pack()
    root.update()
    button.configure(text="Accept", underline=0)  # "a" is Apply's
    press(root, "a")
    press(root, "c")
    assert pressed == ["Apply", "next"]


def test_where_every_letter_is_taken_none_is_underlined() -> None:
    assert free_letter("aba", 0, {"a", "b"}) == -1
    assert free_letter("İki ı", 0, {"i"}) == 1


def test_a_letter_in_a_file_chooser_or_in_an_open_list_makes_no_error(
    root: tk.Tk, pressed: List[str]
) -> None:
    """Tk makes these itself, so that tkinter has a path of text in place of their widgets."""
    box = ttk.Combobox(root, values=("one", "two"))
    box.pack()
    root.update()
    root.tk.call("ttk::combobox::Post", box)
    root.update()
    root.tk.call("event", "generate", f"{box}.popdown.f.l", "<Alt-a>")
    root.update()
    root.tk.call("ttk::combobox::Unpost", box)

    def choose() -> None:
        chooser = ".__tk_filedialog"
        for letter in ("a", "o"):
            root.tk.call("event", "generate", chooser, f"<Alt-{letter}>")
        root.tk.call("event", "generate", chooser, "<Escape>")
        root.tk.eval(f"catch {{{chooser}.contents.f2.cancel invoke}}")

    root.after(400, choose)
    assert not filedialog.askopenfilename(parent=root)
    assert pressed == []


def test_letters_of_the_menus_and_of_disabled_buttons_press_nothing(
    root: tk.Tk, pressed: List[str]
) -> None:
    press(root, "f")
    press(root, "m")
    assert pressed == []

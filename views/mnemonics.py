"""Alt and an underlined letter: presses the button, or moves the keyboard to the field, that shows it."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from tkinter import ttk
from typing import Iterator

_CONTROL = 0x4  # Tk's bit of an event's state


def follow_letters(root: tk.Tk, menu_letters: str = "") -> None:
    """Let underlined letters work in all windows of the program; those of the menus are ``root``'s.

    A letter that several widgets show moves the keyboard from one to the next and presses none.
    """

    def pressed(event: tk.Event[tk.Misc]) -> None:
        if int(event.state) & _CONTROL:  # AltGr on Windows, by which letters are typed
            return
        if isinstance(event.widget, str):  # inside a list or a file chooser of Tk's own
            return
        # The names of letters beyond ASCII are words (scedilla); Tk tells them as text as well.
        typed = event.char if event.char.isprintable() and event.char else event.keysym
        letter, window = _folded(typed), event.widget.winfo_toplevel()
        if len(letter) != 1 or (window is root and letter in _folded(menu_letters)):
            return
        found = [widget for widget in _inside(window) if _shows(widget, letter)]
        if len(found) == 1:
            _use(found[0])
        elif found:
            before = window.focus_get()
            place = found.index(before) + 1 if before in found else 0
            found[place % len(found)].focus_set()

    root.bind_all("<Alt-Key>", pressed, add=True)


def _folded(letters: str) -> str:
    """Small letters; Turkish has two of i, which are one here (its İ is two characters when small)."""
    return letters.lower().replace("\N{COMBINING DOT ABOVE}", "").replace("ı", "i")


def _inside(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Every widget that is seen in this window, without other windows."""
    for child in widget.winfo_children():
        if not isinstance(child, (tk.Toplevel, tk.Menu)) and child.winfo_viewable():
            yield child
            yield from _inside(child)


def _shows(widget: tk.Misc, letter: str) -> bool:
    if not isinstance(widget, (ttk.Button, ttk.Checkbutton, ttk.Label)):
        return False
    with suppress(tk.TclError, ValueError):
        place, text = int(widget.cget("underline")), str(widget.cget("text"))
        shown = _folded(text[place : place + 1]) if place >= 0 else ""
        return shown == letter and bool(widget.instate(["!disabled"]))
    return False


def _use(widget: tk.Misc) -> None:
    """Press a button; a label stands for the field that comes after it."""
    if isinstance(widget, (ttk.Button, ttk.Checkbutton)):
        widget.focus_set()
        widget.invoke()
    else:
        following = widget.tk_focusNext()
        if following is not None:
            following.focus_set()

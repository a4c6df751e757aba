"""Alt and an underlined letter: presses the button, or moves the keyboard to the field, that shows it."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from tkinter import ttk
from typing import Iterator, Optional, Union


def follow_letters(window: Union[tk.Tk, tk.Toplevel], reserved: str = "") -> None:
    """Let the letters of this window's widgets work; ``reserved`` ones belong to its menus.

    A letter that several widgets show moves the keyboard from one to the next and presses none.
    """

    def pressed(event: tk.Event[tk.Misc]) -> Optional[str]:
        letter = event.keysym.lower()
        if len(letter) != 1 or letter in reserved:
            return None
        found = [one for one in _inside(window) if _shows(one, letter)]
        if not found:
            return None
        if len(found) == 1:
            _use(found[0])
        else:
            before = window.focus_get()
            place = found.index(before) + 1 if before in found else 0
            found[place % len(found)].focus_set()
        return "break"

    window.bind("<Alt-Key>", pressed, add=True)


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
        shown = text[place : place + 1].lower() if place >= 0 else ""
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

"""Alt and an underlined letter: presses the button, or moves the keyboard to the field, that shows it.

A widget's ``underline`` is a wish: what is seen at the same time in a window has letters of its own, in every
language, and a letter that is taken already gives way to another one of the same text.
"""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from tkinter import ttk
from typing import Dict, Iterator, List, Set, Tuple, Union

_CONTROL = 0x4  # Tk's bit of an event's state
Lettered = Union[ttk.Button, ttk.Checkbutton, ttk.Label]
_SHOWING = ("TButton", "TCheckbutton")  # classes whose appearance brings letters along
# Of those of some widgets that are seen: the path, the place of the letter and the text. In one call, since
# after each call of Tk the window waits for every thread that computes.
_LOOK = (
    "paths",
    """set seen {}
    foreach path $paths {
        if {[winfo exists $path] && [winfo viewable $path]} {
            lappend seen $path [$path cget -underline] [$path cget -text]
        }
    }
    return $seen""",
)


def follow_letters(root: tk.Tk, menu_letters: str = "") -> None:
    """Let underlined letters work in all windows of the program; those of the menus are ``root``'s."""
    letters = _Letters(root, menu_letters)
    root.bind_all("<Alt-Key>", letters.pressed, add=True)
    for name in _SHOWING:
        # As Tk's own words, since tkinter works out a score of fields for each event.
        root.tk.call(
            "bind", name, "<Map>", f"+{root.register(letters.appeared)} [winfo toplevel %W]"
        )


def free_letter(text: str, wish: int, taken: Set[str]) -> int:
    """Return the place of a letter that no other text has: the wished one, a word's first, or any; else -1.

    ``taken`` are letters as ``folded`` has them; the one that is found joins them.
    """
    firsts: List[int] = [
        place for place in range(len(text)) if place == 0 or text[place - 1] == " "
    ]
    places: List[int] = [wish, *firsts, *range(len(text))]
    for place in places:
        letter = folded(text[place : place + 1]) if place >= 0 else ""
        if letter.isalnum() and letter not in taken:
            taken.add(letter)
            return place
    return -1


def folded(letters: str) -> str:
    """Small letters; Turkish has two of i, which are one here (its İ is two characters when small)."""
    return letters.lower().replace("\N{COMBINING DOT ABOVE}", "").replace("ı", "i")


class _Letters:
    """Shares the letters of each window out, and does what the pressed one is for."""

    def __init__(self, root: tk.Tk, menu_letters: str) -> None:
        self._root = root
        self._of_menus = set(folded(menu_letters))
        self._wishes: Dict[
            str, Tuple[str, int]
        ] = {}  # the text and place of each widget that was seen
        self._due: Set[str] = set()  # windows where something has appeared

    def appeared(self, window: str) -> None:
        """Share the letters of a window out again, once all is seen that comes with the widget."""
        if window not in self._due:
            self._due.add(window)
            self._root.after(0, self._share_due, window)  # not while it is laid out

    def pressed(self, event: tk.Event[tk.Misc]) -> None:
        """Use the widget that shows the letter."""
        if not isinstance(event.widget, tk.Misc):
            return  # inside a dialog or a list that Tk itself has made, which has letters of its own
        if int(event.state) & _CONTROL:  # AltGr on Windows, by which letters are typed
            return
        # The names of letters beyond ASCII are words (scedilla); Tk tells them as text as well.
        typed = event.char if event.char.isprintable() and event.char else event.keysym
        letter, window = folded(typed), event.widget.winfo_toplevel()
        if len(letter) != 1 or (window is self._root and letter in self._of_menus):
            return
        self._share(window)
        for widget, place, text in _seen_in(window):
            shown = folded(text[place : place + 1]) if place >= 0 else ""
            if shown == letter and widget.instate(["!disabled"]):
                _use(widget)
                return

    def _share_due(self, window: str) -> None:
        self._due.discard(window)
        with suppress(tk.TclError, KeyError):  # it has been closed, or is one of Tk's own
            self._share(self._root.nametowidget(window))

    def _share(self, window: tk.Misc) -> None:
        taken = set(self._of_menus) if window is self._root else set()
        waiting = []
        for widget, shown, text in _seen_in(window):
            if shown < 0 and str(widget) not in self._wishes:
                continue  # most labels
            wish = self._wish(widget, shown, text)
            letter = folded(text[wish : wish + 1]) if wish >= 0 else ""
            if letter and letter not in taken:
                taken.add(letter)
                _underline(widget, shown, wish)
            elif letter:
                waiting.append((widget, shown, text))
        for widget, shown, text in waiting:
            _underline(widget, shown, free_letter(text, -1, taken))

    def _wish(self, widget: Lettered, shown: int, text: str) -> int:
        """The place of the letter that a widget with this text was made with."""
        before = self._wishes.get(str(widget))
        if before is not None and before[0] == text:
            return before[1]
        if shown >= 0:
            self._wishes[str(widget)] = (text, shown)
        return shown


def _underline(widget: Lettered, shown: int, place: int) -> None:
    """Underline another letter; where it is the same, Tk would draw the widget again for nothing."""
    if place != shown:
        widget.configure(underline=place)


def _seen_in(window: tk.Misc) -> Iterator[Tuple[Lettered, int, str]]:
    """Every widget that may show a letter and is seen in a window, with the letter's place and its text."""
    widgets = {str(widget): widget for widget in _lettered(window)}
    seen = window.tk.splitlist(window.tk.call("apply", _LOOK, tuple(widgets)))
    for path, place, text in zip(seen[::3], seen[1::3], seen[2::3]):
        yield widgets[str(path)], int(place), str(text)


def _lettered(window: tk.Misc) -> Iterator[Lettered]:
    """Every widget of this window that may show a letter, without other windows."""
    for child in window.children.values():
        if isinstance(child, (ttk.Button, ttk.Checkbutton, ttk.Label)):
            yield child
        if not isinstance(child, (tk.Toplevel, tk.Menu)):
            yield from _lettered(child)


def _use(widget: tk.Misc) -> None:
    """Press a button; a label stands for the field that comes after it."""
    if isinstance(widget, (ttk.Button, ttk.Checkbutton)):
        widget.focus_set()
        widget.invoke()
    else:
        following = widget.tk_focusNext()
        if following is not None:
            following.focus_set()

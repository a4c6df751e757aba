"""The texts that the widgets of a window show, and what of them is English in another language's window."""

from __future__ import annotations

import re
import tkinter as tk
from tkinter import ttk
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Set, Tuple

import polib

from scripts import texts as catalogues
from views.mnemonics import folded

_WORD = re.compile(r"[A-Za-z]{2,}")
_PLACE = re.compile(r"\{\w+\}")
# Names and values that are the same in every language, and words of files and commands.
_NAMES = re.compile(
    r"[\w./\\*~-]*[./\\_][\w./\\*~-]+"  # paths, addresses, patterns, versions
    r"|\$\w+|--?\w[\w-]*|\w+=\S+"  # placeholders and arguments
    r"|“[^”]*”|'[^']*'|\"[^\"]*\""
)
# Words that are the language's own although no text of the catalogue has them.
_OWN = {"nl": {"do", "bit"}, "tr": {"bit"}}


class Seen(NamedTuple):
    """A text and where it stands."""

    where: str
    text: str


def seen_in(widget: tk.Misc) -> Iterator[Seen]:
    """Every text of a widget and of what is inside it, other windows too."""
    where = f"{widget.winfo_class()} {widget}"
    for text in _own_texts(widget):
        if text.strip():
            yield Seen(where, text)
    for child in widget.winfo_children():
        yield from seen_in(child)


def _own_texts(widget: tk.Misc) -> Iterator[str]:
    for kind, texts in _READERS:
        if isinstance(widget, kind):
            yield from texts(widget)
            return
    if "text" in (*widget.keys(),):
        yield str(widget.cget("text"))


def _menu_texts(menu: tk.Menu) -> Iterator[str]:
    last = menu.index("end")
    for number in range(0 if last is None else last + 1):
        if menu.type(number) not in ("separator", "tearoff"):
            yield str(menu.entrycget(number, "label"))


def _canvas_texts(canvas: tk.Canvas) -> Iterator[str]:
    for item in canvas.find_all():
        if str(canvas.type(item)) == "text":
            yield str(canvas.itemcget(item, "text"))  # type: ignore[no-untyped-call]


def _table_texts(table: ttk.Treeview) -> Iterator[str]:
    columns = [*table.cget("columns")]
    for column in ["#0", *columns]:
        yield str(table.heading(column, "text"))
    items: List[str] = [*table.get_children()]
    while items:
        item = items.pop()
        items.extend(table.get_children(item))
        yield str(table.item(item, "text"))
        yield from (str(value) for value in table.item(item, "values") or ())


_READERS: Tuple[Tuple[Any, Callable[[Any], Iterable[str]]], ...] = (
    ((tk.Tk, tk.Toplevel), lambda window: (window.title(),)),
    (ttk.Notebook, lambda book: (str(book.tab(tab, "text")) for tab in book.tabs())),
    (ttk.Treeview, _table_texts),
    (ttk.Combobox, lambda box: (box.get(), *map(str, box.cget("values") or ()))),
    (tk.Listbox, lambda rows: map(str, rows.get(0, "end"))),
    (tk.Menu, _menu_texts),
    (tk.Text, lambda text: (text.get("1.0", "end"),)),
    (tk.Canvas, _canvas_texts),
    ((ttk.Entry, tk.Entry), lambda _entry: ()),  # what the user types
)


def letters_in(window: tk.Misc) -> List[Tuple[str, str]]:
    """Every letter that is underlined in a window, or in one of its menus, with the text that it is of."""
    found = []
    for widget in _seen_widgets(window):
        place, text = int(widget.cget("underline")), str(widget.cget("text"))
        if place >= 0:
            found.append((folded(text[place]), text))
    return found


def letters_of_menu(menu: tk.Menu) -> List[Tuple[str, str]]:
    """Every letter that is underlined in a menu, with its entry."""
    last = menu.index("end")
    found = []
    for number in range(0 if last is None else last + 1):
        if menu.type(number) in ("command", "cascade"):
            place, text = (
                int(menu.entrycget(number, "underline")),
                str(menu.entrycget(number, "label")),
            )
            if place >= 0:
                found.append((folded(text[place]), text))
    return found


def windows_in(widget: tk.Misc) -> Iterator[tk.Misc]:
    """Return every window that is open."""
    if isinstance(widget, (tk.Tk, tk.Toplevel)) and widget.winfo_viewable():
        yield widget
    for child in widget.winfo_children():
        yield from windows_in(child)


def menus_in(widget: tk.Misc) -> Iterator[tk.Menu]:
    """Return every menu there is."""
    if isinstance(widget, tk.Menu):
        yield widget
    for child in widget.winfo_children():
        yield from menus_in(child)


def _seen_widgets(widget: tk.Misc) -> Iterator[Any]:
    for child in widget.winfo_children():
        if not isinstance(child, (tk.Toplevel, tk.Menu)) and child.winfo_viewable():
            if isinstance(child, (ttk.Button, ttk.Checkbutton, ttk.Label)):
                yield child
            yield from _seen_widgets(child)


class EnglishFinder:
    """Knows the words of one language's catalogue."""

    def __init__(self, language: str) -> None:
        entries = polib.pofile(str(catalogues.catalogue_file(language)))
        self._translated: Set[str] = set()
        self._english: Dict[str, str] = {}
        own_words: Set[str] = set(_OWN[language])
        english_words: Set[str] = set()
        for entry in entries:
            for text in (entry.msgstr, *entry.msgstr_plural.values()):
                self._translated.add(text.replace("&", "", 1))
                own_words |= self._words(text)
            for text in (entry.msgid, entry.msgid_plural):
                english_words |= self._words(text)
                self._english[text.replace("&", "", 1)] = entry.msgid
        self._words_of_english = english_words - own_words
        self.size = len(entries)

    @staticmethod
    def _words(text: str) -> Set[str]:
        plain = _NAMES.sub(" ", _PLACE.sub(" ", text.replace("&", "", 1)))
        return {word.casefold() for word in _WORD.findall(plain)}

    def english_in(self, text: str) -> List[str]:
        """Return what is English in a text: the whole of it, or its words that the language does not have."""
        if text in self._translated:
            return []
        if text in self._english:
            return [text]
        return sorted(self._words(text) & self._words_of_english)

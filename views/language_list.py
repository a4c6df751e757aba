"""Languages in the order in which they are wanted: dragged, moved by keys, added by name or code."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Tuple

from core.media.languages import parse_language
from views.languages import find_language, language_name, languages_in_order
from views.texts import _
from views.theme import Look


class LanguageList(ttk.Frame):
    """Shows and changes ``variable``, a list of codes with commas between them."""

    def __init__(self, parent: tk.Misc, look: Look, variable: tk.StringVar) -> None:
        super().__init__(parent)
        self._look = look
        self._variable = variable
        self.list = tk.Listbox(
            self,
            height=6,
            width=30,
            exportselection=False,
            activestyle="none",
            selectmode="browse",
            relief="flat",
        )
        look.dress(self.list)
        self.list.grid(row=0, column=0, rowspan=4, sticky="nsew")
        self.up_button = self._button(_("Up"), lambda: self.move(-1), 0)
        self.down_button = self._button(_("Down"), lambda: self.move(1), 1)
        self.remove_button = self._button(_("Remove"), self.remove, 2)
        self.chosen = ttk.Combobox(self, postcommand=self._offer)
        self.chosen.grid(row=4, column=0, sticky="ew", pady=(look.px(6), 0))
        self.add_button = self._button(_("Add"), self.add, 4)
        self.chosen.bind("<Return>", lambda _event: self.add())
        self.list.bind("<Alt-Up>", lambda _event: self._moved(-1))
        self.list.bind("<Alt-Down>", lambda _event: self._moved(1))
        self.list.bind("<Delete>", lambda _event: self.remove())
        self.list.bind("<B1-Motion>", self._dragged)
        self.list.bind("<<ListboxSelect>>", lambda _event: self._enable())
        variable.trace_add("write", lambda *_names: self._show())
        self._show()

    def _offer(self) -> None:
        """List the 466 languages when the list is opened first: each page of settings would wait for it."""
        if not self.chosen["values"]:
            names = [language_name(language) for language in languages_in_order()]
            self.chosen.configure(values=names)

    def _button(self, text: str, command: Callable[[], None], row: int) -> ttk.Button:
        button = ttk.Button(self, text=text, command=command)
        gap = (self._look.px(6), 0)
        button.grid(row=row, column=1, sticky="ew", padx=gap, pady=gap if row == 4 else 0)
        return button

    @property
    def codes(self) -> Tuple[str, ...]:
        """The languages as they stand in the variable."""
        return tuple(code.strip() for code in self._variable.get().split(",") if code.strip())

    @property
    def row(self) -> int:
        """The chosen row; -1 for none."""
        chosen = self.list.curselection()  # type: ignore[no-untyped-call]
        return int(chosen[0]) if chosen else -1

    def select(self, place: int) -> None:
        """Choose a row."""
        self.list.selection_clear(0, "end")
        self.list.selection_set(place)
        self.list.activate(place)
        self.list.see(place)
        self._enable()

    def move(self, step: int) -> None:
        """Move the chosen language up (-1) or down (1), as far as there is room."""
        self._move_to(self.row + step)

    def remove(self) -> None:
        """Take the chosen language out."""
        place = self.row
        if place >= 0:
            left = [code for number, code in enumerate(self.codes) if number != place]
            self._set(tuple(left), min(place, len(left) - 1))

    def add(self) -> None:
        """Put what is typed at the end; what is no language is told beside the field."""
        typed = self.chosen.get().strip()
        if typed:
            tag = find_language(typed)
            code = tag.alpha3 if str(tag) == tag.primary and tag.is_listed else str(tag)
            known = tag.is_listed and (
                str(tag) != "und"
                or typed.casefold() in ("und", "undetermined", language_name(tag).casefold())
            )
            codes = tuple(dict.fromkeys((*self.codes, code if known else typed.replace(",", " "))))
            self.chosen.set("")
            self._set(codes, len(codes) - 1)

    def _moved(self, step: int) -> str:
        self.move(step)
        return "break"

    def _dragged(self, event: tk.Event[tk.Listbox]) -> str:
        self._move_to(int(self.list.nearest(event.y)))  # type: ignore[no-untyped-call]
        return "break"

    def _move_to(self, target: int) -> None:
        place, codes = self.row, list(self.codes)
        if place >= 0 and target != place and 0 <= target < len(codes):
            codes.insert(target, codes.pop(place))
            self._set(tuple(codes), target)

    def _set(self, codes: Tuple[str, ...], place: int) -> None:
        self._variable.set(", ".join(codes))
        if place >= 0:
            self.select(place)

    def _show(self) -> None:
        place = self.row
        self.list.delete(0, "end")
        for code in self.codes:
            self.list.insert("end", self._name_of(code))
        if 0 <= place < len(self.codes):
            self.list.selection_set(place)
        self._enable()

    @staticmethod
    def _name_of(code: str) -> str:
        tag = parse_language(code)
        unknown = str(tag) == "und" and code.casefold() != "und"
        return code if unknown else language_name(tag)

    def _enable(self) -> None:
        place, last = self.row, len(self.codes) - 1
        for button, able in (
            (self.up_button, place > 0),
            (self.down_button, 0 <= place < last),
            (self.remove_button, place >= 0),
        ):
            button.state(["!disabled" if able else "disabled"])

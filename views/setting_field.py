"""One setting in a form: its label, a widget of its kind, and what is wrong with what was typed."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Optional, Union

from config import SettingInfo
from core.errors import ConfigError
from core.settings.fields import Kind, find_field
from views.choice_box import ChoiceBox, OpenChoiceBox
from views.language_list import LanguageList
from views.mapping_list import MappingList
from views.shown import visible
from views.texts import _, sentence
from views.theme import Look
from views.week_grid import WeekGrid

# Asks for a ``folder`` or a ``program``; the text of the path, empty when the user changes their mind.
Choose = Callable[[str], str]
_WIDTHS = {Kind.INT: 12, Kind.FLOAT: 12, Kind.CHOICE: 38, Kind.LIST: 40, Kind.TEXT: 40}
_COMPACT_NUMBER = 8


def _lines(text: str) -> int:
    """How tall a text's field is: all of it where that is not too much, with room for wrapped lines."""
    return min(10, max(4, text.count("\n") + 2))


class SettingField(ttk.Frame):
    """What is typed is checked at once; ``changed`` is called after every change.

    A ``compact`` one stands in a table, whose rows and columns say what it is. ``explain`` returns what the
    chosen value does, in the language in use; where it is empty the setting's own explanation stands there.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        setting: SettingInfo,
        changed: Callable[[], None],
        choose: Optional[Choose] = None,
        *,
        compact: bool = False,
        explain: Callable[[str], str] = lambda _text: "",
    ) -> None:
        super().__init__(parent)
        self.setting = setting
        self.refused = ""  # why it could not be stored, until it is changed
        self._explain = explain
        self._help: Optional[ttk.Label] = None
        self.wrapped: List[ttk.Label] = []  # whoever knows the width wraps them to it
        self._changed = changed
        self._choose = choose
        self._compact = compact
        self._gap = look.px(6)
        self._variable = tk.StringVar(self, setting.text)
        self._text: Optional[tk.Text] = None
        self.columnconfigure(0, weight=1)
        line = ttk.Frame(self)
        line.grid(row=0, column=0, sticky="ew")
        if setting.kind is Kind.BOOL:
            self.widget: tk.Widget = self._check(line)
        else:
            if not compact:
                ttk.Label(self, text=_(setting.label)).grid(row=0, column=0, sticky="w")
            line.grid(row=1, sticky="ew", pady=(look.px(2), 0))
            self.widget = self._input(line, look)
        if setting.unit and not compact:
            ttk.Label(line, text=_(setting.unit), style="Muted.TLabel").pack(
                side="left", padx=(look.px(6), 0)
            )
        self.default_button = ttk.Button(line, text=_("Default"), command=self.to_default)
        if setting.help and not compact:
            self._help = self._wrapped(_(setting.help), "Hint.TLabel", look)
            self._help.grid(row=2, column=0, sticky="ew")
        self.problem_label = self._wrapped("", "Error.TLabel", look)
        self._variable.trace_add("write", lambda *_names: self._edited())
        self._edited(silent=True)

    @property
    def text(self) -> str:
        """What is typed, as ``Config.set`` takes it."""
        if self._text is not None:
            return self._text.get("1.0", "end-1c")
        return self._variable.get()

    @text.setter
    def text(self, text: str) -> None:
        if self._text is not None:
            self._text.delete("1.0", "end")
            self._text.insert("1.0", text)
            self._edited()
        else:
            self._variable.set(text)

    def insert(self, text: str) -> None:
        """Put a word where the cursor is, for a setting of several lines."""
        if self._text is not None:
            before = self._text.get("insert -1c")
            self._text.insert("insert", text if before in ("", " ", "\n") else f" {text}")
            self._edited()
            self._text.focus_set()

    @property
    def edited(self) -> bool:
        """Whether it differs from what is stored."""
        return self.text != self.setting.text

    @property
    def problem(self) -> str:
        """What is wrong with what is typed; empty when nothing is."""
        try:
            find_field(self.setting.key).parse(self.text)
        except ConfigError as error:
            return visible(error.problem)
        return ""

    @property
    def trouble(self) -> str:
        """What is wrong with it, as far as that is known: as it is typed, or when it was to be stored."""
        return self.problem or self.refused

    def show_refused(self, problem: str) -> None:
        """Say why it could not be stored; that stands until it is changed."""
        self.refused = problem
        self.show_problem(problem)

    def show_problem(self, problem: str) -> None:
        """Say beside the field why its value cannot be taken; empty takes that back."""
        self.problem_label.configure(text=sentence(problem))
        if problem:
            self.problem_label.grid(row=3, column=0, sticky="ew")
        else:
            self.problem_label.grid_remove()

    def show_stored(self, setting: SettingInfo) -> None:
        """Take over what is stored now; what the user has typed meanwhile stays."""
        untouched = not self.edited
        self.setting = setting
        if untouched and self.edited:
            self.text = setting.text
        if not (self.refused and self.edited):
            self._edited()

    def take_focus(self) -> None:
        """Let the keyboard go on here."""
        inside = self.widget.tk_focusNext() if isinstance(self.widget, ttk.Frame) else self.widget
        if inside is not None:
            inside.focus_set()

    def revert(self) -> None:
        """Go back to what is stored."""
        self.text = self.setting.text

    def _check(self, line: ttk.Frame) -> tk.Widget:
        check = ttk.Checkbutton(
            line,
            text=_(self.setting.label),
            variable=self._variable,
            onvalue=find_field(self.setting.key).text(True),
            offvalue=find_field(self.setting.key).text(False),
        )
        check.pack(side="left")
        return check

    def _input(self, line: ttk.Frame, look: Look) -> tk.Widget:
        if self.setting.multiline:
            self._text = tk.Text(
                line,
                height=_lines(self.setting.text),
                width=40,
                wrap="word",
                font="TkFixedFont",
                undo=True,
            )
            look.dress(self._text)
            self._text.insert("1.0", self.setting.text)
            self._text.bind("<<Modified>>", self._modified)
            self._text.bind("<Tab>", self._leave_forward)
            self._text.pack(side="left", fill="x", expand=True)
            return self._text
        if self.setting.check == "languages":
            languages = LanguageList(line, look, self._variable)
            languages.pack(side="left")
            return languages
        if self.setting.check == "schedule":
            week = WeekGrid(line, look, self._variable)
            week.pack(side="left")
            return week
        if self.setting.check == "path mappings":
            mappings = MappingList(line, look, self._variable)
            mappings.pack(side="left", fill="x", expand=True)
            return mappings
        return self._plain_input(line, look)

    def _plain_input(self, line: ttk.Frame, look: Look) -> tk.Widget:
        width = _WIDTHS[self.setting.kind]
        if self._compact and self.setting.kind in (Kind.INT, Kind.FLOAT):
            width = _COMPACT_NUMBER
        widget: Union[ttk.Combobox, ttk.Entry]
        if self.setting.kind is Kind.CHOICE:
            widget = ChoiceBox(line, self._variable, self.setting.choices, width)
        elif self.setting.choices:
            width = _WIDTHS[Kind.CHOICE]
            widget = OpenChoiceBox(
                line, self._variable, self.setting.choices, width, self.setting.key
            )
        else:
            widget = ttk.Entry(line, textvariable=self._variable, width=width)
        wide = self.setting.kind is Kind.TEXT and not self.setting.choices
        widget.pack(side="left", fill="x" if wide else "none", expand=wide)
        if self._choose is not None and self.setting.check in ("folder", "program"):
            self.choose_button = ttk.Button(line, text=_("Choose…"), command=self._ask)
            self.choose_button.pack(side="left", padx=(look.px(6), 0))
        return widget

    def _ask(self) -> None:
        chosen = self._choose(self.setting.check) if self._choose is not None else ""
        if chosen:
            self.text = chosen

    def _wrapped(self, text: str, style: str, look: Look) -> ttk.Label:
        label = ttk.Label(self, text=text, style=style, justify="left", wraplength=look.px(420))
        self.wrapped.append(label)
        return label

    def _modified(self, _event: object) -> None:
        if self._text is not None and self._text.edit_modified():
            self._text.edit_modified(False)
            self._edited()

    def _leave_forward(self, event: tk.Event[tk.Text]) -> str:
        following = event.widget.tk_focusNext()
        if following is not None:
            following.focus_set()
        return "break"

    def to_default(self) -> None:
        """Put the default into the field; it is stored with the other changes."""
        self.text = find_field(self.setting.key).text(find_field(self.setting.key).default)

    def _edited(self, *, silent: bool = False) -> None:
        field = find_field(self.setting.key)
        self.refused = ""
        self.show_problem(self.problem)
        if self._help is not None:
            self._help.configure(text=self._explain(self.text) or _(self.setting.help))
        if not self._compact and self.text != field.text(field.default):
            self.default_button.pack(side="right", anchor="n", padx=(self._gap, 0))
        else:
            self.default_button.pack_forget()
        if not silent:
            self._changed()

"""What a watched folder has of its own: one row a setting, as for all films or with a value of its own."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from tkinter import ttk
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from config import SettingInfo
from core.settings.declaring import Scope
from core.settings.fields import FIELDS, Kind, keys_of
from core.settings.film_outcome import OUTCOME_KEYS, languages_in_words
from core.settings.presets import PRESET_KEYS
from core.settings.ready_presets import AnyPreset
from core.text.sentence import Field, Sentence
from views.choice_box import ChoiceBox, words_of
from views.scrolled import ScrolledFrame
from views.setting_field import SettingField
from views.texts import _, sentence
from views.theme import Look

_YES_NO = ("yes", "no")
_LONGEST = 60  # characters of a value that is shown in a line
FOLDER_KEYS = keys_of(Scope.PER_FOLDER)


class FolderChoices(ttk.Frame):
    """``infos`` are all settings as they are for all films, ``own`` what the folder has of its own.

    The rows of the first page are always there, those of other settings where they are set or added.
    ``changed`` is called after every change.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        infos: Sequence[SettingInfo],
        own: Sequence[Tuple[str, str]],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._infos = {info.key: info for info in infos if info.key in FOLDER_KEYS}
        self._unknown = [(key, text) for key, text in own if key not in self._infos]
        self._changed = changed
        self.rows: Dict[str, ChoiceRow] = {}
        self._area = ScrolledFrame(self)
        self._area.pack(fill="both", expand=True)
        self._area.inside.columnconfigure(1, weight=1)
        given = dict(own)
        others = [key for key in given if key in self._infos and key not in OUTCOME_KEYS]
        for key in (*(key for key in OUTCOME_KEYS if key in self._infos), *others):
            self._add_row(key, given.get(key))
        self._wrap()
        self._make_more()
        self._area.follow(self._area.inside)

    @property
    def own(self) -> Tuple[Tuple[str, str], ...]:
        """What the folder has of its own now, by key."""
        set_here = [(key, row.text) for key, row in self.rows.items() if row.checked.get()]
        return tuple(sorted((*self._unknown, *set_here)))

    @property
    def problem(self) -> str:
        """What is wrong with the first value that cannot be; empty where all can."""
        troubled = (row for row in self.rows.values() if row.checked.get() and row.problem)
        row = next(troubled, None)
        return "" if row is None else f"{_(row.info.label)}: {row.problem}"

    @property
    def texts(self) -> Dict[str, str]:
        """The settings that hold for the folder's films, as text by key."""
        return {**{key: info.text for key, info in self._infos.items()}, **dict(self.own)}

    def use(self, preset: Optional[AnyPreset]) -> None:
        """Give the folder a preset's settings; None: the picture becomes as for all films."""
        texts: Mapping[str, str] = {} if preset is None else preset.texts()
        for key in PRESET_KEYS:
            if key in texts:
                self.set(key, texts[key])
            elif key in self.rows:
                self.rows[key].checked.set(False)

    def set(self, key: str, text: str) -> None:
        """Give a setting a value of the folder's own."""
        if key not in self.rows:
            self._add_row(key, text)
        self.rows[key].give(text)

    def _add_row(self, key: str, text: Optional[str]) -> None:
        self.rows[key] = ChoiceRow(
            self._area.inside, self._look, self._infos[key], text, len(self.rows), self._changed
        )

    def _wrap(self) -> None:
        """Keep what stands beside the names of the settings as wide as there is room."""
        names = max(row.check.winfo_reqwidth() for row in self.rows.values())
        self._area.wrap_only((row.as_all for row in self.rows.values()), names + self._look.px(24))

    def _make_more(self) -> None:
        """A list of what else a folder may have of its own."""
        line = ttk.Frame(self)
        line.pack(fill="x", pady=(self._look.px(8), 0))
        ttk.Label(line, text=_("Another setting:")).pack(side="left")
        self.more = ttk.Combobox(line, state="readonly", width=44, postcommand=self._offer_more)
        self.more.pack(side="left", padx=self._look.px(6))
        self.more.bind("<<ComboboxSelected>>", lambda _event: self._add_more())
        self.more.bind("<MouseWheel>", lambda _event: "break")

    @property
    def _missing(self) -> List[str]:
        return [key for key in self._infos if key not in self.rows]

    def _offer_more(self) -> None:
        self.more.configure(values=[_(self._infos[key].label) for key in self._missing])

    def _add_more(self) -> None:
        key = self._missing[self.more.current()]
        self.more.set("")
        self.set(key, self._infos[key].text)
        self._wrap()
        self._area.follow(self._area.inside)
        self._area.update_idletasks()
        self._area.show(self.rows[key].check)
        self._look.dress_all(self)


class ChoiceRow:
    """One setting: a check mark for a value of the folder's own, and that value or the one of all films."""

    def __init__(
        self,
        parent: ttk.Frame,
        look: Look,
        info: SettingInfo,
        text: Optional[str],
        row: int,
        changed: Callable[[], None],
    ) -> None:
        self.info = info
        self._parent = parent
        self._look = look
        self._row = row  # each takes two, the second for what is wide
        self._changed = changed
        self.checked = tk.BooleanVar(parent, text is not None)
        self.variable = tk.StringVar(parent, info.text if text is None else text)
        self.field: Optional[SettingField] = None
        self._widget: Optional[tk.Widget] = None
        self.check = ttk.Checkbutton(parent, text=_(info.label), variable=self.checked)
        self.check.grid(row=2 * row, column=0, sticky="nw", pady=look.px(3), padx=(0, look.px(12)))
        as_all = sentence(Sentence("as for all films: {value}", value=_in_words(info)))
        self.as_all = ttk.Label(parent, text=as_all, style="Muted.TLabel", justify="left")
        self.checked.trace_add("write", lambda *_names: self._show())
        self.variable.trace_add("write", lambda *_names: changed())
        self._show()

    @property
    def text(self) -> str:
        """The value of the folder's own."""
        return self.variable.get() if self.field is None else self.field.text

    @property
    def problem(self) -> str:
        """What is wrong with it; empty when nothing is."""
        return "" if self.field is None else self.field.problem

    def give(self, text: str) -> None:
        """Check the mark, and set the value."""
        self.checked.set(True)
        if self.field is not None:
            self.field.text = text
        else:
            self.variable.set(text)

    def _show(self) -> None:
        own = self.checked.get()
        if own and self._widget is None:
            self._widget = self._make()
        shown, hidden = (self._widget, self.as_all) if own else (self.as_all, self._widget)
        if hidden is not None:
            hidden.grid_remove()
        if shown is not None and own and self._is_wide:
            indent = (self._look.px(24), 0)
            shown.grid(row=2 * self._row + 1, column=0, columnspan=2, sticky="ew", padx=indent)
        elif shown is not None:
            shown.grid(row=2 * self._row, column=1, sticky="ew", pady=self._look.px(3))
        self._changed()

    @property
    def _is_wide(self) -> bool:
        """Whether the value has no room beside the setting's name."""
        return self.info.multiline or bool(self.info.check and not self.info.choices)

    def _make(self) -> tk.Widget:
        if FIELDS[self.info.key].kind is Kind.BOOL:
            return ChoiceBox(self._parent, self.variable, _YES_NO, 12)
        setting = replace(self.info, text=self.variable.get())
        self.field = SettingField(self._parent, self._look, setting, self._changed, compact=True)
        return self.field


def _in_words(info: SettingInfo) -> Field:
    """A value in a line, as the user reads it."""
    if info.check == "languages":
        return languages_in_words(info.value)
    if info.multiline:
        return info.text.strip().partition("\n")[0][:_LONGEST] + "…"
    text = words_of(info.text, info.key)
    return f"{text} {_(info.unit)}" if info.unit else text

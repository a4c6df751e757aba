"""The settings: a form made from what ``config`` says about each of them, by section."""

from __future__ import annotations

import tkinter as tk
from itertools import groupby
from tkinter import ttk
from typing import Callable, Dict, List, Mapping, Sequence, TypeVar

from config import SettingInfo
from core.errors import ConfigError
from views.scrolled import ScrolledFrame
from views.setting_field import SettingField
from views.theme import Look

# The specification's names where it has some; the order is that of the list.
TITLES = {
    "files": "General",
    "audio": "Audio processing",
    "subtitles": "Subtitles",
    "video": "Picture",
    "templates": "Command templates",
    "verification": "Verification",
    "processing": "Processing",
    "tools": "Tools",
    "metadata": "Metadata",
    "logs": "Logs",
    "window": "Window",
}
Page = TypeVar("Page", bound=ttk.Frame)
_KEPT_BY_ITSELF = ("window.geometry", "window.tab", "window.tables")


class SettingsTab(ttk.Frame):
    """A list of sections beside the open one; changes are held until Apply.

    ``apply`` gets the changed settings as text by key; the answer comes by ``show_stored`` or
    ``show_refused``.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        settings: Sequence[SettingInfo],
        apply: Callable[[Mapping[str, str]], None],
    ) -> None:
        super().__init__(parent, padding=look.px(10))
        self._look = look
        self._apply = apply
        self.fields: Dict[str, SettingField] = {}
        self._pages: Dict[str, ScrolledFrame] = {}
        self._own_pages: Dict[str, ttk.Frame] = {}
        self._bar = bar = ttk.Frame(self)
        bar.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.apply_button = ttk.Button(
            bar, text="Apply", underline=0, style="Accent.TButton", command=self.apply_changes
        )
        self.apply_button.pack(side="left")
        self.revert_button = ttk.Button(bar, text="Revert", underline=0, command=self.revert)
        self.revert_button.pack(side="left", padx=look.px(6))
        self.status = ttk.Label(bar, style="Muted.TLabel")
        self.status.pack(side="left", padx=look.px(6))
        self.sections = ttk.Treeview(self, show="tree", selectmode="browse", height=len(TITLES))
        self.sections.column("#0", width=look.px(170), stretch=False)
        self.sections.pack(side="left", fill="y")
        self._place = ttk.Frame(self)
        self._place.pack(side="left", fill="both", expand=True, padx=(look.px(14), 0))
        self._place.rowconfigure(0, weight=1)
        self._place.columnconfigure(0, weight=1)
        self._build(settings)
        self.sections.bind("<<TreeviewSelect>>", lambda _event: self._open())
        self.open_section(self.sections.get_children()[0])
        self._edited()

    def add_page(self, name: str, title: str, make: Callable[[tk.Misc], Page]) -> Page:
        """Add a page, second in the list, that is no list of settings and saves by itself."""
        page = make(self._place)
        self._own_pages[name] = page
        self.sections.insert("", 1, iid=name, text=title)
        return page

    def open_section(self, section: str) -> None:
        """Show a section's settings."""
        self.sections.selection_set(section)
        self.sections.focus(section)
        self._open()

    def apply_changes(self) -> None:
        """Hand over what was changed, unless something cannot be."""
        if not self._changed or self._wrong:
            return
        self.status.configure(text="Saving…", style="Muted.TLabel")
        self._apply({field.setting.key: field.text for field in self._changed})

    def revert(self) -> None:
        """Forget what was changed since the last Apply."""
        for field in self._changed:
            field.revert()
        self._edited()

    def show_stored(self, settings: Sequence[SettingInfo]) -> None:
        """Take over what is stored now."""
        for info in settings:
            if info.key in self.fields:
                self.fields[info.key].show_stored(info)
        self._edited()
        if not self._changed:
            self.status.configure(text="Saved.", style="Muted.TLabel")

    def show_refused(self, error: Exception) -> None:
        """Say why nothing was stored, beside the field where it belongs to one."""
        self.status.configure(text=str(error), style="Error.TLabel")
        if isinstance(error, ConfigError) and error.setting in self.fields:
            self.open_section(error.setting.partition(".")[0])
            self.fields[error.setting].show_problem(error.problem)
            self.status.configure(text="Nothing was saved.", style="Error.TLabel")

    @property
    def _changed(self) -> List[SettingField]:
        return [field for field in self.fields.values() if field.edited]

    @property
    def _wrong(self) -> List[SettingField]:
        return [field for field in self._changed if field.problem]

    def _build(self, settings: Sequence[SettingInfo]) -> None:
        by_section = {
            name: list(group)
            for name, group in groupby(settings, lambda info: info.key.partition(".")[0])
        }
        names = [*TITLES, *(name for name in by_section if name not in TITLES)]
        for name in names:
            shown = [one for one in by_section.get(name, ()) if one.key not in _KEPT_BY_ITSELF]
            if not shown:
                continue
            title = TITLES.get(name, name.capitalize())
            self.sections.insert("", "end", iid=name, text=title)
            page = ScrolledFrame(self._place)
            self._pages[name] = page
            ttk.Label(page.inside, text=title, style="Title.TLabel").pack(anchor="w")
            for info in shown:
                field = SettingField(page.inside, self._look, info, self._edited)
                field.pack(fill="x", pady=(self._look.px(10), 0), padx=(0, self._look.px(10)))
                self.fields[info.key] = field
                page.wrap(field.wrapped, margin=self._look.px(16))
            page.follow(page.inside)

    def _open(self) -> None:
        (chosen,) = self.sections.selection() or ("",)
        for name, page in {**self._pages, **self._own_pages}.items():
            if name == chosen:
                page.grid(row=0, column=0, sticky="nsew")
            else:
                page.grid_remove()
        if chosen in self._pages:
            self._pages[chosen].to_top()
        if chosen in self._own_pages:
            self._bar.pack_forget()
        else:
            gap = (self._look.px(8), 0)
            self._bar.pack(side="bottom", fill="x", pady=gap, before=self.sections)

    def _edited(self) -> None:
        changed, wrong = self._changed, self._wrong
        self.apply_button.state(["!disabled" if changed and not wrong else "disabled"])
        self.revert_button.state(["!disabled" if changed else "disabled"])
        if wrong:
            self.status.configure(
                text=f"{wrong[0].setting.label}: {wrong[0].problem}", style="Error.TLabel"
            )
        elif changed:
            count = "1 change" if len(changed) == 1 else f"{len(changed)} changes"
            self.status.configure(text=f"{count} not saved yet.", style="Muted.TLabel")
        else:
            self.status.configure(text="")

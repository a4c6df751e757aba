"""One watched folder to fill in: where it is, what becomes of its films, and what is wrong beside it."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, replace
from pathlib import Path
from tkinter import ttk
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from config import SettingInfo
from core.settings.presets import PRESET_KEYS
from core.settings.ready_presets import AnyPreset, preset_like
from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder
from views.choice_box import ChoiceBox
from views.film_summary import PresetBox
from views.folder_choices import FolderChoices
from views.folder_films import FolderFilms
from views.metrics import EDGE, FIELD, GAP, ROW
from views.placement import belong
from views.texts import N_, _, sentence
from views.theme import Look

_MEGABYTE = 1_000_000
_COUNT_PAUSE = 400  # milliseconds without typing before the films are counted anew
_PATH = (("path", N_("Folder"), ""),)
_DETAILS = (
    (
        "include",
        N_("Include"),
        N_("Patterns such as *.mkv, separated by commas. Empty: all films."),
    ),
    ("ignore", N_("Exclude"), N_("Patterns such as *sample*. Exclusions win.")),
    ("minimum_size", N_("Smallest film (MB)"), N_("Smaller files are ignored.")),
    ("priority", N_("Priority"), N_("A higher number goes first in the queue.")),
)
_CHOICES = (
    ("content_type", N_("Content"), ContentType),
    ("observer", N_("Detection"), ObserverKind),
)
_CHECKS = (("enabled", N_("Watch this folder")), ("recursive", N_("Include subfolders")))
_COUNTED = ("path", "include", "ignore", "minimum_size")  # what decides which films count


@dataclass(frozen=True)
class FolderCalls:
    """What the dialog asks for.

    ``save`` gets the folder and whether only new films count; it is answered by ``show_problems`` or
    ``destroy``. ``count`` counts its films, answered by ``films``; ``look_first`` shows what would become
    of them. ``ask_path`` asks for a ``folder``.
    """

    save: Callable[[WatchedFolder, bool], None]
    ask_path: Callable[[str], str]
    count: Callable[[WatchedFolder], None]
    look_first: Callable[[Path], None]


class FolderDialog(tk.Toplevel):
    """``infos`` are the settings as they are for all films, ``presets`` what can be chosen for these."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        folder: WatchedFolder,
        calls: FolderCalls,
        infos: Sequence[SettingInfo],
        presets: Sequence[AnyPreset] = (),
    ) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Watched folder"))
        look.dress(self)
        self._look = look
        self._folder = folder
        self._calls = calls
        self._presets = presets
        self._waiting = ""
        self.preset: Optional[PresetBox] = None
        self.films: Optional[FolderFilms] = None
        self.values: Dict[str, tk.StringVar] = {}
        self.checks: Dict[str, tk.BooleanVar] = {}
        self.problems: Dict[str, ttk.Label] = {}
        self.pages = ttk.Notebook(self, padding=(look.px(EDGE), look.px(ROW), look.px(EDGE), 0))
        self.pages.pack(fill="both", expand=True)
        self.pages.enable_traversal()
        self._make_choices(infos, folder)
        first = self._make_first(folder)
        self.pages.add(self.choices, text=_("Settings of its own"))
        self._make_details(folder)
        self._make_buttons()
        self._preset_changed()
        look.dress_all(self)
        self.bind("<Escape>", lambda _event: self.destroy())
        belong(self, parent)
        self.deiconify()
        self.bind("<Return>", lambda _event: self._save_by_key())
        first.focus_set()
        if not folder.id:
            self._watch_values()
            self._waiting = self.after_idle(self._count)

    def destroy(self) -> None:
        """Close it; nothing is counted any more."""
        if self._waiting:
            self.after_cancel(self._waiting)
            self._waiting = ""
        super().destroy()

    def filled_in(self) -> Tuple[WatchedFolder, Mapping[str, str]]:
        """The folder as the fields have it, and what in them cannot be read."""
        problems: Dict[str, str] = {}
        numbers = {}
        for name, scale in (("minimum_size", _MEGABYTE), ("priority", 1)):
            try:
                numbers[name] = round(float(self.values[name].get() or 0) * scale)
            except (ValueError, OverflowError):
                problems[name] = _("This is not a number.")
                numbers[name] = 0
        if self.choices.problem:
            problems["own_settings"] = self.choices.problem
        path = self.values["path"].get().strip()
        if not path:
            problems["path"] = _("Choose a folder.")
        folder = replace(
            self._folder,
            path=Path(path),
            enabled=self.checks["enabled"].get(),
            recursive=self.checks["recursive"].get(),
            include=_patterns(self.values["include"].get()),
            ignore=_patterns(self.values["ignore"].get()),
            minimum_size=numbers["minimum_size"],
            priority=numbers["priority"],
            content_type=ContentType(self.values["content_type"].get()),
            observer=ObserverKind(self.values["observer"].get()),
            own_settings=self.choices.own,
        )
        return folder, problems

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say beside the fields what is wrong, on the page of the first; what belongs to none is below."""
        for name, label in self.problems.items():
            label.configure(text=sentence(problems.get(name, "")))
            if problems.get(name):
                label.grid()
            else:
                label.grid_remove()
        others = [sentence(text) for name, text in problems.items() if name not in self.problems]
        self.note.configure(text=" ".join(others))
        shown = next((name for name in problems if name in self.problems), "")
        if shown:
            self._open_page(self.problems[shown].winfo_parent())
        elif "own_settings" in problems:
            self._open_page(str(self.choices))
        self.save_button.state(["!disabled"])

    def save(self) -> None:
        """Hand the folder over, unless something in the fields cannot be read."""
        folder, problems = self.filled_in()
        self.show_problems(problems)
        if not problems:
            only_new = self.films is not None and self.films.only_new.get()
            if only_new:
                self.save_button.state(["disabled"])
            self._calls.save(folder, only_new)

    def _save_by_key(self) -> None:
        """Enter saves from a plain field; buttons, lists and texts have their own use for it."""
        focus = self.focus_get()
        if focus is not None and focus.winfo_class() in ("TEntry", "TRadiobutton"):
            self.save()

    # ---- pages

    def _make_choices(self, infos: Sequence[SettingInfo], folder: WatchedFolder) -> None:
        self.choices = FolderChoices(
            self.pages, self._look, infos, folder.own_settings, self._preset_changed
        )
        self.choices.configure(padding=(0, self._look.px(EDGE), 0, 0))

    def _make_first(self, folder: WatchedFolder) -> tk.Widget:
        body = self._page(_("Folder"))
        first = self._make_texts(body, _PATH, _as_text(folder))
        self.choose_button = ttk.Button(
            body, text=_("Choose…"), underline=0, command=self._choose_folder
        )
        self.choose_button.grid(row=0, column=2, padx=(self._look.px(6), 0))
        row = 3
        if not folder.id:
            self.films = FolderFilms(body, self._look, self._look_first)
            self._place(body, row, N_("Films that are there"), self.films)
            row += 1
        self.preset = PresetBox(body, self._use, _("(settings of its own)"), _("As for all films"))
        self.preset.offer(self._presets)
        self._place(body, row, N_("Preset"), self.preset)
        self.preset.grid(pady=(self._look.px(FIELD), 0))
        help_text = _("Languages and more of its own stand on the next page.")
        label = ttk.Label(body, text=help_text, style="Hint.TLabel")
        label.grid(row=row + 1, column=1, columnspan=2, sticky="w")
        self._make_checks(body, row + 2, folder)
        return first if not str(self.values["path"].get()) else self.preset

    def _make_details(self, folder: WatchedFolder) -> None:
        body = self._page(_("Which files"))
        self._make_texts(body, _DETAILS, _as_text(folder))
        row = 3 * len(_DETAILS)
        for name, label, kind in _CHOICES:
            self.values[name] = tk.StringVar(self, _as_text(folder)[name])
            box = ChoiceBox(body, self.values[name], [choice.value for choice in kind], 20)
            self._place(body, row, label, box)
            row = self._below(body, row, name, "")

    def _page(self, title: str) -> ttk.Frame:
        page = ttk.Frame(self.pages, padding=(0, self._look.px(EDGE), 0, 0))
        page.columnconfigure(1, weight=1)
        self.pages.add(page, text=title)
        return page

    def _open_page(self, page: str) -> None:
        self.pages.select(page)  # type: ignore[no-untyped-call]

    def _make_texts(
        self, body: ttk.Frame, texts: Sequence[Tuple[str, str, str]], stored: Mapping[str, str]
    ) -> tk.Widget:
        entries: List[ttk.Entry] = []
        row = 0
        for name, label, help_text in texts:
            self.values[name] = tk.StringVar(self, stored[name])
            entries.append(ttk.Entry(body, textvariable=self.values[name], width=46))
            self._place(body, row, label, entries[-1])
            row = self._below(body, row, name, _(help_text) if help_text else "")
        return entries[0]

    def _make_checks(self, body: ttk.Frame, row: int, folder: WatchedFolder) -> None:
        gap = self._look.px(10)
        for number, (name, label) in enumerate(_CHECKS):
            self.checks[name] = tk.BooleanVar(self, bool(getattr(folder, name)))
            check = ttk.Checkbutton(body, text=_(label), variable=self.checks[name])
            check.grid(row=row + number, column=1, sticky="w", pady=(0 if number else gap, 0))

    def _make_buttons(self) -> None:
        px = self._look.px
        self.note = ttk.Label(self, style="Error.TLabel", wraplength=px(460))
        self.note.pack(fill="x", padx=px(EDGE))
        line = ttk.Frame(self)
        line.pack(side="bottom", anchor="e", padx=px(EDGE), pady=px(EDGE))
        self.save_button = ttk.Button(
            line, text=_("Save"), underline=0, style="Accent.TButton", command=self.save
        )
        self.save_button.pack(side="left", padx=(0, px(GAP)))
        ttk.Button(line, text=_("Cancel"), command=self.destroy).pack(side="left")

    def _place(self, body: ttk.Frame, row: int, label: str, widget: tk.Widget) -> None:
        px = self._look.px
        ttk.Label(body, text=_(label)).grid(
            row=row, column=0, sticky="nw", padx=(0, px(10)), pady=(px(6), 0)
        )
        widget.grid(row=row, column=1, sticky="ew", pady=(px(4), 0))

    def _below(self, body: ttk.Frame, row: int, name: str, said: str) -> int:
        """Put the explanation and the place for a problem under a field; returns the next row."""
        if said:
            label = ttk.Label(body, text=said, style="Hint.TLabel")
            label.grid(row=row + 1, column=1, columnspan=2, sticky="w")
        problem = ttk.Label(body, style="Error.TLabel", wraplength=self._look.px(420))
        problem.grid(row=row + 2, column=1, columnspan=2, sticky="w", pady=(0, self._look.px(4)))
        problem.grid_remove()
        self.problems[name] = problem
        return row + 3

    # ---- what is done

    def _choose_folder(self) -> None:
        chosen = self._calls.ask_path("folder")
        if chosen:
            self.values["path"].set(chosen)

    def _look_first(self) -> None:
        self._calls.look_first(Path(self.values["path"].get().strip()))

    def _use(self, preset: Optional[AnyPreset]) -> None:
        self.choices.use(preset)
        self._preset_changed()

    def _preset_changed(self) -> None:
        """Show which preset the folder's own settings are."""
        if self.preset is None:
            return  # the pages are being made
        own = dict(self.choices.own)
        if not any(key in PRESET_KEYS for key in own):
            self.preset.show_everywhere()
        else:
            self.preset.show(preset_like(own, self._presets))

    def _watch_values(self) -> None:
        for name in _COUNTED:
            self.values[name].trace_add("write", lambda *_names: self._count_later())
        self.checks["recursive"].trace_add("write", lambda *_names: self._count_later())

    def _count_later(self) -> None:
        if self._waiting:
            self.after_cancel(self._waiting)
        self._waiting = self.after(_COUNT_PAUSE, self._count)

    def _count(self) -> None:
        self._waiting = ""
        if self.films is None:
            return
        self.films.show_unknown()
        folder, problems = self.filled_in()
        if "path" not in problems:
            self._calls.count(folder)


def _as_text(folder: WatchedFolder) -> Dict[str, str]:
    return {
        "path": str(folder.path) if folder.path != Path() else "",
        "include": ", ".join(folder.include),
        "ignore": ", ".join(folder.ignore),
        "minimum_size": f"{folder.minimum_size / _MEGABYTE:.12g}",
        "priority": str(folder.priority),
        "content_type": folder.content_type.value,
        "observer": folder.observer.value,
    }


def _patterns(text: str) -> Tuple[str, ...]:
    return tuple(pattern.strip() for pattern in text.split(",") if pattern.strip())

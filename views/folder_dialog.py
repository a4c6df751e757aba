"""One watched folder to fill in: every field with its explanation, and what is wrong beside it."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from pathlib import Path
from tkinter import ttk
from typing import Callable, Dict, Mapping, Tuple

from core.settings.watched_folder import ContentType, ObserverKind, WatchedFolder
from views.choice_box import ChoiceBox
from views.texts import N_, _, sentence
from views.theme import Look

_MEGABYTE = 1_000_000
_TEXTS = (
    ("path", N_("Folder"), ""),
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


class FolderDialog(tk.Toplevel):
    """``save`` gets the folder as it was filled in; ``show_problems`` or ``destroy`` answers it."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        folder: WatchedFolder,
        save: Callable[[WatchedFolder], None],
        choose: Callable[[str], str],
    ) -> None:
        super().__init__(parent)
        self.title(_("Watched folder"))
        self.transient(parent.winfo_toplevel())
        look.dress(self)
        self._look = look
        self._folder = folder
        self._save = save
        self._choose = choose
        self.values: Dict[str, tk.StringVar] = {}
        self.checks: Dict[str, tk.BooleanVar] = {}
        self.problems: Dict[str, ttk.Label] = {}
        self._body = body = ttk.Frame(self, padding=look.px(16))
        body.pack(fill="both", expand=True)
        body.columnconfigure(1, weight=1)
        first = self._make_fields(_as_text(folder))
        self.own = self._make_own(folder)
        self._make_buttons()
        self.bind("<Escape>", lambda _event: self.destroy())
        first.focus_set()

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
        own = []
        for line in self.own.get("1.0", "end-1c").splitlines():
            key, equals, text = line.partition("=")
            if line.strip() and not equals:
                problems["own_settings"] = _("Write each line as: setting = value.")
            elif line.strip():
                own.append((key.strip(), text.strip()))
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
            own_settings=tuple(own),
        )
        return folder, problems

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Say beside the fields what is wrong; what belongs to none stands at the end."""
        for name, label in self.problems.items():
            label.configure(text=sentence(problems.get(name, "")))
            if problems.get(name):
                label.grid()
            else:
                label.grid_remove()
        others = [text for name, text in problems.items() if name not in self.problems]
        self.note.configure(text=" ".join(others))

    def save(self) -> None:
        """Hand the folder over, unless something in the fields cannot be read."""
        folder, problems = self.filled_in()
        self.show_problems(problems)
        if not problems:
            self._save(folder)

    def _make_fields(self, texts: Mapping[str, str]) -> tk.Widget:
        row = 0
        for name, label, _help in _TEXTS:
            self.values[name] = tk.StringVar(self, texts[name])
            entry = ttk.Entry(self._body, textvariable=self.values[name], width=46)
            self._place(row, label, entry)
            if name == "path":
                first = entry
                self.choose_button = ttk.Button(
                    self._body, text=_("Choose…"), underline=0, command=self._choose_folder
                )
                self.choose_button.grid(row=row, column=2, padx=(self._look.px(6), 0))
            row = self._below(row, name, _(_help) if _help else "")
        for name, label, kind in _CHOICES:
            self.values[name] = tk.StringVar(self, texts[name])
            box = ChoiceBox(self._body, self.values[name], [choice.value for choice in kind], 20)
            self._place(row, label, box)
            row = self._below(row, name, "")
        for name, label in _CHECKS:
            self.checks[name] = tk.BooleanVar(self, bool(getattr(self._folder, name)))
            check = ttk.Checkbutton(self._body, text=_(label), variable=self.checks[name])
            check.grid(row=row, column=1, sticky="w")
            row = self._below(row, name, "")
        self._row = row
        return first

    def _make_own(self, folder: WatchedFolder) -> tk.Text:
        own = tk.Text(self._body, height=3, width=46, font="TkFixedFont")
        self._look.dress(own)
        own.insert("1.0", "\n".join(f"{key} = {text}" for key, text in folder.own_settings))
        self._place(self._row, N_("Folder settings"), own)
        said = _(
            "Settings for the films in this folder only, one per line: audio.languages = eng, nld"
        )
        self._row = self._below(self._row, "own_settings", said)
        return own

    def _make_buttons(self) -> None:
        gap = self._look.px(6)
        self.note = ttk.Label(self._body, style="Error.TLabel", wraplength=self._look.px(420))
        self.note.grid(row=self._row, column=0, columnspan=3, sticky="w")
        line = ttk.Frame(self._body)
        line.grid(row=self._row + 1, column=0, columnspan=3, sticky="e", pady=(gap, 0))
        self.save_button = ttk.Button(
            line, text=_("Save"), underline=0, style="Accent.TButton", command=self.save
        )
        self.save_button.pack(side="left", padx=gap)
        ttk.Button(line, text=_("Cancel"), command=self.destroy).pack(side="left")

    def _place(self, row: int, label: str, widget: tk.Widget) -> None:
        gap = self._look.px(10)
        ttk.Label(self._body, text=_(label)).grid(row=row, column=0, sticky="nw", padx=(0, gap))
        widget.grid(row=row, column=1, sticky="ew")

    def _below(self, row: int, name: str, said: str) -> int:
        """Put the explanation and the place for a problem under a field; returns the next row."""
        if said:
            label = ttk.Label(self._body, text=said, style="Muted.TLabel")
            label.grid(row=row + 1, column=1, columnspan=2, sticky="w")
        problem = ttk.Label(self._body, style="Error.TLabel", wraplength=self._look.px(420))
        problem.grid(row=row + 2, column=1, columnspan=2, sticky="w", pady=(0, self._look.px(4)))
        problem.grid_remove()
        self.problems[name] = problem
        return row + 3

    def _choose_folder(self) -> None:
        chosen = self._choose("folder")
        if chosen:
            self.values["path"].set(chosen)


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

"""The page of import and export: everything in one file, and the presets."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Protocol, Sequence, Tuple

from core.settings.presets import Preset
from core.settings.quality_choice import CHOICE_KEYS
from views.choice_box import words_of
from views.metrics import EDGE, SECTION
from views.scrolled import ScrolledFrame
from views.texts import _
from views.theme import Look


class TransferActions(Protocol):
    """What a user can do here, in Tk's thread."""

    def export_all(self) -> None:
        """Write everything that is set up to a file."""

    def import_all(self) -> None:
        """Take everything over from a file."""

    def save_preset(self, name: str) -> None:
        """Keep what is set about the picture under a name."""

    def use_preset(self, preset: Preset) -> None:
        """Give all films a preset's settings."""

    def export_preset(self, preset: Preset) -> None:
        """Write a preset to a file."""

    def import_preset(self) -> None:
        """Take a preset over from a file."""

    def remove_preset(self, preset: Preset) -> None:
        """Forget a preset."""


class TransferPage(ttk.Frame):
    """The buttons ask ``actions``; ``show`` lists the presets, ``tell`` says what came of it."""

    def __init__(self, parent: tk.Misc, look: Look, actions: TransferActions) -> None:
        super().__init__(parent)
        self._look = look
        self._actions = actions
        self._presets: Sequence[Preset] = ()
        px = look.px
        self._area = ScrolledFrame(self)
        self._area.pack(fill="both", expand=True)
        body = self._area.inside
        body.configure(padding=(0, 0, px(EDGE), 0))
        ttk.Label(body, text=_("Import and export"), style="Title.TLabel").pack(anchor="w")
        self._explain(
            body,
            _(
                "All settings, watched folders, Sonarrs and Radarrs in one file: as a backup, or for "
                "another computer. Keys and passwords are never part of it."
            ),
        )
        self.export_button, self.import_button = self._line(
            body,
            (_("Export everything…"), actions.export_all),
            (_("Import everything…"), actions.import_all),
        )
        self.note = ttk.Label(body, justify="left")
        self._note_gap = px(6)
        ttk.Label(body, text=_("Presets"), style="Heading.TLabel").pack(
            anchor="w", pady=(px(SECTION), 0)
        )
        self._explain(
            body,
            _(
                "A preset is what is set about the picture, under a name: for all films, or for those "
                "of one watched folder."
            ),
        )
        self._make_table(body)
        self.use_button, self.save_file_button, self.remove_button, self.load_button = self._line(
            body,
            (_("Use for all films"), lambda: self._with_chosen(actions.use_preset)),
            (_("Export…"), lambda: self._with_chosen(actions.export_preset)),
            (_("Remove"), lambda: self._with_chosen(actions.remove_preset)),
            (_("Import…"), actions.import_preset),
        )
        self._make_name(body)
        self._area.wrap((self.note,), margin=px(28))
        self._area.follow(body)
        self._enable()

    def show(self, presets: Sequence[Preset]) -> None:
        """List the user's presets; the chosen one stays chosen."""
        before = self.table.selection()
        self._presets = presets
        self.table.delete(*self.table.get_children())
        for preset in presets:
            self.table.insert("", "end", iid=preset.name, values=(preset.name, in_words(preset)))
        self.table.selection_set([name for name in before if self.table.exists(name)])
        self._enable()

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what came of the last action."""
        self.note.configure(text=text, style="Error.TLabel" if wrong else "TLabel")
        line = self.export_button.master
        self.note.pack(anchor="w", fill="x", pady=(self._note_gap, 0), after=line)

    def _make_table(self, body: ttk.Frame) -> None:
        self.table = ttk.Treeview(
            body, columns=("name", "words"), show="headings", height=4, selectmode="browse"
        )
        for name, title, width in (("name", _("Preset"), 160), ("words", _("What it makes"), 260)):
            self.table.heading(name, text=title, anchor="w")
            self.table.column(name, width=self._look.column(width, title), stretch=True)
        self.table.pack(fill="x", pady=(self._look.px(6), 0))
        self.table.bind("<<TreeviewSelect>>", lambda _event: self._enable())

    def _make_name(self, body: ttk.Frame) -> None:
        px = self._look.px
        line = ttk.Frame(body)
        line.pack(anchor="w", pady=(px(10), px(10)))
        self.name = ttk.Entry(line, width=22)
        self.name.pack(side="left")
        self.name.bind("<Return>", lambda _event: self._save())
        self.save_button = ttk.Button(
            line, text=_("Save what is set now as a preset"), command=self._save
        )
        self.save_button.pack(side="left", padx=px(6))

    def _explain(self, body: ttk.Frame, text: str) -> None:
        label = ttk.Label(body, text=text, style="Muted.TLabel", justify="left")
        label.pack(anchor="w", fill="x")
        self._area.wrap((label,), margin=self._look.px(28))

    def _line(self, body: ttk.Frame, *buttons: Tuple[str, Callable[[], None]]) -> List[ttk.Button]:
        line = ttk.Frame(body)
        line.pack(anchor="w", pady=(self._look.px(8), 0))
        made = []
        for text, command in buttons:
            made.append(ttk.Button(line, text=text, command=command))
            made[-1].pack(side="left", padx=(0, self._look.px(6)))
        return made

    def _save(self) -> None:
        self._actions.save_preset(self.name.get())

    def _with_chosen(self, act: Callable[[Preset], None]) -> None:
        names = self.table.selection()
        preset = next((preset for preset in self._presets if preset.name in names), None)
        if preset is not None:
            act(preset)

    def _enable(self) -> None:
        chosen = bool(self.table.selection())
        for button in (self.use_button, self.save_file_button, self.remove_button):
            button.state(["!disabled" if chosen else "disabled"])


def in_words(preset: Preset) -> str:
    """What a preset makes, in the words of the choices."""
    codec, *choices = (str(preset.settings.get(key, "")) for key in CHOICE_KEYS)
    if str(preset.settings.get("video.quality", "")) == "by hand":
        return words_of("by hand")
    return ", ".join(filter(None, (codec.upper(), *map(words_of, choices))))

"""Above the templates: what can stand in them, what they make of a film, and ten seconds as a test."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Dict, Mapping, Protocol

from core.encoders.templates import placeholders
from views.fitted_tree import FittedTree
from views.texts import _, sentence
from views.theme import Look


class PanelActions(Protocol):
    """What the panel's buttons do."""

    def insert(self, key: str, word: str) -> None:
        """Put a placeholder into the template of that key."""

    def choose_film(self) -> None:
        """Ask for the film that the commands are shown for."""

    def template_chosen(self) -> None:
        """Another template is looked at."""

    def test(self) -> None:
        """Encode ten seconds of the film, or end the test that runs."""

    def show_result(self) -> None:
        """Show the pictures of the last test, before and after."""

    def export(self) -> None:
        """Write all templates to a file."""

    def import_(self) -> None:
        """Read templates from a file into the fields."""


class TemplatePanel(ttk.Frame):
    """``titles`` are the templates' labels by key; ``key`` is the one that is looked at."""

    def __init__(
        self, parent: tk.Misc, look: Look, titles: Mapping[str, str], actions: PanelActions
    ) -> None:
        super().__init__(parent)
        self._keys: Dict[str, str] = {_(title): key for key, title in titles.items()}
        self._actions = actions
        gap = look.px(6)
        line = ttk.Frame(self)
        line.pack(fill="x")
        ttk.Label(line, text=_("Template")).pack(side="left", padx=(0, gap))
        self.template = ttk.Combobox(line, values=list(self._keys), state="readonly", width=26)
        self.template.current(0)
        self.template.pack(side="left")
        self.template.bind("<<ComboboxSelected>>", lambda _event: actions.template_chosen())
        self.import_button = ttk.Button(line, text=_("Import…"), command=actions.import_)
        self.import_button.pack(side="right")
        self.export_button = ttk.Button(line, text=_("Export…"), command=actions.export)
        self.export_button.pack(side="right", padx=(0, gap))
        self._make_placeholders(look)
        line = ttk.Frame(self)
        line.pack(fill="x", pady=(gap, 0))
        self.film_button = ttk.Button(
            line, text=_("Show the command for a film…"), command=actions.choose_film
        )
        self.film_button.pack(side="left")
        self.test_button = ttk.Button(line, command=actions.test)
        self.test_button.pack(side="left", padx=(gap, 0))
        self._gap = gap
        self.result_button = ttk.Button(
            line, text=_("Before and after…"), style="Accent.TButton", command=actions.show_result
        )
        self.note = ttk.Label(self, style="Muted.TLabel", justify="left", wraplength=look.px(560))
        self.note.pack(anchor="w", fill="x", pady=(gap, 0))
        self.preview = tk.Text(self, height=5, wrap="word", font="TkFixedFont", state="disabled")
        look.dress(self.preview)
        self.show_testing(running=False)
        self.test_button.state(["disabled"])

    @property
    def key(self) -> str:
        """The key of the template that is looked at."""
        return self._keys[self.template.get()]

    def look_at(self, key: str) -> None:
        """Turn to another template."""
        title = next(title for title, known in self._keys.items() if known == key)
        if self.template.get() != title:
            self.template.set(title)
            self._actions.template_chosen()

    def show_commands(self, text: str) -> None:
        """Show the commands as they would be started."""
        self.preview.configure(state="normal")
        self.preview.delete("1.0", "end")
        self.preview.insert("1.0", text)
        self.preview.configure(state="disabled")
        self.preview.pack(fill="x", pady=(6, 0))
        self.test_button.state(["!disabled"])

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say a sentence above the commands."""
        self.note.configure(text=sentence(text), style="Error.TLabel" if wrong else "Muted.TLabel")

    def show_testing(self, *, running: bool) -> None:
        """Let the button start a test, or end the one that runs."""
        self.test_button.configure(
            text=_("Cancel the test") if running else _("Test on 10 seconds")
        )

    def show_result_button(self, *, shown: bool) -> None:
        """Offer the pictures of a test that has ended, or no longer."""
        if shown:
            self.result_button.pack(side="left", padx=(self._gap, 0))
        else:
            self.result_button.pack_forget()

    def _make_placeholders(self, look: Look) -> None:
        self.placeholders = FittedTree(
            self, look, columns=("name", "meaning"), show="headings", height=4, selectmode="browse"
        )
        self.placeholders.heading("name", text=_("Placeholder"), anchor="w")
        self.placeholders.heading(
            "meaning", text=_("Replaced by (double-click to insert)"), anchor="w"
        )
        self.placeholders.column("name", width=look.column(110, _("Placeholder")), stretch=False)
        self.placeholders.column("meaning", width=look.px(420))
        for known in placeholders():
            word = f"${known.name}"
            self.placeholders.insert("", "end", iid=word, values=(word, _(known.meaning)))
        self.placeholders.pack(fill="x", pady=(look.px(6), 0))
        self.placeholders.bind("<<TreeviewSelect>>", lambda _event: self._explain())
        self.placeholders.bind("<Double-1>", self._insert)
        self.placeholders.bind("<Return>", self._insert)

    def _explain(self) -> None:
        """The whole meaning of the chosen placeholder, which may be too long for the table."""
        for word in self.placeholders.selection():
            meaning = next(known.meaning for known in placeholders() if f"${known.name}" == word)
            self.tell(f"{word}: {_(meaning)}")

    def _insert(self, _event: object) -> str:
        for word in self.placeholders.selection():
            self._actions.insert(self.key, word)
        return "break"

"""The preview: what would be done with films and folders, in a window of its own; nothing is done."""

from __future__ import annotations

import tkinter as tk
from array import array
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, Optional, Sequence

from core.planning.comparison import Comparison
from core.planning.preview import PreviewOutcome, PreviewSums
from core.reporting.row_order import Reordering
from core.text.sentence import Sentence
from views.commands import key_sequences
from views.elided_label import ElidedLabel
from views.metrics import EDGE, GROUP
from views.numbers import count_text
from views.placement import belong
from views.plan_view import PlanView
from views.preview_rows import COLUMNS, filters, progress_text, sums_text
from views.search_entry import SearchEntry
from views.table_input import TableInput
from views.table_parts import TableEvents
from views.texts import _, ngettext, sentence
from views.theme import Look
from views.windowed_table import WindowedTable


@dataclass(frozen=True)
class PreviewCalls:
    """What the window asks for; all in Tk's thread."""

    add_films: Callable[[], None]
    add_folder: Callable[[], None]
    again: Callable[[], None]
    stop: Callable[[], None]
    need: Callable[[Sequence[int]], None]
    sort: Callable[[str], None]
    narrowed: Callable[[], None]
    chosen: Callable[[], None]
    never_touch: Callable[[], None]
    never_touch_folder: Callable[[], None]
    queue_chosen: Callable[[], None]
    queue_all: Callable[[], None]
    save: Callable[[], None]
    open_film: Callable[[], None]
    open_folder: Callable[[], None]


class PreviewWindow(tk.Toplevel):
    """A table of films above the tracks of the one that the keyboard is at."""

    def __init__(self, parent: tk.Misc, look: Look, calls: PreviewCalls) -> None:
        super().__init__(parent)
        self.withdraw()
        self.title(_("Preview: what would be done"))
        self._look = look
        self._calls = calls
        self.filters = dict(filters())
        self.filter = tk.StringVar(self, next(iter(self.filters)))
        body = ttk.Frame(self, padding=look.px(EDGE))
        body.pack(fill="both", expand=True)
        self._make_bar(body)
        self._make_foot(body)
        self._make_tables(body)
        self.bind("<Escape>", lambda _event: self._escape())
        for sequence in key_sequences("<Control-f>"):
            self.bind(sequence, self.search.take_keyboard)
        self.minsize(look.px(640), look.px(440))
        look.dress_all(self)
        self.show_progress(0, None, running=False)
        self.show_counts(0, 0)
        belong(self, parent, (look.px(1160), look.px(700)))
        self.deiconify()
        self.table.tree.focus_set()

    @property
    def outcomes(self) -> tuple[PreviewOutcome, ...]:
        """The outcomes that are to be shown."""
        return self.filters[self.filter.get()]

    @property
    def wanted(self) -> str:
        """The text that names must hold."""
        return self.search.wanted

    def show_films(self, ids: array[int], change: Optional[Reordering]) -> None:
        """Show these films, by their number, in this order."""
        self.table.show_order(ids, change)

    def show_plan(
        self, comparison: Optional[Comparison], nothing: str, hoped: Optional[Sentence] = None
    ) -> None:
        """Show the tracks of a film and what is expected of it, or say why there are none."""
        self.plan.show(comparison, nothing=nothing, outlook=hoped)

    def show_sums(self, sums: PreviewSums) -> None:
        """Say what all films come to."""
        self.sums.configure(text=sums_text(sums) if sums.films else "")

    def show_counts(self, chosen: int, with_work: int) -> None:
        """Say on the buttons how many films they would queue."""
        for button, text, count in (
            (self.queue_chosen, _("Queue selected ({number})"), chosen),
            (self.queue_all, _("Queue all to process ({number})"), with_work),
        ):
            button.configure(text=text.format(number=count_text(count)))
            button.state(["!disabled" if count else "disabled"])

    def show_progress(self, done: int, total: Optional[int], *, running: bool) -> None:
        """Show how far the look at the films is; ``total`` is None while they are being looked for."""
        self.progress.configure(text=progress_text(done, total, running=running))
        self.bar.configure(maximum=max(1, total or 1), value=done if total else 0)
        if running:
            self.bar.pack(side="right", padx=self._look.px(8))
        else:
            self.bar.pack_forget()
        self.stop_button.state(["!disabled" if running else "disabled"])
        self.again_button.state(["disabled" if running or not total else "!disabled"])
        self.save_button.state(["!disabled" if done else "disabled"])

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say a sentence below the table."""
        self.note.show(sentence(text), "Error.TLabel" if wrong else "Muted.TLabel")

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self._look.dress_all(self)
        self.table.recolor()
        self.plan.recolor()

    def _make_bar(self, body: ttk.Frame) -> None:
        gap = self._look.px(6)
        row = ttk.Frame(body)
        row.pack(fill="x", pady=(0, self._look.px(8)))
        calls = self._calls
        self.films_button = ttk.Button(
            row, text=_("Add films…"), underline=4, command=calls.add_films
        )
        self.folder_button = ttk.Button(
            row, text=_("Add folder…"), underline=5, command=calls.add_folder
        )
        self.again_button = ttk.Button(row, text=_("Check again"), command=calls.again)
        self.stop_button = ttk.Button(row, text=_("Stop"), command=calls.stop)
        for button in (self.films_button, self.folder_button, self.again_button, self.stop_button):
            button.pack(side="left", padx=(0, gap))
        self.progress = ttk.Label(row, style="Muted.TLabel", width=1, anchor="e")
        self.bar = ttk.Progressbar(row, length=self._look.px(120))
        self.progress.pack(side="right", fill="x", expand=True)
        row = ttk.Frame(body)
        row.pack(fill="x", pady=(0, self._look.px(6)))
        ttk.Label(row, text=_("Search:")).pack(side="left", padx=(0, gap))
        self.search = SearchEntry(row, calls.narrowed)
        self.search.pack(side="left")
        ttk.Label(row, text=_("Show:")).pack(side="left", padx=(self._look.px(GROUP), gap))
        box = ttk.Combobox(
            row, textvariable=self.filter, values=list(self.filters), state="readonly", width=22
        )
        box.pack(side="left")
        box.bind("<<ComboboxSelected>>", lambda _event: calls.narrowed())
        self.told = ttk.Label(row, style="Muted.TLabel")
        self.told.pack(side="right")

    def _make_tables(self, body: ttk.Frame) -> None:
        look, calls = self._look, self._calls
        self.panes = ttk.PanedWindow(body, orient="vertical")
        self.panes.pack(fill="both", expand=True)
        events = TableEvents(
            need=calls.need, sort=calls.sort, chosen=self.choose, opened=lambda _id: self._down()
        )
        empty = _("Add films or a folder, or drop them here. Nothing is changed.")
        self.table = WindowedTable(self.panes, look, COLUMNS, events, empty=empty, signs=True)
        for text, command, style in (
            (_("Add films…"), calls.add_films, "Accent.TButton"),
            (_("Add folder…"), calls.add_folder, "TButton"),
        ):
            buttons = self.table.empty.buttons
            self.table.empty.take(ttk.Button(buttons, text=text, style=style, command=command))
        self.menu = self._row_menu()
        self.input = TableInput(self.table, look, events, self.menu.tk_popup)
        self.plan = PlanView(self.panes, look, rows=4, lines=4)
        self.panes.add(self.table, weight=3)
        self.panes.add(self.plan, weight=2)

    def _row_menu(self) -> tk.Menu:
        calls, menu = self._calls, tk.Menu(self, tearoff=False)
        menu.add_command(label=_("Open film"), command=calls.open_film)
        menu.add_command(label=_("Open its folder"), command=calls.open_folder)
        menu.add_separator()
        menu.add_command(label=_("Queue selected"), command=calls.queue_chosen)
        menu.add_separator()
        menu.add_command(label=_("Never touch this film"), underline=0, command=calls.never_touch)
        menu.add_command(
            label=_("Never touch its folder…"), underline=16, command=calls.never_touch_folder
        )
        return menu

    def _make_foot(self, body: ttk.Frame) -> None:
        look, calls = self._look, self._calls
        row = ttk.Frame(body)
        row.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.queue_all = ttk.Button(row, style="Accent.TButton", command=calls.queue_all)
        self.queue_chosen = ttk.Button(row, command=calls.queue_chosen)
        self.save_button = ttk.Button(row, text=_("Save table…"), command=calls.save)
        for button in (self.queue_all, self.queue_chosen, self.save_button):
            button.pack(side="left", padx=(0, look.px(6)))
        close = ttk.Button(row, text=_("Close"), underline=0, command=self.destroy)
        close.pack(side="right")
        self.note = ElidedLabel(row, look, style="Muted.TLabel")
        self.note.pack(side="left", fill="x", expand=True, padx=look.px(6))
        self.sums = ttk.Label(body, justify="left")
        self.sums.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.sums.bind(
            "<Configure>", lambda event: self.sums.configure(wraplength=max(1, event.width))
        )

    def choose(self) -> None:
        """Take in that other films are chosen."""
        count, chosen = self.table.count, self.table.choice.ranges.count
        told = ngettext("{number} film", "{number} films", count).format(number=count_text(count))
        if chosen:
            told = _("{chosen} of {films} selected").format(chosen=count_text(chosen), films=told)
        self.told.configure(text=told if count else "")
        self._calls.chosen()

    def _down(self) -> None:
        """Let the keyboard go from a film to its tracks."""
        tracks = self.plan.table
        tracks.focus_set()
        if tracks.get_children() and not tracks.selection():
            tracks.selection_set(tracks.get_children()[0])
            tracks.focus(tracks.get_children()[0])

    def _escape(self) -> None:
        if self.search.text.get():
            self.search.text.set("")
        elif self.focus_get() is self.plan.table:
            self.table.tree.focus_set()
        else:
            self.destroy()

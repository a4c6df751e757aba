"""A page with a table of any length, its search above and its commands below."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, List, Sequence

from views.commands import Registry, key_sequences
from views.metrics import EDGE, GAP, GROUP, LINE, ROW
from views.numbers import count_text
from views.search_entry import SearchEntry
from views.table_input import TableInput
from views.table_parts import Column, TableEvents
from views.texts import _, ngettext
from views.theme import Look
from views.windowed_table import WindowedTable


class RowPage(ttk.Frame):
    """``narrowed`` is called when something else is searched for or shown; ``commands`` are of its menu.

    ``of_rows`` are those of them that need a chosen row, ``when_empty`` those that end the emptiness.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        registry: Registry,
        *,
        columns: Sequence[Column],
        events: TableEvents,
        empty: str,
        commands: Sequence[str],
        buttons: Sequence[str],
        of_rows: Sequence[str],
        narrowed: Callable[[], None],
        delete: str = "",
        when_empty: Sequence[str] = (),
    ) -> None:
        super().__init__(parent, padding=(0, look.px(EDGE), 0, look.px(LINE)))
        self._look = look
        self._registry = registry
        self._narrowed = narrowed
        self._of_rows = of_rows
        self._empty = empty
        self.busy = False
        self.filter = tk.StringVar(self)
        self.head = ttk.Frame(self)
        self.head.pack(fill="x", pady=(0, look.px(ROW)))
        self._make_search()
        self.foot = ttk.Frame(self)
        self.foot.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.sums = ttk.Label(self, style="Muted.TLabel", justify="left")
        self.sums.pack(side="bottom", fill="x", pady=(look.px(6), 0))
        self.sums.bind(
            "<Configure>", lambda event: self.sums.configure(wraplength=max(1, event.width))
        )
        for name in buttons:
            registry.button(self.foot, name).pack(side="left", padx=(0, look.px(6)))
        self.table = WindowedTable(self, look, columns, events, empty=empty, signs=True)
        self.table.pack(fill="both", expand=True)
        self.table.empty.take_commands(registry, when_empty)
        self.input = TableInput(self.table, look, events, registry.popup_later(self, *commands))
        if delete:
            self.table.tree.bind("<Delete>", lambda _event: registry.invoke(delete))
        for sequence in key_sequences("<Control-f>"):
            self.table.tree.bind(sequence, self.search.take_keyboard)
        self.show_chosen()

    @property
    def wanted(self) -> str:
        """The text that rows must hold."""
        return self.search.wanted

    @property
    def chosen(self) -> List[int]:
        """The chosen rows, in their order."""
        return list(self.table.chosen_ids)

    def show_filters(self, names: Sequence[str]) -> None:
        """Offer these choices of what is shown; the present one stays where it is among them."""
        if tuple(self.box.cget("values")) != tuple(names):
            self.box.configure(values=list(names))
        if self.filter.get() not in names:
            self.filter.set(names[0])

    def show_chosen(self) -> None:
        """Say how many rows there are and how many are chosen, and enable what can be done with them."""
        count, chosen = self.table.count, self.table.choice.ranges.count
        told = ngettext("{number} entry", "{number} entries", count).format(
            number=count_text(count)
        )
        if chosen:
            told = _("{chosen} of {films} selected").format(chosen=count_text(chosen), films=told)
        self.told.configure(text=told if count else "")
        for name in self._of_rows:
            self._registry.enable(name, chosen > 0 and not self.busy)

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.table.recolor()

    def _make_search(self) -> None:
        look = self._look
        ttk.Label(self.head, text=_("Search:")).pack(side="left", padx=(0, look.px(6)))
        self.search = SearchEntry(self.head, self._search)
        self.search.pack(side="left")
        self.search.bind("<Down>", lambda _event: self.table.tree.focus_set())
        self.box = ttk.Combobox(self.head, textvariable=self.filter, state="readonly", width=22)
        self.box.bind("<<ComboboxSelected>>", lambda _event: self.search.search())
        self.told = ttk.Label(self.head, style="Muted.TLabel")
        self.told.pack(side="right")

    def offer_filters(self) -> None:
        """Show the box of what is shown."""
        px = self._look.px
        ttk.Label(self.head, text=_("Show:")).pack(side="left", padx=(px(GROUP), px(GAP)))
        self.box.pack(side="left")

    def _search(self) -> None:
        self.table.show_empty(_("No film matches the search.") if self.wanted else self._empty)
        self._narrowed()


class BusyBar(ttk.Frame):
    """How far work on many rows is, and a button that stops it."""

    def __init__(self, parent: tk.Misc, look: Look, stop: Callable[[], None]) -> None:
        super().__init__(parent)
        self.label = ttk.Label(self, style="Muted.TLabel")
        self.label.pack(side="left", padx=(0, look.px(8)))
        self.bar = ttk.Progressbar(self, length=look.px(110))
        self.bar.pack(side="left")
        self.stop_button = ttk.Button(self, text=_("Stop"), command=stop)
        self.stop_button.pack(side="left", padx=(look.px(8), 0))

    def show(self, done: int, total: int) -> None:
        """Show that so many of all are done."""
        self.label.configure(
            text=_("{done} of {total}").format(done=count_text(done), total=count_text(total))
        )
        self.bar.configure(maximum=max(1, total), value=done)

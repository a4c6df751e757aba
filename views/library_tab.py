"""The library's page: films in groups, a list of any length, and what can be done with them."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Any, Callable, Dict, Mapping, Optional, Sequence, Tuple

from core.library.film import FilmHealth, LibraryState
from core.library.grouping import GroupBy, LibraryGroup, common_folder
from core.library.progress import CheckProgress, LookProgress
from core.settings.choices import CheckTime
from views.elided_label import ElidedLabel
from views.library_texts import (
    CHECK_TIMES,
    COLUMNS,
    CONDITIONS,
    GROUPS,
    STATES,
    check_text,
    group_text,
    look_text,
)
from views.metrics import EDGE, GAP, GROUP, LINE, ROW
from views.numbers import count_text, size_text
from views.search_entry import SearchEntry
from views.table_input import TableInput
from views.table_parts import TableEvents
from views.texts import N_, _, ngettext
from views.theme import Look
from views.windowed_table import WindowedTable

_GROUPS_WIDTH = 280  # pixels of a 96 dpi screen
_PRIORITIES: Tuple[Tuple[str, Optional[int]], ...] = (
    (N_("as its folder says"), None),
    (N_("high"), 10),
    (N_("normal"), 0),
    (N_("low"), -10),
)
Groups = Mapping[GroupBy, Sequence[LibraryGroup]]


@dataclass
class LibraryCalls:
    """What the page asks for; everything is called in Tk's thread."""

    narrowed: Callable[[], None]
    need: Callable[[Sequence[int]], None]
    sort: Callable[[str], None]
    chosen: Callable[[], None]
    opened: Callable[[int], None]
    queue_chosen: Callable[[], None]
    queue_all: Callable[[], None]
    look: Callable[[], None]
    check: Callable[[], None]
    check_time: Callable[[CheckTime], None]
    save: Callable[[], None]
    add_folder: Callable[[], None]
    menu: Sequence[Tuple[str, Callable[[], None]]] = ()


class LibraryTab(ttk.Frame):
    """Shows what it is given; ``search`` and what is called ``wanted`` are what the user wants to see."""

    def __init__(self, parent: tk.Misc, look: Look, calls: LibraryCalls) -> None:
        super().__init__(
            parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), look.px(LINE))
        )
        self._look = look
        self._calls = calls
        self._groups: Groups = {}
        self._of_row: Dict[str, Tuple[GroupBy, str]] = {}
        self.shown = tk.StringVar(self, _("All"))
        self.priority = tk.StringVar(self, _(_PRIORITIES[0][0]))
        self.check_time = tk.StringVar(self)
        self._filters: Dict[str, Tuple[Optional[LibraryState], Optional[FilmHealth]]] = {
            _("All"): (None, None),
            **{_(name): (state, None) for state, name in STATES.items()},
            **{
                _(CONDITIONS[health]): (None, health)
                for health in (FilmHealth.DAMAGED, FilmHealth.UNKNOWN, FilmHealth.SOUND)
            },
        }
        self._make_head()
        self._make_check()
        self._make_foot()
        self._make_about()
        self._make_body()
        self._make_empty()

    # ---- what the user wants to see

    @property
    def wanted_state(self) -> Optional[LibraryState]:
        """The state that films are to be in."""
        return self._filters[self.shown.get()][0]

    @property
    def wanted_health(self) -> Optional[FilmHealth]:
        """The condition that films are to be in."""
        return self._filters[self.shown.get()][1]

    @property
    def wanted_group(self) -> Optional[Tuple[GroupBy, str]]:
        """The group that films are to be in."""
        return next(
            (self._of_row[row] for row in self.groups.selection() if row in self._of_row), None
        )

    @property
    def wanted_priority(self) -> Optional[int]:
        """The priority that films are to be queued with; None: their folder's."""
        return next(value for name, value in _PRIORITIES if _(name) == self.priority.get())

    # ---- what is shown

    def show_sums(self, text: str) -> None:
        """Say what the films of the list come to."""
        if self.sums.cget("text") != text:
            self.sums.configure(text=text)

    def show_groups(self, groups: Groups) -> None:
        """Show how many films there are of each kind; the chosen group stays chosen."""
        if groups == self._groups:
            return
        self._groups = groups
        chosen, opened = self.wanted_group, {by: self._is_open(by) for by in GroupBy}
        tree = self.groups
        tree.delete(*tree.get_children())
        self._of_row.clear()
        for by, found in groups.items():
            head = tree.insert("", "end", iid=by.value, text=_(GROUPS[by]), open=opened[by])
            root = common_folder(found) if by is GroupBy.FOLDER else ""
            for number, group in enumerate(found):
                row = tree.insert(
                    head,
                    "end",
                    iid=f"{by.value}{number}",
                    text=group_text(by, group, root),
                    values=(count_text(group.films), size_text(group.size)),
                )
                self._of_row[row] = (by, group.value)
                if chosen == (by, group.value):
                    tree.selection_set(row)

    def _is_open(self, by: GroupBy) -> bool:
        tree = self.groups
        return (
            bool(tree.item(by.value, "open")) if tree.exists(by.value) else by is not GroupBy.FOLDER
        )

    def show_chosen(self) -> None:
        """Say how many films there are and how many are chosen."""
        count, chosen = self.table.count, self.table.choice.ranges.count
        told = ngettext("{number} film", "{number} films", count).format(number=count_text(count))
        if chosen:
            told = _("{chosen} of {films} selected").format(chosen=count_text(chosen), films=told)
        self.told.configure(text=told if count else "")
        for button, text, number in (
            (self.queue_chosen, _("Queue selected ({number})"), chosen),
            (self.queue_all, _("Queue all shown ({number})"), count),
        ):
            button.configure(text=text.format(number=count_text(number)))
            button.state(["!disabled" if number else "disabled"])
        self.save_button.state(["!disabled" if count else "disabled"])

    def show_about(self, text: str) -> None:
        """Tell of the film that is chosen."""
        self.about.configure(text=text)

    def show_look(self, progress: LookProgress, waiting: int, films: int) -> None:
        """Show how far looking into films is; ``waiting`` of ``films`` were not looked at."""
        # What was planned with other settings is looked at again as well.
        label = _("Stop") if progress.running else _("Update the estimates")
        if waiting and not progress.running:
            label = ngettext("Look into {number} film", "Look into {number} films", waiting)
            label = label.format(number=count_text(waiting))
        if self.look_button.cget("text") != label:
            self.look_button.configure(text=label)
        self.look_button.state(["!disabled" if films else "disabled"])
        self.look_told.configure(text=look_text(progress))

    def show_check(self, progress: CheckProgress, waiting: int) -> None:
        """Show how far checking films is; ``waiting`` were not checked."""
        label = _("Stop") if progress.running else _("Find damaged films")
        self.check_button.state(["!disabled" if progress.running or waiting else "disabled"])
        if self.check_button.cget("text") != label:
            self.check_button.configure(text=label)
        self.check_told.show(check_text(progress))

    def show_check_time(self, when: CheckTime) -> None:
        """Show when films are checked."""
        self.check_time.set(_(CHECK_TIMES[when]))

    def show_emptiness(self, *, folders: bool, films: bool, narrowed: bool) -> None:
        """Say what to do where there is nothing."""
        text = _("No film matches the search.")
        if not films and not narrowed:
            text = _("No films were found in the watched folders yet.")
            if not folders:
                text = _("No folder is watched yet. Add the folder that your films lie in.")
        self.table.show_empty(text)
        if films or narrowed:
            self.table.empty.buttons.pack_forget()
        else:
            self.table.empty.take(self.add_button)

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.table.recolor()

    # ---- its parts

    def _make_head(self) -> None:
        look, calls = self._look, self._calls
        head = ttk.Frame(self)
        head.pack(fill="x", pady=(0, look.px(8)))
        self.look_button = ttk.Button(head, command=calls.look)
        self.look_button.pack(side="right", padx=(look.px(8), 0))
        self.look_told = ttk.Label(head, style="Muted.TLabel")
        self.look_told.pack(side="right")
        self.sums = ttk.Label(head, justify="left")
        self.sums.pack(side="left", fill="x", expand=True)
        self.sums.bind(
            "<Configure>", lambda event: self.sums.configure(wraplength=max(1, event.width))
        )
        bar = ttk.Frame(self)
        bar.pack(fill="x", pady=(0, look.px(ROW)))
        ttk.Label(bar, text=_("Search:")).pack(side="left", padx=(0, look.px(6)))
        self.search = SearchEntry(bar, calls.narrowed)
        self.search.pack(side="left")
        self.search.bind("<Down>", lambda _event: self.table.tree.focus_set())
        ttk.Label(bar, text=_("Show:")).pack(side="left", padx=(look.px(GROUP), look.px(GAP)))
        self.filter = self._choice(bar, self.shown, list(self._filters), calls.narrowed)
        self.filter.pack(side="left")
        self.told = ttk.Label(bar, style="Muted.TLabel")
        self.told.pack(side="right")

    def _choice(
        self,
        parent: tk.Misc,
        variable: tk.StringVar,
        values: Sequence[str],
        chosen: Callable[[], None],
    ) -> ttk.Combobox:
        width = max(map(len, values)) + 1
        box = ttk.Combobox(
            parent, textvariable=variable, values=list(values), state="readonly", width=width
        )
        box.bind("<<ComboboxSelected>>", lambda _event: chosen())
        return box

    def _make_body(self) -> None:
        look, calls = self._look, self._calls
        body = ttk.Frame(self)
        body.pack(fill="both", expand=True)
        side = ttk.Frame(body, width=look.px(_GROUPS_WIDTH))
        side.pack(side="left", fill="y", padx=(0, look.px(EDGE)))
        side.pack_propagate(False)
        self.all_button = ttk.Button(side, text=_("All films"), command=self.show_all)
        self.all_button.pack(fill="x", pady=(0, look.px(ROW)))
        self.groups: Any = ttk.Treeview(
            side, columns=("films", "size"), show="tree headings", selectmode="browse"
        )
        for name, title, width in (("films", N_("Films"), 56), ("size", N_("Size"), 78)):
            self.groups.heading(name, text=_(title), anchor="e")
            self.groups.column(name, width=look.column(width, _(title)), anchor="e", stretch=False)
        self.groups.column("#0", width=look.px(60), stretch=True)  # and what is left
        scrollbar = ttk.Scrollbar(side, orient="vertical", command=self.groups.yview)
        self.groups.configure(yscrollcommand=scrollbar.set)
        scrollbar.pack(side="right", fill="y")
        self.groups.pack(side="left", fill="both", expand=True)
        self.groups.bind("<<TreeviewSelect>>", lambda _event: self._group_chosen())
        events = TableEvents(
            need=calls.need, sort=calls.sort, chosen=calls.chosen, opened=calls.opened
        )
        self.table = WindowedTable(body, look, COLUMNS, events, empty="", signs=True)
        self.table.pack(side="left", fill="both", expand=True)
        self.menu = tk.Menu(self, tearoff=False)
        for label, command in calls.menu:
            self.menu.add_command(label=label, command=command)
        self.input = TableInput(self.table, look, events, self._popup)

    def _make_about(self) -> None:
        """Two lines are kept free, so that nothing moves when a film is chosen."""
        line = int(self.tk.call("font", "metrics", "TkDefaultFont", "-linespace"))
        place = ttk.Frame(self, height=2 * line)
        place.pack(side="bottom", fill="x", pady=(self._look.px(6), 0))
        place.pack_propagate(False)
        self.about = ttk.Label(place, style="Muted.TLabel", justify="left", anchor="nw")
        self.about.pack(fill="both", expand=True)
        self.about.bind(
            "<Configure>", lambda event: self.about.configure(wraplength=max(1, event.width))
        )

    def _make_foot(self) -> None:
        look, calls = self._look, self._calls
        row = ttk.Frame(self)
        row.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.queue_chosen = ttk.Button(row, style="Accent.TButton", command=calls.queue_chosen)
        self.queue_all = ttk.Button(row, command=calls.queue_all)
        for button in (self.queue_chosen, self.queue_all):
            button.pack(side="left", padx=(0, look.px(6)))
        ttk.Label(row, text=_("Priority:")).pack(side="left", padx=(look.px(8), look.px(6)))
        names = [_(name) for name, _value in _PRIORITIES]
        self._choice(row, self.priority, names, lambda: None).pack(side="left")

    def _make_check(self) -> None:
        look, calls = self._look, self._calls
        row = ttk.Frame(self)
        row.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        self.save_button = ttk.Button(row, text=_("Save table…"), command=calls.save)
        self.save_button.pack(side="right", padx=(look.px(6), 0))
        self.check_button = ttk.Button(row, command=calls.check)
        self.check_button.pack(side="left", padx=(0, look.px(6)))
        times = {_(name): when for when, name in CHECK_TIMES.items()}
        box = self._choice(
            row,
            self.check_time,
            list(times),
            lambda: calls.check_time(times[self.check_time.get()]),
        )
        box.pack(side="left")
        self.check_told = ElidedLabel(row, look, style="Muted.TLabel")
        self.check_told.pack(side="left", fill="x", expand=True, padx=(look.px(8), 0))

    def _make_empty(self) -> None:
        self.add_button = ttk.Button(
            self.table.empty.buttons,
            text=_("Watch a folder…"),
            style="Accent.TButton",
            command=self._calls.add_folder,
        )

    # ---- what the user does

    def show_all(self) -> None:
        """Show the films of all groups."""
        self.groups.selection_set(())

    def _group_chosen(self) -> None:
        heads = [row for row in self.groups.selection() if row not in self._of_row]
        if heads:  # a heading opens and closes; it chooses nothing
            self.groups.selection_remove(*heads)
            return
        self._calls.narrowed()

    def _popup(self, x: int, y: int) -> None:
        if self.table.choice.ranges.count:
            self.menu.tk_popup(x, y)

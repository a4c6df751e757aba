"""The queue: what is being processed, what waits, what is done and what went wrong."""

from __future__ import annotations

import tkinter as tk
from functools import cached_property
from tkinter import ttk
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple

from core.events import JobState
from core.queue.film_filter import FilmFilter
from views.card_area import CardArea
from views.commands import Registry
from views.elided_label import ElidedLabel
from views.filter_bar import FilterBar
from views.job_card import JobActions
from views.metrics import EDGE, GAP, GROUP, LINE, ROW
from views.numbers import count_text
from views.queue_sections import SECTIONS, STATE_NAMES, Section
from views.search_entry import SearchEntry
from views.table_input import TableInput
from views.table_parts import TableEvents
from views.texts import _, ngettext, pgettext
from views.theme import Look
from views.windowed_table import WindowedTable

_KEYS = {
    "<Delete>": "job.remove",
    "<Alt-Up>": "job.up",
    "<Alt-Down>": "job.down",
    "<Alt-Home>": "job.top",
    "<Alt-End>": "job.bottom",
}


class QueueActions(JobActions, Protocol):
    """What a user can do in the tab, in Tk's thread; ``section`` is the name of a table."""

    def need_rows(self, section: str, job_ids: Sequence[int]) -> None:
        """Read these rows of a table, which are about to be shown."""

    def sort_rows(self, section: str, column: str) -> None:
        """Sort a table by a column, the other way round where it is sorted by it already."""

    def search_rows(
        self, section: str, text: str, states: Tuple[JobState, ...], narrowed: FilmFilter
    ) -> None:
        """Show only the rows of a table that match the text and the filter, in one of the states."""

    def filter_opened(self, section: str) -> None:
        """Find the codecs that the films of a table have."""

    def choose_folder(self) -> str:
        """Ask the user for a folder; "" for none."""

    def move_rows(self, before: Optional[int]) -> None:
        """Move the chosen jobs before another one; None: to the end."""

    def rows_can_move(self) -> bool:
        """Return whether the rows of the open table can be moved."""

    def section_opened(self, section: str) -> None:
        """Read the table that is shown now."""


class SectionView(ttk.Frame):
    """One table with its search, and its commands below."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        registry: Registry,
        section: Section,
        actions: QueueActions,
        chosen: Callable[[], None],
    ) -> None:
        super().__init__(parent, padding=(0, look.px(EDGE), 0, look.px(LINE)))
        self.section = section
        self._look = look
        self._actions = actions
        self.filter = tk.StringVar(self, pgettext("films", "All"))
        self._bar()
        self._foot(registry)
        events = TableEvents(
            need=lambda ids: actions.need_rows(section.name, ids),
            sort=lambda name: actions.sort_rows(section.name, name),
            chosen=chosen,
            opened=actions.open_job,
            dropped=actions.move_rows,
        )
        self.table = WindowedTable(
            self, look, section.columns, events, empty=_(section.empty), lead=section.lead
        )
        self.table.pack(fill="both", expand=True)
        self.table.empty.take_commands(registry, section.when_empty)
        menu = registry.popup_later(self, *section.commands)
        self.input = TableInput(self.table, look, events, menu, actions.rows_can_move)
        for key, name in _KEYS.items():
            self.table.tree.bind(key, self._invoker(registry, name))

    def _bar(self) -> None:
        look, section = self._look, self.section
        self.bar = bar = ttk.Frame(self)
        bar.pack(fill="x", pady=(0, look.px(ROW)))
        ttk.Label(bar, text=_("Search:")).pack(side="left", padx=(0, look.px(6)))
        self.search = SearchEntry(bar, self._search, width=13)
        self.search.pack(side="left")
        self.search.bind("<Down>", lambda _event: self.table.tree.focus_set())
        if section.filters:
            ttk.Label(bar, text=_("Show:")).pack(side="left", padx=(look.px(GROUP), look.px(GAP)))
            names = [
                pgettext("films", "All"),
                *(_(STATE_NAMES[state]) for state in section.filters),
            ]
            box = ttk.Combobox(
                bar, textvariable=self.filter, values=names, state="readonly", width=12
            )
            box.pack(side="left")
            box.bind("<<ComboboxSelected>>", lambda _event: self.search.search())
        self.filter_button = ttk.Button(bar, text=_("Filter…"), command=self.toggle_filter)
        self.filter_button.pack(side="left", padx=(look.px(GROUP), 0))
        # Always there, so that nothing moves under the mouse.
        self.clear_button = ttk.Button(bar, text=_("Show all"), command=self.show_all)
        self.clear_button.pack(side="left", padx=look.px(6))
        self.clear_button.state(["disabled"])
        self.told = ttk.Label(bar, style="Muted.TLabel")
        self.told.pack(side="right", padx=(look.px(GROUP), 0))
        self.sign = ElidedLabel(bar, look, style="Warning.TLabel")
        self.sign.pack(side="left", fill="x", expand=True)

    def _foot(self, registry: Registry) -> None:
        look = self._look
        below = ttk.Frame(self)
        below.pack(side="bottom", fill="x", pady=(look.px(8), 0))
        for name in self.section.buttons:
            registry.button(below, name).pack(side="left", padx=(0, look.px(6)))

    @cached_property
    def filter_bar(self) -> FilterBar:
        """The fields of the filter, made when they are first asked for."""
        return FilterBar(self, self._look, self.search.search, self._actions.choose_folder)

    @property
    def _narrowed(self) -> FilmFilter:
        return self.filter_bar.wanted if "filter_bar" in vars(self) else FilmFilter()

    def toggle_filter(self) -> None:
        """Open the fields of the filter, or close them; the filter stays as it is."""
        if self.filter_bar.winfo_manager():
            self.filter_bar.pack_forget()
            self.table.tree.focus_set()
            return
        self.filter_bar.pack(after=self.bar, fill="x", pady=(0, self._look.px(6)))
        self.filter_bar.folder_entry.focus_set()
        self._actions.filter_opened(self.section.name)

    def show_all(self) -> None:
        """Search for nothing and filter nothing."""
        self.search.text.set("")
        self.filter.set(pgettext("films", "All"))
        if "filter_bar" in vars(self):
            self.filter_bar.clear()
        else:
            self.search.search()

    @property
    def states(self) -> Tuple[JobState, ...]:
        """The states that are to be shown."""
        for state in self.section.filters:
            if self.filter.get() == _(STATE_NAMES[state]):
                return (state,)
        return self.section.states

    @staticmethod
    def _invoker(registry: Registry, name: str) -> Callable[[object], str]:
        def run(_event: object) -> str:
            registry.invoke(name)
            return "break"

        return run

    def _search(self) -> None:
        text, narrowed = self.search.wanted, self._narrowed
        told = [self.filter_bar.told()] if narrowed.on else []
        if self.states != self.section.states:
            told.insert(0, self.filter.get())
        fewer = bool(text or told)
        self.sign.show(_("Filter: {filter}").format(filter=", ".join(told)) if told else "")
        self.filter_button.configure(style="Accent.TButton" if narrowed.on else "TButton")
        self.clear_button.state(["!disabled" if fewer else "disabled"])
        self.table.show_empty(
            _("No film matches the search and the filter.") if fewer else _(self.section.empty)
        )
        self._actions.search_rows(self.section.name, text, self.states, narrowed)

    def show_told(self) -> None:
        """Say how many rows there are and how many are chosen."""
        count, chosen = self.table.count, self.table.choice.ranges.count
        told = ngettext("{number} film", "{number} films", count).format(number=count_text(count))
        if chosen:
            told = _("{chosen} of {films} selected").format(chosen=count_text(chosen), films=told)
        self.told.configure(text=told if count else "")


class QueueTab(ttk.Frame):
    """Cards of the running jobs above tables of all others.

    The commands of the rows are the registry's and ask ``chosen_ids`` what they are meant for.
    """

    def __init__(
        self, parent: tk.Misc, look: Look, registry: Registry, actions: QueueActions
    ) -> None:
        super().__init__(parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), 0))
        self._registry = registry
        self._counts: Mapping[JobState, int] = {}
        ttk.Label(self, text=_("Currently processing"), style="Title.TLabel").pack(anchor="w")
        self.area = CardArea(self, look, actions)
        self.area.pack(fill="x", pady=(look.px(GAP), look.px(ROW)))
        self.sections: Any = ttk.Notebook(
            self, style="Counted.TNotebook"
        )  # typeshed leaves half of its methods untyped
        self.sections.pack(fill="both", expand=True)
        self.views: Dict[str, SectionView] = {}
        for section in SECTIONS:
            view = SectionView(self.sections, look, registry, section, actions, self.show_chosen)
            self.views[section.name] = view
            self.sections.add(view, text=_(section.title))
        self.sections.bind(
            "<<NotebookTabChanged>>", lambda _event: actions.section_opened(self.open_section)
        )
        self.show_chosen()

    @property
    def open_section(self) -> str:
        """The name of the section that is open."""
        return SECTIONS[int(self.sections.index("current"))].name

    def title(self, name: str) -> str:
        """The title of a section as it is shown, with the number of its films."""
        return str(self.sections.tab(self.views[name], "text"))

    @property
    def table(self) -> WindowedTable:
        """The table that is open."""
        return self.views[self.open_section].table

    def open(self, name: str) -> None:
        """Open a section."""
        self.sections.select(self.views[name])

    @property
    def view(self) -> SectionView:
        """The section that is open."""
        return self.views[self.open_section]

    def search(self) -> None:
        """Put the keyboard into the search of the open section."""
        self.views[self.open_section].search.take_keyboard()

    def show_counts(self, counts: Mapping[JobState, int]) -> None:
        """Say in the sections' titles how many films each has."""
        self._counts = counts
        on_cards = len(self.area.standing_still)  # films that are paused, and on no list
        for number, section in enumerate(SECTIONS):
            count = sum(counts.get(state, 0) for state in section.states)
            if JobState.PAUSED in section.states:
                count = max(0, count - on_cards)
            title = _(section.title)
            self.sections.tab(number, text=f"{title} ({count_text(count)})" if count else title)
        self._registry.enable("job.retry_all", counts.get(JobState.FAILED, 0) > 0)

    def show_chosen(self) -> None:
        """Enable what can be done with the chosen rows of the open section."""
        if len(self.views) < len(SECTIONS):
            return  # still being built
        view = self.views[self.open_section]
        view.show_told()
        chosen = view.table.choice.ranges.count
        for name in _ROW_COMMANDS:
            enough = chosen == 1 if name in _OF_ONE else chosen > 0
            self._registry.enable(name, enough and name in view.section.commands)

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        for view in self.views.values():
            view.table.recolor()


_OF_ONE = ("job.details", "job.log", "job.open", "job.open_folder")  # commands that are for one row
_ROW_COMMANDS: List[str] = sorted(
    {name for section in SECTIONS for name in section.commands} - {"job.retry_all"}
)

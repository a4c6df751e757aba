"""The list beside the settings' pages: a search, the experts' pages in a group, marks where one is wrong."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Literal, Mapping, Optional, Sequence, Tuple, Union

from core.settings.search import Searchable, found
from views.scrolled import AutoScrollbar
from views.settings_pages import EXPERT
from views.texts import _, ngettext
from views.theme import Look
from views.tooltip import Tooltip

_SEARCH_PAUSE = 150  # milliseconds
_AROUND_TITLE = 34  # pixels at 96 dpi before and after a page's title in the list
_BELOW = 20  # pixels at 96 dpi that a page of the group stands farther in
WRONG = (
    "●"  # before the title of a page with a wrong field; a colour alone would not be seen by all
)

Show = Callable[[str], object]


class SettingsSidebar(ttk.Frame):
    """``open_page`` is called with the chosen page, ``show_hit`` with what was looked for and found.

    ``searchables`` returns what the search looks in. The arrow keys go to the next hit, Enter calls
    ``enter_hit`` with the one that is shown.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        open_page: Callable[[], None],
        searchables: Callable[[], Sequence[Searchable]],
        show_hit: Show,
        enter_hit: Show,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._searchables = searchables
        self._show_hit = show_hit
        self._enter_hit = enter_hit
        self._titles: Dict[str, str] = {}
        self.problems: Mapping[str, str] = {}
        self.hits: Tuple[str, ...] = ()
        self._place = 0
        self._make_search()
        place = ttk.Frame(self)
        place.pack(fill="both", expand=True)
        place.rowconfigure(0, weight=1)
        self.list = ttk.Treeview(place, show="tree", selectmode="browse")
        self.list.column("#0", width=look.px(170), stretch=False)
        self.list.grid(row=0, column=0, sticky="ns")
        scrollbar = AutoScrollbar(place, orient="vertical", command=self.list.yview)
        scrollbar.grid(row=0, column=1, sticky="ns")
        bar = scrollbar.winfo_reqwidth()
        place.columnconfigure(1, minsize=bar)  # the page beside it stays where it is
        self.search_field.pack_configure(padx=(0, bar))
        self.list.configure(yscrollcommand=scrollbar.set)
        self.list.bind("<<TreeviewSelect>>", lambda _event: open_page())
        RowTooltip(self.list, look, self._told)

    @property
    def chosen(self) -> str:
        """The page that is chosen; empty for none."""
        chosen = self.list.selection()
        return str(chosen[0]) if chosen else ""

    @property
    def pages(self) -> List[str]:
        """Every page, those of the group last."""
        tops = [name for name in self.list.get_children() if name != EXPERT]
        return [*tops, *(self.list.get_children(EXPERT) if self.list.exists(EXPERT) else ())]

    @property
    def expert_open(self) -> bool:
        """Whether the experts' pages are seen."""
        return self.list.exists(EXPERT) and bool(self.list.item(EXPERT, "open"))

    def open_expert(self, is_open: bool) -> None:
        """Show or hide the experts' pages."""
        if self.list.exists(EXPERT):
            self.list.item(EXPERT, open=is_open)

    def add(
        self, name: str, title: str, place: Union[int, Literal["end"]], *, expert: bool = False
    ) -> None:
        """Put a page into the list, which becomes as wide as the longest title, in whatever language."""
        if expert and not self.list.exists(EXPERT):
            self.add(EXPERT, _("Expert settings"), "end")
        above = EXPERT if expert else ""
        self._titles[name] = title
        self.list.insert(above, place, iid=name, text=title)
        measured = int(self.tk.call("font", "measure", "TkDefaultFont", f"{WRONG} {title}"))
        needed = measured + self._look.px(_AROUND_TITLE + (_BELOW if expert else 0))
        if needed > self.list.column("#0", "width"):
            self.list.column("#0", width=needed)

    def choose(self, page: str) -> None:
        """Choose a page; the group is opened where it stands in it."""
        self.list.see(page)
        self.list.selection_set(page)
        self.list.focus(page)

    def mark(self, problems: Mapping[str, str]) -> None:
        """Mark the pages where something is wrong, each with a sentence; a hidden one marks its group."""
        if problems == self.problems:
            return
        self.problems = problems
        for name, title in self._titles.items():
            below = self.list.get_children(name)
            wrong = name in problems or any(page in problems for page in below)
            self.list.item(
                name,
                text=f"{WRONG} {title}" if wrong else title,
                tags=("wrong",) if wrong else (),
            )
        self.list.tag_configure("wrong", foreground=self._look.palette.error)

    def title(self, page: str) -> str:
        """What a page is called."""
        return self._titles[page]

    def _told(self, row: str) -> str:
        rows = (row, *self.list.get_children(row)) if row else ()
        told = [self.problems[page] for page in rows if page in self.problems]
        return "\n".join([_("Something is wrong here:"), *told]) if told else ""

    def _make_search(self) -> None:
        label = _("Fi&nd a setting")
        ttk.Label(self, text=label.replace("&", ""), underline=label.find("&")).pack(anchor="w")
        self.search = tk.StringVar(self)
        self.search_field = ttk.Entry(self, textvariable=self.search)
        self.search_field.pack(fill="x")
        self.search_field.bind("<Return>", lambda _event: self._enter())
        self.search_field.bind("<Down>", lambda _event: self.step(1))
        self.search_field.bind("<Up>", lambda _event: self.step(-1))
        self.search_field.bind("<Escape>", lambda _event: self.search.set(""))
        self.told = ttk.Label(self, style="Muted.TLabel", justify="left")
        self.told.pack(fill="x", pady=(0, self._look.px(6)))
        self.search.trace_add("write", lambda *_names: self._search_later())
        self._searching = ""

    def _search_later(self) -> None:
        if self._searching:
            self.after_cancel(self._searching)
        self._searching = self.after(_SEARCH_PAUSE, self.find)

    def find(self) -> None:
        """Show the first hit of what is typed."""
        self._stop_waiting()
        wanted = self.search.get().strip()
        self.hits, self._place = found(wanted, self._searchables()), 0
        if self.hits:
            self._show_hit(self.hits[0])
            self._count()
        else:
            self._show_hit("")
            self.told.configure(text=_("No setting matches.") if wanted else "")

    def _enter(self) -> None:
        """Let the keyboard go on in the field that was looked for."""
        if self._searching:
            self.find()
        if self.hits:
            self._enter_hit(self.hits[self._place])

    def step(self, step: int) -> str:
        """Show the next hit (1) or the one before (-1); the last is followed by the first."""
        if self.hits:
            self._place = (self._place + step) % len(self.hits)
            self._show_hit(self.hits[self._place])
            self._count()
        return "break"

    def _count(self) -> None:
        text = ngettext("{number} match", "{place} of {number} matches ↓", len(self.hits))
        self.told.configure(text=text.format(place=self._place + 1, number=len(self.hits)))

    def _stop_waiting(self) -> None:
        if self._searching:
            self.after_cancel(self._searching)
            self._searching = ""


class RowTooltip(Tooltip):
    """Shows what ``text`` returns for the row under the mouse, or the one with the keyboard's focus."""

    def __init__(self, tree: ttk.Treeview, look: Look, text: Callable[[str], str]) -> None:
        self._tree = tree
        self._row = ""
        super().__init__(tree, look, lambda: text(self._row or str(tree.focus())))
        tree.bind("<Motion>", self._moved, add=True)

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        row = str(self._tree.identify_row(event.y))
        if row != self._row:
            self._row = row
            self._wait()

    def _around(self) -> Tuple[int, int, int]:
        box: Optional[Sequence[int]] = self._tree.bbox(self._row or self._tree.focus()) or None
        if box is None:
            return super()._around()
        left, top, _width, height = (int(length) for length in box)
        upper = self._tree.winfo_rooty() + top
        return self._tree.winfo_rootx() + left, upper, upper + height

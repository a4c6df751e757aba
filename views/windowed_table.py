"""A table of any length: only the visible rows are in the widget, refilled while scrolling.

The order is an array of ids; rows are asked for by ``need`` when they come near the screen and given by
``take_rows``. A million rows scroll as a hundred do, and what is chosen may be anywhere.
"""

from __future__ import annotations

import tkinter as tk
from array import array
from tkinter import ttk
from typing import Any, Callable, Dict, Iterable, List, Literal, Optional, Sequence, Set, Tuple

from core.reporting.row_order import Reordering
from views.bars import Bars
from views.column_widths import Wish, column_widths
from views.empty_state import EmptyState
from views.fitted_tree import PLAIN_ROWS, SIGN_WIDTH, FittedTree, ShownRow
from views.pointer_hold import PointerHold
from views.row_choice import RowChoice
from views.scrolled import AutoScrollbar
from views.shown_row import shown_row
from views.table_parts import Column, Row, TableEvents
from views.texts import _
from views.theme import Look

MARGIN = 120  # rows that are fetched above and below the screen
_CACHE = 4000  # rows that are kept at most
_WHEEL = 3  # rows
_BLANK = -2  # instead of an id, where a line is kept free above the first row
_NO_ROW = Row(())
_MOST_FOLLOWED = 10_000  # chosen rows whose new places are looked for when everything moved


class WindowedTable(ttk.Frame):
    """``lead`` is the title of the first column, which has bars; None where there is none.

    ``signs``: rows have pictures, which stand in a narrow first column where there is no other.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        columns: Sequence[Column],
        events: TableEvents,
        *,
        empty: str,
        lead: Optional[Column] = None,
        signs: bool = False,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.columns = columns
        self.lead = lead
        self._signs = look.px(SIGN_WIDTH) if signs and lead is None else 0  # pixels
        self._events = events
        self.ids: array[int] = array("q")
        self.choice = RowChoice()
        self.top = 0  # below 0, or past the last full page, only while rows are held
        self._held = False  # whether the pointer keeps the rows elsewhere than they would be
        self._newest = False  # whether the table was at its very top then
        self._full = 1  # rows that are seen whole
        self._rows: Dict[int, Row] = {}
        self._stale: Set[int] = set()
        # What each slot shows: number, id, row.
        self._shown: List[Tuple[int, int, Optional[Row]]] = []
        self._marked: Tuple[str, ...] = ()  # slots that are shown as chosen
        self._focused = -1  # the slot that has the keyboard's frame
        # What the first column counts a row as, by its place and id; 0: nothing.
        self.number_of: Callable[[int, int], int] = lambda _place, _job_id: 0
        self._asking = ""
        self._absent: Set[str] = set()  # columns that the program has no use for now
        self._hidden: Set[str] = set()  # by the user
        self._seen: Tuple[str, ...] = ()  # columns on the screen
        self._wished: Dict[str, int] = {}  # the columns' widths where there is room
        self.bars = Bars(self, look)
        self._build()
        self.empty = EmptyState(self, look, empty)
        self._show_emptiness()

    def _build(self) -> None:
        names = [column.name for column in self.columns]
        self.tree = FittedTree(self, self._look, columns=names, selectmode="none")
        self.tree.configure(show="tree headings" if self.lead else "headings", style=PLAIN_ROWS)
        if self._signs:
            self.tree.keep_signs()
        if self.lead:
            self._add_column("#0", self.lead)
        for column in self.columns:
            self._add_column(column.name, column)
        self.scrollbar = AutoScrollbar(self, orient="vertical", command=self.scroll)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.tree.grid(row=0, column=0, sticky="nsew")
        self.scrollbar.grid(row=0, column=1, sticky="ns")
        self._seen = tuple(names)
        self.tree.configure(displaycolumns=names)
        self.tree.bind("<Configure>", lambda _event: self._resized())
        self.tree.bind("<Destroy>", lambda _event: self._ask_no_more())
        self.tree.bind("<ButtonRelease-1>", self._column_dragged)
        self.tree.bind("<MouseWheel>", self._wheel)
        self.tree.bind("<Button-4>", self._wheel)
        self.tree.bind("<Button-5>", self._wheel)
        self._hold = PointerHold(self.tree, self._let_go)
        self.recolor()

    def _add_column(self, place: str, column: Column) -> None:
        anchor: Literal["e", "w"] = "e" if column.numeric else "w"
        self.tree.heading(
            place,
            text=_(column.title),
            anchor=anchor,
            command=lambda: self._events.sort(column.name),
        )
        self._wished[place] = width = self._look.column(column.width, _(column.title))
        least = self._look.px(column.least if column.stretch else 40)
        # Treeview's own stretching never gives back what did not fit at first.
        self.tree.column(place, width=width, minwidth=least, stretch=False, anchor=anchor)

    @property
    def count(self) -> int:
        """How many rows there are; not ``len``, since tkinter takes an empty parent for none."""
        return len(self.ids)

    @property
    def full(self) -> int:
        """How many rows are seen whole."""
        return self._full

    @property
    def chosen_ids(self) -> array[int]:
        """The chosen rows, in their order."""
        ids = array("q")
        for first, end in self.choice.ranges.parts:
            ids.extend(self.ids[first:end])
        return ids

    def show_order(self, ids: array[int], change: Optional[Reordering] = None) -> None:
        """Show other rows; with ``change`` what was seen and chosen stays so, as far as it is there.

        A table at its very top shows what is new there, unless the pointer is at work on its rows: these
        stay below it, and come to their places afterwards.
        """
        choice, before = self.choice, self.ids
        top = 0
        holds = change is not None and self._hold.holds
        if change is not None and holds:  # what changes places was put there by the user
            holds = change.only_comes_and_goes(before, self._in_sight)
        if change is None:
            choice.nothing()
            choice.cursor = choice.anchor = 0
        else:
            self._newest = self._newest if self._held else self.top == 0
            top = 0 if self._newest and not holds else self._top_after(change, holds=holds)
            choice.ranges = change.ranges(choice.ranges, before)
            choice.cursor = self._moved(change, choice.cursor)
            choice.anchor = self._moved(change, choice.anchor)
        self.ids = ids
        choice.keep_within(len(ids))
        self._show_emptiness()
        if holds:
            self._hold_at(top)
        else:
            self.show_from(top, refill=True)
        self._events.chosen()

    def followed_ids(self) -> Set[int]:
        """The rows whose new places have to be known after a change: what is chosen, and what is seen."""
        many = self.choice.ranges.count > _MOST_FOLLOWED
        followed = set() if many else set(self.chosen_ids)
        followed.update(self.ids[max(0, self.top - self._full) : max(0, self.top + 2 * self._full)])
        for place in (self.choice.cursor, self.choice.anchor):
            followed.update(self.ids[place : place + 1])
        return followed

    def _top_after(self, change: Reordering, *, holds: bool) -> int:
        """The top with which the row below the pointer, or else the first, or the next to it, stays."""
        pointed = self.tree.identify_row(self._hold.y) if holds else ""
        kept = self.top + (self.tree.index(pointed) if pointed else 0)
        return change.top(self.ids, self.top, kept, self._in_sight)

    @property
    def _in_sight(self) -> range:
        return range(max(0, self.top), min(self.top + self._full, len(self.ids)))

    def _hold_at(self, top: int) -> None:
        """Let this place be the uppermost, also where blank lines are seen above or below the rows."""
        self.top = top if self.ids else 0
        self._held = self.top != self._within(self.top) or (self._newest and self.top != 0)
        if self._held:
            self._hold.tell_when_over()
        self._fill()
        self._show_scroll()

    def _let_go(self) -> None:
        if self._held:
            self.show_from(0 if self._newest else self.top, refill=True)

    def _within(self, top: int) -> int:
        return max(0, min(top, len(self.ids) - self._full))

    def _moved(self, change: Reordering, place: int) -> int:
        if place >= len(self.ids):
            return 0
        found = change.place(place, self.ids[place])
        return place if found is None else found

    def take_rows(self, rows: Dict[int, Row]) -> None:
        """Take in rows that were asked for, and draw them."""
        self.learn_rows(rows)
        self._fill()

    def learn_rows(self, rows: Dict[int, Row]) -> None:
        """Take in rows that an order is about to show."""
        if len(self._rows) + len(rows) > _CACHE:
            near = set(self.ids[max(0, self.top - MARGIN) : self.top + self._full + MARGIN])
            self._rows = {number: row for number, row in self._rows.items() if number in near}
        self._rows.update(rows)
        self._stale.difference_update(rows)

    def outdate(self, job_ids: Optional[Iterable[int]] = None) -> None:
        """Ask for these rows, or all, again when they are on the screen; until then they stay as they are."""
        for job_id in tuple(self._rows) if job_ids is None else job_ids:
            if job_id in self._rows:
                self._stale.add(job_id)
        self._ask_soon()

    def redraw(self) -> None:
        """Draw the rows that are on the screen."""
        self._fill()

    def show_sorted(self, name: str, *, descending: bool) -> None:
        """Mark the column that the rows are sorted by; an empty name for none."""
        places = [(column.name, column) for column in self.columns]
        places += [("#0", self.lead)] if self.lead else []
        for place, column in places:
            arrow = (" ▼" if descending else " ▲") if column.name == name else ""
            self.tree.heading(place, text=_(column.title) + arrow)

    def show_empty(self, text: str) -> None:
        """What is said where there is no row."""
        self.empty.label.configure(text=text)

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        colors = self._look.palette
        self.bars.recolor()
        for tag, color in (("error", colors.error), ("muted", colors.muted)):
            self.tree.tag_configure(tag, foreground=color)

    def widths(self) -> Dict[str, int]:
        """The columns' widths, in pixels of a 96 dpi screen."""
        one = self._look.px(10_000) / 10_000
        return {column.name: round(self._wished[place] / one) for place, column in self._places()}

    def set_widths(self, widths: Dict[str, int]) -> None:
        """Give columns the widths that ``widths`` returned once."""
        for place, column in self._places():
            if column.name in widths:
                self._wished[place] = self._look.px(widths[column.name])
        self._lay_out()

    @property
    def hidden(self) -> Tuple[str, ...]:
        """The columns that the user has hidden, by name."""
        return tuple(
            column.name for _place, column in self._places() if column.name in self._hidden
        )

    def hide_columns(self, names: Iterable[str]) -> None:
        """Hide these columns, as far as they can be hidden, and show all others."""
        able = {column.name for column in self.hideable()}
        self._hidden = able.intersection(names)
        self._lay_out()

    def hideable(self) -> Tuple[Column, ...]:
        """The columns that the user can hide or show now."""
        return tuple(
            column
            for _place, column in self._places()
            if not column.always and column.name not in self._absent
        )

    def show_column(self, name: str, *, wanted: bool) -> None:
        """Have a column, or none because there is nothing to say in it."""
        if wanted is (name in self._absent):
            (self._absent.discard if wanted else self._absent.add)(name)
            self._lay_out()

    def _lay_out(self) -> None:
        """Let the columns that stretch share what the others leave; where that is too little, some go."""
        room = self.tree.winfo_width() - self._look.px(4) - self._signs
        gone = self._absent | self._hidden
        seen = [(place, column) for place, column in self._places() if column.name not in gone]
        wishes = [self._wish(place, column) for place, column in seen]
        wide = column_widths(wishes, room) if room > 1 else [wish.width for wish in wishes]
        shown = {place: width for (place, _column), width in zip(seen, wide) if width}
        self._show_columns(tuple(place for place in shown if place != "#0"), lead="#0" in shown)
        for place, width in shown.items():
            self.tree.column(place, width=width)

    def _wish(self, place: str, column: Column) -> Wish:
        width = self._wished[place]
        least = self._look.column(column.least, _(column.title)) if column.stretch else width
        return Wish(width, least, column.stretch, column.gives_way)

    def _show_columns(self, seen: Tuple[str, ...], *, lead: bool) -> None:
        if self.lead:
            shown = ("tree", "headings") if lead else ("headings",)
            if tuple(map(str, self.tree["show"])) != shown:
                self.tree.configure(show=shown)
        if seen != self._seen:
            self._seen = seen
            self.tree.configure(displaycolumns=seen)

    def _column_dragged(self, event: tk.Event[tk.Misc]) -> None:
        """Keep the widths that the user has given the columns."""
        widths = {place: int(self.tree.column(place, "width")) for place in self._seen}
        if self.tree.identify_region(event.x, event.y) in ("separator", "heading"):
            self._wished.update(widths)

    def _places(self) -> List[Tuple[str, Column]]:
        places = [(column.name, column) for column in self.columns]
        return [("#0", self.lead), *places] if self.lead else places

    def place_at(self, y: int) -> Optional[int]:
        """The place of the row at this height of the tree; None where there is none."""
        slot = self.tree.identify_row(y)
        place = self.top + self.tree.index(slot) if slot else -1
        return place if place >= 0 else None

    def show_from(self, top: int, *, refill: bool = False) -> None:
        """Scroll until this place is the uppermost, or as far as there are rows."""
        top, self._held = self._within(top), False
        if top != self.top or refill:
            self.top = top
            self._fill()
        self._show_scroll()

    def see(self, place: int) -> None:
        """Scroll as little as makes this row seen."""
        if place < self.top:
            self.show_from(place)
        elif place >= self.top + self._full:
            self.show_from(place - self._full + 1)
        else:
            self._fill()

    def _show_scroll(self) -> None:
        total = max(1, len(self.ids))
        end = (self.top + self._full) / total
        self.scrollbar.set(max(0.0, self.top / total), max(0.0, min(1.0, end)))

    def _resized(self) -> None:
        rows = self.tree.get_children()
        box: Any = self.tree.bbox(rows[0]) if rows else ()
        high = box[3] if box else self._row_height()
        above = box[1] if box else round(1.3 * self._row_height())
        # Treeview draws whole rows only.
        self._full = max(1, (self.tree.winfo_height() - above - 2) // max(1, high))
        self._lay_out()
        if self._held:
            self._hold_at(self.top)
        else:
            self.show_from(self.top, refill=True)

    def _row_height(self) -> int:
        return int(ttk.Style(self).lookup("Treeview", "rowheight") or 20)

    def scroll(self, what: str, number: str, unit: str = "") -> None:
        """Do what a scrollbar asks for, in its words."""
        if what == "moveto":
            self.show_from(round(float(number) * len(self.ids)))
        else:
            self.show_from(self.top + int(number) * (self._full if unit == "pages" else 1))

    def _wheel(self, event: tk.Event[tk.Misc]) -> str:
        down = event.num == 5 or event.delta < 0
        self.show_from(self.top + (_WHEEL if down else -_WHEEL))
        return "break"

    def _fill(self) -> None:
        """Bring the slots up to date: only what differs from what they show is set."""
        wanted = max(0, min(self._full, len(self.ids) - self.top))
        if wanted != len(self._shown):
            self._make_slots(wanted)
        chosen: List[str] = []
        changed: List[ShownRow] = []
        ranges = self.choice.ranges
        for slot in range(wanted):
            place = self.top + slot
            job_id = self.ids[place] if place >= 0 else _BLANK
            row = self._rows.get(job_id) if place >= 0 else _NO_ROW
            number = self.number_of(place, job_id) if place >= 0 else 0
            if self._shown[slot] != (number, job_id, row):
                self._shown[slot] = (number, job_id, row)
                changed.append(shown_row(str(slot), row, number, self.bars, self._look.icons))
            if place in ranges:
                chosen.append(str(slot))
        self.tree.show_rows(changed)
        self._mark(tuple(chosen), self.choice.cursor - self.top)
        self._ask_soon()

    def _mark(self, chosen: Tuple[str, ...], cursor: int) -> None:
        """Show which slots are chosen, and where the keyboard is."""
        if chosen != self._marked:
            self._marked = chosen
            self.tree.selection_set(chosen)
        if cursor != self._focused and 0 <= cursor < len(self._shown):
            self._focused = cursor
            self.tree.focus(str(cursor))

    def _make_slots(self, wanted: int) -> None:
        for slot in range(len(self._shown), wanted):
            self.tree.insert("", "end", iid=str(slot))
            self._shown.append((-1, -1, None))
        if wanted < len(self._shown):
            self.tree.delete(*(str(slot) for slot in range(wanted, len(self._shown))))
            del self._shown[wanted:]
            self._marked, self._focused = self.tree.selection(), -1
        self.tree.yview_moveto(0)

    def _ask_soon(self) -> None:
        if not self._asking:
            self._asking = self.after_idle(self._ask)

    def _ask_no_more(self) -> None:
        if self._asking:
            self.after_cancel(self._asking)

    def _ask(self) -> None:
        self._asking = ""
        near = self.ids[max(0, self.top) : self.top + self._full]
        missing = [number for number in near if number not in self._rows or number in self._stale]
        if missing:  # alone: they come sooner, and whoever pulls the scrollbar passes all others by
            self._events.need(missing)
            return
        around = self.ids[max(0, self.top - MARGIN) : self.top + self._full + MARGIN]
        ahead = [number for number in around if number not in self._rows]
        # A few rows at the rim can wait until more of them are missing.
        if len(ahead) > MARGIN // 2:
            self._events.need(ahead)

    def _show_emptiness(self) -> None:
        self.empty.show(empty=not self.ids)

"""Reads the queue's tables beside Tk's thread: the order of a million rows, and the rows on the screen.

A table is read again after a change: soon at first, and less often the longer reading takes, and only
while somebody looks at it.
"""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Callable, Dict, Mapping, Optional, Sequence, Set, Tuple

from core.events import JobState
from core.queue.film_filter import FilmFilter
from core.queue.job import Job
from core.reporting.row_order import Reordering, reorder
from store.job_pages import JobPages, Listing, QueuePlaces, SortBy
from views.queue_sections import BY_NAME, PENDING, SECTIONS, row_of, row_of_none
from views.queue_tab import QueueTab
from views.table_parts import Row
from views.windowed_table import WindowedTable
from window.prompt_answers import PromptAnswers
from window.services import ServiceThread, WindowServices

_SOON = 0.03  # seconds from a change to reading
_REST = 0.4  # seconds between two readings
_FIRST_ROWS = 30  # at least, that come along with an order of which the beginning is shown
_SHARE = 4.0  # times its own duration that a reading rests, where that is longer


@dataclass
class _Source:
    """What a table shows, and what is known about how old that is."""

    listing: Listing
    table: WindowedTable
    old: bool = True
    reading: bool = False
    fetching: bool = False
    to_top: bool = False
    read_at: float = 0.0
    cost: float = 0.0
    timer: str = ""
    progress: Dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Order:
    listing: Listing
    ids: array[int]
    change: Reordering
    counts: Mapping[JobState, int]
    places: Optional[QueuePlaces]  # None where they follow from the order, or there are none
    rows: Dict[int, Row]  # the first ones, where the table is to begin with them
    seconds: float


class QueueTables:
    """Keeps the tables of the queue's tab, and the counts of its sections, as the database is."""

    def __init__(self, view: QueueTab, services: WindowServices) -> None:
        self._view = view
        self._services = services
        self._pages = JobPages(services.program.database)
        self._answers = PromptAnswers(view)
        self._rows = self._answers.thread("window-rows")
        self._lists = self._answers.thread("window-lists")
        self._counting = False
        self._open = SECTIONS[0].name
        self._sources: Dict[str, _Source] = {}
        for section in SECTIONS:
            listing = Listing(section.states, SortBy(section.sort), section.descending)
            self._sources[section.name] = _Source(listing, view.views[section.name].table)
            self._show_sorted(section.name)

    @property
    def in_order(self) -> bool:
        """Whether the pending table shows the whole queue as it will be processed."""
        listing = self._sources["pending"].listing
        return listing == Listing(listing.states)

    @property
    def settled(self) -> bool:
        """Whether the open table is as the database was at the last change."""
        source = self._sources[self._open]
        return not (source.old or source.reading or source.fetching)

    def sort_of(self, name: str) -> Tuple[str, bool]:
        """What a table is sorted by, and whether downwards."""
        listing = self._sources[name].listing
        return listing.sort.value, listing.descending

    def show(self, name: str) -> None:
        """Somebody looks at this table now."""
        self._open = name
        if self._sources[name].old:
            self._read(name)

    def sort(self, name: str, column: str, descending: Optional[bool] = None) -> None:
        """Sort a table by a column; by the same once more: the other way round."""
        if column not in {sort.value for sort in SortBy}:
            return
        source, sort = self._sources[name], SortBy(column)
        if descending is None:
            first_down = sort in (SortBy.ENDED, SortBy.SIZE, SortBy.RESULT, SortBy.SAVED)
            same = sort is source.listing.sort
            descending = not source.listing.descending if same else first_down
        self._want(name, replace(source.listing, sort=sort, descending=descending))

    def search(
        self, name: str, text: str, states: Tuple[JobState, ...], narrowed: FilmFilter
    ) -> None:
        """Show only rows with this text, in these states, of films that fit the filter."""
        listing = self._sources[name].listing
        self._want(name, replace(listing, text=text, states=states, narrowed=narrowed))

    def ask_codecs(self, name: str) -> None:
        """Find the codecs that films of this table have, for its filter."""
        work = partial(self._pages.codecs, BY_NAME[name].states)
        self._call(self._lists, work, self._view.views[name].filter_bar.show_codecs, None)

    def need(self, name: str, ids: Sequence[int]) -> None:
        """Fetch rows; while some are on their way the table asks again when they have come."""
        source = self._sources[name]
        if source.fetching:
            return
        source.fetching = True
        self._call(
            self._rows,
            partial(self._fetch, name, ids),
            partial(self._take_rows, source),
            source,
        )

    def changed(self, names: Set[str], job_ids: Sequence[int]) -> None:
        """These tables may hold others now, and these jobs read differently."""
        for name, source in self._sources.items():
            source.table.outdate(job_ids)
            if name in names:
                source.old = True
        if self._sources[self._open].old:
            self._read_later(self._open)
        elif names and not self._counting:
            self._counting = True
            self._call(self._lists, self._pages.counts, self._take_counts, None)

    def close(self) -> None:
        """Read nothing more."""
        self._answers.close()
        for timer in (source.timer for source in self._sources.values()):
            if timer:
                self._view.after_cancel(timer)
        self._rows.stop()
        self._lists.stop()

    def _want(self, name: str, listing: Listing) -> None:
        source = self._sources[name]
        source.listing = listing
        source.old = source.to_top = True
        self._show_sorted(name)
        if name == self._open:
            self._read(name)

    def _show_sorted(self, name: str) -> None:
        source = self._sources[name]
        source.table.show_sorted(source.listing.sort.value, descending=source.listing.descending)

    def _read_later(self, name: str) -> None:
        source = self._sources[name]
        if source.timer or source.reading:
            return
        rest = max(_REST, _SHARE * source.cost)
        pause = max(_SOON, source.read_at + rest - time.monotonic())
        source.timer = self._view.after(round(pause * 1000), lambda: self._read(name))

    def _read(self, name: str) -> None:
        source = self._sources[name]
        if source.timer:
            self._view.after_cancel(source.timer)
            source.timer = ""
        if source.reading:
            return
        source.reading, source.old = True, False
        table = source.table
        wanted = table.followed_ids()
        still = self._view.area.standing_still if name == "pending" else ()  # these have a card
        first = max(table.full, _FIRST_ROWS) if source.to_top or not table.ids else 0
        work = partial(self._list, name, source.listing, table.ids, wanted, still, first)
        self._call(self._lists, work, partial(self._take_order, name), source)

    def _list(
        self,
        name: str,
        listing: Listing,
        before: array[int],
        wanted: Set[int],
        still: Sequence[int],
        first: int,
    ) -> _Order:
        begin = time.monotonic()
        ahead = self._services.ahead
        ids = None if still or ahead is None else ahead.take(listing)
        if ids is None:
            ids = self._pages.ids(listing, still)
        change = reorder(before, ids, wanted, lambda: time.sleep(0))
        counts = self._pages.counts()
        places = None
        if listing.states[0] in PENDING.states and listing != Listing(PENDING.states):
            places = self._pages.places(PENDING.states)
        rows = self._fetch(name, ids[:first])
        return _Order(listing, ids, change, counts, places, rows, time.monotonic() - begin)

    def _take_counts(self, counts: Mapping[JobState, int]) -> None:
        self._counting = False
        self._view.show_counts(counts)

    def _take_order(self, name: str, order: _Order) -> None:
        source = self._sources[name]
        source.reading = False
        source.read_at, source.cost = time.monotonic(), order.seconds
        self._view.show_counts(order.counts)
        if order.listing == source.listing:
            source.table.number_of = self._numbering(name, order)
            source.table.learn_rows(order.rows)
            source.table.show_order(order.ids, order.change)
            if source.to_top:
                source.table.show_from(0, refill=True)
            source.to_top = False
        if source.old and name == self._open:
            self._read_later(name)
        if order.rows or not order.ids:
            self._services.window.shown()

    def _numbering(self, name: str, order: _Order) -> Callable[[int, int], int]:
        """How the rows of a table are counted: those that wait by their place in the queue."""
        if name != PENDING.name:
            return lambda _place, _job_id: 0
        places = order.places
        if places is None:
            return lambda place, _job_id: place + 1
        return lambda _place, job_id: places.place(job_id)

    def _fetch(self, name: str, ids: Sequence[int]) -> Dict[int, Row]:
        section = BY_NAME[name]
        found = self._pages.rows(ids)
        return {
            job_id: row_of(section, self._named(found[job_id]))
            if job_id in found
            else row_of_none(section)
            for job_id in ids
        }

    def _named(self, job: Job) -> Job:
        return (
            replace(job, instance_id=self._services.machine_names.name(job.instance_id))
            if job.start_time
            else job
        )

    def _take_rows(self, source: _Source, rows: Dict[int, Row]) -> None:
        source.fetching = False
        source.table.take_rows(rows)
        self._services.window.shown()

    def _call(
        self,
        thread: ServiceThread,
        work: Callable[[], object],
        done: Callable[..., None],
        source: Optional[_Source],
    ) -> None:
        def failed(error: Exception) -> None:
            self._counting = False
            if source is not None:
                source.reading = source.fetching = False
            self._services.window.failed(error)

        self._answers.call(thread, work, done, failed)

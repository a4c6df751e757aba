"""Reads the library's list, sums and groups beside Tk's thread, after a change, and not all the time."""

from __future__ import annotations

import time
from array import array
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Callable, Dict, Optional, Sequence, Set, Tuple

from app.library import FilmLibrary
from core.library.film import FilmHealth, LibraryFilm
from core.library.grouping import GroupBy
from core.library.savings import LibrarySums
from core.reporting.row_order import Reordering, reorder
from store.library_pages import LibraryListing, LibraryPages, LibrarySort
from views.library_tab import Groups, LibraryTab
from views.library_texts import row_of_film, row_of_none
from views.table_parts import Row
from window.prompt_answers import PromptAnswers
from window.services import WindowServices

_SOON = 0.03  # seconds from a change to reading
_REST = 1.0  # seconds between two readings
_SHARE = 4.0  # times its own duration that reading rests, where that is longer
_MOST_FILMS = 4000  # that are kept
_FIRST_DOWN = (LibrarySort.SIZE, LibrarySort.SAVING, LibrarySort.RATE, LibrarySort.LENGTH)


@dataclass(frozen=True)
class _Order:
    listing: LibraryListing
    ids: array[int]
    change: Reordering
    seconds: float


@dataclass(frozen=True)
class LibraryReading:
    """What the films come to; ``groups`` None: they are as they were. ``waiting``: not looked at.

    ``changed``: the watched folders hold others since the list was read.
    """

    listing: LibraryListing
    sums: LibrarySums
    groups: Optional[Groups]
    films: int
    waiting: int
    unchecked: int
    folders: bool
    changed: bool
    seconds: float


class LibraryList:
    """Keeps the page as the database is; ``shown`` is called in Tk's thread with what was read."""

    def __init__(
        self,
        view: LibraryTab,
        services: WindowServices,
        shown: Callable[[LibraryReading], None],
    ) -> None:
        self._view = view
        self._services = services
        self._shown = shown
        self._answers = PromptAnswers(view)
        self._rows = self._answers.thread("window-library-rows")
        self._lists = self._answers.thread("window-library")
        self._pages: Optional[LibraryPages] = None
        self.listing = LibraryListing()
        self.in_sight: Optional[LibraryListing] = None  # what the table shows
        self._old = self._to_top = self._reading = self._fetching = False
        self._regroup = True
        self._read_at = self._cost = 0.0
        self._timer = ""
        self.films: Dict[int, LibraryFilm] = {}  # of which rows were fetched
        self._lay_out()
        self._mark()

    @property
    def settled(self) -> bool:
        """Whether the table shows what is wanted."""
        return self.in_sight == self.listing and not self._fetching

    def sort(self, column: str) -> None:
        """Sort by a column; by the same once more: the other way round."""
        sort, before = LibrarySort(column), self.listing
        descending = not before.descending if sort is before.sort else sort in _FIRST_DOWN
        self.want(replace(before, sort=sort, descending=descending))

    def want(self, listing: LibraryListing) -> None:
        """Show other films, or in another order."""
        if listing != self.listing:
            self.listing = listing
            self._to_top = True
            self._mark()
            self._old = True
            self.read()

    def changed(self, *, at_once: bool = False) -> None:
        """The library may hold others now."""
        self._old = self._regroup = True
        self._view.table.outdate()
        if at_once:
            self.read()
        elif self._view.winfo_viewable():
            self._read_later()

    def opened(self) -> None:
        """Somebody looks at it now."""
        self._old = self._regroup = True
        self.read()

    def need(self, ids: Sequence[int]) -> None:
        """Fetch rows; while some are on their way the table asks again when they have come."""
        if not self._fetching and self._pages is not None:
            self._fetching = True
            work = partial(self._fetch, self._pages, tuple(ids))
            self._answers.call(self._rows, work, self._take_rows, self._failed)

    def close(self) -> None:
        """Read nothing more."""
        if self._timer:
            self._view.after_cancel(self._timer)
            self._timer = ""
        self._answers.close()
        self._rows.stop()
        self._lists.stop()

    def _lay_out(self) -> None:
        """Begin with the table as it was at the last start."""
        column, descending = self._services.layouts.follow(
            "library",
            self._view.table,
            lambda: (self.listing.sort.value, self.listing.descending),
        )
        with suppress(ValueError):  # kept by another version
            self.listing = replace(self.listing, sort=LibrarySort(column), descending=descending)

    def _mark(self) -> None:
        self._view.table.show_sorted(self.listing.sort.value, descending=self.listing.descending)

    def _read_later(self) -> None:
        if not self._timer and not self._reading:
            rest = max(_REST, _SHARE * self._cost)
            pause = max(_SOON, self._read_at + rest - time.monotonic())
            self._timer = self._view.after(round(pause * 1000), self.read)

    def read(self) -> None:
        """Read it where it is old."""
        if self._timer:
            self._view.after_cancel(self._timer)
            self._timer = ""
        if self._reading or not self._old:
            return
        self._reading, self._old = True, False
        table = self._view.table
        wanted = table.followed_ids()
        work = partial(self._order, self.listing, table.ids, wanted)
        self._answers.call(self._lists, work, self._take_order, self._failed)

    def _library(self) -> FilmLibrary:
        services = self._services
        library = services.program.library(services.manager)
        self._pages = library.pages
        return library

    def _order(self, listing: LibraryListing, before: array[int], wanted: Set[int]) -> _Order:
        """Called in the thread of the lists."""
        begin = time.monotonic()
        ids = self._library().pages.ids(listing)
        change = reorder(before, ids, wanted, lambda: time.sleep(0))
        return _Order(listing, ids, change, time.monotonic() - begin)

    def _take_order(self, order: _Order) -> None:
        self._read_at, self._cost = time.monotonic(), order.seconds
        self._reading = False
        if order.listing != self.listing:
            self.read()
            return
        before, self.in_sight = self.in_sight, order.listing
        self._view.table.show_order(order.ids, order.change)
        if self._to_top:
            self._view.table.show_from(0, refill=True)
        self._to_top = False
        if self._regroup or before is None or _films(before) != _films(order.listing):
            groups, self._regroup = self._regroup, False
            self._reading = True
            work = partial(self._sum_up, order.listing, groups=groups)
            self._answers.call(self._lists, work, self._take_sums, self._failed)

    def _sum_up(self, listing: LibraryListing, *, groups: bool) -> LibraryReading:
        """Called in the thread of the lists."""
        begin = time.monotonic()
        library = self._library()
        changed = library.store.update()
        pages, found = library.pages, None
        if groups:
            found = {by: pages.groups(by, LibraryListing()) for by in GroupBy}
        health = library.store.counts_of_health()
        return LibraryReading(
            listing,
            pages.sums(listing),
            found,
            sum(films for films, _size in health.values()),
            library.store.count_unseen(),
            health[FilmHealth.UNKNOWN][0],
            library.store.has_folders(),
            changed,
            time.monotonic() - begin,
        )

    def _take_sums(self, reading: LibraryReading) -> None:
        self._reading = False
        self._read_at = time.monotonic()
        self._cost += reading.seconds
        self._old = self._old or reading.changed
        self._shown(reading)
        if self._old:
            if reading.changed or reading.listing != self.listing:
                self.read()
            else:
                self._read_later()

    def _fetch(
        self, pages: LibraryPages, ids: Sequence[int]
    ) -> Tuple[Dict[int, LibraryFilm], Dict[int, Row]]:
        """Called in the thread of the rows."""
        found = pages.rows(ids)
        return found, {
            film_id: row_of_film(found[film_id]) if film_id in found else row_of_none()
            for film_id in ids
        }

    def _take_rows(self, answer: Tuple[Dict[int, LibraryFilm], Dict[int, Row]]) -> None:
        films, rows = answer
        self._fetching = False
        if len(self.films) > _MOST_FILMS:
            self.films = {}
        self.films.update(films)
        self._view.table.take_rows(rows)

    def _failed(self, error: Exception) -> None:
        self._reading = self._fetching = False
        self._services.window.failed(error)


def _films(listing: LibraryListing) -> LibraryListing:
    """The same films, whatever their order."""
    return replace(listing, sort=LibrarySort.FOLDER, descending=False)

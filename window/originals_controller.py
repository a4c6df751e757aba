"""The tab of originals: those that are kept, and what is never touched.

Reading the list, looking for files and all work on them is done in threads of its own, so that neither the
window nor its other threads wait for a slow disk.
"""

from __future__ import annotations

import threading
import time
import tkinter as tk
from array import array
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Callable, List, Mapping, Sequence, Tuple

from app.exclusion_list import ExclusionList
from app.kept_originals import BulkResult, free_each, restore_each, rows_now
from core.events import Event, JobRemoved, JobState, JobStateChanged
from core.inbox import Inbox
from core.queue.exclusion import ExclusionCause
from core.queue.kept_original import KeptOriginal
from core.reporting.kept_listing import KeptFilter, KeptRow, KeptSums, listed, sums_of
from core.reporting.row_order import Reordering, reorder
from views.kept_rows import COLUMNS, NONE, filters, row_of, sums_text
from views.numbers import count_text, size_text
from views.originals_tab import OriginalsTab
from views.pump import MessagePump
from views.refusals_window import RefusalsWindow
from views.row_page import BusyBar, RowPage
from views.shown import visible
from views.table_parts import TableEvents
from views.texts import _, ngettext, sentence
from window.exclusions_controller import ExclusionsController
from window.never_touch import RestoreQuestion
from window.services import Answer, ServiceThread, WindowServices

_SOON = 1000  # milliseconds from a change to reading, while somebody looks
_TELL = 0.1  # seconds between two words on how far work is
_FIRST_DOWN = ("size", "saved", "since")
_OF_ROWS = ("kept.restore", "kept.free", "kept.again", "kept.never", "kept.never_folder")
_BUTTONS = ("kept.restore", "kept.free", "kept.again", "kept.search")
_MENU = (*_OF_ROWS, "kept.search")


@dataclass(frozen=True)
class _Order:
    ids: array[int]
    change: Reordering
    sums: KeptSums


class OriginalsController:
    """Fills both pages and does the commands of the kept originals."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._rows: Mapping[int, KeptRow] = {}
        self._stray: Tuple[KeptOriginal, ...] = ()  # of unknown films, at the last search
        self._sort: Tuple[str, bool] = ("expires", False)
        self._old, self._reading = True, False
        self._ordering = self._order_again = False
        self._disks: Tuple[str, ...] = ()
        self._timer = ""
        self._stop = threading.Event()
        self._answers: Inbox[Answer] = Inbox()
        self._reader = ServiceThread("window-originals", self._answers)
        self._searcher = ServiceThread("window-originals-search", self._answers)
        self._worker = ServiceThread("window-originals-work", self._answers)
        self._bind_commands()
        self.view = OriginalsTab(parent, services.look, self._page_opened)
        self.page = self._make_page()
        self.exclusions = ExclusionsController(self.view.excluded_place, services)
        self.view.fill(self.page, self.exclusions.view)
        self.busy = BusyBar(self.page.foot, services.look, self._stop.set)
        self._pump = MessagePump(self.view, self._answers, lambda answer: answer())
        self._pump.start()
        services.on_look.append(self._recolor)

    # ---- the tab

    def opened(self) -> None:
        """Read both lists."""
        self.exclusions.read()
        if self._old:
            self._read()

    def handle(self, event: Event) -> None:
        """A film that is done has an original more; one that is worked on again perhaps less."""
        ended = isinstance(event, JobStateChanged) and event.state is JobState.COMPLETED
        if ended or isinstance(event, JobRemoved):
            self._old = True

    def turn_ended(self) -> None:
        """Read again while somebody looks."""
        if self._old and not self._timer and self.view.winfo_ismapped():
            self._timer = self.view.after(_SOON, self._read)

    def close(self) -> None:
        """The window closes: what is under way comes to the end of one film."""
        self._stop.set()
        self._pump.stop()
        if self._timer:
            self.view.after_cancel(self._timer)
            self._timer = ""
        for thread in (self._reader, self._searcher, self._worker):
            thread.stop()

    def _page_opened(self) -> None:
        if self.view.open_page == "excluded":
            self.exclusions.read()

    def _recolor(self) -> None:
        self.page.recolor()
        self.exclusions.view.recolor()

    def _bind_commands(self) -> None:
        bind = self._services.registry.bind
        bind("kept.restore", self._restore, enabled=False)
        bind("kept.free", self._free, enabled=False)
        bind("kept.search", self._search)
        for name, wish in (
            ("kept.again", lambda films: self.exclusions.wishes.again(films)),
            ("kept.never", lambda films: self.exclusions.wishes.never_touch(films)),
            ("kept.never_folder", lambda films: self.exclusions.wishes.never_touch_folders(films)),
        ):
            bind(name, partial(self._wish, wish), enabled=False)

    def _make_page(self) -> RowPage:
        events = TableEvents(need=self._need, sort=self.sort, chosen=lambda: self._chosen())
        page = RowPage(
            self.view.kept_place,
            self._services.look,
            self._services.registry,
            columns=COLUMNS,
            events=events,
            empty=_(
                "No original is kept. When a film has been processed, its original waits here."
            ),
            commands=_MENU,
            buttons=_BUTTONS,
            of_rows=_OF_ROWS,
            narrowed=self._order,
            delete="kept.free",
            when_empty=("files.add", "files.add_folder"),
        )
        page.offer_filters()
        page.table.show_sorted("expires", descending=False)
        return page

    # ---- reading

    def _read(self) -> None:
        self._timer = ""
        if self._reading:
            return
        self._reading, self._old = True, False
        self._reader.call(partial(self._rows_now, self._stray), self._take, self._unread)

    def _rows_now(self, stray: Tuple[KeptOriginal, ...]) -> Mapping[int, KeptRow]:
        """Called in a thread that may wait."""
        days = self._services.config.settings.files.keep_original_days
        return rows_now(self._services.program.database, days, stray)

    def _search(self) -> None:
        """Look in all folders for originals that were moved, and for those of unknown films."""
        self._services.registry.enable("kept.search", False)

        def search() -> Tuple[KeptOriginal, ...]:
            return self._services.program.equip().processor.originals()

        self._searcher.call(search, self._found, self._unfound)

    def _found(self, originals: Tuple[KeptOriginal, ...]) -> None:
        self._services.registry.enable("kept.search", True)
        self._stray = tuple(original for original in originals if original.film is None)
        self._read()

    def _unfound(self, error: Exception) -> None:
        self._services.registry.enable("kept.search", True)
        self._services.window.failed(error)

    def _take(self, rows: Mapping[int, KeptRow]) -> None:
        self._reading = False
        self._rows = rows
        self.page.table.outdate()
        self._order()

    def _unread(self, error: Exception) -> None:
        self._reading = False
        self._services.window.failed(error)

    # ---- the order

    def sort(self, column: str) -> None:
        """Sort by a column; by the same once more: the other way round."""
        before, descending = self._sort
        self._sort = (column, not descending if column == before else column in _FIRST_DOWN)
        self.page.table.show_sorted(column, descending=self._sort[1])
        self._order()

    def _order(self) -> None:
        if self._ordering:
            self._order_again = True
            return
        self._ordering = True
        table, (column, descending) = self.page.table, self._sort
        chosen = self._filter()
        wanted = table.followed_ids()
        rows, before = self._rows, table.ids

        def order() -> _Order:
            ids = listed(rows, column, descending=descending, chosen=chosen)
            change = reorder(before, ids, wanted, lambda: time.sleep(0))
            return _Order(ids, change, sums_of(rows.values()))

        self._reader.call(order, self._show_order, self._not_ordered)

    def _filter(self) -> KeptFilter:
        known = dict(filters(self._disks, time.time()))
        chosen = known.get(self.page.filter.get(), KeptFilter())
        return KeptFilter(self.page.wanted, chosen.state, chosen.disk, chosen.expires_before)

    def _show_order(self, order: _Order) -> None:
        self._ordering = False
        self._disks = tuple(sorted(disk for disk, _size in order.sums.by_disk))
        self.page.show_filters([text for text, _chosen in filters(self._disks, time.time())])
        self.page.sums.configure(text=sums_text(order.sums))
        self.page.table.show_order(order.ids, order.change)
        self._chosen()
        if self._order_again:
            self._order_again = False
            self._order()

    def _not_ordered(self, error: Exception) -> None:
        self._ordering = False
        self._services.window.failed(error)

    def _need(self, ids: Sequence[int]) -> None:
        now, rows = time.time(), self._rows
        self.page.table.take_rows(
            # One that has gone meanwhile is answered as well, or the table asks for it for ever.
            {number: row_of(rows[number], now) if number in rows else NONE for number in ids}
        )

    # ---- what is done with them

    @property
    def _chosen_originals(self) -> List[KeptOriginal]:
        rows = self._rows
        return [rows[number].original for number in self.page.chosen if number in rows]

    def _chosen(self) -> None:
        self.page.show_chosen()

    def _wish(self, wish: Callable[[Sequence[Path]], None]) -> None:
        wish([original.film for original in self._chosen_originals if original.film is not None])

    def _restore(self) -> None:
        originals = self._chosen_originals
        if not originals or self.page.busy:
            return
        text = ngettext(
            "The original of {film} ({size}) comes back under its own name, and the result is deleted.",
            "{number} originals ({size}) come back under their own names, and the results are deleted.",
            len(originals),
        ).format(
            number=count_text(len(originals)),
            size=size_text(sum(original.size for original in originals)),
            film=visible((originals[0].film or originals[0].path).name),
        )
        alone = RestoreQuestion(self._services).ask(_("Restore originals"), text)
        if alone is None:
            return

        def restore(told: Callable[[int, int], None]) -> BulkResult:
            program = self._services.program
            result = restore_each(program.equip().processor, originals, told, self._stop.is_set)
            if alone and result.films:
                ExclusionList(program).add(
                    self._services.manager, result.films, ExclusionCause.RESTORED
                )
            return result

        self._work(restore, self._restored)

    def _free(self) -> None:
        originals = self._chosen_originals
        if not originals or self.page.busy:
            return
        size = size_text(sum(original.size for original in originals if original.there))
        text = ngettext(
            "{number} original is deleted for good, and cannot be restored any more. It stays where its "
            "result is not there as it was verified.",
            "{number} originals are deleted for good, and cannot be restored any more. Those stay whose "
            "results are not there as they were verified.",
            len(originals),
        ).format(number=count_text(len(originals)))
        # What cannot be taken back is not what Return does.
        answers = (_("Keep them"), _("Delete {size} now").format(size=size))
        if self._services.dialogs.choose(_("Free the space"), text, answers) != 1:
            return

        def free(told: Callable[[int, int], None]) -> BulkResult:
            processor = self._services.program.equip().processor
            return free_each(processor, originals, told, self._stop.is_set)

        self._work(free, self._freed)

    def _work(
        self,
        deed: Callable[[Callable[[int, int], None]], BulkResult],
        done: Callable[[BulkResult], None],
    ) -> None:
        """Do it beside Tk's thread, and show how far it is."""
        self._stop.clear()
        self.page.busy = True
        self.page.show_chosen()
        self.busy.show(0, 1)
        self.busy.pack(side="right")
        last = [0.0]

        def told(count: int, total: int) -> None:
            now = time.monotonic()
            if now - last[0] >= _TELL:
                last[0] = now
                self._answers.put(lambda: self.busy.show(count, total))

        self._worker.call(lambda: deed(told), partial(self._ended, done), self._broke)

    def _ended(self, done: Callable[[BulkResult], None], result: BulkResult) -> None:
        self._rest()
        done(result)
        if result.refusals:
            rows = [
                (str(refusal.original.film or refusal.original.path), sentence(refusal.sentence))
                for refusal in result.refusals
            ]
            title = ngettext(
                "{number} original was left as it is",
                "{number} originals were left as they are",
                len(rows),
            ).format(number=count_text(len(rows)))
            self.refusals: Any = RefusalsWindow(self.view, self._services.look, title, rows)

    def _broke(self, error: Exception) -> None:
        self._rest()
        self._services.window.failed(error)

    def _rest(self) -> None:
        self.page.busy = False
        self.busy.pack_forget()
        self.exclusions.read()
        self._read()

    def _restored(self, result: BulkResult) -> None:
        self._tell(
            result,
            ngettext(
                "{number} original was restored ({size}).",
                "{number} originals were restored ({size}).",
                result.done,
            ),
        )

    def _freed(self, result: BulkResult) -> None:
        self._tell(
            result,
            ngettext(
                "{number} original was deleted; {size} are free.",
                "{number} originals were deleted; {size} are free.",
                result.done,
            ),
        )

    def _tell(self, result: BulkResult, text: str) -> None:
        told = text.format(number=count_text(result.done), size=size_text(result.size))
        if result.left:
            left = ngettext("{number} was not tried.", "{number} were not tried.", result.left)
            told = f"{told} {left.format(number=count_text(result.left))}"
        self._services.window.tell(told, error=bool(result.refusals))

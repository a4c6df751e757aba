"""The preview's window: takes in what the threads that look at films tell, a little at a time."""

from __future__ import annotations

import time
import tkinter as tk
from functools import partial
from pathlib import Path
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple

from core.inbox import Inbox
from core.planning.comparison import compare
from core.planning.preview import (
    FilmPreview,
    FilmsFound,
    PreviewEnded,
    PreviewNews,
    PreviewSums,
    Tally,
    listed,
    to_queue,
)
from core.planning.summary import outlook
from core.queue.outcome import sentence_of
from core.reporting.row_order import reorder
from reports.preview_table import write_preview
from scheduling.preview import Pace, PreviewRun
from views.dialogs import Dialogs
from views.drop import accept_drops
from views.numbers import count_text
from views.page_language import page_language
from views.placement import color_title_bar
from views.preview_rows import outcome_word, row_of
from views.preview_window import PreviewCalls, PreviewWindow
from views.pump import MessagePump
from views.shown import visible
from views.texts import _, ngettext
from window.never_touch import FilmWishes
from window.opening import Shown, show_film
from window.services import WindowServices
from window.table_layouts import TableLayouts

_SOON = 0.15  # seconds from news to showing them
_SHARE = 5.0  # times its own duration that showing rests, where that is longer
_FIRST_DOWN = ("dropped", "size", "expected", "time")


class PreviewController:
    """Opens the window, or brings it to the front."""

    def __init__(self, parent: tk.Misc, services: WindowServices, layouts: TableLayouts) -> None:
        self._parent = parent
        self._services = services
        self._layouts = layouts
        self.window: Optional[Preview] = None
        services.on_look.append(self._recolor)

    def open(self) -> None:
        """Show the window."""
        if self.window is None:
            self.window = Preview(self._parent, self._services, self._closed)
            self.window.follow(self._layouts)
        self.window.view.lift()
        self.window.view.focus_set()

    def close(self) -> None:
        """Close the window and look at nothing more."""
        if self.window is not None:
            self.window.view.destroy()

    def _closed(self) -> None:
        self._layouts.leave("preview")
        self.window = None

    def _recolor(self) -> None:
        if self.window is not None:
            self.window.recolor()


class Preview:
    """The films of one window; ``closed`` is called when it goes."""

    def __init__(
        self, parent: tk.Misc, services: WindowServices, closed: Callable[[], None]
    ) -> None:
        self._services = services
        self._closed = closed
        self.films: List[FilmPreview] = []
        self._known: Set[Path] = set()
        self._paths: List[Path] = []  # what was asked for
        self._tally = Tally()
        self._sums = PreviewSums()
        self._sort: Tuple[str, bool] = ("folder", False)  # threads find them in no order
        self._running: Dict[int, PreviewRun] = {}
        self._totals: Dict[int, int] = {}
        self._round = 0
        self._timer = ""
        self._shown_at = self._cost = 0.0
        self._shown_film: Optional[FilmPreview] = None
        self._pace: Pace = ({}, {})
        self._inbox: Inbox[Tuple[int, int, PreviewNews]] = Inbox()
        self.view = PreviewWindow(parent, services.look, self._calls())
        color_title_bar(self.view, dark=services.look.palette.dark)
        self._pump = MessagePump(self.view, self._inbox, self._take, self._show_soon)
        self._pump.start()
        self.view.table.show_sorted("folder", descending=False)
        self._chosen()
        accept_drops(self.view.nametowidget("."), self.view.table, self.add)
        self.view.bind("<Destroy>", self._destroyed)

    def follow(self, layouts: TableLayouts) -> None:
        """Lay the table out as it was when it was seen last."""
        column, descending = layouts.follow("preview", self.view.table, lambda: self._sort)
        if column:
            self._sort = column, descending
            self.view.table.show_sorted(column, descending=descending)

    @property
    def running(self) -> bool:
        """Whether films are still being looked at."""
        return bool(self._running)

    def add(self, paths: Sequence[Path]) -> None:
        """Look at films, and at all films of folders, too."""
        if not paths:
            return
        self._paths.extend(paths)
        self.view.tell("")
        number = len(self._totals)
        self._totals[number] = -1
        put, this = self._inbox.put, self._round

        def told(news: PreviewNews) -> None:
            put((this, number, news))

        previews = self._services.previews
        self._services.commands.call(previews.pace, self._take_pace, self._failed)
        self._running[number] = previews.start(tuple(paths), told)
        self._show_progress()

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        self.view.recolor()
        color_title_bar(self.view, dark=self._services.look.palette.dark)

    @property
    def _dialogs(self) -> Dialogs:
        return self._services.dialogs.over(self.view)

    def _calls(self) -> PreviewCalls:
        def add_folder() -> None:
            folder = self._dialogs.folder()
            self.add((folder,) if folder else ())

        return PreviewCalls(
            add_films=lambda: self.add(self._dialogs.films()),
            add_folder=add_folder,
            again=self._look_again,
            stop=self._stop,
            need=lambda ids: self.view.table.take_rows(
                {place: row_of(self.films[place]) for place in ids}
            ),
            sort=self.sort,
            narrowed=partial(self._show, from_top=True),
            chosen=self._chosen,
            never_touch=lambda: FilmWishes(self._services).never_touch(self._chosen_paths()),
            never_touch_folder=lambda: FilmWishes(self._services).never_touch_folders(
                self._chosen_paths()
            ),
            queue_chosen=lambda: self._queue(to_queue(self.films, self.view.table.chosen_ids)),
            queue_all=lambda: self._queue(to_queue(self.films, None)),
            save=self._save,
            open_film=partial(self._open, Shown.FILM),
            open_folder=partial(self._open, Shown.FOLDER),
        )

    def _look_again(self) -> None:
        """Look at the same films with the settings of now."""
        paths = tuple(dict.fromkeys(self._paths))
        self.forget()
        self.add(paths)

    def forget(self) -> None:
        """Look at nothing more, and show nothing."""
        self._stop()
        self._round += 1
        self.view.table.outdate(range(len(self.films)))
        self.films, self._known, self._paths = [], set(), []
        self._totals, self._running, self._tally = {}, {}, Tally()
        self._shown_film = None
        self._show(from_top=True)

    def _stop(self) -> None:
        for run in self._running.values():
            run.cancel()

    def _take(self, told: Tuple[int, int, PreviewNews]) -> None:
        this, number, news = told
        if this != self._round:
            return
        if isinstance(news, FilmPreview):
            if news.path not in self._known:
                self._known.add(news.path)
                self.films.append(news)
                self._tally.add(news)
            else:
                self._totals[number] -= 1
        elif isinstance(news, FilmsFound):
            self._totals[number] = news.total
        elif isinstance(news, PreviewEnded):
            del self._running[number]
            if news.problem:
                self.view.tell(visible(news.problem), wrong=True)
        else:
            self.view.tell(visible(news.message), wrong=True)

    def _show_soon(self) -> None:
        if not self._timer:
            rest = max(_SOON, self._shown_at + _SHARE * self._cost - time.monotonic())
            self._timer = self.view.after(round(rest * 1000), self._show)

    def _show(self, *, from_top: bool = False) -> None:
        """Show the films as they are now; ``from_top``: the first row comes into view."""
        if self._timer:
            self.view.after_cancel(self._timer)
            self._timer = ""
        begin = time.monotonic()
        table, (sort, descending) = self.view.table, self._sort
        ids = listed(
            self.films,
            sort,
            descending=descending,
            outcomes=self.view.outcomes,
            text=self.view.wanted,
        )
        change = None
        if not from_top:
            change = reorder(table.ids, ids, table.followed_ids())
        self.view.show_films(ids, change)
        self._show_progress()
        self._show_sums()
        self._shown_at = time.monotonic()
        self._cost = self._shown_at - begin

    def _show_progress(self) -> None:
        totals = self._totals.values()
        total = None if not totals or min(totals) < 0 else sum(totals)
        self.view.show_progress(len(self.films), total, running=self.running)

    def _take_pace(self, pace: Pace) -> None:
        self._pace = pace
        if self.view.winfo_exists():
            self._show_sums()

    def _show_sums(self) -> None:
        self._sums = self._tally.sums(*self._pace)
        self.view.show_sums(self._sums)
        self._show_counts()

    def sort(self, column: str) -> None:
        """Sort by a column; by the same once more: the other way round."""
        before, descending = self._sort
        self._sort = (column, not descending if column == before else column in _FIRST_DOWN)
        self.view.table.show_sorted(column, descending=self._sort[1])
        self._show(from_top=True)

    def _chosen(self) -> None:
        table = self.view.table
        film = None
        if table.count and table.choice.ranges.count:
            film = self.films[table.ids[min(table.choice.cursor, table.count - 1)]]
        if film is not self._shown_film or film is None:
            self._shown_film = film
            nothing = (
                _("Choose a film to see its tracks.") if film is None else visible(film.message)
            )
            hoped = outlook(film.size, film.expected, film.time) if film and film.has_work else None
            self.view.show_plan(compare(film.plan_text) if film else None, nothing, hoped)
        self._show_counts()

    def _chosen_paths(self) -> List[Path]:
        return [self.films[place].path for place in self.view.table.chosen_ids]

    def _show_counts(self) -> None:
        chosen = len(to_queue(self.films, self.view.table.chosen_ids))
        self.view.show_counts(chosen, self._sums.with_work)

    def _queue(self, films: Tuple[Path, ...]) -> None:
        self._services.window.add(films)
        self.view.tell(
            ngettext(
                "{number} film was added to the queue.",
                "{number} films were added to the queue.",
                len(films),
            ).format(number=count_text(len(films)))
        )

    def _open(self, what: Shown) -> None:
        """Show the film that the keyboard is at, or its folder."""
        table = self.view.table
        if table.count and table.choice.ranges.count:
            path = self.films[table.ids[min(table.choice.cursor, table.count - 1)]].path
            self._services.slow.call(
                lambda: show_film(path, what), lambda _done: None, self._failed
            )

    def _save(self) -> None:
        path = self._dialogs.save_as(_("Save table"), "MediaProcessor preview.csv", "CSV", "*.csv")
        if path is None:
            return
        films, told = tuple(self.films), _("{file} was saved.").format(file=path)
        self._services.slow.call(
            lambda: write_preview(path, films, page_language(), outcome_word),
            lambda _done: self._say(told),
            self._failed,
        )

    def _say(self, text: str) -> None:
        if self.view.winfo_exists():
            self.view.tell(text)

    def _failed(self, error: Exception) -> None:
        self._services.window.failed(error)
        if self.view.winfo_exists():
            self.view.tell(sentence_of(error), wrong=True)

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self.view:
            self._stop()
            self._pump.stop()
            if self._timer:
                self.view.after_cancel(self._timer)
                self._timer = ""
            self._closed()

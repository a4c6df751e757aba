"""The library's page: shows what watched folders hold, has films looked into and checked, and queues them."""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Callable, Optional, Sequence, Tuple

from app.library import FilmLibrary
from core.events import Event, JobRemoved, JobStateChanged, QueueListChanged
from core.library.progress import CheckProgress, LookProgress
from core.library.savings import sums_sentence
from core.settings.choices import CheckTime
from core.settings.tree import Settings
from store.library_pages import LibraryListing
from views.library_tab import LibraryCalls, LibraryTab
from views.library_texts import about_film, word_of
from views.numbers import count_text
from views.page_language import page_language
from views.texts import _, ngettext, sentence
from window.library_list import LibraryList, LibraryReading
from window.never_touch import FilmWishes
from window.opening import Shown, show_film
from window.services import WindowServices

_LOOK = 500  # milliseconds between two looks at how far work is, while somebody looks at the page
_MANY = 20  # films from which on queueing all that are shown is asked about


class LibraryController:
    """Fills the page and does what its buttons say."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._library: Optional[FilmLibrary] = None
        self._changed = False
        self._films = self._waiting = self._unchecked = 0
        self._progress: Tuple[LookProgress, CheckProgress] = (LookProgress(), CheckProgress())
        self._wishes = FilmWishes(services, lambda: self.list.changed(at_once=True))
        calls = LibraryCalls(
            narrowed=self._narrow,
            need=lambda ids: self.list.need(ids),
            sort=lambda column: self.list.sort(column),
            chosen=self._chosen,
            opened=self._open_film,
            queue_chosen=self._queue_chosen,
            queue_all=self._queue_all,
            look=self._look,
            check=self._check,
            check_time=self._set_check_time,
            save=self._save,
            add_folder=self._add_folder,
            menu=(
                (_("Add to the queue"), self._queue_chosen),
                (_("Open film"), lambda: self._open(Shown.FILM)),
                (_("Open its folder"), lambda: self._open(Shown.FOLDER)),
                (_("Never touch this film"), self._wisher(self._wishes.never_touch)),
                (_("Never touch its folder…"), self._wisher(self._wishes.never_touch_folders)),
            ),
        )
        self.view = LibraryTab(parent, services.look, calls)
        self.list = LibraryList(self.view, services, self._show)
        self._show_settings(services.config.settings)
        services.on_settings.append(self._show_settings)
        services.on_look.append(self.view.recolor)
        self._show_progress()
        self.view.show_chosen()
        self._timer = self.view.after(_LOOK, self._follow)

    # ---- the window's tab

    def opened(self) -> None:
        """Read it anew."""
        self.list.opened()

    def handle(self, event: Event) -> None:
        """A film's state may have changed."""
        if isinstance(event, (JobStateChanged, JobRemoved, QueueListChanged)):
            self._changed = True

    def turn_ended(self) -> None:
        """Read it again where somebody looks at it."""
        if self._changed and self.view.winfo_viewable():
            self._changed = False
            self.list.changed()

    def close(self) -> None:
        """Read nothing more; what looks into films ends with the program."""
        self.view.after_cancel(self._timer)
        self.list.close()

    # ---- what is shown

    def _show(self, reading: LibraryReading) -> None:
        self._films = reading.films
        self._waiting, self._unchecked = reading.waiting, reading.unchecked
        view, listing = self.view, reading.listing
        narrowed = (
            replace(listing, sort=LibraryListing().sort, descending=False) != LibraryListing()
        )
        view.show_sums(f"{sentence(sums_sentence(reading.sums))}." if reading.films else "")
        if reading.groups is not None:
            view.show_groups(reading.groups)
        view.show_emptiness(folders=reading.folders, films=bool(reading.films), narrowed=narrowed)
        view.show_chosen()
        self._show_progress()

    def _show_progress(self) -> None:
        look, check = self._progress
        self.view.show_look(look, self._waiting, self._films)
        self.view.show_check(check, self._unchecked)

    def _follow(self) -> None:
        """Look again and again how far work is."""
        self._timer = self.view.after(_LOOK, self._follow)
        library = self._library
        if library is None:
            library = self._library = self._services.program.library_there
        if library is None or not self.view.winfo_viewable():
            return
        progress = (library.look.progress, library.checks.progress)
        if progress != self._progress:
            before, self._progress = self._progress, progress
            self._show_progress()
            moved = [(now.done, now.running) for now in progress]
            if moved != [(was.done, was.running) for was in before]:
                self.list.changed()

    def _show_settings(self, settings: Settings) -> None:
        self.view.show_check_time(settings.monitor.check_films)

    def _chosen(self) -> None:
        self.view.show_chosen()
        table = self.view.table
        film = None
        if table.choice.ranges.count and table.choice.cursor < table.count:
            film = self.list.films.get(table.ids[table.choice.cursor])
        self.view.show_about(about_film(film))

    def _narrow(self) -> None:
        view, group = self.view, self.view.wanted_group
        self.list.want(
            replace(
                self.list.listing,
                text=view.search.wanted,
                state=view.wanted_state,
                health=view.wanted_health,
                by=group[0] if group else None,
                value=group[1] if group else "",
            )
        )

    # ---- work

    def _with_library(
        self, work: Callable[[FilmLibrary], object], done: Callable[[], None]
    ) -> None:
        services = self._services

        def run() -> None:
            work(services.program.library(services.manager))

        services.slow.call(run, lambda _done: done(), services.window.failed)

    def _look(self) -> None:
        running = self._progress[0].running
        self._with_library(
            lambda library: library.look.stop() if running else library.look.start(),
            self.list.changed,
        )

    def _check(self) -> None:
        running = self._progress[1].running
        self._with_library(
            lambda library: library.checks.stop() if running else library.checks.start(),
            self.list.changed,
        )

    def _set_check_time(self, when: CheckTime) -> None:
        self._services.do(lambda: self._services.config.set("monitor.check_films", when.value))

    def _add_folder(self) -> None:
        """Let the user choose a folder and say what becomes of its films, as on the settings' page."""
        settings = self._services.window.tab("settings")
        settings.folders.watch_folder(self.view, lambda: self.list.changed(at_once=True))

    # ---- films

    def _queue_chosen(self) -> None:
        self._queue(tuple(self.view.table.chosen_ids))

    def _queue_all(self) -> None:
        count = self.view.table.count
        if count >= _MANY:
            question = ngettext(
                "{number} film will be added to the queue.",
                "{number} films will be added to the queue.",
                count,
            ).format(number=count_text(count))
            answers = (_("Add them"), _("Cancel"))
            if self._services.dialogs.choose(_("Add to the queue"), question, answers) != 0:
                return
        self._queue(tuple(self.view.table.ids))

    def _queue(self, film_ids: Sequence[int]) -> None:
        services, priority = self._services, self.view.wanted_priority
        services.slow.call(
            lambda: services.program.library(services.manager).queue(film_ids, priority),
            self._queued,
            services.window.failed,
        )

    def _queued(self, count: int) -> None:
        told = _(
            "No film was added: they are in the queue already, or you never want them touched."
        )
        if count:
            told = ngettext(
                "{number} film was added to the queue.",
                "{number} films were added to the queue.",
                count,
            ).format(number=count_text(count))
        self._services.window.tell(told)
        self.list.changed()

    def _wisher(self, wish: Callable[[Sequence[Path]], None]) -> Callable[[], None]:
        """Return what asks it for the chosen films."""
        services = self._services

        def paths(film_ids: Sequence[int]) -> Sequence[Path]:
            films = services.program.library(services.manager).pages.rows(film_ids)
            return [film.path for film in films.values()]

        def run() -> None:
            film_ids = tuple(self.view.table.chosen_ids)
            services.commands.call(lambda: paths(film_ids), wish, services.window.failed)

        return run

    def _open_film(self, _film_id: int) -> None:
        self._open(Shown.FILM)

    def _open(self, what: Shown) -> None:
        services, table = self._services, self.view.table
        film = self.list.films.get(table.ids[table.choice.cursor]) if table.count else None
        if film is not None:
            services.slow.call(
                partial(show_film, film.path, what), lambda _done: None, services.window.failed
            )

    def _save(self) -> None:
        services, listing = self._services, self.list.listing
        path = services.dialogs.save_as(
            _("Save table"), "MediaProcessor library.csv", "CSV", "*.csv"
        )
        if path is None:
            return
        from reports.library_table import write_library

        told = _("{file} was saved.").format(file=path)
        services.slow.call(
            lambda: write_library(
                path,
                services.program.library(services.manager).pages.films(listing),
                page_language(),
                word_of,
            ),
            lambda _done: services.window.tell(told),
            services.window.failed,
        )

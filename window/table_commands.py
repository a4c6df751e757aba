"""Commands about the queue's tables: their columns and filters, and what is done with a row's file."""

from __future__ import annotations

from functools import partial
from typing import Callable

from store.job_pages import JobPages
from views.columns_menu import show_columns_menu
from views.queue_tab import QueueTab
from window.opening import Shown, show_film
from window.queue_tables import QueueTables
from window.services import WindowServices


class TableCommands:
    """Lays the tables out as they were at the last start, and does the commands of the menu *View*."""

    def __init__(self, view: QueueTab, tables: QueueTables, services: WindowServices) -> None:
        self._view = view
        self._tables = tables
        self._services = services
        self._restore()
        bind = services.registry.bind
        bind("table.columns", self._show_columns)
        bind("table.filter", self._open_filter)
        bind("table.show_all", lambda: self._view.view.show_all())
        bind("job.open", self._opener(Shown.FILM), enabled=False)
        bind("job.open_folder", self._opener(Shown.FOLDER), enabled=False)

    def _restore(self) -> None:
        for name, section in self._view.views.items():
            column, descending = self._services.layouts.follow(
                name, section.table, partial(self._tables.sort_of, name)
            )
            self._tables.sort(name, column, descending=descending)

    def _show_columns(self) -> None:
        self._services.window.open_tab("queue")
        tree = self._view.table.tree
        show_columns_menu(
            self._view.table, self._services.look, tree.winfo_rootx(), tree.winfo_rooty()
        )

    def _open_filter(self) -> None:
        self._services.window.open_tab("queue")
        self._view.view.toggle_filter()

    def _opener(self, what: Shown) -> Callable[[], None]:
        services = self._services
        pages = JobPages(services.program.database)

        def show(job_id: int) -> None:
            """Called in a thread that may wait."""
            for job in pages.rows((job_id,)).values():
                show_film(job.result_path, what)

        def run() -> None:
            chosen = tuple(self._view.table.chosen_ids)
            if chosen:
                services.slow.call(
                    lambda: show(chosen[0]), lambda _done: None, services.window.failed
                )

        return run

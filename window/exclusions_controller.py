"""The page of what is never touched: since when and why, and how it gets off the list."""

from __future__ import annotations

import tkinter as tk
from array import array
from pathlib import Path
from typing import Dict, Sequence, Tuple

from app.exclusion_list import ExclusionList
from core.queue.exclusion import Exclusion, ExclusionCause
from core.reporting.row_order import reorder
from core.text.composed import composed
from views.numbers import count_text, day_text
from views.row_page import RowPage
from views.shown import visible
from views.signs import FILM, FOLDER
from views.table_parts import Column, Row, TableEvents
from views.texts import N_, _, ngettext
from window.never_touch import FilmWishes
from window.services import WindowServices

COLUMNS = (
    Column("name", N_("Never touched"), 260, stretch=True),
    Column("kind", N_("Kind"), 90),
    Column("since", N_("Since"), 110),
    Column("why", N_("Why"), 240, stretch=True),
    Column("folder", N_("Folder"), 200, stretch=True),
)
_CAUSES = {
    ExclusionCause.ASKED: N_("You asked for it"),
    ExclusionCause.RESTORED: N_("Its original was restored"),
}
_COMMANDS = ("exclusion.add_film", "exclusion.add_folder", "exclusion.remove")


class ExclusionsController:
    """Fills the page and does its commands; ``wishes`` adds to the list."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._list = ExclusionList(services.program)
        self._known: Dict[int, Exclusion] = {}
        self._sort: Tuple[str, bool] = ("since", True)
        self._reading = self._old = False
        self.wishes = FilmWishes(services, self.read)
        bind = services.registry.bind
        bind("exclusion.add_film", lambda: self.wishes.never_touch(services.dialogs.films()))
        bind("exclusion.add_folder", self._add_folder)
        bind("exclusion.remove", self._remove, enabled=False)
        events = TableEvents(
            need=lambda ids: self.view.table.take_rows({i: row_of(self._known[i]) for i in ids}),
            sort=self.sort,
            chosen=lambda: self.view.show_chosen(),
        )
        self.view = RowPage(
            parent,
            services.look,
            services.registry,
            columns=COLUMNS,
            events=events,
            empty=_(
                "Nothing is excluded. Films and folders that are named here are never touched: "
                "choose Never touch in the menu of any film, or add them here."
            ),
            commands=_COMMANDS,
            buttons=_COMMANDS,
            of_rows=("exclusion.remove",),
            narrowed=self._show,
            delete="exclusion.remove",
            when_empty=("exclusion.add_film", "exclusion.add_folder"),
        )
        self.view.table.show_sorted("since", descending=True)

    def read(self) -> None:
        """Read the list anew."""
        if self._reading:
            self._old = True
            return
        self._reading = True
        self._services.slow.call(self._list.all, self._take, self._unread)

    def sort(self, column: str) -> None:
        """Sort by a column; by the same once more: the other way round."""
        before, descending = self._sort
        self._sort = (column, not descending if column == before else column == "since")
        self.view.table.show_sorted(column, descending=self._sort[1])
        self._show()
        self.view.table.show_from(0, refill=True)

    def _take(self, exclusions: Tuple[Exclusion, ...]) -> None:
        self._reading = False
        self._known = {exclusion.id: exclusion for exclusion in exclusions}
        self._show()
        if self._old:
            self._old = False
            self.read()

    def _unread(self, error: Exception) -> None:
        self._reading = self._old = False
        self._services.window.failed(error)

    def _show(self) -> None:
        table, (column, descending) = self.view.table, self._sort
        wanted = composed(self.view.wanted).casefold()
        keys = {
            number: _key(exclusion, column)
            for number, exclusion in self._known.items()
            if not wanted or wanted in composed(str(exclusion.path)).casefold()
        }
        ids = array("q", sorted(keys, key=lambda number: keys[number], reverse=descending))
        change = reorder(table.ids, ids, table.followed_ids())
        table.outdate()
        table.show_order(ids, change)
        self.view.show_chosen()

    def _add_folder(self) -> None:
        folder = self._services.dialogs.folder()
        if folder is not None:
            self.wishes.never_touch_folders([folder / "film"])

    def _remove(self) -> None:
        chosen = [self._known[number] for number in self.view.chosen]
        if chosen:
            self._services.slow.call(
                lambda: self._list.remove(chosen), self._removed, self._services.window.failed
            )

    def _removed(self, count: int) -> None:
        self._services.window.tell(
            ngettext(
                "{number} entry may be touched again. Watched folders find it at their next scan.",
                "{number} entries may be touched again. Watched folders find them at their next scan.",
                count,
            ).format(number=count_text(count))
        )
        self.read()


def row_of(exclusion: Exclusion) -> Row:
    """An entry of the list as a row."""
    return Row(
        tuple(
            map(
                visible,
                (
                    exclusion.path.name or str(exclusion.path),
                    _("Folder") if exclusion.is_folder else _("Film"),
                    day_text(exclusion.added_at),
                    exclusion.note or _(_CAUSES[exclusion.cause]),
                    str(exclusion.path.parent),
                ),
            )
        ),
        sign=FOLDER if exclusion.is_folder else FILM,
    )


def _key(exclusion: Exclusion, column: str) -> Tuple[object, ...]:
    path: Path = exclusion.path
    keys: Dict[str, Sequence[object]] = {
        "kind": (exclusion.is_folder,),
        "since": (exclusion.added_at,),
        "why": (exclusion.note, exclusion.cause.value),
        "folder": (str(path.parent).casefold(),),
    }
    return (*keys.get(column, ()), path.name.casefold(), exclusion.id)

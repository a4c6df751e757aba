"""The statistics tab: reads the figures when it is looked at and something has ended since."""

from __future__ import annotations

import tkinter as tk
from datetime import date, datetime
from pathlib import Path
from statistics import report
from typing import Callable, Tuple

from core.events import Event, JobStateChanged, QueueListChanged
from core.reporting.charts import Chart
from core.reporting.statistics import StatisticsReport, StatisticsSpan, first_day
from core.reporting.statistics_charts import charts_of
from reports.statistics_page import (
    SPLIT_COLUMNS,
    splits_of,
    statistics_page,
    totals_of,
    write_csv,
)
from reports.statistics_picture import png_of
from reports.whole_file import write_file
from views.charts import color_of
from views.empty_state import EmptyState
from views.numbers import number_text
from views.page_language import page_language
from views.statistics_tab import StatisticsTab
from views.texts import _
from window.services import WindowServices


class StatisticsController:
    """Shows the figures of ``services.program.database``."""

    def __init__(self, parent: tk.Misc, services: WindowServices) -> None:
        self._services = services
        self._due = True
        self._charts: Tuple[Chart, ...] = ()
        exports = (
            (_("Save table…"), lambda: self._save(_("Save table"), ".csv", self._write_table)),
            (_("Save picture…"), lambda: self._save(_("Save picture"), ".png", self._write_png)),
            (_("Save report…"), lambda: self._save(_("Save report"), ".html", self._write_page)),
        )
        self.view = StatisticsTab(
            parent,
            services.look,
            lambda _span: self._refresh(),
            exports,
            tuple(map(_, SPLIT_COLUMNS)),
        )
        self.view.empty = EmptyState(
            self.view,
            services.look,
            _("No film was completed in this period. Figures come with the first one."),
            ((_("Add films…"), lambda: services.registry.invoke("files.add")),),
            ground="TFrame",
        )

    def opened(self) -> None:
        """Read the figures where they are old."""
        if self._due:
            self._refresh()

    def handle(self, event: Event) -> None:
        """Note that the figures are old."""
        ended = isinstance(event, JobStateChanged) and event.state.final
        if ended or isinstance(event, QueueListChanged):
            self._due = True

    def turn_ended(self) -> None:
        """Read them again where the user is looking."""
        if self._due and self.view.winfo_viewable():
            self._refresh()

    def close(self) -> None:
        """Nothing is kept."""

    def _read(self) -> StatisticsReport:
        """Called in the slow thread."""
        today = date.today()  # noqa: DTZ011 - the user's own day
        return report(
            self._services.program.database, first_day(self._span, today), today.isoformat()
        )

    def _refresh(self) -> None:
        self._due = False
        self._span = StatisticsSpan(self.view.span.get())
        self._services.slow.call(self._read, self._show, self._services.window.failed)

    _span = StatisticsSpan.ALL

    def _show(self, found: StatisticsReport) -> None:
        self._charts = charts_of(found, _, number_text, page_language().period)
        self.view.show(
            totals_of(found, _, number_text), self._charts, splits_of(found, _, number_text)
        )

    def _save(self, title: str, ending: str, write: Callable[[Path], None]) -> None:
        path = self._services.dialogs.save_as(
            title, f"MediaProcessor{ending}", ending[1:].upper(), f"*{ending}"
        )
        if path is None:
            return
        told = _("{file} was saved.").format(file=path)
        self._services.slow.call(
            lambda: write(path),
            lambda _done: self._services.window.tell(told),
            self._services.window.failed,
        )

    def _write_table(self, path: Path) -> None:
        write_csv(path, self._read(), page_language())

    def _write_page(self, path: Path) -> None:
        page = statistics_page(self._read(), datetime.now().astimezone(), page_language())
        write_file(path, page.encode("utf-8"))

    def _write_png(self, path: Path) -> None:
        palette = self._services.look.palette
        write_file(path, png_of(self._charts, lambda role: color_of(palette, role)))

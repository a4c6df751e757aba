"""The statistics: totals, charts, and the figures behind them as a table."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from core.reporting.charts import Chart
from core.reporting.statistics import StatisticsSpan
from views.charts import ChartView
from views.elided_label import ElidedLabel
from views.empty_state import EmptyState
from views.fitted_tree import FittedTree
from views.metrics import EDGE, LINE
from views.scrolled import ScrolledFrame
from views.texts import N_, NC_, _
from views.theme import Look

SPANS = (
    (StatisticsSpan.DAY, N_("Day")),
    (StatisticsSpan.WEEK, N_("Week")),
    (StatisticsSpan.MONTH, N_("Month")),
    (StatisticsSpan.YEAR, N_("Year")),
    (StatisticsSpan.ALL, NC_("period", "All")),
)
_TILES = 4  # in a row where more than six do not stand side by side
_MOST_TILES = 6
_WIDE = 900  # pixels of a 96 dpi screen, from which on charts stand side by side
_CHART = 210  # pixels high
_NAME, _FIGURE = 260, 90  # pixels wide: the columns of the table

Split = Tuple[str, Sequence[Sequence[str]]]  # a title, and rows of a name with its figures


class StatisticsTab(ttk.Frame):
    """Shows what it is given; ``choose`` is called with the span that the user wants to see.

    ``figures`` are the titles of the table's columns after the name.
    """

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        choose: Callable[[StatisticsSpan], None],
        exports: Sequence[Tuple[str, Callable[[], None]]],
        figures: Sequence[str],
    ) -> None:
        super().__init__(
            parent, padding=(look.px(EDGE), look.px(EDGE), look.px(EDGE), look.px(LINE))
        )
        self._look = look
        self.span = tk.StringVar(self, StatisticsSpan.ALL.value)
        bar = ttk.Frame(self)
        bar.pack(fill="x")
        for span, title in SPANS:
            ttk.Radiobutton(
                bar,
                text=_(title),
                value=span.value,
                variable=self.span,
                style="Toolbutton",
                command=lambda: choose(StatisticsSpan(self.span.get())),
            ).pack(side="left", padx=(0, look.px(4)))
        for title, export in reversed(exports):
            ttk.Button(bar, text=title, command=export).pack(side="right", padx=(look.px(6), 0))
        self._tiles = ttk.Frame(self)
        self._tiles.pack(fill="x", pady=(look.px(EDGE), 0))
        self.tiles: Dict[str, ttk.Label] = {}
        self._scrolled = ScrolledFrame(self)
        self._show_charts()
        self._columns = 0
        self.charts: List[Tuple[ttk.Label, ChartView]] = []
        self.table = self._make_table(figures)
        self.empty: Optional[EmptyState] = None  # what stands over it where there are no figures
        self._scrolled.inside.bind(
            "<Configure>", lambda event: self._arrange(event.width), add=True
        )

    def show(
        self,
        totals: Sequence[Tuple[str, str]],
        charts: Sequence[Chart],
        splits: Sequence[Split],
    ) -> None:
        """Show these totals and charts, and the figures split up."""
        if list(self.tiles) != [title for title, _text in totals]:
            self._make_tiles([title for title, _text in totals])
        for title, text in totals:
            self.tiles[title].configure(text=text)
        while len(self.charts) < len(charts):
            title_label = ttk.Label(self._scrolled.inside, style="Heading.TLabel")
            view = ChartView(self._scrolled.inside, self._look, _CHART)
            self.charts.append((title_label, view))
            self._scrolled.follow(view)
            self._columns = 0
        for (label, view), chart in zip(self.charts, charts):
            label.configure(text=chart.title)
            view.show(chart)
        self._fill(splits)
        nothing = not any(names for _title, names in splits)
        if self.empty is not None:
            self.empty.show(empty=nothing)
            if nothing:
                self._scrolled.pack_forget()
            elif not self._scrolled.winfo_manager():
                self._show_charts()
        self._arrange(self._scrolled.inside.winfo_width())

    def _show_charts(self) -> None:
        self._scrolled.pack(fill="both", expand=True, pady=(self._look.px(EDGE), 0))

    def _make_table(self, figures: Sequence[str]) -> ttk.Treeview:
        """The figures split up: a heading for each way to split them, opened."""
        columns = tuple(str(number) for number in range(len(figures)))
        table = FittedTree(
            self._scrolled.inside,
            self._look,
            columns=columns,
            selectmode="browse",
            show="tree headings",
        )
        table.column("#0", width=self._look.px(_NAME), stretch=True)
        for name, title in zip(columns, figures):
            table.heading(name, text=title, anchor="e")
            table.column(name, width=self._look.px(_FIGURE), anchor="e", stretch=False)
        self._scrolled.follow(table)
        return table

    def _fill(self, splits: Sequence[Split]) -> None:
        table, rows = self.table, 0
        table.delete(*table.get_children())
        for title, names in splits:
            head = table.insert("", "end", text=title, open=True)
            for name, *figures in names:
                table.insert(head, "end", text=name, values=figures)
            rows += 1 + len(names)
        table.configure(height=max(1, rows))

    def _make_tiles(self, titles: Sequence[str]) -> None:
        look = self._look
        for old in self._tiles.winfo_children():
            old.destroy()
        self.tiles.clear()
        row_length = len(titles) if len(titles) <= _MOST_TILES else _TILES
        for column in range(self._tiles.grid_size()[0]):
            self._tiles.columnconfigure(column, weight=int(column < row_length), uniform="")
        for number, title in enumerate(titles):
            row, column = divmod(number, row_length)
            self._tiles.columnconfigure(column, weight=1, uniform="tile")
            tile = ttk.Frame(self._tiles, style="Card.TFrame", padding=look.px(EDGE))
            left, top = look.px(8) if column else 0, look.px(8) if row else 0
            tile.grid(row=row, column=column, sticky="nsew", padx=(left, 0), pady=(top, 0))
            name = ElidedLabel(tile, look, style="Hint.Card.TLabel", font=look.hint_font)
            name.pack(fill="x")
            name.show(title)
            self.tiles[title] = ttk.Label(tile, text="–", style="Figure.Card.TLabel")
            self.tiles[title].pack(anchor="w")

    def _arrange(self, width: int) -> None:
        """One column of charts, or two where there is room."""
        columns = 2 if width >= self._look.px(_WIDE) else 1
        if columns == self._columns or not self.charts:
            return
        self._columns = columns
        inside, gap = self._scrolled.inside, self._look.px(12)
        for column in (0, 1):
            wide = column < columns
            inside.columnconfigure(column, weight=int(wide), uniform="chart" if wide else "")
        for number, (label, view) in enumerate(self.charts):
            row, column = 2 * (number // columns), number % columns
            left = gap if column else 0
            label.grid(
                row=row, column=column, sticky="w", padx=(left, 0), pady=(0, self._look.px(4))
            )
            view.grid(row=row + 1, column=column, sticky="new", padx=(left, 0), pady=(0, gap))
        self.table.grid(row=2 * len(self.charts), column=0, columnspan=columns, sticky="ew")

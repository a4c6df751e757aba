"""A table of jobs: one row a job, kept in order without ever sorting all of them."""

from __future__ import annotations

import bisect
import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Callable, List, Literal, Sequence, Tuple, Union

from core.events import JobStateChanged
from core.figures import visible
from views.scrolled import AutoScrollbar
from views.theme import Look


@dataclass(frozen=True)
class Column:
    """One column; ``width`` in pixels of a 96 dpi screen, ``stretch`` takes what is left over."""

    title: str
    text: Callable[[JobStateChanged], str]
    width: int
    stretch: bool = False
    numeric: bool = False


class JobsTable(ttk.Frame):
    """Rows of jobs; the newest first, or in the order in which they were added."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        columns: Sequence[Column],
        *,
        newest_first: bool,
        empty: str,
    ) -> None:
        super().__init__(parent)
        self._columns = columns
        self._newest_first = newest_first
        self._ids: List[int] = []  # oldest first; the order of rows for a queue
        names = [str(number) for number in range(len(columns))]
        self.tree = ttk.Treeview(self, columns=names, show="headings", selectmode="extended")
        for name, column in zip(names, columns):
            anchor: Literal["e", "w"] = "e" if column.numeric else "w"
            self.tree.heading(name, text=column.title, anchor=anchor)
            self.tree.column(
                name,
                width=look.px(column.width),
                minwidth=look.px(50),
                stretch=column.stretch,
                anchor=anchor,
            )
        scrollbar = AutoScrollbar(self, orient="vertical", command=self.tree.yview)
        self.tree.configure(yscrollcommand=scrollbar.set)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.tree.grid(row=0, column=0, sticky="nsew")
        scrollbar.grid(row=0, column=1, sticky="ns")
        self._empty = ttk.Label(self, text=empty, style="Muted.Card.TLabel", justify="center")
        self._show_emptiness()

    @property
    def count(self) -> int:
        """How many rows there are; not ``len``, since tkinter takes an empty parent for none."""
        return len(self._ids)

    def __contains__(self, job_id: int) -> bool:
        return self.tree.exists(str(job_id))

    @property
    def selected(self) -> Tuple[int, ...]:
        """The selected jobs."""
        return tuple(int(one) for one in self.tree.selection())

    def show(self, job: JobStateChanged) -> None:
        """Add the job's row, or bring it up to date."""
        values = [visible(column.text(job)) for column in self._columns]
        row = str(job.job_id)
        if self.tree.exists(row):
            self.tree.item(row, values=values)
            return
        if self._newest_first:
            self._ids.append(job.job_id)
            place: Union[int, Literal["end"]] = 0
        else:
            at = bisect.bisect(self._ids, job.job_id)
            place = "end" if at == len(self._ids) else at
            self._ids.insert(at, job.job_id)
        self.tree.insert("", place, iid=row, values=values)
        self._show_emptiness()

    def remove(self, job_id: int) -> None:
        """Take the job's row out, where there is one."""
        if job_id in self:
            self.tree.delete(str(job_id))
            self._ids.remove(job_id)
            self._show_emptiness()

    def _show_emptiness(self) -> None:
        """Say that there is nothing, from the last row gone to the first one come."""
        if not self._ids:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")
        elif len(self._ids) == 1:
            self._empty.place_forget()

"""The tab of originals: a page of those that are kept, and one of what is never touched."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Callable

from views.metrics import EDGE, ROW
from views.texts import N_, _
from views.theme import Look

PAGES = (("kept", N_("Kept originals")), ("excluded", N_("Never touched")))


class OriginalsTab(ttk.Frame):
    """``page_opened`` is called when the other page is shown."""

    def __init__(self, parent: tk.Misc, look: Look, page_opened: Callable[[], None]) -> None:
        super().__init__(parent, padding=(look.px(EDGE), look.px(ROW), look.px(EDGE), 0))
        self.pages: Any = ttk.Notebook(self)  # typeshed leaves half of its methods untyped
        self.kept_place, self.excluded_place = ttk.Frame(self.pages), ttk.Frame(self.pages)
        for (_name, title), place in zip(PAGES, (self.kept_place, self.excluded_place)):
            self.pages.add(place, text=_(title))
        self.pages.pack(fill="both", expand=True)
        self.pages.bind("<<NotebookTabChanged>>", lambda _event: page_opened())

    def fill(self, kept: tk.Widget, excluded: tk.Widget) -> None:
        """Show the two pages' content."""
        for page in (kept, excluded):
            page.pack(fill="both", expand=True)

    @property
    def open_page(self) -> str:
        """The name of the page that is looked at."""
        return PAGES[int(self.pages.index("current"))][0]

    def open(self, name: str) -> None:
        """Look at a page."""
        self.pages.select([page for page, _title in PAGES].index(name))

"""Tabs without a box: a line below the open one, and one hair line below all.

What stands on a page then begins where its tabs begin, at one left edge, however deep the pages lie.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict, Tuple

from views.palette import Palette

# Pixels. Tk lays a picture beside and below itself until the place is full, each time with some questions to
# the X server: of a small one a page needs a thousand, at each switch of tabs.
_TAB = (120, 32)
_PAGE = (640, 400)


class FlatTabs:
    """The pictures of one root; ``show`` again after another palette."""

    def __init__(self, root: tk.Misc, scale: float) -> None:
        self._root = root
        self._line = max(2, round(2 * scale))  # pixels
        self._hair = max(1, round(scale))
        self._images: Dict[str, tk.PhotoImage] = {}

    def show(self, style: ttk.Style, colors: Palette) -> None:
        """Draw every notebook's tabs and page like this."""
        for name, ground, line in (
            ("usual", colors.window, colors.window),
            ("active", colors.raised, colors.raised),
            ("selected", colors.window, colors.accent),
            ("focus", colors.raised, colors.accent),
        ):
            width, height = _TAB
            self._draw(name, ground, _TAB).put(line, to=(0, height - self._line, width, height))
        page = self._draw("page", colors.window, _PAGE)
        page.put(colors.border, to=(0, 0, _PAGE[0], self._hair))
        if "Flat.Notebook.tab" not in style.element_names():
            pictures = self._images
            states: Any = [
                ("selected", "focus", pictures["focus"]),
                ("selected", pictures["selected"]),
                ("active", pictures["active"]),
            ]
            size: Any = {"width": 2, "height": self._line + 1, "sticky": "nswe"}
            style.element_create(
                "Flat.Notebook.tab",
                "image",
                pictures["usual"],
                *states,
                border=(0, 0, 0, self._line),
                padding=0,
                **size,
            )
            style.element_create(
                "Flat.Notebook.client",
                "image",
                pictures["page"],
                border=(0, self._hair, 0, 0),
                padding=(0, self._hair, 0, 0),
                **size,
            )
        label: Any = ("Notebook.label", {"side": "top", "sticky": ""})
        padding: Any = ("Notebook.padding", {"sticky": "nswe", "children": [label]})
        style.layout(
            "TNotebook.Tab", [("Flat.Notebook.tab", {"sticky": "nswe", "children": [padding]})]
        )
        style.layout("TNotebook", [("Flat.Notebook.client", {"sticky": "nswe"})])

    def _draw(self, name: str, ground: str, size: Tuple[int, int]) -> tk.PhotoImage:
        if name not in self._images:
            width, height = size
            self._images[name] = tk.PhotoImage(master=self._root, width=width, height=height)
        self._images[name].put(ground, to=(0, 0, *size))
        return self._images[name]

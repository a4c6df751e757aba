"""Tabs without a box: a line below the open one, and one hair line below all.

What stands on a page then begins where its tabs begin, at one left edge, however deep the pages lie.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict

from views.palette import Palette

_WIDE = 120  # pixels; Tk lays a narrow picture many times beside itself, slowly
_HIGH = 8


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
            self._draw(name, ground, line, self._line)
        self._draw("page", colors.window, colors.window, 0)
        self._images["page"].put(colors.border, to=(0, 0, _WIDE, self._hair))
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

    def _draw(self, name: str, ground: str, line: str, high: int) -> None:
        if name not in self._images:
            self._images[name] = tk.PhotoImage(master=self._root, width=_WIDE, height=_HIGH)
        image = self._images[name]
        image.put(ground, to=(0, 0, _WIDE, _HIGH))
        if high:
            image.put(line, to=(0, _HIGH - high, _WIDE, _HIGH))

"""Buttons with round corners: Tk stretches small pictures of them, drawn for the size of the screen.

Only buttons: pictures cost Tk more to draw than plain fills do, which a table of many rows would show
(docs/dependencies.md).
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict, List, Tuple

from views.indicators import layered_png, round_mask, tinted_png

_RADIUS = 4  # pixels of a 96 dpi screen, as Windows 11 has them
_MIDDLE = 120  # pixels
Face = Tuple[str, str]  # fill and edge


class RoundedButtons:
    """The pictures of one root; ``show`` again after another palette."""

    def __init__(self, root: tk.Misc, scale: float) -> None:
        self._root = root
        self._radius = max(2, round(_RADIUS * scale))
        self._edge = max(1, round(scale))
        # A small middle would be laid a hundred times beside itself in each button, which Tk does slowly.
        self._size = 2 * (self._radius + self._edge) + _MIDDLE
        self._outer = round_mask(self._size, self._radius, 0)
        self._inner = round_mask(self._size, self._radius, self._edge)
        self._images: Dict[str, tk.PhotoImage] = {}

    def show(self, style: ttk.Style, name: str, faces: Dict[str, Face]) -> None:
        """Give a style round buttons; ``faces`` by ttk's states, "" for the usual one."""
        for state, (fill, edge) in faces.items():
            self._draw(f"{name} {state}", fill, edge)
        element = f"Round.{name}.button"
        if element not in style.element_names():
            states: List[Any] = [
                (*state.split(), self._images[f"{name} {state}"]) for state in faces if state
            ]
            style.element_create(
                element,
                "image",
                self._images[f"{name} "],
                *states,
                border=self._radius + self._edge,
                padding=2 * self._edge,
                width=2 * (self._radius + self._edge),  # else no button is smaller than the picture
                height=2 * (self._radius + self._edge),
                sticky="nswe",
            )
        label: Any = ("Button.label", {"sticky": "nswe"})
        padding: Any = ("Button.padding", {"sticky": "nswe", "children": [label]})
        layout: Any = [(element, {"sticky": "nswe", "children": [padding]})]
        style.layout(name, layout)

    def _draw(self, key: str, fill: str, edge: str) -> None:
        if fill == edge:
            png = tinted_png(self._size, self._outer, fill)
        else:
            png = layered_png(self._size, self._outer, edge, self._inner, fill)
        if key in self._images:
            self._images[key].configure(data=png, format="png")
        else:
            self._images[key] = tk.PhotoImage(master=self._root, data=png, format="png")

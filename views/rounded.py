"""Buttons with round corners: Tk stretches small pictures of them, drawn for the size of the screen.

Only buttons: pictures cost Tk more to draw than plain fills do, which a table of many rows would show
(docs/dependencies.md). They are opaque, since Tk asks the X server what lies below one that is not,
and waits for the answer, for each piece of each button.
"""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict, List, Tuple

from views.indicators import Drawing, drawn, rounded_box, stretched

_RADIUS = 4  # pixels of a 96 dpi screen, as Windows 11 has them
# A small middle would be laid a hundred times beside itself in each button, which Tk does slowly.
_MIDDLE = 120, 32  # pixels
Face = Tuple[str, str]  # fill and edge


class RoundedButtons:
    """The pictures of one root, each made when a style shows it first."""

    def __init__(self, root: tk.Misc, scale: float) -> None:
        self._root = root
        radius, edge = max(2, round(_RADIUS * scale)), max(1, round(scale))
        self._rim = radius + edge
        self._padding = 2 * edge
        size = 2 * self._rim + 1
        boxes = rounded_box(size, 0, radius), rounded_box(size, edge, radius - edge)
        wide, high = (2 * self._rim + middle for middle in _MIDDLE)
        self._drawing = Drawing(stretched(drawn(size, size, *boxes), wide, high))
        self._images: Dict[Tuple[str, ...], tk.PhotoImage] = {}
        self._elements: Dict[Tuple[object, ...], str] = {}

    def show(self, style: ttk.Style, name: str, ground: str, faces: Dict[str, Face]) -> None:
        """Give a style round buttons; ``faces`` by ttk's states, "" for the usual one.

        ``ground`` is the colour around the corners.
        """
        key = (ground, *faces.items())
        if key not in self._elements:
            self._elements[key] = self._element(style, ground, faces)
        label: Any = ("Button.label", {"sticky": "nswe"})
        padding: Any = ("Button.padding", {"sticky": "nswe", "children": [label]})
        layout: Any = [(self._elements[key], {"sticky": "nswe", "children": [padding]})]
        style.layout(name, layout)

    def _element(self, style: ttk.Style, ground: str, faces: Dict[str, Face]) -> str:
        element = f"Round{len(self._elements)}.button"
        states: List[Any] = [
            (*state.split(), self._image(ground, face)) for state, face in faces.items() if state
        ]
        style.element_create(
            element,
            "image",
            self._image(ground, faces[""]),
            *states,
            border=self._rim,
            padding=self._padding,
            width=2 * self._rim,  # else no button is smaller than the picture
            height=2 * self._rim,
            sticky="nswe",
        )
        return element

    def _image(self, ground: str, face: Face) -> tk.PhotoImage:
        fill, edge = face
        key = ground, edge, fill
        if key not in self._images:
            png = self._drawing.png(*key)
            self._images[key] = tk.PhotoImage(master=self._root, data=png, format="png")
        return self._images[key]

"""Little bars for table rows: Treeview has none, but shows an image in its first column."""

from __future__ import annotations

import tkinter as tk
from typing import Dict

from views.theme import Look

_WIDTH, _HEIGHT = 56, 8  # pixels of a 96 dpi screen


class Bars:
    """One image for every percent, made when it is first shown."""

    def __init__(self, parent: tk.Misc, look: Look) -> None:
        self._parent = parent
        self._look = look
        self._images: Dict[int, tk.PhotoImage] = {}

    @property
    def width(self) -> int:
        """Pixels that a bar takes."""
        return self._look.px(_WIDTH)

    def image(self, percent: float) -> tk.PhotoImage:
        """Return the bar of this percentage."""
        whole = max(0, min(100, round(percent)))
        if whole not in self._images:
            size = self.width, self._look.px(_HEIGHT)
            image = tk.PhotoImage(master=self._parent, width=size[0], height=size[1])
            self._images[whole] = image
            self._draw(whole)
        return self._images[whole]

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        for percent in self._images:
            self._draw(percent)

    def _draw(self, percent: int) -> None:
        image, colors = self._images[percent], self._look.palette
        wide, high = image.width(), image.height()
        image.put(colors.raised, to=(0, 0, wide, high))
        full = round(wide * percent / 100)
        if full:
            image.put(colors.accent, to=(0, 0, full, high))

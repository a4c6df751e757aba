"""Text that is wider than its place ends in an ellipsis: Tk's tables cut it without a sign.

A text is as wide as its characters together (measured: Tk kerns nowhere), so each character is measured
once and no text ever.
"""

from __future__ import annotations

import tkinter as tk
from typing import Any, Dict, Iterable, Tuple

ELLIPSIS = "…"
_MOST_KEPT = 20_000  # texts


class Elider:
    """Shortens texts in one font."""

    def __init__(self, root: tk.Misc, font: Any = "TkDefaultFont") -> None:
        self._call = root.tk.call
        self._font = font
        self._widths: Dict[str, int] = {}
        self._fitted: Dict[Tuple[str, int], str] = {}

    def width(self, text: str) -> int:
        """How wide a text is, in pixels."""
        widths = self._widths
        try:
            return sum([widths[char] for char in text])
        except KeyError:
            self._measure(set(text).difference(widths))
            return sum([widths[char] for char in text])

    def fit(self, text: str, room: int) -> str:
        """Return the text, or as much of its beginning as fits into ``room`` pixels with an ellipsis."""
        key = text, room
        found = self._fitted.get(key)
        if found is None:
            if len(self._fitted) >= _MOST_KEPT:
                self._fitted.clear()
            found = self._fitted[key] = text if self.width(text) <= room else self._cut(text, room)
        return found

    def _cut(self, text: str, room: int) -> str:
        left = room - self.width(ELLIPSIS)
        for place, char in enumerate(text):
            left -= self._widths[char]
            if left < 0:
                return text[:place].rstrip() + ELLIPSIS
        return text

    def _measure(self, chars: Iterable[str]) -> None:
        for char in chars:
            self._widths[char] = int(self._call("font", "measure", self._font, char))

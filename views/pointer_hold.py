"""Keeps rows where they are on the screen while a pointer is at work on them."""

from __future__ import annotations

import time
import tkinter as tk
from typing import Callable

from views.pointer_rest import pointer_over

_LOOK = 200  # milliseconds between two looks at the pointer
_STILL = 8.0  # seconds without a move, after which nobody is about to click


class PointerHold:
    """``let_go`` is called once in Tk's thread when what was held back may move again."""

    def __init__(self, region: tk.Misc, let_go: Callable[[], None]) -> None:
        self._region = region
        self._let_go = let_go
        self._moved = float("-inf")
        self._timer = ""
        for sequence in ("<Motion>", "<Enter>", "<Button>"):
            region.bind(sequence, self._note, add=True)
        region.bind("<Destroy>", lambda _event: self._stop(), add=True)

    @property
    def holds(self) -> bool:
        """Whether a click may be about to come: the pointer is over the region, and moved lately."""
        return time.monotonic() - self._moved < _STILL and pointer_over(self._region)

    @property
    def y(self) -> int:
        """How far down in the region the pointer is, in pixels."""
        return self._region.winfo_pointery() - self._region.winfo_rooty()

    def tell_when_over(self) -> None:
        """Something is held back until then."""
        if not self._timer:
            self._timer = self._region.after(_LOOK, self._look)

    def _note(self, _event: tk.Event[tk.Misc]) -> None:
        self._moved = time.monotonic()

    def _look(self) -> None:
        self._timer = ""
        if self.holds:
            self.tell_when_over()
        else:
            self._let_go()

    def _stop(self) -> None:
        if self._timer:
            self._region.after_cancel(self._timer)
            self._timer = ""

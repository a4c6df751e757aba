"""Whether something may move now without slipping under a click: the pointer is elsewhere, or lies still."""

from __future__ import annotations

import time
import tkinter as tk
from typing import Callable, Tuple

_LOOK = 200  # milliseconds between two looks at the pointer
_STILL = 4.0  # seconds: whoever was about to click has seen by then what has changed


def pointer_over(region: tk.Misc) -> bool:
    """Whether the pointer is over some part of a widget."""
    left, top = region.winfo_pointerxy()
    inside_left, inside_top = left - region.winfo_rootx(), top - region.winfo_rooty()
    return 0 <= inside_left < region.winfo_width() and 0 <= inside_top < region.winfo_height()


class PointerRest:
    """Calls ``settle`` in Tk's thread, once for all that was asked for, as soon as nothing can be hit."""

    def __init__(self, region: tk.Misc, settle: Callable[[], None]) -> None:
        self._region = region
        self._settle = settle
        self._timer = ""
        self._seen: Tuple[int, int] = (-1, -1)
        self._since = 0.0
        region.bind("<Destroy>", self._gone, add=True)

    @property
    def away(self) -> bool:
        """Whether the pointer is over no part of the region."""
        return not pointer_over(self._region)

    def ask(self) -> None:
        """Something is to move."""
        self._since = time.monotonic()
        if self.away:
            self._stop()
            self._settle()
        elif not self._timer:
            self._timer = self._region.after(_LOOK, self._look)

    def _look(self) -> None:
        self._timer = ""
        place = self._region.winfo_pointerxy()
        if place != self._seen:
            self._seen, self._since = place, time.monotonic()
        if self.away or time.monotonic() - self._since >= _STILL:
            self._settle()
        else:
            self._timer = self._region.after(_LOOK, self._look)

    def _gone(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._region:
            self._stop()

    def _stop(self) -> None:
        if self._timer:
            self._region.after_cancel(self._timer)
            self._timer = ""

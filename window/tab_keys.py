"""Ctrl+Tab and Ctrl+Shift+Tab go through the tabs, wherever in the window the keyboard is."""

from __future__ import annotations

import tkinter as tk
from contextlib import suppress
from typing import Any

_NEXT = ("<Control-Tab>", "<Control-Next>")
_BEFORE = ("<Control-Shift-Tab>", "<Control-Prior>")
_LINUX = "<Control-ISO_Left_Tab>"  # what X11 makes of Shift and Tab; other systems know no such key


def follow_tab_keys(root: tk.Tk, tabs: Any) -> None:
    """Let the keys turn to the next or the last tab of ``tabs``; nothing goes on behind a question.

    ttk's own way works only where the keyboard is inside the tabs already.
    """

    def turn(event: tk.Event[tk.Misc], move: int) -> str:
        inside = event.widget.winfo_toplevel() is root
        if inside and not root.tk.call("grab", "current"):
            count = int(tabs.index("end"))
            tabs.select((int(tabs.index("current")) + move) % count)
            tabs.focus_set()
        return "break" if inside else ""

    for sequences, move in ((_NEXT, 1), ((*_BEFORE, _LINUX), -1)):
        for sequence in sequences:
            with suppress(tk.TclError):
                root.bind(sequence, lambda event, move=move: turn(event, move))  # type: ignore[misc]

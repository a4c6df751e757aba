"""A few words beside whatever the mouse or the keyboard rests on."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Callable, Optional, Tuple, Union

from views.icons import Painted

_WAIT = 600  # milliseconds


class Tooltip:
    """Shows ``text`` below ``widget``, outside of it, so that it never flickers under the mouse."""

    def __init__(self, widget: tk.Misc, look: Painted, text: Union[str, Callable[[], str]]) -> None:
        self._widget = widget
        self._look = look
        self._text = text
        self._timer = ""
        self.window: Optional[tk.Toplevel] = None
        for event in ("<Enter>", "<FocusIn>"):
            widget.bind(event, lambda _event: self._wait(), add=True)
        for event in ("<Leave>", "<FocusOut>", "<ButtonPress>", "<Key>", "<Destroy>"):
            widget.bind(event, lambda _event: self.hide(), add=True)

    def _wait(self) -> None:
        self.hide()
        self._timer = self._widget.after(_WAIT, self.show)

    def show(self) -> None:
        """Show the text now."""
        text = self._text if isinstance(self._text, str) else self._text()
        if not text or self.window is not None:
            return
        px, widget, colors = self._look.px, self._widget, self._look.palette
        self.window = window = tk.Toplevel(widget)
        window.wm_overrideredirect(True)
        window.configure(background=colors.border, padx=1, pady=1)
        label = ttk.Label(window, text=text, style="Card.TLabel", padding=px(6), wraplength=px(360))
        label.pack()
        window.update_idletasks()
        left, upper, lower = self._around()
        left = min(left, widget.winfo_screenwidth() - window.winfo_reqwidth())
        top = lower + px(4)
        if top + window.winfo_reqheight() > widget.winfo_screenheight():
            top = upper - window.winfo_reqheight() - px(4)
        window.wm_geometry(f"+{max(0, left)}+{max(0, top)}")

    def _around(self) -> Tuple[int, int, int]:
        """The left, upper and lower edge on the screen of what the text belongs to."""
        top = self._widget.winfo_rooty()
        return self._widget.winfo_rootx(), top, top + self._widget.winfo_height()

    def hide(self) -> None:
        """Take the text away."""
        if self._timer:
            self._widget.after_cancel(self._timer)
            self._timer = ""
        if self.window is not None:
            self.window.destroy()
            self.window = None

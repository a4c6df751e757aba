"""How large things are on this screen.

Tk's own scaling is the screen's. A desktop on X11 that is set to 200 % says so in the resource ``Xft.dpi``,
which makes fonts twice as large, those that are given in pixels too (Tk 8.6.13), and leaves that scaling as
it is.
"""

from __future__ import annotations

import contextlib
import ctypes
import tkinter as tk
from typing import Optional

_USUAL = 96.0  # dots per inch


def scale_of(root: tk.Misc) -> float:
    """Return how large fonts are, and all else should be; 1 on a screen of 96 dpi."""
    set_by_desktop = _font_dpi() if root.tk.call("tk", "windowingsystem") == "x11" else None
    return (set_by_desktop or float(root.tk.call("tk", "scaling")) * 72) / _USUAL


def _font_dpi() -> Optional[float]:
    """What the desktop has fonts drawn at; None where it says nothing."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        x11 = ctypes.CDLL("libX11.so.6")
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XGetDefault.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
        x11.XGetDefault.restype = ctypes.c_char_p
        x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
        display = x11.XOpenDisplay(None)
        if display:
            told = x11.XGetDefault(display, b"Xft", b"dpi")
            dpi = float(told) if told else 0.0
            x11.XCloseDisplay(display)
            return dpi if dpi > 0 else None
    return None

"""What belongs to the window as a whole: where it is on the screen, and its title bar."""

from __future__ import annotations

import contextlib
import sys
import tkinter as tk

from views.theme import Look


def place(root: tk.Tk, look: Look, geometry: str) -> None:
    """Put the window where it was, as far as that is on this screen; ``geometry`` is Tk's, or empty."""
    screen = root.winfo_screenwidth(), root.winfo_screenheight()
    root.minsize(min(look.px(720), screen[0]), min(look.px(480), screen[1]))
    size, left, top = [look.px(1060), look.px(700)], None, None
    with contextlib.suppress(ValueError):
        wide, high = geometry.replace("+", "x", 1).split("x", 2)[:2]
        size = [int(wide), int(high)]
        left, top = (int(part) for part in geometry.split("+")[1:])
    size = [min(length, limit) for length, limit in zip(size, screen)]
    root.geometry(f"{size[0]}x{size[1]}")
    if left is not None and top is not None:
        left = max(0, min(left, screen[0] - size[0]))
        top = max(0, min(top, screen[1] - size[1]))
        root.geometry(f"+{left}+{top}")


def color_title_bar(root: tk.Misc, *, dark: bool) -> None:
    """Let Windows 10 and 11 draw the title bar as dark as the window (DWMWA_USE_IMMERSIVE_DARK_MODE)."""
    if sys.platform == "win32":
        import ctypes

        with contextlib.suppress(AttributeError, OSError):
            frame = ctypes.windll.user32.GetParent(root.winfo_id())
            value = ctypes.c_int(int(dark))
            ctypes.windll.dwmapi.DwmSetWindowAttribute(frame, 20, ctypes.byref(value), 4)

"""Where windows are on the screen, which window each belongs to, and their title bars."""

from __future__ import annotations

import contextlib
import sys
import tkinter as tk
from typing import Iterator, Optional, Tuple

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


def belong(
    window: tk.Toplevel,
    opener: tk.Misc,
    size: Optional[Tuple[int, int]] = None,
    *,
    question: bool = False,
) -> None:
    """Let a window stand over the one that it was opened from, in its middle and wholly on the screen.

    ``size`` is its width and height in pixels, as far as the screen has them; None: what it needs. A
    ``question`` is a dialog to window managers. Called when all is in the window, while it is withdrawn;
    whoever calls shows it. A window that is not seen itself can have none over it that is (Tk withdraws
    those together).
    """
    below = opener.winfo_toplevel()
    if below.wm_state() != "withdrawn":
        window.transient(below)
    if question and window.tk.call("tk", "windowingsystem") == "x11":
        window.attributes("-type", "dialog")
    window.update_idletasks()
    title_bar = max(0, below.winfo_rooty() - below.winfo_y())
    screen = window.winfo_screenwidth(), window.winfo_screenheight() - title_bar
    wanted = size or (window.winfo_reqwidth(), window.winfo_reqheight())
    wide, high = (min(length, limit) for length, limit in zip(wanted, screen))
    left = below.winfo_rootx() + (below.winfo_width() - wide) // 2
    top = below.winfo_rooty() + (below.winfo_height() - high) // 3
    left = max(0, min(left, screen[0] - wide))
    top = max(0, min(top, screen[1] - high))
    window.geometry(f"{wide}x{high}+{left}+{top}" if size else f"+{left}+{top}")


def hide(root: tk.Tk) -> None:
    """Hide the main window with all that stand over it; it comes back with them.

    Each gives up the keyboard first, if it has it. It is not forced: Tk (8.6.13) looks then at the widget
    that had it last, also where that is gone, and dies.
    """
    for window in _windows_over(root):
        window.focus_set()
    root.focus_set()
    root.update_idletasks()
    root.withdraw()


def _windows_over(widget: tk.Misc) -> Iterator[tk.Toplevel]:
    for child in widget.winfo_children():
        if isinstance(child, tk.Toplevel):
            yield child
        yield from _windows_over(child)


def asking_window(root: tk.Misc) -> tk.Misc:
    """Return the window of this program that its user is at: a question's parent.

    It is the one that holds the keyboard for itself, else the one that has it, else the topmost.
    """
    ask = root.tk.call
    grabs, focus = root.tk.splitlist(ask("grab", "current")), str(ask("focus"))
    topmost = reversed(root.tk.splitlist(ask("wm", "stackorder", ".")))
    for path in (*grabs, *([focus] if focus else ()), *topmost):
        with contextlib.suppress(KeyError):  # one of Tk's own dialogs
            window: tk.Misc = root.nametowidget(str(path)).winfo_toplevel()
            if not (isinstance(window, tk.Toplevel) and window.wm_overrideredirect()):  # a tooltip
                return window
    return root.winfo_toplevel()


def color_title_bar(root: tk.Misc, *, dark: bool) -> None:
    """Let Windows 10 and 11 draw the title bar as dark as the window (DWMWA_USE_IMMERSIVE_DARK_MODE)."""
    if sys.platform == "win32":
        import ctypes

        with contextlib.suppress(AttributeError, OSError):
            frame = ctypes.windll.user32.GetParent(root.winfo_id())
            value = ctypes.c_int(int(dark))
            ctypes.windll.dwmapi.DwmSetWindowAttribute(frame, 20, ctypes.byref(value), 4)

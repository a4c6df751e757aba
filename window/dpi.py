"""Tells Windows that we draw in real pixels; elsewhere nothing has to be told."""

from __future__ import annotations

import sys


def be_dpi_aware() -> None:
    """Tell it before the first window, or text is blurred.

    1 is "system aware": Tk 8.6 does not rescale when a window moves to another monitor.
    """
    if sys.platform == "win32":
        import ctypes

        try:
            ctypes.windll.shcore.SetProcessDpiAwareness(1)
        except (AttributeError, OSError):  # Windows 7 has no shcore
            ctypes.windll.user32.SetProcessDPIAware()

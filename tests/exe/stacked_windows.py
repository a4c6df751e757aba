"""Run by a Python for Windows: opens the program's windows over each other and prints how they are stacked.

One line of JSON for each moment: the titles of this process's windows, topmost first, and whose each is.
"""

from __future__ import annotations

import ctypes
import json
import sys
import threading
import time
import tkinter as tk
from typing import Any, Callable, Dict, List, Tuple

from views.details_window import DetailsWindow
from views.dialogs import Dialogs
from views.machine_dialogs import SlotsDialog
from views.palette import LIGHT
from views.theme import Look

_OWNER = 4  # GW_OWNER
_CLOSE = 0x0010  # WM_CLOSE
_PATIENCE = 60.0  # seconds; beside the whole suite


class Nobody:
    """What the details' buttons would do."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_arguments: None


def windows() -> List[Tuple[int, str]]:
    """The handles and titles of this process's windows that are seen, topmost first."""
    user32: Any = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    mine = int(ctypes.windll.kernel32.GetCurrentProcessId())  # type: ignore[attr-defined,unused-ignore]
    found: List[Tuple[int, str]] = []

    def take(handle: int, _data: int) -> bool:
        process = ctypes.c_ulong()
        user32.GetWindowThreadProcessId(handle, ctypes.byref(process))
        if process.value == mine and user32.IsWindowVisible(handle):
            found.append((handle, title_of(handle)))
        return True

    kind: Any = ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)  # type: ignore[attr-defined,unused-ignore]
    user32.EnumWindows(kind(take), 0)
    return [(handle, title) for handle, title in found if title]


def title_of(handle: int) -> str:
    text = ctypes.create_unicode_buffer(256)
    ctypes.windll.user32.GetWindowTextW(ctypes.c_void_p(handle), text, 256)  # type: ignore[attr-defined,unused-ignore]
    return text.value


def tell() -> None:
    """Print what is stacked now."""
    user32: Any = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    user32.GetWindow.restype = ctypes.c_void_p
    owners: Dict[str, str] = {}
    for handle, title in windows():
        owner = user32.GetWindow(ctypes.c_void_p(handle), _OWNER)
        owners[title] = title_of(owner) if owner else ""
    print(
        json.dumps({"stack": [title for _handle, title in windows()], "owners": owners}), flush=True
    )


def close_when_seen(title: str) -> None:
    """Wait in a thread for a window, print what is stacked then, and close it."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        for handle, found in windows():
            if found == title:
                time.sleep(0.3)
                tell()
                ctypes.windll.user32.PostMessageW(ctypes.c_void_p(handle), _CLOSE, 0, 0)  # type: ignore[attr-defined,unused-ignore]
                return
        time.sleep(0.05)
    sys.exit(f"{title} never came up")


def main() -> None:
    """Details over the program; a question, an error and a small window over the details."""
    root = tk.Tk()
    root.title("Program")
    look = Look(root)
    look.apply(LIGHT)
    root.geometry("700x400+40+40")
    root.update()
    details = DetailsWindow(root, look, Nobody())
    details.title("Details")
    root.update()
    tell()
    dialogs = Dialogs(root, look).over(details)
    asked: Tuple[Tuple[str, Callable[[], object]], ...] = (
        ("Question", lambda: dialogs.choose("Question", "Restore it?", ("Yes", "No"))),
        ("MediaProcessor", lambda: dialogs.error("It could not be restored.")),
    )
    for title, ask in asked:
        watcher = threading.Thread(target=close_when_seen, args=(title,))
        watcher.start()
        ask()
        watcher.join()
    small = SlotsDialog(details, look, "attic", (("gpu", 1),), print)
    small.title("Slots")
    root.update()
    root.lift()
    root.update()
    tell()
    root.destroy()


if __name__ == "__main__":
    main()

"""The window's front door: opens it on the program's program and stays until it is closed.

What is seen stands in ``views``, what it asks the services for in ``window``.
"""

from __future__ import annotations

import contextlib
import signal
import tkinter as tk
from pathlib import Path
from tkinter import messagebox
from typing import Callable, Optional

from app.program import Program
from core.errors import MediaProcessorError
from core.text.sentence import Sentence
from scheduling.responsive import keep_responsive
from views.dialogs import Dialogs
from views.theme import Look
from window.dpi import be_dpi_aware
from window.help_controller import NAME
from window.language import speak
from window.main_window import MainWindow
from window.queue_ahead import QueueAhead

__all__ = ["NAME", "MainWindow", "open_window", "run", "show_error"]


def open_window(
    root: tk.Tk,
    program: Program,
    dialogs: Callable[[tk.Tk, Look], Dialogs] = Dialogs,
    ahead: Optional[QueueAhead] = None,
) -> MainWindow:
    """Build the window on a hidden root and show it; ``ahead`` has read what it begins with."""
    root.withdraw()
    icon = Path(__file__).resolve().parent / "assets" / "app_icon.png"
    with contextlib.suppress(tk.TclError):
        root.iconphoto(True, tk.PhotoImage(master=root, file=str(icon)))
    speak(program.config.settings.window.language)
    window = MainWindow(root, program, dialogs, ahead)
    if program.minimized:
        root.iconify()
    else:
        root.deiconify()
    return window


def run(program: Program) -> int:
    """Open the window and stay until it is closed; the exit code."""
    be_dpi_aware()
    ahead = QueueAhead(program.database)
    try:
        root = tk.Tk(className=NAME)
    except tk.TclError as error:
        raise MediaProcessorError(
            Sentence(
                "No window can be opened here ({problem}). The command line works: see --help.",
                problem=error,
            )
        ) from error
    window = open_window(root, program, ahead=ahead)
    # The system's polite end, as at a logout: films go on at the next start.
    signal.signal(signal.SIGTERM, lambda _number, _frame: window.end_politely())
    keep_responsive()
    root.mainloop()
    return 0


def show_error(sentence: str) -> None:
    """Show one sentence and wait for the user to have read it; nothing where no window can be opened."""
    be_dpi_aware()
    with contextlib.suppress(tk.TclError):
        root = tk.Tk(className=NAME)
        root.withdraw()
        messagebox.showerror(NAME, sentence, parent=root)
        root.destroy()

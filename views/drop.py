"""Files dropped on the window: through tkdnd where it is installed, otherwise not at all."""

from __future__ import annotations

import socket
import tkinter as tk
from pathlib import Path
from typing import Any, Callable, Tuple


def dropped_paths(widget: tk.Misc, data: str) -> Tuple[Path, ...]:
    """The paths in what tkdnd hands over: a Tcl list, with braces around names that hold spaces.

    Of ``file://attic/films`` it leaves ``attic/films``, where attic is this machine or ``localhost``.
    """
    here = ("localhost", socket.gethostname())
    split = ((text, *text.partition("/")) for text in widget.tk.splitlist(data))
    return tuple(
        Path(f"/{rest}" if host and host in here and rest else text)
        for text, host, _slash, rest in split
    )


def accept_drops(root: tk.Tk, target: tk.Misc, dropped: Callable[[Tuple[Path, ...]], None]) -> bool:
    """Call ``dropped`` with the files that are let go over ``target``.

    False where this machine has no tkdnd; everything else works without it.
    """
    try:
        import tkinterdnd2 as tkdnd

        tkdnd.TkinterDnD._require(root)  # noqa: SLF001 - the package's only way beside its own Tk class
    except (ImportError, RuntimeError, tk.TclError):
        return False

    def drop(event: Any) -> str:
        if root.tk.call("grab", "current"):  # nothing goes on behind a question
            return str(tkdnd.REFUSE_DROP)
        dropped(dropped_paths(target, event.data))
        return str(event.action)

    register: Any = target  # the package adds these methods to every widget
    register.drop_target_register(tkdnd.DND_FILES)
    register.dnd_bind("<<Drop>>", drop)
    return True

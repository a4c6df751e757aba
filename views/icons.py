"""Icons of commands and of states: masks from assets/icons in the screen's size and the palette's colours.

An icon is loaded when something shows it first; 16 pixels take Tk a tenth of a millisecond.
"""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import Any, Dict, List, Protocol, Tuple

from views.indicators import tinted_png
from views.palette import Palette, between

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "icons"
SIZES = (16, 20, 24, 32)
OF_COMMANDS = {
    "files.add": "add",
    "files.add_folder": "add-folder",
    "files.preview": "eye",
    "queue.start": "play",
    "queue.pause": "pause",
    "queue.stop": "stop",
    "queue.finish": "finish",
    "queue.search": "search",
    "network.machines": "machines",
    "job.top": "top",
    "job.up": "up",
    "job.down": "down",
    "job.bottom": "bottom",
    "job.pause": "pause",
    "job.resume": "play",
    "job.cancel": "cancel",
    "job.details": "info",
    "job.log": "log",
    "job.retry": "retry",
    "job.retry_all": "retry",
    "job.remove": "remove",
    "kept.restore": "restore",
    "kept.free": "remove",
    "kept.again": "retry",
    "kept.search": "search",
    "exclusion.add_film": "add",
    "exclusion.add_folder": "add-folder",
    "exclusion.remove": "remove",
    "logs.page": "log",
    "logs.folder": "folder",
    "logs.export": "save",
    "settings.open": "settings",
    "window.close": "exit",
    "window.exit": "exit",
    "help.page": "help",
    "help.shortcuts": "log",
    "help.first_steps": "play",
    "help.health": "health",
    "help.about": "info",
}
# Arrows say it all on a button; the words are in its tooltip and in the menu.
ALONE = frozenset({"job.top", "job.up", "job.down", "job.bottom"})
OF_TABS = {"queue": "film", "library": "folder", "statistics": "statistics", "logs": "log"}
OF_TABS.update(originals="archive", settings="settings")


class Painted(Protocol):
    """What icons and tooltips need of ``views.theme.Look``, which has the icons."""

    palette: Palette

    def px(self, pixels: float) -> int:
        """Pixels of a 96 dpi screen, in those of this screen."""

    def dress(self, widget: tk.Misc) -> None:
        """Colour a widget that ttk's styles do not reach."""


class Icons:
    """The icons of one program (``Look.icons``); they follow its palette by ``recolor``."""

    def __init__(self, root: tk.Misc, look: Painted) -> None:
        self._root = root
        self.look = look
        wanted = look.px(16)
        self.size = min(SIZES, key=lambda size: abs(size - wanted))
        self._masks: Dict[str, bytes] = {}
        self._made: Dict[Tuple[str, str, str], tk.PhotoImage] = {}
        self._keepers: List[ttk.Label] = []

    def image(self, name: str, role: str = "text", ground: str = "") -> tk.PhotoImage:
        """Return an icon, "" for an empty one.

        ``role`` is what its colour is for: one of the palette's names, or disabled. One that knows the ground
        it stands on (a colour's name in the palette) is opaque, and so drawn without asking the X server what
        lies below it.
        """
        key = (name, role, ground)
        if key not in self._made:
            png = self._png(key)
            form: Any = (
                {"data": png, "format": "png"} if png else {"width": self.size, "height": self.size}
            )
            self._made[key] = tk.PhotoImage(master=self._root, **form)
        return self._made[key]

    def of_tab(self, name: str) -> Any:
        """Return the icon of a notebook's tab: every switch to another one draws them all."""
        icon, usual = OF_TABS[name], self.image(OF_TABS[name], ground="window")
        raised = self.image(icon, ground="raised")
        states: Any = [usual, ("selected", "focus"), raised, "selected", usual, "active", raised]
        # Nobody sees the label. A notebook keeps no pixels of its pictures: where nothing else does, Tk makes
        # them anew each time, in 20 questions to the X server.
        self._keepers.append(ttk.Label(self._root, image=states))
        return states

    def states(self, name: str, role: str = "text") -> List[object]:
        """Return an icon for a ttk button: another one where it is disabled."""
        return [self.image(name, role), "disabled", self.image(name, "disabled")]

    def recolor(self) -> None:
        """Take the colours of the present palette."""
        for key, image in self._made.items():
            png = self._png(key)
            if png:
                image.configure(data=png, format="png")

    def _png(self, key: Tuple[str, str, str]) -> bytes:
        name, role, ground = key
        if not name:
            return b""
        colors = self.look.palette
        faded = between(colors.muted, colors.window)
        color = faded if role == "disabled" else str(getattr(colors, role))
        if name not in self._masks:
            path = FOLDER / str(self.size) / f"{name}.png"
            self._masks[name] = path.read_bytes()
        return tinted_png(self._masks[name], color, getattr(colors, ground) if ground else "")

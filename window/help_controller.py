"""F1: the help, opened at what the user is looking at; and what the program is."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Callable, Optional

from views.placement import color_title_bar
from views.texts import _
from window.services import WindowServices

if TYPE_CHECKING:
    from views.help_window import HelpWindow

NAME = "MediaProcessor"


class HelpController:
    """``topic`` names the page that is open."""

    def __init__(self, root: tk.Tk, services: WindowServices, topic: Callable[[], str]) -> None:
        self._root = root
        self._services = services
        self.window: Optional[HelpWindow] = None
        services.registry.bind("help.page", lambda: self.open(topic()))
        services.registry.bind("help.shortcuts", lambda: self.open("shortcuts"))
        services.registry.bind("help.about", self._about)
        services.on_look.append(self._recolor)

    def open(self, name: str) -> None:
        """Show a topic."""
        from views.help_window import HelpWindow  # few starts need it

        if self.window is None or not self.window.winfo_exists():
            self.window = HelpWindow(
                self._root, self._services.look, self._services.registry.commands
            )
            self._recolor()
        self.window.open(name)
        self.window.lift()

    def _about(self) -> None:
        self._services.dialogs.tell(
            _("About {name}").format(name=NAME),
            _(
                "{name} makes films smaller and tidier: it keeps the languages that you "
                "understand, converts the audio to Opus and the video to a modern codec, and "
                "verifies each result before it replaces the original."
            ).format(name=NAME),
        )

    def topic_of(self, tab: str) -> str:
        """The topic of the window that has the keyboard, or of the open tab."""
        focus = self._root.focus_get()
        window = type(focus.winfo_toplevel()).__name__ if focus is not None else ""
        return {"DetailsWindow": "pictures", "MachinesWindow": "machines"}.get(window, tab)

    def _recolor(self) -> None:
        if self.window is not None and self.window.winfo_exists():
            self._services.look.dress_all(self.window)
            color_title_bar(self.window, dark=self._services.look.palette.dark)

"""A button that opens a menu of what can be asked of a film as such, wherever it is shown."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Protocol

from views.texts import _
from views.theme import Look


class FilmActions(Protocol):
    """What a user can ask of one film, in Tk's thread."""

    def again(self) -> None:
        """Process the film once more, if the user confirms it."""

    def never_touch(self) -> None:
        """Never touch the film any more."""

    def never_touch_folder(self) -> None:
        """Never touch its folder any more, if the user confirms it."""


def more_button(parent: tk.Misc, look: Look, actions: FilmActions) -> ttk.Menubutton:
    """Return the button; its menu calls ``actions``."""
    button = ttk.Menubutton(parent, text=_("More"), underline=0)
    menu = tk.Menu(button, tearoff=False)
    menu.add_command(label=_("Process again…"), underline=0, command=actions.again)
    menu.add_command(label=_("Never touch this film"), underline=0, command=actions.never_touch)
    menu.add_command(
        label=_("Never touch its folder…"), underline=16, command=actions.never_touch_folder
    )
    button.configure(menu=menu)
    look.dress(menu)
    return button

"""The menu that hides and shows a table's columns."""

from __future__ import annotations

import tkinter as tk
from typing import Callable

from views.texts import _
from views.theme import Look
from views.windowed_table import WindowedTable


def columns_menu(table: WindowedTable, look: Look) -> tk.Menu:
    """Make the menu as the table is now; what is checked is shown."""
    menu = tk.Menu(table, tearoff=False)
    for column in table.hideable():
        shown = tk.BooleanVar(menu, column.name not in table.hidden)
        menu.add_checkbutton(
            label=_(column.title), variable=shown, command=_toggle(table, column.name)
        )
        menu.__dict__[f"shown_{column.name}"] = shown  # Tk's variable goes with its last reference
    menu.add_separator()
    menu.add_command(label=_("All columns"), command=lambda: table.hide_columns(()))
    look.dress(menu)
    return menu


def show_columns_menu(table: WindowedTable, look: Look, x: int, y: int) -> None:
    """Open the menu at this place of the screen."""
    menu = columns_menu(table, look)
    menu.bind("<Unmap>", lambda _event: menu.after_idle(menu.destroy))
    menu.tk_popup(x, y)


def _toggle(table: WindowedTable, name: str) -> Callable[[], None]:
    def run() -> None:
        hidden = set(table.hidden)
        table.hide_columns(hidden ^ {name})

    return run

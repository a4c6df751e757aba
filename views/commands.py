"""Every command once: the menu, the buttons, the shortcut and the enabled state all come from here."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass, field
from tkinter import ttk
from typing import Callable, Dict, List, Tuple


@dataclass(frozen=True)
class Command:
    """What a user can do; ``label`` marks the letter to underline with ``&``.

    ``shortcut`` is Tk's sequence (``<Control-o>``), ``shortcut_text`` what the menu shows of it. A
    command without a ``menu`` is on buttons only. A change of ``group`` inside a menu draws a line.
    """

    name: str
    label: str
    menu: str = ""
    group: int = 0
    shortcut: str = ""
    shortcut_text: str = ""

    @property
    def text(self) -> str:
        """The label without its mark."""
        return self.label.replace("&", "", 1)

    @property
    def underline(self) -> int:
        """The place of the underlined letter; -1 for none."""
        return self.label.find("&")


@dataclass
class _Bound:
    command: Command
    run: Callable[[], None]
    enabled: bool = True
    buttons: List[ttk.Button] = field(default_factory=list)
    entries: List[Tuple[tk.Menu, int]] = field(default_factory=list)


class Registry:
    """The commands of one window."""

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._bound: Dict[str, _Bound] = {}

    @property
    def names(self) -> Tuple[str, ...]:
        """Every command, in the order in which they were added."""
        return tuple(self._bound)

    def add(self, command: Command, run: Callable[[], None]) -> None:
        """Take a command in and bind its shortcut for the whole window."""
        self._bound[command.name] = _Bound(command, run)
        if command.shortcut:
            self._root.bind_all(command.shortcut, lambda _event: self.invoke(command.name))

    def invoke(self, name: str) -> None:
        """Run a command, unless it is disabled."""
        bound = self._bound[name]
        if bound.enabled:
            bound.run()

    def enabled(self, name: str) -> bool:
        """Whether the command can be used now."""
        return self._bound[name].enabled

    def enable(self, name: str, enabled: bool) -> None:
        """Let the command be used, or show everywhere that it cannot."""
        bound = self._bound[name]
        if bound.enabled == enabled:
            return
        bound.enabled = enabled
        for button in bound.buttons:
            button.state(["!disabled" if enabled else "disabled"])
        for menu, index in bound.entries:
            menu.entryconfigure(index, state="normal" if enabled else "disabled")

    def menu(self, parent: tk.Menu, title: str) -> tk.Menu:
        """Make the menu that holds every command of this title, in their order."""
        menu = tk.Menu(parent, tearoff=False)
        group = None
        for bound in self._bound.values():
            command = bound.command
            if command.menu.replace("&", "", 1) != title.replace("&", "", 1):
                continue
            if group is not None and command.group != group:
                menu.add_separator()
            group = command.group
            self._entry(menu, bound)
        parent.add_cascade(label=title.replace("&", "", 1), underline=title.find("&"), menu=menu)
        return menu

    def popup(self, parent: tk.Misc, *names: str) -> tk.Menu:
        """Make a context menu of these commands."""
        menu = tk.Menu(parent, tearoff=False)
        for name in names:
            self._entry(menu, self._bound[name])
        return menu

    def button(self, parent: tk.Misc, name: str, *, style: str = "TButton") -> ttk.Button:
        """Make a button for a command."""
        bound = self._bound[name]
        button = ttk.Button(
            parent,
            text=bound.command.text,
            underline=bound.command.underline,
            style=style,
            command=lambda: self.invoke(name),
        )
        button.state(["!disabled" if bound.enabled else "disabled"])
        bound.buttons.append(button)
        return button

    def _entry(self, menu: tk.Menu, bound: _Bound) -> None:
        command = bound.command
        menu.add_command(
            label=command.text,
            underline=command.underline,
            accelerator=command.shortcut_text,
            state="normal" if bound.enabled else "disabled",
            command=lambda: self.invoke(command.name),
        )
        bound.entries.append((menu, int(menu.index("end") or 0)))

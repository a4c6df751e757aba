"""Every command once: the menu, the buttons, the shortcut and the enabled state all come from here.

A command is declared before anything can do it (``views.command_list``), so that menus are complete from
the first moment, and bound by its name by whoever does it: ``registry.bind("logs.export", self.export)``.
Until then it is shown disabled.
"""

from __future__ import annotations

import re
import tkinter as tk
from dataclasses import dataclass, field
from tkinter import ttk
from typing import Any, Callable, Dict, Iterable, List, Optional, Set, Tuple

from views.icons import ALONE, OF_COMMANDS, Icons
from views.mnemonics import free_letter
from views.texts import _
from views.tooltip import Tooltip

_WITH_LETTER = re.compile(r"<Control-([A-Za-z])>")


def key_sequences(shortcut: str) -> Tuple[str, ...]:
    """Return Tk's sequences for a shortcut: CapsLock makes o of O and O of o, which are two shortcuts."""
    letter = _WITH_LETTER.fullmatch(shortcut)
    return (shortcut, f"<Control-Lock-{letter.group(1).swapcase()}>") if letter else (shortcut,)


@dataclass(frozen=True)
class WindowCommand:
    """What a user can do; ``label`` marks the letter to underline with ``&`` and is translated when shown.

    ``shortcut`` is Tk's sequence (``<Control-o>``), ``shortcut_text`` what the menu shows of it; a
    shortcut that is only meant for one widget is bound there and has the text alone. A command without
    a ``menu`` is on buttons only. A change of ``group`` inside a menu draws a line.
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
        return _(self.label).replace("&", "", 1)

    @property
    def underline(self) -> int:
        """The place of the underlined letter; -1 for none."""
        return _(self.label).find("&")


@dataclass
class _Bound:
    command: WindowCommand
    run: Optional[Callable[[], None]] = None
    wanted: bool = True  # whether it may be used once somebody does it
    buttons: List[ttk.Button] = field(default_factory=list)
    entries: List[Tuple[tk.Menu, int]] = field(default_factory=list)

    @property
    def enabled(self) -> bool:
        return self.wanted and self.run is not None

    def show(self) -> None:
        """Show everywhere whether the command can be used."""
        for button in self.buttons:
            button.state(["!disabled" if self.enabled else "disabled"])
        for menu, index in self.entries:
            menu.entryconfigure(index, state="normal" if self.enabled else "disabled")


class Registry:
    """The commands of one window; ``icons`` are shown on buttons and in menus where there are some."""

    def __init__(self, root: tk.Misc, icons: Optional[Icons] = None) -> None:
        self._root = root
        self._icons = icons
        self._bound: Dict[str, _Bound] = {}

    @property
    def names(self) -> Tuple[str, ...]:
        """Every command, in the order in which they were added."""
        return tuple(self._bound)

    @property
    def commands(self) -> Tuple[WindowCommand, ...]:
        """Every command as it was declared."""
        return tuple(bound.command for bound in self._bound.values())

    @property
    def unbound(self) -> Tuple[str, ...]:
        """The commands that nobody does yet."""
        return tuple(name for name, entry in self._bound.items() if entry.run is None)

    @property
    def menu_letters(self) -> str:
        """The letters that open the menus; no button can be reached by them."""
        titles = {_(entry.command.menu) for entry in self._bound.values() if entry.command.menu}
        return "".join(title.partition("&")[2][:1].lower() for title in titles)

    def declare(self, commands: Iterable[WindowCommand]) -> None:
        """Take commands in and bind their shortcuts for the whole window."""
        for command in commands:
            self._bound[command.name] = _Bound(command)
            if command.shortcut:
                for sequence in key_sequences(command.shortcut):
                    self._root.bind_all(sequence, self._pressed(command.name))

    def bind(self, name: str, run: Callable[[], None], *, enabled: bool = True) -> None:
        """Say what a declared command does; KeyError for one that is not declared."""
        bound = self._bound[name]
        bound.run, bound.wanted = run, enabled
        bound.show()

    def add(self, command: WindowCommand, run: Callable[[], None]) -> None:
        """Declare and bind a command at once."""
        self.declare((command,))
        self.bind(command.name, run)

    def invoke(self, name: str) -> None:
        """Run a command, unless it is disabled."""
        bound = self._bound[name]
        if bound.run is not None and bound.wanted:
            bound.run()

    def enabled(self, name: str) -> bool:
        """Whether the command can be used now."""
        return self._bound[name].enabled

    def enable(self, name: str, enabled: bool) -> None:
        """Let the command be used, or show everywhere that it cannot."""
        bound = self._bound[name]
        if bound.wanted != enabled:
            bound.wanted = enabled
            bound.show()

    def _pressed(self, name: str) -> Callable[[tk.Event[tk.Misc]], None]:
        def run(_event: tk.Event[tk.Misc]) -> None:
            if not self._root.tk.call("grab", "current"):  # nothing goes on behind a question
                self.invoke(name)

        return run

    def menu(self, parent: tk.Menu, title: str) -> tk.Menu:
        """Make the menu that holds every command of this title (untranslated), by groups."""
        menu = tk.Menu(parent, tearoff=False)
        letters: Set[str] = set()
        group = None
        for bound in sorted(self._bound.values(), key=lambda candidate: candidate.command.group):
            command = bound.command
            if command.menu != title:
                continue
            if group is not None and command.group != group:
                menu.add_separator()
            group = command.group
            self._entry(menu, bound, letters)
        shown = _(title)
        parent.add_cascade(label=shown.replace("&", "", 1), underline=shown.find("&"), menu=menu)
        return menu

    def popup(self, parent: tk.Misc, *names: str) -> tk.Menu:
        """Make a context menu of these commands."""
        menu = tk.Menu(parent, tearoff=False)
        letters: Set[str] = set()
        group = None
        for name in names:
            bound = self._bound[name]
            if group is not None and bound.command.group != group:
                menu.add_separator()
            group = bound.command.group
            self._entry(menu, bound, letters)
        return menu

    def popup_later(self, parent: tk.Misc, *names: str) -> Callable[[int, int], None]:
        """Return what opens a context menu of these commands at a place of the screen; it is made then."""
        made: List[tk.Menu] = []

        def show(x: int, y: int) -> None:
            if not made:
                made.append(self.popup(parent, *names))
                if self._icons is not None:
                    self._icons.look.dress(made[0])
            made[0].tk_popup(x, y)

        return show

    def button(
        self, parent: tk.Misc, name: str, *, style: str = "TButton", letter: bool = True
    ) -> ttk.Button:
        """Make a button for a command; ``letter``: with its letter for Alt, where it is the only one."""
        bound = self._bound[name]
        text, place = bound.command.text, bound.command.underline
        button = ttk.Button(
            parent,
            text=text,
            underline=-1 if not letter or text[place].lower() in self.menu_letters else place,
            style=style,
            command=lambda: self.invoke(name),
        )
        if self._icons is not None and name in OF_COMMANDS:
            role = "on_accent" if style.startswith("Accent") else "text"
            pictures: Any = self._icons.states(OF_COMMANDS[name], role)
            alone = name in ALONE
            button.configure(image=pictures, compound="image" if alone else "left")
            if alone:
                Tooltip(button, self._icons.look, f"{text} ({bound.command.shortcut_text})")
        button.state(["!disabled" if bound.enabled else "disabled"])
        bound.buttons.append(button)
        return button

    def _entry(self, menu: tk.Menu, bound: _Bound, letters: Set[str]) -> None:
        """Add a command, with a letter that no other entry of the menu has."""
        command = bound.command
        menu.add_command(
            label=command.text,
            underline=free_letter(command.text, command.underline, letters),
            accelerator=command.shortcut_text,
            state="normal" if bound.enabled else "disabled",
            command=lambda: self.invoke(command.name),
        )
        if (
            self._icons is not None
        ):  # an empty one where there is none, so that the words stand in a row
            icon = self._icons.image(OF_COMMANDS.get(command.name, ""))
            menu.entryconfigure("end", image=icon, compound="left")
        bound.entries.append((menu, int(menu.index("end") or 0)))

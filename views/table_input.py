"""Mouse and keyboard of a windowed table: choosing rows, moving among them, dragging them elsewhere."""

from __future__ import annotations

import tkinter as tk
from typing import Callable, Optional

from views.columns_menu import show_columns_menu
from views.commands import key_sequences
from views.table_parts import TableEvents
from views.theme import Look
from views.windowed_table import WindowedTable

_SHIFT, _CONTROL = 0x1, 0x4  # bits of an event's state
_DRAG = 6  # pixels of a 96 dpi screen before a press becomes a drag
_EDGE_PAUSE = 60  # milliseconds between two rows while a drag waits at the edge


class TableInput:
    """Binds the input of ``table``; ``draggable`` says whether rows can be put elsewhere just now."""

    def __init__(
        self,
        table: WindowedTable,
        look: Look,
        events: TableEvents,
        menu: Callable[[int, int], None],
        draggable: Callable[[], bool] = lambda: False,
    ) -> None:
        self._table = table
        self._events = events
        self._menu = menu
        self._draggable = draggable
        self._far = look.px(_DRAG)
        self._pressed: Optional[int] = None  # y of a press on a chosen row
        self._pressed_place = 0
        self._target: Optional[int] = None  # the place before which a drop would go
        self._timer = ""
        self._line = tk.Frame(table.tree, height=look.px(2), background=look.palette.accent)
        self._look = look
        tree = table.tree
        tree.bind("<Button-1>", self._press)
        tree.bind("<B1-Motion>", self._drag)
        tree.bind("<ButtonRelease-1>", self._release, add=True)
        tree.bind("<Double-Button-1>", self._double)
        tree.bind("<Button-3>", self._right)
        tree.bind("<Return>", lambda _event: self._open())
        tree.bind("<Escape>", lambda _event: self._escape())
        for sequence in key_sequences("<Control-a>"):
            tree.bind(sequence, lambda _event: self._all())
        tree.bind("<Control-space>", lambda _event: self._toggle())
        for key in ("<Menu>", "<Shift-F10>") if _has_key(tree, "Menu") else ("<Shift-F10>",):
            tree.bind(key, lambda _event: self._menu_by_key())
        for key, move in (
            ("Up", lambda: -1),
            ("Down", lambda: 1),
            ("Prior", lambda: -table.full),
            ("Next", lambda: table.full),
            ("Home", lambda: -table.count),
            ("End", lambda: table.count),
        ):
            for modifier in ("", "Shift-", "Control-"):
                tree.bind(f"<{modifier}{key}>", self._mover(move))
        for key in ("Left", "Right", "space"):  # Treeview would open and close the rows
            tree.bind(f"<{key}>", lambda _event: "break")

    def _mover(self, move: Callable[[], int]) -> Callable[[tk.Event[tk.Misc]], str]:
        def run(event: tk.Event[tk.Misc]) -> str:
            state = event.state if isinstance(event.state, int) else 0
            self._move(move(), extend=bool(state & _SHIFT), quiet=bool(state & _CONTROL))
            return "break"

        return run

    def _move(self, distance: int, *, extend: bool, quiet: bool) -> None:
        table = self._table
        if not table.count:
            return
        place = max(0, min(table.choice.cursor + distance, table.count - 1))
        if extend:
            table.choice.up_to(place)
        elif quiet:
            table.choice.cursor = place
        else:
            table.choice.only(place)
        table.see(place)
        self._events.chosen()

    def _press(self, event: tk.Event[tk.Misc]) -> Optional[str]:
        table = self._table
        if table.tree.identify_region(event.x, event.y) not in ("cell", "tree"):
            return None  # a heading: Treeview's own business
        table.tree.focus_set()
        place = table.place_at(event.y)
        if place is None or place >= table.count:
            return "break"
        state = event.state if isinstance(event.state, int) else 0
        self._pressed = None
        if state & _SHIFT:
            table.choice.up_to(place)
        elif state & _CONTROL:
            table.choice.toggle(place)
        else:
            self._pressed, self._pressed_place = event.y, place
            if place not in table.choice.ranges:
                table.choice.only(place)
        table.redraw()
        self._events.chosen()
        return "break"

    def _drag(self, event: tk.Event[tk.Misc]) -> Optional[str]:
        if self._pressed is None:
            return None
        if self._target is None and abs(event.y - self._pressed) < self._far:
            return "break"
        if self._draggable():
            self._aim(event.y)
        return "break"

    def _aim(self, y: int) -> None:
        """Show where the rows would go, and scroll where the mouse waits at an edge."""
        table = self._table
        height = table.tree.winfo_height()
        place = table.place_at(y)
        box = table.tree.bbox(str((place or table.top) - table.top)) if place is not None else ()
        if place is None:
            above = y < height // 2
            place = table.top if above else min(table.count, table.top + table.full)
        elif box and y > int(box[1]) + int(box[3]) // 2:
            place += 1
        self._target = place
        self._show_line(place)
        if self._timer:
            table.after_cancel(self._timer)
            self._timer = ""
        step = -1 if y < self._far * 4 else 1 if y > height - self._far * 2 else 0
        if step:
            table.show_from(table.top + step)
            self._timer = table.after(_EDGE_PAUSE, lambda: self._aim(y))

    def _show_line(self, place: int) -> None:
        table = self._table
        slot = place - table.top
        box = table.tree.bbox(str(slot)) if table.tree.exists(str(slot)) else ()
        if box:
            y = int(box[1])
        else:
            box = table.tree.bbox(str(slot - 1)) if table.tree.exists(str(slot - 1)) else ()
            y = int(box[1]) + int(box[3]) if box else 0
        self._line.configure(background=self._look.palette.accent)
        self._line.place(x=0, y=max(0, y - 1), relwidth=1.0)

    def _release(self, _event: tk.Event[tk.Misc]) -> None:
        table, target = self._table, self._target
        pressed, self._pressed = self._pressed, None
        self._end_drag()
        if target is not None:
            self._events.dropped(table.ids[target] if target < table.count else None)
        elif pressed is not None and self._pressed_place < table.count:
            table.choice.only(self._pressed_place)
            table.redraw()
            self._events.chosen()

    def _end_drag(self) -> None:
        self._target = None
        self._line.place_forget()
        if self._timer:
            self._table.after_cancel(self._timer)
            self._timer = ""

    def _escape(self) -> Optional[str]:
        if self._target is None:
            return None
        self._pressed = None
        self._end_drag()
        return "break"

    def _double(self, event: tk.Event[tk.Misc]) -> Optional[str]:
        if self._table.tree.identify_region(event.x, event.y) not in ("cell", "tree"):
            return None
        self._press(event)
        self._pressed = None
        return self._open()

    def _open(self) -> str:
        table = self._table
        if table.count and table.choice.cursor < table.count:
            self._events.opened(table.ids[table.choice.cursor])
        return "break"

    def _right(self, event: tk.Event[tk.Misc]) -> None:
        table = self._table
        if table.tree.identify_region(event.x, event.y) in ("heading", "separator"):
            show_columns_menu(table, self._look, event.x_root, event.y_root)
            return
        place = table.place_at(event.y)
        if place is None or place >= table.count:
            return
        table.tree.focus_set()
        if place not in table.choice.ranges:
            table.choice.only(place)
            table.redraw()
            self._events.chosen()
        self._menu(event.x_root, event.y_root)

    def _menu_by_key(self) -> str:
        table = self._table
        box = table.tree.bbox(str(table.choice.cursor - table.top)) if table.count else ()
        if box:
            x, y = table.tree.winfo_rootx(), table.tree.winfo_rooty()
            self._menu(x + int(box[0]) + int(box[3]), y + int(box[1]) + int(box[3]))
        return "break"

    def _all(self) -> str:
        self._table.choice.everything(self._table.count)
        self._table.redraw()
        self._events.chosen()
        return "break"

    def _toggle(self) -> str:
        if self._table.count:
            self._table.choice.toggle(self._table.choice.cursor)
            self._table.redraw()
            self._events.chosen()
        return "break"


def _has_key(widget: tk.Misc, name: str) -> bool:
    """Whether this system's Tk knows a key of this name."""
    try:
        widget.bind(f"<{name}>")
    except tk.TclError:
        return False
    return True

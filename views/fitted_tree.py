"""A Treeview whose cells end in an ellipsis where they do not fit, with the whole text in a tooltip."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from views.theme import Look
from views.tooltip import Tooltip

_SETTLING = (80, 400)  # milliseconds until Tk has stretched the columns, on a busy machine too
_TK_PADDING = 4  # pixels, on any screen, at each side of a cell
PLAIN_ROWS = "Rows.Treeview"  # the style of rows that open nothing
SIGN_WIDTH = 28  # pixels of a 96 dpi screen: a narrow first column with a picture
_HEADING_ROOM = 8  # pixels of a 96 dpi screen that a heading's title does not have
# Tcl's own, since a call of Tk for each row gives the interpreter's lock away each time.
_SHOW_ROWS = (
    "tree rows",
    """foreach {item text image values tags} $rows {
        $tree item $item -text $text -image $image -values $values -tags $tags
    }""",
)


class ShownRow(NamedTuple):
    """What a row is to show; ``values`` are whole texts."""

    item: str
    values: Sequence[str]
    text: str = ""
    image: Any = ""
    tags: Tuple[str, ...] = ()


class FittedTree(ttk.Treeview):
    """Who asks for a cell gets its whole text; what is seen follows the columns' widths."""

    def __init__(self, parent: tk.Misc, look: Look, **options: Any) -> None:
        super().__init__(parent, **options)
        self._look = look
        self._elider = look.elider
        self._whole: Dict[str, Tuple[str, ...]] = {}
        self._names: Tuple[str, ...] = tuple(map(str, self["columns"]))
        self._rooms: Tuple[int, ...] = ()
        self._timer = ""
        # First, and so before a binding that lets no other have the event.
        own = f"Fitted{self}"
        self.bindtags((own, *self.bindtags()))
        # Columns stretch when the tree is drawn, which may be long after it was mapped.
        for event in ("<Configure>", "<ButtonRelease-1>", "<Map>", "<Expose>"):
            self.bind_class(own, event, lambda _event: self._refit_soon())
        self.bind_class(own, "<Destroy>", lambda _event: self._stop())
        self.tips = CellTips(self, own, look)

    def keep_signs(self) -> None:
        """Have a first column that is as wide as a picture; the tree shows it, without arrows."""
        self.configure(show="tree headings", style=PLAIN_ROWS)
        width = self._look.px(SIGN_WIDTH)
        self.column("#0", width=width, minwidth=width, stretch=False)

    def column(self, column: Any, option: Any = None, **options: Any) -> Any:
        """As Treeview's; what is seen follows a new width."""
        found = super().column(column, option, **options)
        if "width" in options:
            self._refit_soon()
        return found

    def insert(self, parent: str, index: Any, iid: Any = None, **options: Any) -> str:
        """As Treeview's."""
        values = options.pop("values", None)
        made = super().insert(parent, index, iid, **options)
        if values is not None:
            self.item(made, values=values)
        return made

    def item(self, item: Any, option: Any = None, **options: Any) -> Any:
        """As Treeview's, with whole texts."""
        name = str(item)
        if "values" in options:
            whole = self._whole[name] = tuple(map(str, options["values"]))
            options["values"] = self._fitted(whole)
        found = super().item(item, option, **options)
        if option == "values":
            return self._whole.get(name, found)
        if isinstance(found, dict) and name in self._whole:
            found["values"] = list(self._whole[name])
        return found

    def show_rows(self, rows: Sequence[ShownRow]) -> None:
        """As ``item`` for each of them, in one call of Tk: after each call others may take their turn."""
        words: List[Any] = []
        for row in rows:
            whole = self._whole[row.item] = tuple(map(str, row.values))
            words += (row.item, row.text, str(row.image), tuple(self._fitted(whole)), row.tags)
        if words:
            self.tk.call("apply", _SHOW_ROWS, str(self), tuple(words))

    def set(self, item: Any, column: Any = None, value: Any = None) -> Any:
        """As Treeview's, with whole texts."""
        name = str(item)
        if value is not None:
            whole = list(self._whole.get(name, ("",) * len(self._names)))
            whole[self._names.index(str(column))] = str(value)
            return self.item(item, values=whole)
        if name not in self._whole:
            return super().set(item, column)
        cells = dict(zip(self._names, self._whole[name]))
        return cells if column is None else cells.get(str(column), "")

    def delete(self, *items: Any) -> None:
        """As Treeview's."""
        for item in items:
            self._whole.pop(str(item), None)
        super().delete(*items)

    def shown(self, item: str, column: str) -> str:
        """What is seen of a cell."""
        return str(super().set(item, column))

    def title_cut(self, column: str) -> str:
        """The title of a column that is too narrow for it; "" for others."""
        title = str(self.heading(column, "text"))
        room = int(super().column(column, "width")) - self._look.px(_HEADING_ROOM)
        return title if self._elider.width(title) > room else ""

    def _fitted(self, whole: Sequence[str]) -> List[str]:
        fit = self._elider.fit
        rooms = self._rooms or self._measured()
        return [fit(text, room) for text, room in zip(whole, rooms)]

    def _measured(self) -> Tuple[int, ...]:
        padding = 2 * (self._look.px(6) + _TK_PADDING)  # views.theme's and Tk's own
        width = super().column
        self._rooms = tuple(int(width(name, "width")) - padding for name in self._names)
        return self._rooms

    def _refit_soon(self) -> None:
        if not self._timer:
            self._timer = self.after_idle(lambda: self.refit(_SETTLING))

    def refit(self, later: Sequence[int] = ()) -> None:
        """Shorten all rows to the columns' present widths, and again ``later``, in milliseconds."""
        self._timer = ""
        if later:
            self._timer = self.after(later[0], lambda: self.refit(later[1:]))
        before = self._rooms
        if self._measured() == before:
            return
        for item, whole in tuple(self._whole.items()):
            if self.exists(item):
                super().item(item, values=self._fitted(whole))
            else:  # gone with its parent
                del self._whole[item]

    def _stop(self) -> None:
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""


class CellTips(Tooltip):
    """Shows the whole text of a cut cell, or title, below it while the mouse rests there."""

    def __init__(self, tree: FittedTree, tag: str, look: Look) -> None:
        super().__init__(tree, look, self._cut_text)
        self._tree = tree
        self._cell: Tuple[str, str] = ("", "")  # the row, "" for the headings, and Tk's column
        tree.bind_class(tag, "<Motion>", self._moved)
        for event in ("<Leave>", "<ButtonPress>", "<Key>", "<MouseWheel>", "<Unmap>"):
            tree.bind_class(tag, event, lambda _event: self._left(), add=True)

    def _moved(self, event: tk.Event[tk.Misc]) -> None:
        tree = self._tree
        cell = str(tree.identify_row(event.y)), str(tree.identify_column(event.x))
        if cell != self._cell:
            self.hide()
            self._cell = cell
            if self._cut_text():
                self._wait()

    def _left(self) -> None:
        self._cell = ("", "")
        self.hide()

    def _cut_text(self) -> str:
        item, place = self._cell
        tree = self._tree
        if not place or place == "#0" or (item and not tree.exists(item)):
            return ""
        column = str(tree.column(place, "id"))
        if not item:
            return tree.title_cut(column)
        whole = str(tree.set(item, column))
        return whole if whole != tree.shown(item, column) else ""

    def _around(self) -> Tuple[int, int, int]:
        tree, (item, place) = self._tree, self._cell
        left, top, _bottom = super()._around()
        box: Any = tree.bbox(item, place) if item else ()
        if not box:  # a heading
            return tree.winfo_pointerx(), top, top + self._look.px(26)
        return left + max(0, box[0]), top + box[1], top + box[1] + box[3]

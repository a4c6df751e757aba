"""How the user has laid out the tables: widths, hidden columns and order, kept from one start to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Callable, Dict, Tuple

from views.windowed_table import WindowedTable

Sort = Tuple[str, bool]  # a column's name, and whether downwards


class TableLayouts:
    """The layouts by the table's name, as they stand in the settings; what does not fit is left out."""

    def __init__(self, text: str) -> None:
        self._layouts: Dict[str, Dict[str, Any]] = {}
        self._tables: Dict[str, Tuple[WindowedTable, Callable[[], Sort]]] = {}
        with suppress(ValueError, AttributeError):
            self._layouts = {
                str(name): layout
                for name, layout in json.loads(text).items()
                if isinstance(layout, dict)
            }

    def follow(self, name: str, table: WindowedTable, sort: Callable[[], Sort]) -> Sort:
        """Lay a table out as it was, and return what it was sorted by; ("", False) for the usual.

        ``sort`` is asked for what it is sorted by when its layout is kept.
        """
        self._tables[name] = table, sort
        layout = self._layouts.get(name, {})
        with suppress(ValueError, TypeError, AttributeError):
            table.set_widths(
                {str(column): int(width) for column, width in layout.get("widths", {}).items()}
            )
        with suppress(TypeError):
            table.hide_columns(str(column) for column in layout.get("hidden", ()))
        with suppress(ValueError, TypeError):
            column, descending = layout.get("sort", ("", False))
            return str(column), bool(descending)
        return "", False

    def leave(self, name: str) -> None:
        """Remember how a table that goes is laid out."""
        self._take(name)
        self._tables.pop(name, None)

    def text(self) -> str:
        """All layouts as they are now, for the settings."""
        for name in self._tables:
            self._take(name)
        return json.dumps(self._layouts)

    def _take(self, name: str) -> None:
        if name in self._tables:
            table, sort = self._tables[name]
            self._layouts[name] = {
                "sort": list(sort()),
                "widths": table.widths(),
                "hidden": list(table.hidden),
            }

"""How the user has laid out the tables: widths, hidden columns and order, kept from one start to the next."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Dict, Tuple

from views.windowed_table import WindowedTable


class TableLayouts:
    """The layouts by the table's name, as they stand in the settings; what does not fit is left out."""

    def __init__(self, text: str) -> None:
        self._layouts: Dict[str, Dict[str, Any]] = {}
        with suppress(ValueError, AttributeError):
            self._layouts = {
                str(name): layout
                for name, layout in json.loads(text).items()
                if isinstance(layout, dict)
            }

    def apply(self, name: str, table: WindowedTable) -> Tuple[str, bool]:
        """Lay a table out, and return what it was sorted by and whether downwards; "" for the usual."""
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

    def take(self, name: str, table: WindowedTable, sort: Tuple[str, bool]) -> None:
        """Remember how a table is laid out now."""
        self._layouts[name] = {
            "sort": list(sort),
            "widths": table.widths(),
            "hidden": list(table.hidden),
        }

    def text(self) -> str:
        """All layouts, for the settings."""
        return json.dumps(self._layouts)

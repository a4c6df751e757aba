"""What a row of a long table looks like."""

from __future__ import annotations

from typing import Any, Optional

from views.bars import Bars
from views.fitted_tree import ShownRow
from views.icons import Icons
from views.numbers import count_text
from views.table_parts import Row


def shown_row(slot: str, row: Optional[Row], number: int, bars: Bars, icons: Icons) -> ShownRow:
    """Return what a place on the screen shows of a row, or of one that is not there yet (None)."""
    if row is None:
        return ShownRow(slot, ("…",), tags=("muted",))
    image: Any = "" if row.bar is None else bars.image(row.bar)
    room = ""  # Tk leaves none between a picture and words
    if row.sign is not None:
        image, room = icons.image(*row.sign), "  "
    lead = count_text(number) if number else ""
    text = room + "  ".join(filter(None, (lead, row.lead)))
    return ShownRow(slot, row.values, text, image, (row.tag,) if row.tag else ())

"""A table as text, in columns of a terminal."""

from __future__ import annotations

import unicodedata
from typing import Iterable, Sequence

from core.text.formatting import visible


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], indent: str = "") -> str:
    """Columns as wide as their widest cell; empty columns are left out."""
    cells = [[visible(cell) for cell in row] for row in rows]
    used = [column for column in range(len(headers)) if any(row[column].strip() for row in cells)]
    lines = [
        [headers[column] for column in used],
        *([row[column] for column in used] for row in cells),
    ]
    widths = [max(_columns(line[position]) for line in lines) for position in range(len(used))]
    return "\n".join(
        (
            indent
            + "  ".join(cell + " " * (width - _columns(cell)) for cell, width in zip(line, widths))
        ).rstrip()
        for line in lines
    )


def _columns(text: str) -> int:
    """Terminal columns that the text takes: East Asian characters and emoji are two wide."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )

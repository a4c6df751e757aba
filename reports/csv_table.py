"""Tables for spreadsheets, as CSV; nothing in a film's name can become a formula (``harmless_cell``)."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Iterable, Sequence, Union

from reports.whole_file import write_file

Cell = Union[str, int]


def write_csv(path: Path, text: str) -> None:
    """Write a table; raises FolderNotWritable."""
    write_file(path, text.encode("utf-8-sig"))  # with the mark by which Excel knows UTF-8


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a header and the rows.

    Quoted everywhere: a spreadsheet that takes semicolons for borders must not find one in a name.
    """
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    table.writerow(columns)
    table.writerows(rows)
    return text.getvalue()

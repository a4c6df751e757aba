"""Tables for spreadsheets, as CSV; nothing in a film's name can become a formula (``harmless_cell``)."""

from __future__ import annotations

import csv
import io
from enum import Enum
from pathlib import Path
from typing import Callable, Iterable, Mapping, Optional, Sequence, Union

from core.reporting.page_language import PageLanguage
from reports.whole_file import write_file

Cell = Union[str, int]
WordOf = Callable[[Enum], str]


def value_of(member: Enum) -> str:
    """Return what programs call it."""
    return str(member.value)


def headings(columns: Mapping[str, str], language: Optional[PageLanguage]) -> Sequence[str]:
    """Return the columns' names for programs, or, in a person's ``language``, what they mean."""
    return tuple(columns) if language is None else tuple(map(language.say, columns.values()))


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

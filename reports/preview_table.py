"""A preview as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Iterable, List, Optional, Union

from core.planning.preview import FilmPreview
from core.queue.overview import Estimate
from reports.statistics_page import harmless_cell
from reports.whole_file import write_file

COLUMNS = (
    *("film", "folder", "outcome", "why", "template", "tracks kept", "tracks dropped"),
    *("bytes", "expected bytes", "expected bytes, low", "expected bytes, high"),
    *("expected seconds", "expected seconds, low", "expected seconds, high"),
)


def write_preview(path: Path, films: Iterable[FilmPreview]) -> None:
    """Write one row per film; raises FolderNotWritable."""
    # With the mark by which Excel knows UTF-8.
    write_file(path, preview_csv(films).encode("utf-8-sig"))


def preview_csv(films: Iterable[FilmPreview]) -> str:
    """Return a header and one row per film."""
    text = io.StringIO()
    # Quoted everywhere: a spreadsheet that takes semicolons for borders must not find one in a name.
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    rows.writerow(COLUMNS)
    for film in films:
        rows.writerow(_row(film))
    return text.getvalue()


def _row(film: FilmPreview) -> List[Union[str, int]]:
    words = (film.path.name, str(film.path.parent), film.outcome.value, film.message, film.template)
    return [
        *map(harmless_cell, words),
        film.kept,
        film.dropped,
        film.size,
        *_figures(film.expected.range if film.expected else None),
        *_figures(film.time),
    ]


def _figures(found: Optional[Estimate]) -> List[Union[str, int]]:
    if found is None:
        return ["", "", ""]
    return [round(found.likely), round(found.low), round(found.high)]

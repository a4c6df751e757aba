"""A preview as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List, Optional

from core.planning.preview import FilmPreview
from core.queue.overview import Estimate
from reports.csv_table import Cell, csv_text, write_csv
from reports.statistics_page import harmless_cell

COLUMNS = (
    *("film", "folder", "outcome", "why", "template", "tracks kept", "tracks dropped"),
    *("bytes", "expected bytes", "expected bytes, low", "expected bytes, high"),
    *("expected seconds", "expected seconds, low", "expected seconds, high"),
)


def write_preview(path: Path, films: Iterable[FilmPreview]) -> None:
    """Write one row per film; raises FolderNotWritable."""
    write_csv(path, preview_csv(films))


def preview_csv(films: Iterable[FilmPreview]) -> str:
    """Return a header and one row per film."""
    return csv_text(COLUMNS, map(_row, films))


def _row(film: FilmPreview) -> List[Cell]:
    words = (film.path.name, str(film.path.parent), film.outcome.value, film.message, film.template)
    return [
        *map(harmless_cell, words),
        film.kept,
        film.dropped,
        film.size,
        *_figures(film.expected.range if film.expected else None),
        *_figures(film.time),
    ]


def _figures(found: Optional[Estimate]) -> List[Cell]:
    if found is None:
        return ["", "", ""]
    return [round(found.likely), round(found.low), round(found.high)]

"""Films of the library as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List

from core.library.film import LibraryFilm
from reports.csv_table import Cell, csv_text, write_csv
from reports.statistics_page import harmless_cell

COLUMNS = (
    *("film", "folder", "codec", "width", "height", "hdr", "seconds", "bytes", "kbit/s"),
    *("languages", "state", "why", "condition", "what is wrong"),
    *("expected saving in bytes", "expected saving, low", "expected saving, high"),
)


def write_library(path: Path, films: Iterable[LibraryFilm]) -> None:
    """Write one row per film; raises FolderNotWritable."""
    write_csv(path, library_csv(films))


def library_csv(films: Iterable[LibraryFilm]) -> str:
    """Return a header and one row per film."""
    return csv_text(COLUMNS, map(_row, films))


def _row(film: LibraryFilm) -> List[Cell]:
    facts, saving = film.facts, film.saving
    figures: List[Cell] = ["", "", ""]
    if saving is not None:
        figures = [round(saving.likely), round(saving.low), round(saving.high)]
    return [
        harmless_cell(film.path.name),
        harmless_cell(str(film.path.parent)),
        facts.codec,
        facts.width,
        facts.height,
        facts.hdr,
        round(facts.duration),
        film.size,
        round(film.bit_rate or 0),
        " ".join(facts.languages),
        film.state.value,
        harmless_cell(film.message),
        film.health.value,
        harmless_cell(film.health_sentence),
        *figures,
    ]

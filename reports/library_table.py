"""Films of the library as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Iterable, List, Union

from core.library.film import LibraryFilm
from reports.statistics_page import harmless_cell
from reports.whole_file import write_file

COLUMNS = (
    *("film", "folder", "codec", "width", "height", "hdr", "seconds", "bytes", "kbit/s"),
    *("languages", "state", "why", "condition", "what is wrong"),
    *("expected saving in bytes", "expected saving, low", "expected saving, high"),
)


def write_library(path: Path, films: Iterable[LibraryFilm]) -> None:
    """Write one row per film; raises FolderNotWritable."""
    # With the mark by which Excel knows UTF-8.
    write_file(path, library_csv(films).encode("utf-8-sig"))


def library_csv(films: Iterable[LibraryFilm]) -> str:
    """Return a header and one row per film."""
    text = io.StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    rows.writerow(COLUMNS)
    for film in films:
        rows.writerow(_row(film))
    return text.getvalue()


def _row(film: LibraryFilm) -> List[Union[str, int]]:
    facts, saving = film.facts, film.saving
    figures: List[Union[str, int]] = ["", "", ""]
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

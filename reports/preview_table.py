"""A preview as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List, Optional

from core.planning.preview import FilmPreview
from core.ports import Translator
from core.queue.overview import Estimate
from core.reporting.page_language import ENGLISH, PageLanguage
from core.text.sentence import N_
from reports.csv_table import Cell, WordOf, csv_text, headings, value_of, write_csv
from reports.statistics_page import harmless_cell

# The names of the columns for programs, and what they mean to a person.
COLUMNS = {
    "film": N_("Film"),
    "folder": N_("Folder"),
    "outcome": N_("Action"),
    "why": N_("Why"),
    "template": N_("Template"),
    "tracks kept": N_("Tracks kept"),
    "tracks dropped": N_("Tracks removed"),
    "bytes": N_("Bytes"),
    "expected bytes": N_("Expected bytes"),
    "expected bytes, low": N_("Expected bytes, low"),
    "expected bytes, high": N_("Expected bytes, high"),
    "expected seconds": N_("Expected seconds"),
    "expected seconds, low": N_("Expected seconds, low"),
    "expected seconds, high": N_("Expected seconds, high"),
}


def write_preview(
    path: Path,
    films: Iterable[FilmPreview],
    language: Optional[PageLanguage] = None,
    word: WordOf = value_of,
) -> None:
    """Write one row per film, as ``preview_csv`` has it; raises FolderNotWritable."""
    write_csv(path, preview_csv(films, language, word))


def preview_csv(
    films: Iterable[FilmPreview],
    language: Optional[PageLanguage] = None,
    word: WordOf = value_of,
) -> str:
    """Return a header and one row per film: in a person's ``language``, or with names for programs.

    ``word`` says what the outcome is called.
    """
    say = (language or ENGLISH).sentence
    return csv_text(headings(COLUMNS, language), (_row(film, say, word) for film in films))


def _row(film: FilmPreview, say: Translator, word: WordOf) -> List[Cell]:
    words = (
        *(film.path.name, str(film.path.parent), word(film.outcome)),
        *(say(film.message), film.template),
    )
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

"""Films of the library as a CSV table; nothing in a film's name can become a formula."""

from __future__ import annotations

from pathlib import Path
from typing import Iterable, List, Optional

from core.library.film import LibraryFilm
from core.ports import Translator
from core.reporting.page_language import ENGLISH, PageLanguage
from core.text.sentence import N_
from reports.csv_table import Cell, WordOf, csv_text, headings, value_of, write_csv
from reports.statistics_page import harmless_cell

# The names of the columns for programs, and what they mean to a person.
COLUMNS = {
    "film": N_("Film"),
    "folder": N_("Folder"),
    "codec": N_("Codec"),
    "width": N_("Width"),
    "height": N_("Height"),
    "hdr": N_("HDR"),
    "seconds": N_("Seconds"),
    "bytes": N_("Bytes"),
    "kbit/s": N_("kbit/s"),
    "languages": N_("Languages"),
    "state": N_("Status"),
    "why": N_("Why"),
    "condition": N_("Condition"),
    "what is wrong": N_("What is wrong"),
    "expected saving in bytes": N_("Expected saving in bytes"),
    "expected saving, low": N_("Expected saving, low"),
    "expected saving, high": N_("Expected saving, high"),
}


def write_library(
    path: Path,
    films: Iterable[LibraryFilm],
    language: Optional[PageLanguage] = None,
    word: WordOf = value_of,
) -> None:
    """Write one row per film, as ``library_csv`` has it; raises FolderNotWritable."""
    write_csv(path, library_csv(films, language, word))


def library_csv(
    films: Iterable[LibraryFilm],
    language: Optional[PageLanguage] = None,
    word: WordOf = value_of,
) -> str:
    """Return a header and one row per film: in a person's ``language``, or with names for programs.

    ``word`` says what a film's state and condition are called.
    """
    say = (language or ENGLISH).sentence
    return csv_text(headings(COLUMNS, language), (_row(film, say, word) for film in films))


def _row(film: LibraryFilm, say: Translator, word: WordOf) -> List[Cell]:
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
        word(film.state),
        harmless_cell(say(film.message)),
        word(film.health),
        harmless_cell(say(film.health_sentence)),
        *figures,
    ]

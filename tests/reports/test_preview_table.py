"""A preview as a table: all figures, and no name that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FolderNotWritable
from core.planning.forecast import Expected
from core.planning.preview import FilmPreview, PreviewOutcome
from core.queue.overview import Estimate
from reports.preview_table import COLUMNS, preview_csv, write_preview

HOSTILE = (
    "=cmd|' /C calc'!A0.mkv",
    "+1.mkv",
    "-1.mkv",
    "@SUM(A1).mkv",
    "\t=1.mkv",
    'a";=1.mkv',
    "two\nlines.mkv",
    "\udcff.mkv",
    "Ümit, ığ.mkv",
)


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_figure_of_a_film_has_its_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    film = FilmPreview(
        Path("/films/A.mkv"),
        PreviewOutcome.ENCODE,
        "It changes.",
        size=1000,
        kept=3,
        dropped=2,
        template="normal",
        expected=Expected(500.0),
        time=Estimate(1.0, 2.4, 3.6),
    )
    write_preview(path, [film])
    head, row = read(path)
    assert tuple(head) == tuple(COLUMNS)
    assert row[:5] == ["A.mkv", str(Path("/films")), "encode", "It changes.", "normal"]
    assert row[5:] == ["3", "2", "1000", "500", "500", "500", "2", "1", "4"]


def test_what_is_not_known_is_empty_and_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_preview(path, [FilmPreview(Path("/a.mkv"), PreviewOutcome.COPY)])
    assert read(path)[1][8:] == [""] * 6


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_a_formula_or_a_row(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    write_preview(path, [FilmPreview(Path("/films") / name, PreviewOutcome.COPY, name)])
    rows = read(path)
    assert len(rows) == 2
    for cell in (rows[1][0], rows[1][3]):
        assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    text = path.read_text("utf-8-sig").replace('""', "")
    assert '";' not in text, "no cell ends before a semicolon"


@given(st.text(max_size=20))
def test_any_message_stays_in_its_cell(message: str) -> None:
    text = preview_csv([FilmPreview(Path("/a.mkv"), PreviewOutcome.COPY, message)])
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(row) for row in rows] == [len(COLUMNS)] * 2


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FolderNotWritable):
        write_preview(tmp_path / "gone" / "a.csv", [])

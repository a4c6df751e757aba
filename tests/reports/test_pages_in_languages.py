"""Pages and tables that are made for a person speak the window's language."""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Iterator, List

import pytest

from core.library.film import FilmFacts, FilmHealth, LibraryFilm, LibraryState
from core.planning.preview import FilmPreview, PreviewOutcome
from core.reporting.log_entry import EntryKind, LogEntry
from core.reporting.statistics import StatisticsReport, Sums
from core.text.sentence import Sentence
from reports.bundle import BundleParts, write_bundle
from reports.html_log import write_page
from reports.html_log_page import page_head
from reports.library_table import library_csv
from reports.preview_table import preview_csv
from reports.statistics_page import statistics_page, write_csv
from tests.reports.browser import Browser, require_browser
from views.library_texts import word_of
from views.page_language import page_language
from views.preview_rows import outcome_word
from views.texts import use_language

LOCALE = Path(__file__).resolve().parents[2] / "assets" / "locale"
MADE = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
DONE = Sums(1234, 1, 2, 9_000_000_000, 4_000_000_000, 1800.0, 5400.0)
FIGURES = StatisticsReport("2026-01-01", "2026-03-01", DONE, machines=(("desk", DONE),))
NO_VIDEO = Sentence("This file has no video.")


@pytest.fixture(params=["nl", "tr"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param, LOCALE)
    yield request.param
    use_language("en", LOCALE)


class Words(HTMLParser):
    """The texts of a page that a person reads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: List[str] = []
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent = tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.found.append(data.strip())


def test_no_english_is_left_in_the_report_of_statistics(language: str) -> None:
    english = Words(statistics_page(FIGURES, MADE)).found
    page = statistics_page(FIGURES, MADE, page_language())
    shown = Words(page).found
    assert len(shown) == len(english)
    same = {text for text, other in zip(shown, english) if text == other}
    assert not {text for text in same if re.search(r"[a-z]{4}", text)} - {
        "desk",
        "Films",
        "Machine",
    }
    assert "1.234" in shown
    assert f'<html lang="{language}">' in page
    assert ("1 mrt 2026" if language == "nl" else "1 Mar 2026") in page


def test_the_table_of_statistics_has_headings_for_a_person(language: str, tmp_path: Path) -> None:
    write_csv(tmp_path / "programs.csv", FIGURES)
    write_csv(tmp_path / "person.csv", FIGURES, page_language())
    programs, person = (
        list(csv.reader(io.StringIO((tmp_path / f"{name}.csv").read_text("utf-8-sig"))))
        for name in ("programs", "person")
    )
    assert programs[0][:3] == ["split by", "name", "completed"]
    assert not set(person[0]) & set(programs[0])
    assert [row[2:] for row in person[1:]] == [row[2:] for row in programs[1:]]
    assert {row[0] for row in person} & {"total", "day", "Machine"} <= (
        {"Machine"} if language == "nl" else set()
    )


def test_films_of_the_library_are_listed_in_words(language: str) -> None:
    film = LibraryFilm(
        1,
        Path("/films/Film.mkv"),
        100,
        LibraryState.LEFT_ALONE,
        FilmFacts(codec="h264"),
        NO_VIDEO,
        health=FilmHealth.DAMAGED,
    )
    programs, person = (
        list(csv.reader(io.StringIO(text)))
        for text in (library_csv([film]), library_csv([film], page_language(), word_of))
    )
    assert programs[0][0] == "film"
    assert {"left alone", "damaged", str(NO_VIDEO)} <= set(programs[1])
    assert not {"left alone", "damaged", str(NO_VIDEO)} & set(person[1])
    assert page_language().sentence(NO_VIDEO) in person[1]


def test_a_preview_is_listed_in_words(language: str) -> None:
    film = FilmPreview(Path("/films/Film.mkv"), PreviewOutcome.LEFT_ALONE, NO_VIDEO)
    programs, person = (
        list(csv.reader(io.StringIO(text)))
        for text in (preview_csv([film]), preview_csv([film], page_language(), outcome_word))
    )
    assert programs[0][2:4] == ["outcome", "why"]
    assert programs[1][2:4] == ["left alone", str(NO_VIDEO)]
    assert person[1][2:4] == [
        outcome_word(PreviewOutcome.LEFT_ALONE),
        page_language().sentence(NO_VIDEO),
    ]
    assert not {"left alone", str(NO_VIDEO)} & set(person[1])


def test_a_report_for_a_bug_says_to_its_owner_what_it_holds(language: str, tmp_path: Path) -> None:
    parts = BundleParts("1", tmp_path, tmp_path, {}, lambda text: text, page_language().say)
    write_bundle(tmp_path / "report.zip", parts)
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        about = bundle.read("about.txt").decode("utf-8")
    own, what_is_in_it, english, *_more = about.split("\n\n")
    assert english == "This is a report for a bug in MediaProcessor."  # for whoever mends it
    assert own != english
    assert "MediaProcessor" in own
    assert "API" in what_is_in_it
    assert "“***”" in what_is_in_it


def entries() -> Iterator[LogEntry]:
    base = LogEntry(1000.0, logging.INFO, "Film.mkv: analyzing", job=7, film="/films/Film.mkv")
    yield LogEntry(999.0, logging.WARNING, "The disk is nearly full.", trace="line 1\nline 2")
    yield replace(base, kind=EntryKind.STATE, state="analyzing")
    yield replace(base, kind=EntryKind.TOOL, source="ffmpeg", message="frame=1")
    yield replace(base, kind=EntryKind.TOOL, source="ffmpeg", message="frame=2")
    yield replace(base, kind=EntryKind.COMMAND, message="ffmpeg -i", details=("ffmpeg -i",))
    yield replace(
        base,
        kind=EntryKind.STATE,
        state="completed",
        original_size=5_000_000,
        processed_size=2_500_000,
    )


def test_around_the_entries_of_a_log_stands_the_readers_language(
    language: str, tmp_path: Path
) -> None:
    require_browser()
    write_page(tmp_path / "log.html", "Log", entries(), page_language())
    with Browser() as browser:
        page = browser.open(tmp_path / "log.html")
        page.evaluate("document.querySelector('body > script').remove()")
        shown = page.evaluate("document.body.textContent")
        assert page.complaints == []
    own = ("Film.mkv: analyzing", "The disk is nearly full.")
    for text in own:
        assert text in shown
        shown = shown.replace(text, "")
    words = (
        "Show|Search|Previous|Output of|lines|entries|The program|with warnings|Before|Saved",
        "Copy|WARNING|completed",
    )
    english = rf"\b({'|'.join(words)})\b"
    assert not re.search(english, shown), shown
    assert "2,5 MB" in shown


def test_a_page_in_english_carries_no_words_and_every_page_runs_the_same_script() -> None:
    plain = page_head("Log")
    use_language("nl", LOCALE)
    try:
        dutch = page_head("Log", page_language())
    finally:
        use_language("en", LOCALE)
    policy = re.compile(r"script-src '(sha256-[^']+)'")
    assert "data-words" not in plain
    assert "data-words" in dutch
    assert policy.findall(plain) == policy.findall(dutch) != []

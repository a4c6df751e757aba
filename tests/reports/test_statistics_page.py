"""The figures as a page, a table and a picture, with names that would like to be something else."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest

from core.errors import FolderNotWritable
from core.reporting.statistics import StatisticsReport, Sums, TopSaving
from core.reporting.statistics_charts import charts_of
from reports.statistics_page import (
    harmless_cell,
    statistics_page,
    write_csv,
)
from reports.statistics_picture import Typeface, png_of
from reports.whole_file import write_file
from tests.reports.browser import Browser, require_browser

MADE = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)
HOSTILE = "<script>document.title='owned'</script>\"'& \u202egnp.exe"
DONE = Sums(3, 1, 2, 9_000_000_000, 4_000_000_000, 1800.0, 5400.0)
REPORT = StatisticsReport(
    "2026-01-01",
    "2026-03-01",
    DONE,
    periods=(("2026-01-01", DONE), ("2026-01-02", Sums()), ("2026-01-03", DONE)),
    machines=((HOSTILE, DONE), ("desk", DONE)),
    codecs=(("h264", DONE),),
    audio_before=(("ac3", Sums(completed=4)),),
    audio_after=(("opus", Sums(completed=4)),),
    steps=(("encode", Sums(seconds=1700.0)),),
    top=(TopSaving(f"/films/{HOSTILE}.mkv", "2026-01-01", 4_000_000_000, 1_000_000_000),),
)


def test_the_page_holds_every_chart_and_nothing_from_outside() -> None:
    page = statistics_page(REPORT, MADE)
    assert page.count("<svg") == 6
    assert "http://" not in page.replace("http-equiv", "")
    assert "https://" not in page
    assert "<script>" not in page
    assert "5.0 GB" in page


def test_without_any_film_the_page_says_so() -> None:
    page = statistics_page(StatisticsReport("", "", Sums()), MADE)
    assert page.count("No film was completed in this period.") == 6
    assert "nothing yet" in page


def test_the_table_opens_in_spreadsheets_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    write_csv(path, StatisticsReport("", "", DONE, machines=(("=1+2", DONE), ("Ümit", DONE))))
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1][:6] == ["total", "", "3", "1", "2", "9000000000"]
    assert rows[1][6:] == ["4000000000", "5000000000", "1800.0", "5400.0", "0", "", "0"]
    assert [row[1] for row in rows[2:]] == ["'=1+2", "Ümit"]


def test_how_near_films_came_to_their_target_is_told_where_any_was_measured(tmp_path: Path) -> None:
    scored = replace(DONE, scored=4, score_difference=-1.0, target_met=3)
    page = statistics_page(StatisticsReport("", "", scored), MADE)
    assert "Films near their target<b>3 of 4</b>" in page
    assert "Mean difference to the target<b>-0.2</b>" in page
    assert "target" not in statistics_page(StatisticsReport("", "", DONE), MADE)


def test_what_reads_the_table_by_its_places_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    scored = replace(DONE, scored=4, score_difference=-1.0, target_met=3)
    write_csv(path, StatisticsReport("", "", scored))
    names, total = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert names[:10] == [
        *("split by", "name", "completed", "failed", "skipped", "size_before", "size_after"),
        *("saved", "seconds", "film_seconds"),
    ]
    assert dict(zip(names[10:], total[10:])) == {
        "scored": "4",
        "mean_difference": "-0.25",
        "target_met": "3",
    }


@pytest.mark.parametrize("name", ["=a", "+a", "-a", "@a"])
def test_a_name_that_spreadsheets_would_work_out_is_a_text(name: str) -> None:
    assert harmless_cell(name) == f"'{name}"


def test_a_file_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(FolderNotWritable, match=r"^.*\.$"):
        write_file(tmp_path / "gone" / "page.html", b"x")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]


def test_the_picture_is_one_and_shows_all_charts() -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is optional")
    colors = {"window": "#ffffff"}
    data = png_of(charts_of(REPORT), lambda role: colors.get(role, "#1a5fc4"))
    with image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert picture.width == 900
        assert picture.height > 800
        assert len(picture.getcolors(100000)) > 2


def test_letters_that_pillows_own_font_lacks_become_such_as_it_has() -> None:
    pytest.importorskip("PIL.Image", reason="Pillow is optional")
    own = Typeface(names=())
    assert own.fit("Über Ķ… 1.2× – 映画") == "Uber K... 1.2x - ??"
    best = Typeface()
    assert best.fit("Über") == ("Über" if best.complete else "Uber")
    assert best.width("Über") > best.width("Ü") > 0


def test_in_a_browser_the_page_is_quiet_asks_for_nothing_and_hostile_names_are_inert(
    tmp_path: Path,
) -> None:
    require_browser()
    path = tmp_path / "statistics.html"
    path.write_text(statistics_page(REPORT, MADE), "utf-8")
    with Browser() as browser:
        page = browser.open(path)
        assert page.evaluate("document.title") == "MediaProcessor: Statistics"
        assert page.evaluate("document.querySelectorAll('svg rect').length") > 10
        assert page.complaints == []
        assert [address for address in page.requests if not address.startswith("file:")] == []
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert page.evaluate(wide), "nothing stands over the page's edge"
        page.screenshot(tmp_path / "page.png")

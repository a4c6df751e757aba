"""The page in a real browser, by mouse and keys: put together by job, filtered, searched, inert."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator, List

import pytest

from core.reporting.log_entry import EntryKind, LogEntry
from reports.html_log import MEND, entry_html, write_page
from reports.html_log_page import page_head
from tests.reports.browser import Browser, Page, require_browser
from tests.reports.entries import HOSTILE, small_day, text

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_browser()
    with Browser() as one:
        yield one


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    write_page(tmp_path / "day.html", "MediaProcessor log, 2026-11-24", small_day())
    page = browser.open(tmp_path / "day.html")
    yield page
    assert page.complaints == []
    assert page.requests == []
    assert page.dialogs == []


def texts(page: Page, selector: str) -> List[str]:
    """What can be read of the elements that are to be seen, once the browser has drawn them."""
    script = (
        f"[...document.querySelectorAll({selector!r})].filter(one => one.checkVisibility("
        "{contentVisibilityAuto: false})).map(one => one.innerText.trim())"
    )
    found: List[str] = []

    def drawn() -> bool:
        found[:] = page.evaluate(script)
        return all(found)

    page.until(drawn, f"the text of {selector}")
    return found


def settled(page: Page, wanted: str) -> None:
    page.until(lambda: wanted in page.evaluate("count.value"), wanted)


def test_each_job_has_a_section_with_film_state_and_sizes(page: Page) -> None:
    summaries = texts(page, "section > details > summary")
    assert [" ".join(text.split()) for text in summaries] == [
        "The program itself 14:00:00 – 14:06:00 with warnings",
        "Job 7 Metropolis (1927).mkv completed 14:01:00 – 14:05:00 17.3 MB → 2.8 MB",
        "Job 8 Broken.mkv failed 14:01:00 – 14:02:00",
    ]
    assert page.evaluate("count.value") == "9 entries"


def test_a_section_has_a_time_line_figures_commands_and_folded_output(page: Page) -> None:
    page.click("#job-7 summary")
    page.until(lambda: page.evaluate("document.querySelector('#job-7 details').open"), "opening")
    assert [text.split() for text in texts(page, "#job-7 ol li")] == [
        ["14:01:00", "analyzing"],
        ["14:05:00", "completed"],
    ]
    facts = dict(text.split(maxsplit=1) for text in texts(page, "#job-7 dl div"))
    assert facts["Film"] == "/films/Metropolis (1927)/Metropolis (1927).mkv"
    assert (facts["Before"], facts["After"]) == ("17.3 MB", "2.8 MB")
    assert facts["Saved"] == "14.5 MB (84%)"
    folded = texts(page, "#job-7 .lines summary")
    assert folded == ["Output of ffmpeg, 2 lines", "Figures"]
    output = "#job-7 .lines details pre"
    assert texts(page, output) == []
    page.click("#job-7 .lines summary")
    page.until(lambda: texts(page, output), "the output")
    assert texts(page, output) == ["x265 [info]: frame I: 12\nx265 [info]: frame P: 99"]


def test_a_command_is_copied_by_its_button(page: Page) -> None:
    page.click("#job-7 summary")
    page.click("#job-7 .c > button")
    page.until(lambda: texts(page, "#job-7 .c > button") == ["Copied"], "the copy")


def test_levels_leave_out_what_is_below_them(page: Page) -> None:
    page.evaluate("level.focus()")
    page.press("ArrowDown")
    page.press("ArrowDown")
    settled(page, "2 of 9 entries")

    def left() -> bool:  # what is outside the screen is drawn late, and has no text before
        found = texts(page, "section")  # those without a warning are gone
        wanted = ("A warning of the program.", "Job 8: failed.")
        return len(found) == 2 and all(part in text for part, text in zip(wanted, found))

    page.until(left, "the two sections with warnings")
    page.press("ArrowUp")
    page.press("ArrowUp")
    settled(page, "9 entries")


def test_by_time_everything_stands_in_the_order_in_which_it_came(page: Page) -> None:
    page.evaluate("order.focus()")
    page.press("ArrowDown")
    page.until(lambda: not texts(page, "section"), "the other order")
    times = texts(page, "main time")
    assert len(times) == 9
    assert times == sorted(times)


def test_searching_opens_counts_marks_and_goes_through_what_matches(page: Page) -> None:
    page.press("Tab")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("search.focus()")
    page.write("FRAME")
    settled(page, "1 of 9 entries")
    assert len(texts(page, "section")) == 1
    assert page.evaluate("CSS.highlights.get('found').size") == 2
    page.press("Enter")
    settled(page, "1 of 1")
    assert len(texts(page, "#job-7 .lines details[open] pre")) == 1, "the folded output is opened"
    for _ in "FRAME":
        page.press("Backspace")
    page.write("job")
    settled(page, "of 9 entries")
    page.press("Enter")
    settled(page, "1 of ")
    page.press("Enter", shift=True)
    page.until(lambda: len(set(page.evaluate("count.value").split(" of "))) == 1, "the last")
    for _ in "job":
        page.press("Backspace")
    settled(page, "9 entries")
    assert page.evaluate("CSS.highlights.has('found')") is False


def test_a_link_opens_a_job(browser: Browser, tmp_path: Path) -> None:
    write_page(tmp_path / "day.html", "x", small_day())
    page = browser.open(tmp_path / "day.html")
    page.evaluate("location.hash = 'job-8'")
    page.until(lambda: page.evaluate("document.querySelector('#job-8 details').open"), "opening")


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    day: List[LogEntry] = []
    for name in HOSTILE:
        day += small_day(f"/films/{name}")
        day += [text(name, job=9, step=name, details=(name,), trace=name, source=name)]
    write_page(tmp_path / "day.html", HOSTILE[0], day)
    page = browser.open(tmp_path / "day.html")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    page.evaluate("search.focus()")
    page.write("<script>")
    page.until(lambda: "of" in page.evaluate("count.value"), "the search")
    page.move_to(600, 400)
    page.click("section")
    assert page.dialogs == page.requests == page.complaints == []
    assert (
        page.evaluate("document.querySelectorAll('img, section script, [onmouseover]').length") == 0
    )
    assert page.evaluate("document.title") == HOSTILE[0]
    assert page.evaluate("document.querySelector('#job-99')") is None


def test_even_markup_that_slipped_through_could_not_run_or_load(
    browser: Browser, tmp_path: Path
) -> None:
    evil = (
        "<div class=i><time>1</time><script>document.title = 'ran'</script>"
        "<img src=https://example.org/x onerror=\"document.title = 'ran'\">"
        "<style>@import 'https://example.org/y'; body { display: none }</style></div>\n"
    )
    (tmp_path / "day.html").write_text(page_head("whole") + evil)
    page = browser.open(tmp_path / "day.html")
    page.until(lambda: len(page.complaints) >= 3, "the refusals")
    assert page.evaluate("document.title") == "whole"
    assert page.evaluate("getComputedStyle(document.body).display") == "block"


def test_a_page_that_was_cut_off_anywhere_opens(browser: Browser, tmp_path: Path) -> None:
    whole = "".join(map(entry_html, small_day())).encode()
    before = page_head("x").encode()
    for number, cut in enumerate(range(40, len(whole), 173)):
        path = tmp_path / f"{number}.html"
        path.write_bytes(before + whole[:cut])
        page = browser.open(path)
        for entry in small_day()[: whole[:cut].count(b"\n")]:
            if entry.kind is not EntryKind.COMMAND:
                assert entry.message in texts_of_all(page)
        path.write_bytes(before + whole[:cut] + MEND.encode() + entry_html(text("Here.")).encode())
        page.load(page.url)
        assert "Here." in texts_of_all(page)
        assert page.complaints == []


def texts_of_all(page: Page) -> Any:
    return page.evaluate("document.querySelector('main').textContent")


def test_a_page_of_nothing_yet_opens(browser: Browser, tmp_path: Path) -> None:
    write_page(tmp_path / "day.html", "x", ())
    page = browser.open(tmp_path / "day.html")
    assert page.evaluate("count.value") == "0 entries"
    assert page.complaints == []


def test_a_single_job_is_open_from_the_start(browser: Browser, tmp_path: Path) -> None:
    entries = [log_entry for log_entry in small_day() if log_entry.job == 7]
    write_page(tmp_path / "job.html", "Log of job 7", entries)
    page = browser.open(tmp_path / "job.html")
    assert len(texts(page, "#job-7 .lines .c")) == 1

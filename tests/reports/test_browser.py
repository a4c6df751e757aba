"""The instrument itself: what a bad page does must be seen, or the tests of our pages prove nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.reports.browser import Browser, require_browser

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_browser()
    with Browser() as one:
        yield one


def test_what_a_page_asks_of_others_and_its_errors_are_seen(
    browser: Browser, tmp_path: Path
) -> None:
    page_file = tmp_path / "bad.html"
    page_file.write_text(
        "<!doctype html><img src='https://example.org/x.png'><script>alert('hello')</script>"
        "<script>console.error('oh'); nothing.there</script>"
    )
    page = browser.open(page_file)
    page.until(lambda: len(page.complaints) >= 3, "the complaints")
    assert page.requests == ["https://example.org/x.png"]
    assert page.dialogs == ["hello"]
    assert any("oh" in complaint for complaint in page.complaints)
    assert any("nothing is not defined" in complaint for complaint in page.complaints)


def test_a_refused_resource_is_a_complaint(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "refused.html"
    page_file.write_text(
        "<!doctype html><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'\">"
        "<title>x</title><script>document.title = 'ran'</script>"
    )
    page = browser.open(page_file)
    page.until(lambda: page.complaints, "the complaint")
    assert page.evaluate("document.title") == "x"


def test_keys_and_clicks_are_real(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "form.html"
    page_file.write_text(
        "<!doctype html><input id=word><button id=go onclick='done.textContent = word.value'>Go"
        "</button><p id=done></p><script>word.onkeydown = event => "
        "{ if (event.key === 'Enter' && event.shiftKey) done.textContent = 'entered' }</script>"
    )
    page = browser.open(page_file)
    page.click("#word")
    page.write("héllo wörld")
    page.click("#go")
    assert page.evaluate("done.textContent") == "héllo wörld"
    page.click("#word")
    page.press("Enter", shift=True)
    assert page.evaluate("done.textContent") == "entered"
    assert page.complaints == page.requests == []


def test_a_screenshot_shows_the_page(browser: Browser, tmp_path: Path) -> None:
    page_file = tmp_path / "red.html"
    page_file.write_text("<!doctype html><body style='background: red'>")
    page = browser.open(page_file)
    page.resize(300, 200, scale=2)
    image = page.screenshot(tmp_path / "red.png").read_bytes()
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")) == (600, 400)

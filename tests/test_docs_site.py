"""The pages as a site: built strictly by mkdocs, with every setting and message, every link followed."""

from __future__ import annotations

import http.server
import os
import re
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Set, Tuple
from urllib.parse import unquote, urljoin, urlsplit

import pytest

pytest.importorskip("tkinter", reason="the window's words are read where it shows them")
pytest.importorskip("material", reason="mkdocs-material needs Python 3.11")

from core.queue.advice import advice
from core.settings.fields import FIELDS
from scripts import error_pages, setting_pages, texts
from tests.reports.browser import Browser, require_browser
from views.texts import _

ROOT = Path(__file__).resolve().parent.parent
HERE = "http://here/"  # where the site's own root is, to resolve links
LANGUAGES = {"en": "settings.html", "nl": "settings.nl.html", "tr": "settings.tr.html"}
LINKS = {"a": "href", "img": "src", "script": "src", "link": "href", "source": "src"}
NARROW = 360  # CSS pixels


class Link(NamedTuple):
    """An address as it stands in a page, and the element that has it."""

    tag: str
    address: str


class PageText(HTMLParser):
    """What a built page links to, its marks, and its words outside of code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: List[Link] = []
        self.marks: Set[str] = set()
        self.words: List[str] = []
        self._code = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.marks.update(values[name] for name in ("id", "name") if name in values)
        address = values.get(LINKS.get(tag, ""), "")
        if address:
            self.links.append(Link(tag, address))
        self._code += tag in ("code", "pre", "script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in ("code", "pre", "script", "style")

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.words.append(data)


def build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder), *options],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = build(folder)
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> Dict[str, PageText]:
    """Each page by its address below the site's root."""
    return {
        path.relative_to(site).as_posix(): PageText(path.read_text("utf-8"))
        for path in sorted(site.rglob("*.html"))
    }


def base_of(name: str) -> str:
    """What a page's links begin at; the one for addresses that do not exist may be shown anywhere."""
    return HERE if name == "404.html" else HERE + name


def test_every_page_of_the_folder_becomes_a_page_of_the_site(pages: Mapping[str, PageText]) -> None:
    wanted = {f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    assert wanted | {"changelog.html", "findings.html", "notices.html"} <= set(pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_stands_below_the_name_that_the_window_gives_it(
    pages: Mapping[str, PageText], language: str
) -> None:
    page = pages[LANGUAGES[language]]
    words = " ".join(" ".join(page.words).split())
    with setting_pages.speaking(language):
        missing = [key for key in FIELDS if setting_pages.anchor(key) not in page.marks]
        unsaid = [
            key for key, field in FIELDS.items() if " ".join(_(field.help).split()) not in words
        ]
        unnamed = [key for key, field in FIELDS.items() if _(field.label) not in words]
    assert (missing, unsaid, unnamed) == ([], [], [])


def test_a_setting_says_what_it_can_be_and_where_it_holds() -> None:
    page = setting_pages.every_setting("en")
    assert "`audio.mono_rate`: a whole number, from 6 to 256 kbit/s; default: `32` kbit/s." in page
    assert "`files.work_folder`: the path of a folder, may be empty; default: empty." in page
    assert "- `largest first`\n" in page
    languages = page.partition("{ #audio-languages }")[2].partition("###")[0]
    assert "A watched folder can have its own." in languages
    assert "Also found as: soundtrack, dubbing, original language." in languages


def test_every_code_of_an_error_has_its_message_its_reason_and_what_to_do(
    pages: Mapping[str, PageText],
) -> None:
    assert set(error_pages.codes()) <= pages["errors.html"].marks
    assert set(error_pages.TITLES) == set(error_pages.codes())
    without = {code for code in error_pages.codes() if advice(code) is None}
    assert set(error_pages.ELSEWHERE) == without
    page = error_pages.every_error()
    assert page.count("**What to do.**") == len(error_pages.codes())
    silent = {code for code, said in error_pages.sentences().items() if not said}
    # Another error's sentence, that of an entry of the list, that of whatever went wrong.
    assert silent <= {"swap_pending", "excluded", "unexpected"}


def test_the_menus_and_buttons_that_what_to_do_names_exist() -> None:
    known = {text.singular.replace("&", "").rstrip("….:") for text in texts.collect()}
    named = [
        part
        for todo in error_pages.ELSEWHERE.values()
        for words in re.findall(r"\*([^*]+)\*", todo)
        for part in words.split(" > ")
    ]
    assert len(named) > 5
    assert [part for part in named if part not in known] == []


def test_the_sentences_of_a_code_are_those_that_the_program_makes() -> None:
    said = error_pages.sentences()
    assert "the file has no video track." in said["probe"]
    assert "{track} is empty." in said["verification_failed"]
    assert "This file has no video." in said["refused"]
    assert "{path}: {problem}" not in said["probe"]


def test_every_link_and_picture_inside_leads_somewhere(
    site: Path, pages: Mapping[str, PageText]
) -> None:
    dead = []
    for name, page in pages.items():
        for link in page.links:
            target = urlsplit(urljoin(base_of(name), link.address))
            if f"{target.scheme}://{target.netloc}/" != HERE:
                continue
            path = unquote(target.path.lstrip("/")) or "index.html"
            mark = unquote(target.fragment)
            known = pages[path].marks if path in pages else set()
            if not (site / path).is_file() or (mark and path in pages and mark not in known):
                dead.append(f"{name}: {link.address}")
    assert dead == []


def test_links_to_elsewhere_are_whole_addresses(pages: Mapping[str, PageText]) -> None:
    outside = {link for page in pages.values() for link in page.links if ":" in link.address}
    assert len(outside) > 10
    host = r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(/\S*)?"
    assert [link for link in outside if not re.fullmatch(host, link.address, re.IGNORECASE)] == []
    assert {link.tag for link in outside} == {"a"}


def test_no_page_asks_anybody_else_for_anything(site: Path, pages: Mapping[str, PageText]) -> None:
    asked = [link for page in pages.values() for link in page.links if link.tag != "a"]
    assert asked
    assert [link for link in asked if urlsplit(link.address).netloc] == []
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    inside = "".join(re.findall(r"<style.*?</style>", "".join(read(site)), re.DOTALL))
    assert re.findall(r"@import|url\(\s*['\"]?(?:https?:)?//", styles + inside) == []


def read(site: Path) -> Iterator[str]:
    return (path.read_text("utf-8") for path in site.rglob("*.html"))


def test_nothing_is_left_as_it_was_written(pages: Mapping[str, PageText]) -> None:
    raw = re.compile(r"\]\(|\*\*\w|^\s*[-|] .*\|$|^#{1,4} |<!--", re.MULTILINE)
    assert [
        f"{name}: {words.strip()[:60]}"
        for name, page in pages.items()
        for words in page.words
        if raw.search(words)
    ] == []


def test_a_bar_in_the_code_of_a_table_is_a_bar_alone(site: Path) -> None:
    page = (site / "commandline.html").read_text("utf-8")
    assert "<code>--when-done sleep&#124;shutdown</code>" in page
    assert [name for name in site.glob("*.html") if "\\|" in name.read_text("utf-8")] == []


def test_the_key_of_a_setting_leads_to_it_from_every_page(pages: Mapping[str, PageText]) -> None:
    assert Link("a", "settings.html#video-codec") in pages["quality.html"].links
    leading = [
        page
        for page in pages.values()
        if any("settings.html#" in link.address for link in page.links)
    ]
    assert len(leading) > 10


@pytest.mark.parametrize(
    "text", ["[a page](gone.md)", "[a part](index.md#gone)", "![a picture](gone.png)"]
)
def test_a_link_that_leads_nowhere_fails_the_build(tmp_path: Path, text: str) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(
        f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: {docs}\nhooks: []\nnav: [index.md]\n"
        "theme: {logo: null, favicon: null}\n",
        "utf-8",
    )
    (docs / "index.md").write_text("# A page\n\n[itself](index.md#a-page)\n", "utf-8")
    whole = build(tmp_path / "site", "--config-file", str(settings))
    assert whole.returncode == 0, whole.stderr
    (docs / "index.md").write_text(f"# A page\n\n{text}\n", "utf-8")
    broken = build(tmp_path / "site", "--config-file", str(settings))
    assert broken.returncode == 1
    assert "gone" in broken.stderr


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and writes nothing about it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = Thread(target=server.serve_forever, name="served-site")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    require_browser()
    with ExitStack() as stack:
        yield stack.enter_context(Browser(reaches="127.0.0.1"))


def test_every_page_fits_a_phone_and_asks_only_its_own_server(
    browser: Browser, address: str, pages: Mapping[str, PageText]
) -> None:
    shown = browser.open_address("about:blank")
    shown.resize(NARROW, 740)
    wide = {}
    for name in pages:
        shown.load(address + name)
        width = shown.evaluate("document.scrollingElement.scrollWidth")
        if width > NARROW:
            wide[name] = width
    assert wide == {}
    assert [url for url in shown.requests if not url.startswith((address, "data:"))] == []
    assert shown.complaints == []


def test_the_search_finds_a_setting_and_a_message(browser: Browser, address: str) -> None:
    shown = browser.open_address(address + "index.html")
    shown.resize(1200, 800)
    for words, name, mark in (
        ("hard linked seeding", "settings.html", "#files-hard_links"),
        ("free some space", "errors.html", "#disk_full"),
    ):
        shown.load(address + "index.html")
        shown.click(".md-search__input")
        shown.write(words)
        found = f'.md-search-result__link[href*="{name}"][href$="{mark}"]'
        script = f"!!document.querySelector({found!r})"
        shown.until(partial(shown.evaluate, script), words)


def test_the_pages_are_dark_where_the_system_is(browser: Browser, address: str) -> None:
    shown = browser.open_address(address + "index.html")
    grounds = []
    for dark in (False, True):
        shown.resize(1200, 800, dark=dark)
        shown.load(address + "index.html")
        colour = shown.evaluate("getComputedStyle(document.body).backgroundColor")
        grounds.append(sum(int(part) for part in re.findall(r"\d+", colour)[:3]))
    assert grounds[0] > 600 > 200 > grounds[1]

"""What mkdocs does besides for the site (mkdocs.yml): parts made from the program, and pages from elsewhere.

A page asks for a part by ``<!-- every setting: nl -->`` up to ``<!-- end -->``; what stands between is for
who reads it elsewhere. A link to what is in the repository and not in the site, such as a script, becomes
its words alone, words that are a page's file name become its title, and the key of a setting leads to it.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Callable, List, Mapping

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from core.settings.fields import FIELDS
from scripts.error_pages import every_advice, every_error
from scripts.setting_pages import anchor, every_setting

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Files of the repository that are part of the site, by their place there.
BROUGHT: Mapping[str, str] = {
    "changelog.md": "CHANGELOG.md",
    "findings.md": "findings/README.md",
    "notices.md": "THIRD_PARTY_NOTICES.md",
    "assets/icon.png": "assets/app_icon.png",
}
_PLACES = {ROOT / source: place for place, source in BROUGHT.items()}
_PLACES[ROOT / "README.md"] = "index.md"  # each is its reader's way in
_PARTS: Mapping[str, Callable[[str], str]] = {
    "every setting": every_setting,
    "every error": lambda _language: every_error(),
    "every advice": every_advice,
}
_PART = re.compile(r"^<!-- (every \w+): (\w+) -->$.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
_KEY = re.compile(r"(?<![\[`])`([a-z]+\.[a-z_]+)`(?![\]`])")
_CODE_WITH_BAR = re.compile(r"`([^`\n]*\\\|[^`\n]*)`")  # as a cell of a table has to write it


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Take the files from elsewhere into the site."""
    for place, source in BROUGHT.items():
        files.append(File.generated(config, place, abs_src_path=str(ROOT / source)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Put the made parts in, and let each link lead to where its target is in the site."""
    source, place = Path(str(page.file.abs_src_path)), page.file.src_uri
    pieces: List[str] = _FENCE.split(markdown)
    for number, piece in enumerate(pieces[::2]):
        linked = _with_settings(_with_links(piece, source, place))
        pieces[2 * number] = _CODE_WITH_BAR.sub(_with_bar, linked)
    return _PART.sub(lambda part: _PARTS[part.group(1)](part.group(2)), "".join(pieces))


def _with_links(text: str, source: Path, place: str) -> str:
    def changed(link: re.Match[str]) -> str:
        words, path, mark = link.group(1), link.group(2), link.group(3) or ""
        target = (source.parent / path).resolve()
        if not target.exists():
            return link.group(0)  # mkdocs complains of it
        there = _PLACES.get(target)
        if there is None and DOCS not in target.parents:
            return words
        inside = there or target.relative_to(DOCS).as_posix()
        if words == target.name:
            words = target.read_text("utf-8").partition("\n")[0].lstrip("# ")
        way = Path(os.path.relpath(inside, Path(place).parent)).as_posix()
        return f"[{words}]({way}{mark})"

    return _LINK.sub(changed, text)


def _with_settings(text: str) -> str:
    def linked(key: re.Match[str]) -> str:
        name = key.group(1)
        return f"[`{name}`](settings.md#{anchor(name)})" if name in FIELDS else key.group(0)

    return _KEY.sub(linked, text)


def _with_bar(code: re.Match[str]) -> str:
    return f"<code>{html.escape(code.group(1)).replace(chr(92) + '|', '&#124;')}</code>"

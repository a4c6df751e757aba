"""Reads the page that a log is written as."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import html5lib


def parse(markup: str) -> Any:
    """The tree that every browser makes of it."""
    return html5lib.parse(markup, namespaceHTMLElements=False)


def entries_in(tree: Any) -> List[Any]:
    """What stands directly in the body, where entries belong."""
    return [section for section in tree.find("body") if section.tag == "div"]


def words(node: Any) -> str:
    return "".join(node.itertext())


def messages(page: Path) -> List[str]:
    markup = page.read_bytes().decode("utf-8", "replace")
    return [words(entry)[len("14:00:00.000") :] for entry in entries_in(parse(markup))]

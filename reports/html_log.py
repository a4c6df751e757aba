"""The log as a page: each entry is one self-contained line of HTML.

No entry holds a line end or a quoted attribute, so whatever broke off in the middle of one can be made
harmless by ``MEND`` before the next is written.
"""

from __future__ import annotations

import html
import logging
from datetime import datetime
from pathlib import Path
from typing import Iterable, Iterator

from core.reporting.log_entry import EntryKind, LogEntry
from core.reporting.page_language import ENGLISH, PageLanguage
from core.text.redaction import printable
from reports.html_log_page import page_head
from reports.whole_file import whole_file

_ELEMENTS = "b i u bdi span time button pre summary details div".split(" ")  # inner ones first
_PARTS = sorted({name[:length] for name in _ELEMENTS for length in range(1, len(name))} - {"p"})
# Ends whatever an entry that was cut off may have left open: a tag, a comment, an element of ours, or one
# that the first letters of a tag have made. (An open <p> ends by itself, and </p> would make one.)
MEND = "\n<!-- -->" + "".join(f"</{name}>" for name in [*_PARTS, *_ELEMENTS]) + "\n"


def entry_html(entry: LogEntry) -> str:
    """Return the entry as one line of HTML with its line end."""
    opening = f"<div class={_class(entry)}{_attributes(entry)}>"
    parts = [f"{opening}<time>{_clock(entry.time)}</time>"]
    if entry.level >= logging.WARNING:
        parts.append(f"<b>{entry.level_name}</b>")
    if entry.job is not None:
        parts.append(f"<i>Job {entry.job}</i>")
    about = entry.source if entry.kind is EntryKind.TOOL else entry.step
    if about:
        parts.append(f"<u>{_text(about)}</u>")
    if entry.kind is not EntryKind.COMMAND:  # its message is the command line, which follows
        parts.append(f"<span>{_text(entry.message)}</span>")
    if entry.film:
        parts.append(f" <bdi>{_text(entry.film)}</bdi>")
    parts += _details(entry)
    return "".join(parts) + "</div>\n"


def page(
    title: str, entries: Iterable[LogEntry], language: PageLanguage = ENGLISH
) -> Iterator[str]:
    """Yield a whole page, piece by piece."""
    yield page_head(title, language)
    for entry in entries:
        yield entry_html(entry)


def write_page(
    path: Path, title: str, entries: Iterable[LogEntry], language: PageLanguage = ENGLISH
) -> int:
    """Write a whole page in place of whatever has that name; return how many entries it has.

    Raises FolderNotWritable; what was there before stays then.
    """
    number = 0
    with whole_file(path) as staged, staged.open(
        "w", encoding="utf-8", errors="backslashreplace", newline="\n"
    ) as file:
        for number, piece in enumerate(page(title, entries, language)):  # noqa: B007 - its last value
            file.write(piece)
    return number


def _details(entry: LogEntry) -> Iterator[str]:
    text = "\n".join(entry.details)
    if entry.kind is EntryKind.COMMAND:
        yield f"<button type=button>Copy</button><pre>{_text(text)}</pre>"
    elif text:
        yield f" <details><summary>Figures</summary><pre>{_text(text)}</pre></details>"
    if entry.trace:
        yield f" <details><summary>Where it happened</summary><pre>{_text(entry.trace)}</pre></details>"


def _attributes(entry: LogEntry) -> str:
    found = "" if entry.job is None else f" data-job={int(entry.job)}"
    if entry.kind is EntryKind.STATE:
        found += f" data-state={''.join(c if c.isalpha() else '-' for c in entry.state)}"
        for name, size in (("before", entry.original_size), ("after", entry.processed_size)):
            found += "" if size is None else f" data-{name}={int(size)}"
    return found


def _class(entry: LogEntry) -> str:
    if entry.level >= logging.ERROR:
        return "e"
    if entry.level >= logging.WARNING:
        return "w"
    if entry.kind in (EntryKind.TOOL, EntryKind.COMMAND):
        return "t" if entry.kind is EntryKind.TOOL else "c"
    return "i" if entry.level >= logging.INFO else "d"


def _clock(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%H:%M:%S.%f")[:-3]


def _text(text: str) -> str:
    return html.escape(printable(text), quote=False).replace("\n", "&#10;")

"""The log in the window: what is kept, coloured, followed and found."""

from __future__ import annotations

import logging
import tkinter as tk
from typing import List

import pytest

from tests.views.window import pump
from views.log_text import LARGEST, LogLine, LogText
from views.theme import Look

pytestmark = pytest.mark.window


@pytest.fixture
def log(root: tk.Tk, look: Look) -> LogText:
    root.geometry("600x300")
    log = LogText(root, look)
    log.pack(fill="both", expand=True)
    pump(root, log.winfo_viewable, "the log")
    return log


def lines(*texts: str, level: int = logging.INFO) -> List[LogLine]:
    return [LogLine(level, text) for text in texts]


def shown(log: LogText) -> List[str]:
    """What can be seen of the text: lines whose level is not left out."""
    text = log.tk.call(str(log.text), "get", "-displaychars", "1.0", "end-1c")
    return str(text).splitlines()


def at_end(log: LogText) -> bool:
    log.update()
    return log.text.yview()[1] >= 1.0


def test_only_the_last_lines_are_kept(log: LogText) -> None:
    for start in range(0, LARGEST + 1000, 500):
        log.append(lines(*(f"line {number}" for number in range(start, start + 500))))
    found = log.text.get("1.0", "end-1c").splitlines()
    assert len(found) == LARGEST
    assert (found[0], found[-1]) == ("line 1000", f"line {LARGEST + 999}")


def test_an_entry_of_many_lines_counts_as_many(log: LogText) -> None:
    log.append(lines(*("a\nb\nc\nd" for _ in range(LARGEST))))
    assert len(log.text.get("1.0", "end-1c").splitlines()) == LARGEST


def test_a_level_leaves_out_what_is_below_it_and_brings_it_back(log: LogText) -> None:
    for level, text in ((10, "detail"), (20, "information"), (30, "warning"), (40, "error")):
        log.append(lines(text, level=level))
    assert shown(log) == ["information", "warning", "error"]
    log.show_from(logging.ERROR)
    assert shown(log) == ["error"]
    log.show_from(logging.DEBUG)
    assert shown(log) == ["detail", "information", "warning", "error"]


def test_a_log_is_blank_where_no_line_is_of_the_level(log: LogText) -> None:
    assert log.blank
    log.append(lines("information"))
    assert not log.blank
    log.show_from(logging.ERROR)
    assert log.blank
    log.append(lines("error", level=logging.ERROR))
    assert not log.blank
    log.clear()
    assert log.blank


def test_the_newest_line_is_in_view_when_a_log_is_seen_that_grew_unseen(
    root: tk.Tk, look: Look
) -> None:
    root.geometry("600x300")
    log = LogText(root, look)
    for _ in range(3):
        log.append(lines(*map(str, range(100))))
        root.update()
    log.pack(fill="both", expand=True)
    pump(root, log.winfo_viewable, "the log")
    pump(root, lambda: at_end(log), "its end")


def test_a_log_that_gets_smaller_is_followed_as_before(log: LogText, root: tk.Tk) -> None:
    log.append(lines(*map(str, range(100))))
    root.geometry("600x150")
    pump(root, lambda: log.winfo_height() < 200, "less room")
    assert at_end(log)
    log.append(lines("more"))
    assert at_end(log)


def test_the_newest_line_is_followed_only_while_it_is_in_view(log: LogText) -> None:
    log.append(lines(*map(str, range(100))))
    assert at_end(log)
    log.text.yview_moveto(0.3)
    log.append(lines("more"))
    assert not at_end(log)
    log.text.yview_moveto(1.0)
    log.append(lines(*map(str, range(100))))
    assert at_end(log)
    log.follow(False)
    log.append(lines(*map(str, range(100))))
    assert not at_end(log)
    log.follow(True)
    assert at_end(log)


def test_matches_are_marked_counted_and_gone_through_round_and_round(log: LogText) -> None:
    log.append(lines("one Alien", "two", "three ALIEN alien", "$[alien]{"))
    log.search("alien")
    assert (log.matches, log.present_match) == (4, 0)
    seen = []
    for forward in (True, True, True, True, True, False, False):
        log.step(forward)
        seen.append((log.present_match, log.text.get(*log.text.tag_ranges("found"))))
    assert [number for number, _ in seen] == [1, 2, 3, 4, 1, 4, 3]
    assert seen[1][1] == "ALIEN"
    log.search("$[alien]{")
    assert log.matches == 1
    log.search("")
    assert log.matches == 0


def test_new_lines_are_searched_too_and_lines_that_are_not_shown_are_not(log: LogText) -> None:
    log.search("alien")
    log.append(lines("Alien"))
    log.append(lines("Alien", level=logging.DEBUG))
    assert log.matches == 1
    log.show_from(logging.DEBUG)
    assert log.matches == 2
    log.show_from(logging.WARNING)
    assert log.matches == 0


def test_going_to_a_match_brings_it_into_view(log: LogText) -> None:
    log.append(lines("needle", *map(str, range(500))))
    log.search("needle")
    log.step()
    log.update()
    assert log.text.bbox("1.0") is not None


def test_a_name_that_plays_tricks_is_shown_as_it_is_spelled(log: LogText) -> None:
    log.append(lines("a\u202egnp.exe\x07 \ud83d", "x" * 5000))
    first, second = shown(log)
    assert first == "a\\u202egnp.exe\\x07 \\ud83d"
    assert len(second) == 2000


def test_every_line_that_is_kept_is_searched(log: LogText) -> None:
    log.append(lines(*(f"line {number} of Alien" for number in range(LARGEST))))
    log.search("alien")
    assert log.matches == LARGEST

"""A complaint about each packet of a film fills no log."""

from __future__ import annotations

from typing import List

from core.tools import ToolName
from processing.told_once import ToldOnce


def said(*lines: str) -> List[str]:
    """What a log holds of these complaints."""
    log: List[str] = []
    told = ToldOnce(lambda _tool, line: log.append(line))
    for line in lines:
        told.complain(ToolName.FFMPEG, line)
    told.end()
    return log


def test_a_repeated_complaint_is_told_once_with_its_number_whatever_comes_between() -> None:
    lines = [
        text
        for number in range(14_404)
        for text in (f"[truehd @ 0x55d4cf{number:06x}] No restart header", "No samples")
    ]
    assert said(*lines) == [
        "[truehd @ 0x55d4cf000000] No restart header",
        "No samples",
        "[truehd] No restart header … 14,404 times",
        "No samples … 14,404 times",
    ]


def test_what_is_said_once_has_no_number() -> None:
    assert said("Broken") == ["Broken"]


def test_complaints_that_all_differ_are_bounded_and_counted() -> None:
    log = said(*(f"error while decoding MB {number} 5" for number in range(5000)))
    assert len(log) == 201
    assert log[-1] == "… and 4,800 other complaints"


def test_other_lines_pass_as_they_come() -> None:
    log: List[str] = []
    told = ToldOnce(lambda _tool, line: log.append(line))
    for _ in range(3):
        told.tell(ToolName.MKVPROPEDIT, "Done.")
    told.end()
    assert log == ["Done."] * 3

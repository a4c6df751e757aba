"""The page without its script: what a reader or a program without one gets."""

from __future__ import annotations

import logging
import re

import pytest

from core.reporting.log_entry import LogEntry
from reports.html_log import MEND, entry_html, page
from tests.reports.entries import HOSTILE, small_day, text
from tests.reports.log_page import entries_in, parse, words


def test_every_entry_stands_for_itself_with_its_time_level_and_job() -> None:
    found = entries_in(parse("".join(page("x", small_day()))))
    assert [words(element) for element in found][:3] == [
        "14:00:00.000The program starts.",
        "14:01:00.000Job 7Job 7: analyzing. /films/Metropolis (1927)/Metropolis (1927).mkv",
        "14:01:00.000Job 8Job 8: analyzing. /films/Broken.mkv",
    ]
    assert words(found[5]).startswith("14:02:00.000WarningJob 8Job 8: failed.")
    assert [element.get("class") for element in found] == list("iiictwtiiw")
    assert found[8].get("data-before") == "17349174"
    assert found[8].get("data-state") == "completed"


def test_a_command_can_be_read_and_copied_as_it_was_run() -> None:
    (command,) = parse("".join(page("x", small_day()))).findall("body/div[@class='c']/pre")
    assert command.text == "ffmpeg -i '/films/A & B.mkv' -c:v libx265 out.mkv"


def test_figures_of_a_verification_are_folded() -> None:
    (details,) = parse("".join(page("x", small_day()))).findall("body/div/details")
    assert details.find("summary").text == "Figures"
    assert words(details.find("pre")) == "tracks (0.1 s); tracks: 3\ndecodes (0.4 s); samples: 5"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_becomes_markup(name: str) -> None:
    day = small_day(f"/films/{name}")
    day += [
        text(name, job=9, step=name, details=(name,), trace=name, source=name, thread=name),
        LogEntry(day[0].time, logging.ERROR, name, film=name, machine=name),
    ]
    markup = "".join(page(name, day))
    body = parse(markup).find("body")
    allowed = {"div", "time", "b", "i", "u", "span", "bdi", "pre", "button", "details", "summary"}
    found = {element.tag for entry in body if entry.tag == "div" for element in entry.iter()}
    assert found <= allowed
    assert len(entries_in(parse(markup))) == len(day)
    attributes = {key for element in body.iter("div") for key in element.attrib}
    assert attributes <= {"class", "data-job", "data-state", "data-before", "data-after"}
    assert not re.search("[\u2028\u202e\x00\x1b\ud800-\udfff]", markup)


def test_the_page_may_run_and_load_nothing_but_its_own_script_and_style() -> None:
    tree = parse("".join(page("x", small_day())))
    policy = tree.find("head/meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not [element for element in tree.iter() if element.get("src") or element.get("href")]


def test_an_entry_is_one_line_without_quoted_attributes() -> None:
    for entry in [
        *small_day("/films/a\nb.mkv"),
        *(text(name, details=(name,)) for name in HOSTILE),
    ]:
        line = entry_html(entry)
        assert line.endswith("\n")
        assert line.count("\n") == 1
        assert not re.search("<[^>]*[\"'][^>]*>", line)


def test_whatever_an_entry_was_cut_off_in_the_next_one_stands_for_itself() -> None:
    """At every byte of a day's entries, with what a program adds that finds the page so."""
    whole = "".join(
        entry_html(log_entry) for log_entry in small_day("/films/<b>&é\u4e2d.mkv")
    ).encode()
    after = MEND.encode() + entry_html(text("Here again.")).encode()
    for cut in range(len(whole)):
        if whole[cut - 1 : cut] == b"\n":
            continue
        tree = parse((whole[:cut] + after).decode("utf-8", "replace"))
        last = entries_in(tree)[-1]
        assert (last.get("class"), words(last)) == ("i", "14:00:00.000Here again."), whole[:cut]
        for earlier in entries_in(tree)[:-1]:
            assert "Here again." not in words(earlier), whole[:cut]

from __future__ import annotations

import pytest

from core.text.formatting import counted, duration_text, saved_text, size_text, visible


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, ""), (0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2.5e9, "2.5 GB")],
)
def test_sizes_take_the_unit_that_reads_best(size: float, text: str) -> None:
    assert size_text(size) == text


def test_durations_show_hours_only_where_there_are_some() -> None:
    assert duration_text(59.6) == "1:00"
    assert duration_text(3725) == "1:02:05"


def test_a_larger_result_shows_as_a_loss() -> None:
    assert saved_text(1000, 1500) == "-500 bytes (-50%)"
    assert saved_text(0, 0) == "0 bytes (0%)"


def test_no_name_can_break_a_line_or_the_encoding() -> None:
    assert visible("a\nb\u202ec") == "a\\nb\\u202ec"
    visible(b"caf\xe9".decode("utf-8", "surrogateescape")).encode("utf-8")


def test_a_number_comes_with_its_noun() -> None:
    assert [counted(number, "film") for number in (0, 1, 2, 10_000)] == [
        *("0 films", "1 film", "2 films", "10,000 films")
    ]

"""A word that is nearly right is answered with the one that was meant."""

from __future__ import annotations

import pytest

from commandline.parser import parse
from core.errors import UsageError


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("proces film.mkv", "process"),
        ("queue lst", "list"),
        ("setings list", "settings"),
        ("queue list --state complete", "completed"),
    ],
)
def test_a_misspelt_word_names_the_right_one(words: str, meant: str) -> None:
    with pytest.raises(UsageError, match=rf"Did you mean {meant}\? See MediaProcessor"):
        parse(words.split())


def test_a_word_like_no_other_is_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError, match=r"choose from .*process.*folders.*\. See"):
        parse(["xyzzy"])


@pytest.mark.parametrize("name", ["My film.mkv", "proces.mkv"])
def test_a_film_in_the_current_folder_needs_no_command(name: str) -> None:
    assert parse([name]).command == "open"

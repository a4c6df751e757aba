"""The quality that films are to have, as a setting and in a plan."""

from __future__ import annotations

import pytest

from core.errors import ConfigError
from core.settings.fields import FIELDS, find_field, with_values
from core.settings.quality_target import target_of
from core.settings.tree import Settings
from core.settings.watched_folder import own_setting_problem


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("off", None),
        ("good", 92.0),
        (" Very  Good ", 94.0),
        ("as good as the original", 96.0),
        ("93.5", 93.5),
        ("93,5", 93.5),
        ("60", 60.0),
    ],
)
def test_a_target_is_a_word_or_a_number(text: str, score: float) -> None:
    field = find_field("video.target")
    stored = field.parse(text)
    assert target_of(stored) == score
    assert field.parse(field.text(stored)) == stored


@pytest.mark.parametrize("text", ["", "great", "59.9", "100", "nan", "-inf", "94 95"])
def test_what_is_neither_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match=r"video\.target: .*(?:from 60 to 99|off, good)"):
        find_field("video.target").parse(text)


def test_it_is_off_by_default_and_may_differ_by_folder() -> None:
    assert target_of(Settings().video.target) is None
    assert not Settings().video.target_again
    assert own_setting_problem("video.target", "good") == ""
    assert own_setting_problem("video.target_again", "yes") == ""


def test_the_choices_are_offered_beside_a_number() -> None:
    assert FIELDS["video.target"].choices[0] == "off"
    settings = with_values(Settings(), {"video.target": "94"})
    assert target_of(settings.video.target) == 94

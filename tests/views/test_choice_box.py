"""A choice is shown in the user's words, and what is stored stays what it is."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from typing import Iterator

import pytest

from core.settings.fields import FIELDS
from scripts import texts as catalogues
from views import texts
from views.choice_box import ChoiceBox, OpenChoiceBox, words_of
from views.settings_pages import KEPT_BY_ITSELF

pytestmark = pytest.mark.window
CHOICES = FIELDS["network.discovery"].choices


@pytest.fixture(params=["en", "nl"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    language = str(request.param)
    texts.use_language(language, Path(catalogues.LOCALE))
    yield language
    texts.use_language("en", Path(catalogues.LOCALE))


def choose(box: ChoiceBox, place: int) -> None:
    box.current(place)
    box.event_generate("<<ComboboxSelected>>")
    box.update()


def test_no_protocol_is_shown_where_a_word_says_what_it_does(root: tk.Tk, language: str) -> None:
    stored = tk.StringVar(root, "mdns")
    box = ChoiceBox(root, stored, CHOICES, 10)
    shown = {"en": "automatic (mDNS)", "nl": "automatisch (mDNS)"}[language]
    assert box.get() == shown
    choose(box, 1)
    assert stored.get() == "off"
    stored.set("mdns")
    assert box.get() == shown, "it follows what is stored"


def test_two_choices_of_a_setting_never_read_alike_and_each_has_words(language: str) -> None:
    for field in FIELDS.values():
        if field.choices and field.key not in KEPT_BY_ITSELF:
            words = [words_of(choice, field.key) for choice in field.choices]
            assert len(set(words)) == len(words), field.key
            if language != "en" and field.key != "window.language":
                assert not set(words) & set(field.choices), field.key


def test_where_a_number_may_be_typed_the_box_takes_words_and_numbers(
    root: tk.Tk, language: str
) -> None:
    stored = tk.StringVar(root, "very good")
    box = OpenChoiceBox(root, stored, FIELDS["video.target"].choices, 10, "video.target")
    shown = {"en": "very good (94)", "nl": "zeer goed (94)"}[language]
    assert box.get() == shown
    box.set("93.5")
    assert stored.get() == "93.5"
    box.current(1)
    assert stored.get() == "good"
    stored.set("off")
    assert box.get() == words_of("off", "video.target") != words_of("off", "network.discovery")
    stored.set("95")
    assert box.get() == "95", "it follows what is stored"

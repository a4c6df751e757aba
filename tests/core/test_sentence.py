"""A sentence is its English text, and knows what it was made of."""

from __future__ import annotations

import json
import pickle

import pytest

from core.errors import MediaProcessorError
from core.text.sentence import (
    Bytes,
    LanguageName,
    Listed,
    Seconds,
    Sentence,
    counted_sentence,
    from_json,
    joined,
    to_json,
)

FILM = Sentence(
    "{tool} needs {size} for {languages} of {film} in {time}.",
    tool="ffmpeg",
    size=Bytes(17_300_000_000),
    languages=Listed([LanguageName("fr", "French"), LanguageName("de", "German")]),
    film=Sentence("the film {name}", name="{Alien}"),
    time=Seconds(3723.0),
)


def test_a_sentence_is_its_english_text() -> None:
    assert FILM == "ffmpeg needs 17.3 GB for French, German of the film {Alien} in 1:02:03."


def test_an_exception_gives_the_sentence_itself_back() -> None:
    error = MediaProcessorError(FILM)
    assert str(error) is FILM


@pytest.mark.parametrize(("number", "text"), [(1, "1 film waits."), (10_000, "10,000 films wait.")])
def test_the_number_chooses_the_form(number: int, text: str) -> None:
    assert counted_sentence("{number} film waits.", "{number} films wait.", number) == text


def test_several_sentences_are_joined_and_stay_sentences() -> None:
    both = joined([FILM, "", Sentence("Done.")])
    assert both == f"{FILM} Done."
    assert both.fields["part0"] is FILM


@pytest.mark.parametrize(
    "sentence", [FILM, counted_sentence("{number} film.", "{number} films.", 3), joined([FILM])]
)
def test_a_sentence_survives_json_and_another_process(sentence: Sentence) -> None:
    stored = json.loads(json.dumps(to_json(sentence)))
    for copy in (from_json(str.__str__(sentence), stored), pickle.loads(pickle.dumps(sentence))):
        assert isinstance(copy, Sentence)
        assert (copy, copy.template, copy.fields) == (sentence, sentence.template, sentence.fields)


@pytest.mark.parametrize(
    "parts",
    [
        {},
        None,
        [],
        {"template": "Another text.", "fields": {}},
        {"template": "{missing}", "fields": {}},
        {"template": "{0.__class__}", "fields": {}},
        {"template": "{size:>9}", "fields": {"size": 1}},
        {"template": "{a}", "fields": {"a": {"bytes": "many"}}},
    ],
)
def test_parts_that_do_not_make_the_text_leave_it_plain(parts: object) -> None:
    assert type(from_json("A text.", parts)) is str

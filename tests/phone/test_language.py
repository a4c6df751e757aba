"""The page's words and the program's sentences in each phone's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.sentence import (
    Bytes,
    LanguageName,
    Listed,
    Seconds,
    Sentence,
    counted_sentence,
    joined,
)
from phone.language import LANGUAGES, phone_language, wanted_language
from phone.texts import PAGE_TEXTS, page_texts
from views import texts as window_texts
from window.language import LOCALE

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "phone"
SENTENCES = (
    Sentence("{file} was changed.", file="Film.mkv"),
    counted_sentence(
        "{number} film is in the queue again.", "{number} films are in the queue again.", 1234567
    ),
    Sentence("The page is at {address}", address=Bytes(363_700_000)),
    Sentence("The page is at {address}", address=Seconds(3723)),
    Sentence("The page is at {address}", address=1234.5),
    Sentence("The page is at {address}", address=LanguageName("tr", "Turkish")),
    Sentence(
        "The page is at {address}", address=Listed(("a", "b", Sentence("port {port}", port="7")))
    ),
    joined((Sentence("The queue is paused."), Sentence("{Tool} is gone.", tool="ffmpeg"))),
    "a text of no catalogue",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_read_as_they_do_in_the_window(language: str) -> None:
    try:
        window_texts.use_language(language, LOCALE)
        for sentence in SENTENCES:
            told = phone_language(language).sentence(sentence)
            assert told == window_texts.sentence(sentence), sentence
    finally:
        window_texts.use_language("en", LOCALE)


def test_a_template_of_another_version_is_shown_in_english() -> None:
    strange = Sentence("{file} was changed.", file="Film.mkv")
    strange.fields = {"other": "x"}
    assert phone_language("nl").sentence(strange) == "Film.mkv was changed."


@given(st.text(max_size=60))
def test_whatever_a_browser_asks_for_it_gets_one_of_ours(accepted: str) -> None:
    assert wanted_language(accepted) in LANGUAGES


@pytest.mark.parametrize("language", ["nl", "tr"])
def test_every_word_of_the_page_is_translated(language: str) -> None:
    same = {
        english for english, told in page_texts(phone_language(language)).items() if told == english
    }
    assert same <= {"Films", "Machines", "Start", "Token"}


def test_each_word_of_the_page_stands_in_the_list_and_each_of_the_list_on_the_page() -> None:
    html = (ASSETS / "page.html").read_text("utf-8")
    script = (ASSETS / "page.js").read_text("utf-8")
    marked = re.findall(r'data-text="([^"]+)"[^>]*>([^<]+)<', html)
    assert [text for text, shown in marked if text != shown] == []
    assert len(marked) == html.count("data-text=")
    calls = "".join(re.findall(r"\bt\(((?:[^()]|\([^()]*\))*)\)", script))
    spoken = {
        text for text in re.findall(r'"([^"]+)"', calls) if text not in ("stopped", "Retry-After")
    }
    assert {text for text, _shown in marked} | spoken == set(PAGE_TEXTS)


def test_the_page_names_no_other_place_and_has_nothing_inline() -> None:
    for file in ASSETS.iterdir():
        text = file.read_text("utf-8")
        assert "http:" not in text, file
        assert "https:" not in text, file
        assert "innerHTML" not in text, file
    html = (ASSETS / "page.html").read_text("utf-8")
    assert not re.search(r"style=|<style|onclick|<script>", html)

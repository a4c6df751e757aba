"""Numbers, dates, lists and languages as CLDR has them; English ones as Python writes them."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Dict, Iterator, Literal, Tuple

import pytest
from babel import dates, lists, numbers, units
from babel.core import Locale

from core.media.languages import known_languages, parse_language
from core.text import formatting
from core.text.sentence import Bytes, LanguageName, Listed, Sentence
from scripts import texts as catalogues
from views import cldr, languages, texts
from views.numbers import (
    count_text,
    moment_text,
    number_text,
    percent_text,
    saved_text,
    size_text,
)

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = Locale.parse(cldr.ENGLISH)


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    yield
    texts.use_language("en", catalogues.LOCALE)


@pytest.mark.parametrize("number", [0, 7, 999, 1000, 1234567, -1000, 0.5, 1234.5])
def test_python_writes_numbers_as_cldr_has_english(number: float) -> None:
    assert f"{number:,}" == numbers.format_decimal(number, locale=ENGLISH)


@pytest.mark.parametrize("size", [0, 1, 5, 363_700, 17_300_000_000, 2.5e12])
def test_core_writes_sizes_as_cldr_has_english(size: float) -> None:
    number, unit = formatting.size_text(size).split(" ")
    forms: Dict[str, Tuple[str, Literal["short", "long"]]] = {
        "bytes": ("byte", "long"),
        "byte": ("byte", "long"),
        "kB": ("kilobyte", "short"),
        "GB": ("gigabyte", "short"),
        "TB": ("terabyte", "short"),
    }
    name, length = forms[unit]
    expected = units.format_unit(float(number), name, length, locale=ENGLISH)
    assert unit == expected.split(" ")[-1]


@pytest.mark.parametrize(
    ("language", "size", "small", "count", "share", "saved"),
    [
        ("en", "363.7 kB", "5 bytes", "10,000", "63%", "10.6 GB (61%)"),
        ("nl", "363,7 kB", "5 byte", "10.000", "63%", "10,6 GB (61%)"),
        ("tr", "363,7 kB", "5 bayt", "10.000", "%63", "10,6 GB (%61)"),
    ],
)
def test_numbers_are_written_as_in_the_windows_language(
    language: str, size: str, small: str, count: str, share: str, saved: str
) -> None:
    texts.use_language(language, catalogues.LOCALE)
    assert (size_text(363_700), count_text(10_000)) == (size, count)
    assert size_text(5) in (small, "5 byte")  # as older versions of CLDR have it in Turkish
    assert (percent_text(63.2), number_text("63%"), number_text("363.7 kB")) == (share, share, size)
    assert saved_text(17_300_000_000, 6_700_000_000) == saved


@pytest.mark.parametrize(
    ("language", "moment"),
    [("en", "3 Nov 2026, 07:05"), ("nl", "3 nov 2026, 07:05"), ("tr", "3 Kas 2026 07:05")],
)
def test_a_moment_is_written_as_in_the_windows_language(language: str, moment: str) -> None:
    texts.use_language(language, catalogues.LOCALE)
    at = time.mktime((2026, 11, 3, 7, 5, 9, 0, 0, -1))
    assert moment_text(at) == moment
    assert moment_text(at, seconds=True) == f"{moment}:09"
    assert moment_text(None) == ""


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "French, German and Turkish: 6.7 GB of 1,200"),
        ("nl", "Frans, Duits en Turks: 6,7 GB of 1.200"),
        ("tr", "Fransızca, Almanca ve Türkçe: 6,7 GB of 1.200"),
    ],
)
def test_the_fields_of_a_sentence_are_written_as_in_the_windows_language(
    language: str, said: str
) -> None:
    texts.use_language(language, catalogues.LOCALE)
    names = Listed(
        LanguageName(code, name)
        for code, name in (("fr", "French"), ("de", "German"), ("tr", "Turkish"))
    )
    sentence = Sentence("{names}: {size} of {all}", names=names, size=Bytes(6.7e9), all=1200)
    assert texts.sentence(sentence) == said


def test_a_list_of_one_and_of_none() -> None:
    texts.use_language("nl", catalogues.LOCALE)
    assert (cldr.listed(["a"]), cldr.listed([])) == ("a", "")
    assert cldr.listed(["a", "b"]) == lists.format_list(["a", "b"], locale="nl")


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("nl", "fr", "Frans"),
        ("tr", "fr", "Fransızca"),
        ("nl", "pt-BR", "Portugees (Brazilië)"),
        ("tr", "zh-Hant", "Geleneksel Çince"),
        ("nl", "und", "Onbekende taal"),
        ("nl", "mis", "Taal zonder code"),
        ("tr", "qya", "Quenya"),
    ],
)
def test_a_language_is_called_as_in_the_windows_language(
    language: str, code: str, name: str
) -> None:
    texts.use_language(language, catalogues.LOCALE)
    assert languages.language_name(parse_language(code)) == name


def test_english_names_of_languages_are_those_of_cldr() -> None:
    texts.use_language("en", catalogues.LOCALE)
    names = {tag: ENGLISH.languages.get(str(tag)) for tag in known_languages()}
    different = [
        (name, languages.language_name(tag))
        for tag, name in names.items()
        if name is not None and languages.language_name(tag) != name
    ]
    # Babel of Python 3.8 has an older CLDR, in which a name or two were others.
    assert len(different) <= (2 if sys.version_info < (3, 9) else 0), different


def test_english_days_and_lists_are_written_as_cldr_does() -> None:
    texts.use_language("en", catalogues.LOCALE)
    for month in range(1, 13):
        at = datetime(2026, month, 3, 7, 5, 9, tzinfo=timezone.utc)
        expected = dates.format_skeleton("yMMMd", at, locale=ENGLISH)
        assert cldr.day(at) in (expected, expected.replace("Sep ", "Sept "))
        for form, seconds in (("Hm", False), ("Hms", True)):
            assert cldr.clock(at, seconds=seconds) == dates.format_skeleton(
                form, at, locale=ENGLISH
            )
    for count in range(5):
        names = ["one", "two", "three", "four"][:count]
        assert cldr.listed(names) == (lists.format_list(names, locale=ENGLISH) if names else "")


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        (
            "tr",
            "Almanca Çekçe Danca Fransızca Hırvatça İbranice İngilizce Özbekçe Slovakça Şayence Türkçe",
        ),
        ("nl", "Arabisch Fins Fries Grieks Hongaars IJslands Japans Zweeds"),
        ("en", "Dutch English French Swedish Turkish"),
    ],
)
def test_languages_stand_in_the_order_of_the_windows_alphabet(language: str, wanted: str) -> None:
    texts.use_language(language, catalogues.LOCALE)
    names = [languages.language_name(tag) for tag in languages.languages_in_order()]
    expected = wanted.split(" ")
    assert [name for name in names if name in expected] == expected
    assert len(names) == len(known_languages())


def test_the_turkish_alphabet_has_its_own_letters_in_their_places() -> None:
    texts.use_language("tr", catalogues.LOCALE)
    letters = "a b c ç d e f g ğ h ı i j k l m n o ö p r s ş t u ü v y z".split(" ")
    mixed = letters[::-1]
    assert sorted(mixed, key=languages.alphabet_key) == letters
    texts.use_language("nl", catalogues.LOCALE)
    assert sorted(["zo", "één", "een", "Ez"], key=languages.alphabet_key) == [
        "een",
        "één",
        "Ez",
        "zo",
    ]


@pytest.mark.parametrize("typed", ["Fransızca", "fransızca", "French", "fra", "fr", "français"])
def test_a_language_is_found_by_every_name_that_a_user_may_type(typed: str) -> None:
    texts.use_language("tr", catalogues.LOCALE)
    assert str(languages.find_language(typed)) == "fr"


@pytest.mark.parametrize("module", ["main", "ui", "views.texts", "views.numbers"])
def test_nothing_imports_babel_before_it_is_needed(module: str) -> None:
    code = f"import {module}, sys; sys.exit('babel' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=str(ROOT), check=True)

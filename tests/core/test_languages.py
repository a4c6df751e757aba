from __future__ import annotations

from typing import List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.media.language_table import CODE_ALIASES, LANGUAGES, NAME_ALIASES, QUALIFIERS, WIDER
from core.media.languages import UNDETERMINED, LanguageTag, parse_language

# What Sonarr and Radarr call languages, beyond the plain English names.
ARR_NAMES = {
    "Flemish": "nl-BE",
    "Portuguese (Brazil)": "pt-BR",
    "Spanish (Latino)": "es-419",
    "Unknown": "und",
    "Original": "und",
    "Any": "und",
    "Tagalog": "tl",
    "Romansh": "rm",
    "Persian": "fa",
}


@pytest.mark.parametrize(
    "text",
    ["nl", "NL", "nld", "dut", "Dutch", "dutch", "Nederlands", "nederlands ", "NLD", "Dutch / nl"],
)
def test_every_spelling_of_dutch_is_one_tag(text: str) -> None:
    assert parse_language(text) == LanguageTag("nl")


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("eng", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("fre", "fr"),
        ("fra", "fr"),
        ("chi", "zh"),
        ("zho", "zh"),
        ("Türkçe", "tr"),
        ("TÜRKÇE", "tr"),
        ("turkce", "tr"),
        ("日本語", "ja"),
        ("한국어", "ko"),
        ("Ελληνικά", "el"),
        ("русский", "ru"),
        ("Vlaams", "nl-BE"),
        ("İngilizce", "en"),
        ("pt_br", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("zh-hant", "zh-Hant"),
        ("zh-Hant-hk", "zh-Hant-HK"),
        ("sr-latn", "sr-Latn"),
        ("es-419", "es-419"),
        ("en-US-x-private", "en-US"),
        ("English (US)", "en-US"),
        ("Chinese (Simplified)", "zh-Hans"),
        ("Chinese (Cantonese)", "yue"),
        ("Norwegian Bokmål", "nb"),
        ("fil", "fil"),
        ("haw", "haw"),
        ("gsw", "gsw"),
        ("hbs", "sh"),
    ],
)
def test_codes_and_names_of_every_kind_become_the_shortest_tag(text: str, tag: str) -> None:
    assert parse_language(text).bcp47 == tag


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("scc", "sr"),
        ("scr", "hr"),
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("mo", "ro"),
        ("mol", "ro"),
        ("sh", "sh"),
        ("jap", "ja"),
        ("cmn", "zh"),
        ("zh-cmn-Hans", "zh-Hans"),
        ("zh-yue", "yue"),
        ("zh-min-nan", "nan"),
        ("i-klingon", "tlh"),
        ("nob", "nb"),
        ("no-bok", "nb"),
    ],
)
def test_retired_codes_mean_the_language_of_today(text: str, tag: str) -> None:
    assert parse_language(text).bcp47 == tag


def test_cantonese_stays_cantonese() -> None:
    assert parse_language("yue").bcp47 == "yue"


@pytest.mark.parametrize(
    "text", ["", "  ", "xx", "Klingonese-ish", "und", "en / fr", "12", "-", "??"]
)
def test_what_says_nothing_is_undetermined(text: str) -> None:
    assert parse_language(text) == UNDETERMINED


def test_an_unlisted_three_letter_code_is_kept() -> None:
    assert parse_language("QXA").bcp47 == "qxa"
    assert parse_language("qxa").english_name == "qxa"
    assert parse_language("qxa").alpha3_b == "qxa"


@pytest.mark.parametrize(("name", "tag"), sorted(ARR_NAMES.items()))
def test_names_of_sonarr_and_radarr(name: str, tag: str) -> None:
    assert parse_language(name).bcp47 == tag


@pytest.mark.parametrize(
    ("tag", "alpha3", "legacy", "name"),
    [
        ("nl", "nld", "dut", "Dutch"),
        ("nl-BE", "nld", "dut", "Dutch"),
        ("de", "deu", "ger", "German"),
        ("fr-CA", "fra", "fre", "French"),
        ("en", "eng", "eng", "English"),
        ("yue", "yue", "chi", "Cantonese"),
        ("und", "und", "und", "Undetermined"),
        ("fa", "fas", "per", "Persian"),
    ],
)
def test_a_tag_knows_its_other_codes(tag: str, alpha3: str, legacy: str, name: str) -> None:
    language = LanguageTag(tag)
    assert (language.alpha3, language.alpha3_b, language.english_name) == (alpha3, legacy, name)


@pytest.mark.parametrize("code", ["und", "mis", "mul", "zxx"])
def test_special_codes_are_no_single_language(code: str) -> None:
    assert parse_language(code).is_special
    assert not parse_language("nl").is_special


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("nl-BE", "nl", True),
        ("pt-BR", "pt-PT", True),
        ("zh-Hant", "zh-Hans", True),
        ("no", "nb", True),
        ("nb", "nn", False),
        ("zh", "yue", True),
        ("sh", "hr", True),
        ("sr", "hr", False),
        ("tl", "fil", True),
        ("nl", "de", False),
        ("und", "en", False),
        ("und", "und", True),
    ],
)
def test_matching_ignores_region_and_knows_wider_languages(
    one: str, other: str, same: bool
) -> None:
    assert LanguageTag(one).matches(LanguageTag(other)) is same
    assert LanguageTag(other).matches(LanguageTag(one)) is same


def test_the_table_agrees_with_itself() -> None:
    rows = [line.split("|") for line in LANGUAGES.strip().splitlines()]
    codes = {row[0] for row in rows}
    assert len(codes) == len(rows)
    assert all(len(row) >= 4 and all(row) for row in rows)
    for code, alpha3, legacy, *names in rows:
        assert {parse_language(code_or_name).primary for code_or_name in (code, alpha3)} == {
            parse_language(code).primary
        }
        assert len(alpha3) == len(legacy) == 3, names
    targets = {*CODE_ALIASES.values(), *NAME_ALIASES.values()}
    assert {target.split("-")[0] for target in targets} <= codes
    assert {tag for tag in QUALIFIERS.values() if tag.islower()} <= codes
    assert {code for wider, inner in WIDER.items() for code in (wider, *inner)} <= codes


def test_aliases_are_written_as_they_are_looked_up() -> None:
    for name, tag in NAME_ALIASES.items():
        assert parse_language(name.upper()).bcp47 == tag, name
    for code, tag in CODE_ALIASES.items():
        assert parse_language(code.upper()).bcp47 == tag, code


@given(st.text(max_size=20))
def test_any_text_gives_a_tag_that_reads_back_as_itself(text: str) -> None:
    tag = parse_language(text)
    assert parse_language(str(tag)) == tag


@given(st.sampled_from([line.split("|") for line in LANGUAGES.strip().splitlines()]))
def test_every_name_and_code_of_the_table_reads_back(row: List[str]) -> None:
    for text in row:
        tag = parse_language(text)
        assert parse_language(tag.alpha3).primary == tag.primary
        assert tag != UNDETERMINED or row[0] == "und"

"""Title by title: the language that is decided and why, from answers as the services give them.

``python -m tests.metadata.test_language_table`` prints the table.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from core.media.languages import parse_language
from core.media.model import Confidence, NativeLanguage
from core.media.native_language import AnswerKind, LanguageAnswer, decide

SHARED = Path(__file__).resolve().parents[3] / "shared" / "api"
HIGH, LOW, NONE = Confidence.HIGH, Confidence.LOW, Confidence.NONE


def arr_says(name: str) -> LanguageAnswer:
    tag = parse_language(name)
    return LanguageAnswer(AnswerKind.ARR, "Radarr", () if tag.is_special else (tag,))


def omdb_says(languages: str, countries: str = "") -> LanguageAnswer:
    tags = [parse_language(name) for name in languages.split(", ")]
    return LanguageAnswer(
        AnswerKind.OMDB,
        "OMDb",
        tuple(tag for tag in tags if not tag.is_special),
        tuple(country for country in countries.split(", ") if country not in ("", "N/A")),
    )


FLAG_JA = LanguageAnswer(
    AnswerKind.ORIGINAL_FLAG, "The file's original flag", (parse_language("ja"),)
)
ONLY_EN = LanguageAnswer(
    AnswerKind.ONLY_LANGUAGE, "The file's only language", (parse_language("en"),)
)
DEFAULT_EN = LanguageAnswer(
    AnswerKind.DEFAULT_TRACK, "The file's default track", (parse_language("en"),)
)


@pytest.mark.parametrize(
    ("answers", "language", "confidence"),
    [
        ((arr_says("Japanese"),), "ja", HIGH),
        ((arr_says("Japanese"), omdb_says("English", "USA")), "ja", LOW),  # contradicted
        ((arr_says("Japanese"), omdb_says("English, Japanese", "Japan")), "ja", HIGH),
        ((arr_says("English"),), "en", LOW),  # it also says so when it does not know
        ((arr_says("English"), omdb_says("English", "United States")), "en", HIGH),
        ((arr_says("English"), omdb_says("Tagalog", "Philippines")), "en", LOW),
        ((arr_says("English"), omdb_says("English, Tagalog", "Philippines")), "en", LOW),
        ((arr_says("English"), ONLY_EN), "en", HIGH),  # nothing hangs on it
        ((arr_says("English"), FLAG_JA), "en", LOW),
        ((arr_says("Unknown"), DEFAULT_EN), "en", LOW),
        ((arr_says("Any"),), "und", NONE),
        ((omdb_says("Turkish", "Turkey"),), "tr", HIGH),
        ((omdb_says("English, Russian, Japanese", "Japan"),), "ja", HIGH),  # Naruto
        ((omdb_says("Korean, English", "USA"),), "ko", LOW),  # Minari
        ((omdb_says("English, Mandarin", "United States, Canada"),), "en", HIGH),  # Dune
        ((omdb_says("N/A", "Japan"), DEFAULT_EN), "en", LOW),
        ((omdb_says("English", "Georgia"),), "en", LOW),  # a dub is all that OMDb knows
        ((omdb_says("English", "Atlantis"),), "en", HIGH),
        ((omdb_says("French, English", "Canada"),), "fr", LOW),
        ((omdb_says("English", "USA"), FLAG_JA), "ja", LOW),
        ((FLAG_JA, DEFAULT_EN), "ja", HIGH),
        ((), "und", NONE),
    ],
)
def test_the_answers_are_weighed(
    answers: Tuple[LanguageAnswer, ...], language: str, confidence: Confidence
) -> None:
    found = decide(answers)
    assert (str(found.language), found.confidence) == (language, confidence), found.reason
    assert found.sources == tuple(str(answer) for answer in answers)


def test_the_user_wins_over_all_of_them() -> None:
    found = decide((arr_says("Japanese"), omdb_says("Japanese", "Japan")), "nld")
    assert (str(found.language), found.confidence) == ("nl", HIGH)


# Title: the language and the confidence that the fixtures of the real services must lead to.
EXPECTED = {
    "tt0287803": ("tr", HIGH),
    "tt0409591": ("ja", HIGH),
    "tt3621796": ("ja", HIGH),
    "tt8091892": ("und", NONE),
    "tt0096895": ("en", HIGH),
    "tt0231426": ("hi", HIGH),
    "tt0388629": ("ja", HIGH),
    "tt0876563": ("ja", HIGH),
    "tt5822536": ("en", LOW),  # Spanish is spoken as well, and which countries it is from is wide
    "tt27740241": ("es", HIGH),
    "tt6777338": ("ko", HIGH),
    "tt10633456": ("ko", LOW),
    "tt1160419": ("en", HIGH),
}


def titles() -> Iterator[Tuple[str, str, NativeLanguage]]:
    """Every title of the shared fixtures: where from, its name, and what is decided."""
    for path in sorted((SHARED / "fixtures" / "omdb").glob("[ms]*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        answer = omdb_says(str(row.get("Language", "")), str(row.get("Country", "")))
        yield row.get("imdbID") or path.stem, row.get("Title", ""), decide((answer,))
    for name in ("radarr", "sonarr"):
        for path in sorted((SHARED / "fixtures" / name).glob("[mls]*.json")):
            found = json.loads(path.read_text(encoding="utf-8"))
            rows: List[Dict[str, Any]] = found if isinstance(found, list) else [found]
            for row in rows:
                if "title" in row:
                    language = (row.get("originalLanguage") or {}).get("name") or "und"
                    yield name, row["title"], decide((arr_says(language),))


def test_every_title_of_the_real_fixtures_gets_its_language() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the shared API fixtures are not at {SHARED}")
    rows = list(titles())
    decided = {
        where: (str(found.language), found.confidence)
        for where, _, found in rows
        if where in EXPECTED
    }
    assert decided == EXPECTED
    for where, title, found in rows:
        if where in ("radarr", "sonarr"):  # alone, none of them may call a film English for sure
            assert (found.confidence is HIGH) == (str(found.language) not in ("en", "und")), title


def test_every_language_name_of_the_services_is_understood() -> None:
    if not SHARED.is_dir():
        pytest.skip(f"the shared API fixtures are not at {SHARED}")
    names = json.loads((SHARED / "arr-languages.json").read_text(encoding="utf-8"))
    unknown = {name for name in names if parse_language(name).is_special}
    assert len(names) > 40
    assert unknown <= {"Unknown", "Any", "Original"}


if __name__ == "__main__":
    for where, title, found in titles():
        print(
            f"{where:12} {title[:34]:34} {found.language!s:6} {found.confidence.value:5} {found.reason}"
        )

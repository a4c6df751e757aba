"""What the first page of the settings says, and the presets that fill it in."""

from __future__ import annotations

import pickle

import pytest

from core.encoders.quality import QUALITIES, SPEEDS, Codec, Graphics
from core.settings.fields import FIELDS
from core.settings.film_outcome import OUTCOME_KEYS, explained, outcome_of
from core.settings.presets import Preset
from core.settings.quality_choice import CHOICE_KEYS
from core.settings.ready_presets import READY, preset_like
from core.settings.synonyms import SYNONYMS
from core.text.sentence import LanguageName, Sentence

NEW_USER = (
    "Films become HEVC at good quality. Their sound becomes Opus. Sound in English, Dutch, Turkish, an "
    "unknown language and in the film's own language stays. Subtitles in these languages stay. Removed: "
    "commentary, subtitles of commentary, subtitles for the deaf (SDH). Originals are kept for 14 days, up "
    "to 200.0 GB of them."
)


def test_a_new_users_films_in_a_persons_words() -> None:
    assert outcome_of({}) == NEW_USER


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"video.encode": "no"}, "The picture of films stays as it is."),
        ({"video.quality": "smaller"}, "Films become HEVC, as small files."),
        (
            {"video.codec": "av1", "video.quality": "better"},
            "Films become AV1 at very good quality.",
        ),
        ({"video.quality": "best"}, "Films become HEVC at the best quality."),
        ({"video.quality": "by hand"}, "what your own command templates make of it."),
        ({"audio.convert_to_opus": "no"}, "Their sound is copied."),
        ({"audio.languages": ""}, "Only sound in the film's own language stays."),
        ({"subtitles.languages": ""}, "No subtitles stay."),
        ({"subtitles.languages": "tur"}, "Subtitles in Turkish stay."),
        ({"subtitles.drop_sdh": "no"}, "Removed: commentary, subtitles of commentary."),
        ({"files.keep_original_days": "0"}, "Originals are deleted as soon as they are replaced."),
        (
            {"files.keep_original_days": "1"},
            "Originals are kept for 1 day, up to 200.0 GB of them.",
        ),
        ({"files.keep_original_days": "1.5"}, "Originals are kept for 1.5 days, up to 200.0 GB"),
    ],
)
def test_each_choice_is_said(texts: dict[str, str], said: str) -> None:
    assert said in outcome_of(texts)


def test_where_nothing_is_removed_nothing_is_said_of_it() -> None:
    keeps = ("audio.drop_commentary", "subtitles.drop_commentary", "subtitles.drop_sdh")
    assert "Removed" not in outcome_of(dict.fromkeys(keeps, "no"))


def test_what_cannot_be_read_yet_counts_as_for_a_new_user() -> None:
    typed = {"files.keep_original_days": "ma", "audio.languages": "klingonese", "video.nothing": ""}
    assert outcome_of({key: typed[key] for key in typed if key in FIELDS}) == NEW_USER


def test_the_summary_can_be_said_in_another_language() -> None:
    said = pickle.loads(pickle.dumps(outcome_of({})))
    parts = list(said.fields.values())
    assert all(isinstance(part, Sentence) for part in parts)
    languages = parts[2].fields["languages"]
    assert [type(language) for language in languages] == [LanguageName] * 3 + [Sentence]


def test_every_choice_says_what_it_does() -> None:
    choices = [
        *(("video.codec", codec.value) for codec in Codec),
        *(("video.quality", quality.value) for quality in QUALITIES),
        *(("video.speed", speed.value) for speed in SPEEDS),
        *(("video.graphics", graphics.value) for graphics in Graphics),
    ]
    said = [explained(*choice) for choice in choices]
    assert len(set(said)) == len(choices)
    assert all(said)
    assert set(CHOICE_KEYS) <= set(OUTCOME_KEYS)


def test_a_ready_preset_is_recognised_and_every_other_choice_is_none_of_them() -> None:
    for preset in READY:
        assert preset_like({**preset.texts(), "video.graphics": "AMD"}, READY) is preset
    assert preset_like({"video.codec": "av1", "video.quality": "best"}, READY) is None
    mine = Preset("Mine", {"video.quality": "best"})
    assert preset_like({"video.quality": "best"}, (*READY, mine)) is mine


def test_synonyms_belong_to_settings_that_there_are() -> None:
    assert set(SYNONYMS) <= set(FIELDS)

"""A preset as a file: what it holds comes back, and what is no preset is refused in one sentence."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.quality import CHOICES, Choice, Quality
from core.errors import ConfigError, MediaProcessorError, UsageError
from core.settings.fields import with_values
from core.settings.presets import (
    PRESET_KEYS,
    Preset,
    checked_name,
    preset_from_json,
    preset_of,
    preset_to_json,
)
from core.settings.quality_choice import TEMPLATE_KEYS, completed, values_of
from core.settings.tree import Settings

MINE = "$ffmpeg -i $input -c:v libx265 -crf 12 -filter:v:0 $filters $hdr $tracks $output"
WRITING = MINE.replace("-crf 12", "-crf 12 -passlogfile /home/me/notes")


def chosen(choice: Choice, **more: Any) -> Settings:
    values = values_of(choice)
    return with_values(Settings(), completed(Settings(), values))


def by_hand(text: str = MINE) -> Settings:
    return with_values(Settings(), completed(Settings(), {"templates.normal": text}))


def file_of(preset: Preset, **changes: Any) -> Dict[str, Any]:
    content = {**preset_to_json(preset, "1.0"), **changes}
    return {key: value for key, value in content.items() if value is not None}


def test_a_preset_is_all_that_is_set_about_the_picture_and_nothing_else() -> None:
    preset = preset_of("Evening", Settings())
    groups = {key.partition(".")[0] for key in PRESET_KEYS}
    assert groups == {"video", "templates"}
    assert set(preset.settings) == set(PRESET_KEYS) - set(TEMPLATE_KEYS)


def test_templates_are_part_of_it_only_where_they_were_edited() -> None:
    preset = preset_of("Mine", by_hand())
    assert set(preset.settings) == set(PRESET_KEYS)
    assert preset.texts()["templates.normal"] == MINE


@given(
    st.sampled_from(CHOICES), st.text(min_size=1).filter(lambda name: name.strip().isprintable())
)
def test_what_is_written_comes_back(choice: Choice, name: str) -> None:
    try:
        preset = preset_of(name, chosen(choice))
    except UsageError:
        return  # no name for a preset
    assert preset_from_json(json.loads(json.dumps(file_of(preset)))) == preset


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (Settings(), "HEVC, balanced, normal, graphics: QSVEncC"),
        (chosen(CHOICES[-1]), "AV1, best, very thorough, graphics: none"),
        (by_hand(), "by hand"),
    ],
)
def test_it_says_in_words_what_it_makes(settings: Settings, words: str) -> None:
    assert preset_of("A", settings).in_words == words


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "A preset needs a name."),
        ("  ", "A preset needs a name."),
        ("x" * 101, "A preset's name has at most 100 characters; this one has 101."),
        ("two\nlines", "cannot be a preset's name: it is not one line of plain text."),
        ("\x1b[2J", "cannot be a preset's name"),
    ],
)
def test_what_is_no_name_is_said(name: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        checked_name(name)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_name_has_one_form() -> None:
    assert checked_name(" Cafe\u0301 ") == "Caf\u00e9"


GOOD = preset_of("Good", Settings())
HAND = preset_of("Hand", by_hand())


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "This file holds no preset of MediaProcessor; nothing was changed."),
        ([], "This file holds no preset"),
        ("x", "This file holds no preset"),
        ({"kind": "setup", "format": 1}, "This file holds no preset"),
        (file_of(GOOD, format=2), "This preset has format 2, this program reads format 1;"),
        (file_of(GOOD, name=None), "This preset is damaged: it has no name."),
        (file_of(GOOD, name=7), "This preset is damaged: it has no name."),
        (file_of(GOOD, name=" "), "A preset needs a name."),
        (file_of(GOOD, settings=None), "This preset is damaged: it has no settings."),
        (file_of(GOOD, settings=[]), "This preset is damaged: it has no settings."),
        (file_of(GOOD, settings={}), "This preset is damaged: it has no settings."),
        (
            file_of(GOOD, settings={"video.quality": "superb"}),
            "Setting video.quality: 'superb' is not one of: smaller, balanced, better, best, by hand.",
        ),
        (file_of(GOOD, settings={"video.quality": 3}), "Setting video.quality: 3 is not a text."),
        (
            file_of(GOOD, settings={"video.qualitty": "best"}),
            "there is no setting of this name. Did you mean video.quality?",
        ),
        (
            file_of(GOOD, settings={"files.keep_original_days": 0}),
            "This preset holds files.keep_original_days, which is not one of the video settings;",
        ),
        (
            file_of(GOOD, settings={"video.quality": "best", "templates.normal": MINE}),
            "This preset holds templates.normal, but its video.quality is not 'by hand':",
        ),
        (file_of(GOOD, settings={"templates.normal": MINE}), "is not clear which of them counts"),
        (
            file_of(HAND, settings={**HAND.settings, "templates.normal": "ffmpeg"}),
            "Setting templates.normal: The command must begin with",
        ),
        (
            file_of(HAND, settings={**HAND.settings, "templates.normal": WRITING}),
            "templates.normal of this preset has '-passlogfile', which may reach other files",
        ),
    ],
)
def test_what_is_no_preset_is_refused_in_one_sentence(content: object, sentence: str) -> None:
    with pytest.raises((UsageError, ConfigError)) as caught:
        preset_from_json(content)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(("name", "settings", "video.quality", "x")), inner)
        ),
    )
)
def test_any_other_content_is_refused_and_breaks_nothing(content: Any) -> None:
    whole = {"kind": "preset", "format": 1, "name": "A", "settings": content}
    for found in (content, whole):
        with pytest.raises(MediaProcessorError):
            preset_from_json(found)


def test_who_trusts_a_preset_gets_its_templates_as_they_are() -> None:
    content = file_of(HAND, settings={**HAND.settings, "templates.normal": WRITING})
    assert preset_from_json(content, trusted=True).settings["templates.normal"] == WRITING


def test_an_empty_fall_back_is_harmless() -> None:
    content = file_of(HAND, settings={**HAND.settings, "templates.normal_fallback": ""})
    assert preset_from_json(content).texts()["templates.normal_fallback"] == ""


def test_by_hand_is_also_what_a_preset_of_edited_templates_says() -> None:
    assert HAND.settings["video.quality"] == Quality.BY_HAND.value

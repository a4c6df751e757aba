"""A choice of codec, quality and speed makes the command templates; an edited one is by hand from then on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any, Dict, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.chosen_templates import templates_of
from core.encoders.quality import CHOICES, Choice, Codec, Graphics, Quality, Speed
from core.errors import ConfigError
from core.settings.fields import value_of, with_values
from core.settings.quality_choice import (
    TEMPLATE_KEYS,
    as_chosen,
    choice_of,
    completed,
    default_of,
    loaded,
    of_folder,
    texts_of,
    values_of,
)
from core.settings.tree import Settings

MINE = "$ffmpeg -i $input -c:v libx265 -crf 12 -filter:v:0 $filters $hdr $tracks $output"
BETTER = Choice(quality=Quality.BETTER)


def changed(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """The settings after a change, with what follows from it."""
    return with_values(settings, completed(settings, values))


def texts(settings: Settings) -> Dict[str, str]:
    return {key: value_of(settings, key) for key in TEMPLATE_KEYS}


def test_a_new_users_templates_are_those_of_balanced_and_normal() -> None:
    assert texts(Settings()) == texts_of(Choice(Codec.HEVC, Quality.BALANCED, Speed.NORMAL))
    assert choice_of(Settings()) == Choice()


def test_no_two_choices_make_the_same_templates_but_for_svt_av1s_two_quickest() -> None:
    others = [choice for choice in CHOICES if choice.speed is not Speed.VERY_FAST]
    made = [tuple(texts_of(choice).values()) for choice in others]
    assert len(set(made)) == len(others)
    for choice in CHOICES:
        fast = replace(choice, speed=Speed.FAST)
        if choice.speed is Speed.VERY_FAST:
            no_faster = choice.codec is Codec.AV1 and choice.graphics in (
                Graphics.NONE,
                Graphics.AMD,  # whose programs have no quicker preset either
            )
            assert (texts_of(choice) == texts_of(fast)) == no_faster, choice


def test_a_quality_writes_all_templates() -> None:
    better = changed(Settings(), {"video.quality": Quality.BETTER})
    assert texts(better) == texts_of(BETTER)
    fast = changed(better, {"video.speed": Speed.FAST, "video.codec": Codec.AV1})
    assert texts(fast) == texts_of(Choice(Codec.AV1, Quality.BETTER, Speed.FAST))


def test_a_template_that_is_edited_makes_the_quality_by_hand_and_keeps_the_others_as_they_were() -> (
    None
):
    better = changed(Settings(), {"video.quality": Quality.BETTER})
    mine = changed(better, {"templates.normal": MINE})
    assert mine.video.quality is Quality.BY_HAND
    assert texts(mine) == {**texts_of(BETTER), "templates.normal": MINE}


def test_nothing_overwrites_an_edited_template_until_a_quality_is_chosen() -> None:
    mine = changed(Settings(), {"templates.downscale": MINE})
    for values in ({"video.encode": False}, {"templates.normal_fallback": ""}):
        mine = changed(mine, values)
        assert mine.templates.downscale == MINE
    for key, value in (("video.codec", Codec.AV1), ("video.graphics", Graphics.ANY)):
        with pytest.raises(ConfigError, match=r"by hand.*Choose a quality first"):
            completed(mine, {key: value})
    again = changed(mine, {"video.quality": Quality.BALANCED})
    assert again.templates == Settings().templates


def test_what_was_edited_stays_also_where_a_quality_is_chosen_together_with_it() -> None:
    both = changed(Settings(), {"video.quality": Quality.BEST, "templates.normal": MINE})
    assert both.video.quality is Quality.BY_HAND
    assert both.templates.normal == MINE


def test_by_hand_as_a_choice_leaves_the_templates_as_they_are() -> None:
    better = changed(Settings(), {"video.quality": Quality.BETTER})
    mine = completed(better, {"video.quality": Quality.BY_HAND})
    assert {key: mine[key] for key in TEMPLATE_KEYS} == texts_of(BETTER)


def test_an_edit_that_is_undone_is_the_choice_again() -> None:
    mine = changed(Settings(), {"templates.normal": MINE})
    again = changed(mine, {"templates.normal": default_of(mine, "templates.normal")})
    assert again == Settings()


def test_a_template_goes_back_to_what_the_choice_makes() -> None:
    better = changed(Settings(), {"video.quality": Quality.BETTER})
    assert default_of(better, "templates.normal") == texts_of(BETTER)["templates.normal"]
    assert default_of(better, "video.quality") is Quality.BALANCED


@given(st.sampled_from(CHOICES), st.sampled_from(CHOICES))
def test_the_texts_of_a_choice_are_known_as_that_choice(first: Choice, second: Choice) -> None:
    chosen = values_of(first)
    settings = changed(Settings(), chosen)
    found = choice_of(changed(settings, texts_of(second)))
    assert found is not None
    assert texts_of(found) == texts_of(second)
    assert found == second or found.codec is Codec.AV1


# ---- what earlier versions and other programs have stored


def test_a_template_of_an_earlier_version_is_by_hand() -> None:
    assert loaded({"templates.normal": MINE}).video.quality is Quality.BY_HAND
    assert loaded({"templates.normal": MINE}).templates.downscale == Settings().templates.downscale
    stored = {"templates.normal": MINE, "video.quality": Quality.BEST}
    assert loaded(stored).templates.normal == MINE


def test_a_stored_choice_makes_the_templates_of_this_version() -> None:
    assert loaded({}) == Settings()
    assert texts(loaded({"video.quality": Quality.BETTER})) == texts_of(BETTER)
    assert as_chosen(loaded({"video.quality": Quality.BY_HAND})).templates == Settings().templates


def test_the_templates_of_a_new_user_are_those_that_their_encoders_make() -> None:
    made = {f"templates.{name}": text for name, text in templates_of(Choice()).items()}
    assert texts(Settings()) == made == texts_of(Choice())


def test_settings_that_nobody_changed_load_no_encoder() -> None:
    look = "import sys, config; config.loaded({}); print('core.encoders.listed' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout.strip() == "False"


# ---- a watched folder


def test_a_folder_has_a_quality_of_its_own() -> None:
    folder = of_folder(Settings(), {"video.quality": Quality.BETTER, "audio.mono_rate": 48})
    assert texts(folder) == texts_of(BETTER)
    assert folder.audio.mono_rate == 48


def test_what_a_folder_leaves_open_is_as_everywhere_else() -> None:
    better = changed(Settings(), {"video.quality": Quality.BETTER})
    folder = of_folder(better, {"video.codec": Codec.AV1})
    assert texts(folder) == texts_of(Choice(Codec.AV1, Quality.BETTER))


def test_a_folders_own_template_wins_over_every_choice() -> None:
    own = {"templates.normal": MINE, "video.quality": Quality.BETTER}
    folder = of_folder(Settings(), own)
    assert texts(folder) == {**texts_of(BETTER), "templates.normal": MINE}
    assert folder.video.quality is Quality.BY_HAND


def test_a_folders_choice_counts_also_where_everybody_elses_templates_are_by_hand() -> None:
    mine = changed(Settings(), {"templates.normal": MINE})
    assert of_folder(mine, {"audio.mono_rate": 48}).templates == mine.templates
    assert of_folder(mine, {"video.quality": Quality.BY_HAND}).templates == mine.templates
    assert texts(of_folder(mine, {"video.quality": Quality.BETTER})) == texts_of(BETTER)
    assert texts(of_folder(mine, {"video.codec": Codec.AV1})) == texts_of(Choice(Codec.AV1))

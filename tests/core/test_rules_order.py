from __future__ import annotations

from typing import List

from core.media.model import NativeLanguage, Track
from core.plan import Plan
from core.planning.planner import build_plan
from tests.core.made_media import (
    COPY_PICTURE,
    NO_TOOLS,
    UNKNOWN,
    film,
    native,
    picture,
    sound,
    text,
)


def planned(language: NativeLanguage, *tracks: Track) -> Plan:
    return build_plan(film(*tracks), language, COPY_PICTURE, NO_TOOLS)


def order(language: NativeLanguage, *tracks: Track) -> List[int]:
    """Where in the source each of the result's tracks stood, the picture at 0."""
    return [output.source.index for output in planned(language, *tracks).outputs]


def flagged(plan: Plan, flag: str) -> List[int]:
    return [output.source.index for output in plan.outputs if getattr(output.flags, flag)]


def test_picture_then_sound_then_subtitles() -> None:
    assert order(UNKNOWN, text("eng"), sound("eng"), picture()) == [2, 1, 0]


def test_sound_is_in_native_then_settings_then_other_order() -> None:
    codes = ("fre", "und", "tur", "dut", "eng", "jpn", "deu")
    assert order(native("ja"), *(sound(code) for code in codes)) == [0, 6, 5, 4, 3, 2]
    assert order(UNKNOWN, *(sound(code) for code in codes)) == [0, 5, 4, 3, 2, 1, 6, 7]


def test_more_channels_come_first_in_one_language() -> None:
    tracks = [sound("eng", channels=2), sound("eng", channels=6), sound("dut", channels=8)]
    assert order(UNKNOWN, *tracks) == [0, 2, 1, 3]


def test_channels_of_the_result_count_and_equal_ones_keep_their_places() -> None:
    assert order(UNKNOWN, sound("eng", channels=6), sound("eng", channels=8)) == [0, 1, 2]


def test_described_sound_stands_behind_the_plain_one() -> None:
    tracks = [sound("eng", "Audio Description"), sound("eng", channels=2)]
    assert order(UNKNOWN, *tracks) == [0, 2, 1]


def test_subtitles_are_in_settings_order_forced_before_full() -> None:
    tracks = [text("und"), text("tur"), text("eng"), text("dut"), text("eng", "Forced")]
    assert order(native("tr"), *tracks) == [0, 5, 3, 4, 2, 1]


def test_several_pictures_all_stay_in_their_order() -> None:
    assert order(UNKNOWN, picture(), sound("eng"), picture(title="Angle 2")) == [0, 2, 1]


def test_exactly_one_sound_is_the_default() -> None:
    plan = planned(native("en"), sound("dut", default=True), sound("eng", default=True))
    assert flagged(plan, "default") == [2]


def test_the_default_sound_is_no_commentary_and_not_described() -> None:
    plan = planned(native("ja"), sound("jpn", "音声ガイド"), sound("eng"), sound("fre"))
    assert flagged(plan, "default") == [2]


def test_an_isolated_score_stands_behind_the_film_s_sound_however_full_it_is() -> None:
    plan = planned(UNKNOWN, sound("eng", "Isolated Score"), sound("eng", channels=2))
    assert [output.source.index for output in plan.outputs] == [0, 2, 1]
    assert flagged(plan, "default") == [2]


def test_the_forced_subtitle_of_the_first_sound_s_language_is_the_default() -> None:
    tracks: List[Track] = [
        sound("jpn"),
        sound("eng"),
        text("eng", "Forced"),
        text("eng", default=True),
    ]
    assert 3 not in flagged(planned(native("ja"), *tracks), "default")
    plan = planned(native("en"), *tracks)
    assert flagged(plan, "default") == [2, 3]
    assert flagged(plan, "forced") == [3]


def test_what_a_title_says_becomes_a_flag() -> None:
    plan = planned(
        native("en"),
        sound("eng"),
        sound("eng", "Audio Description"),
        text("eng", "SDH"),
        text("dut", "Forced"),
    )
    assert flagged(plan, "visual_impaired") == [2]
    assert flagged(plan, "hearing_impaired") == [3]
    assert flagged(plan, "forced") == [4]


def test_native_sound_is_flagged_original_only_when_it_is_sure() -> None:
    tracks = [sound("jpn"), sound("eng", original=True), sound("und", original=True)]
    assert flagged(planned(native("ja"), *tracks), "original") == [1, 3]
    assert flagged(planned(UNKNOWN, *tracks), "original") == [2, 3]


def test_other_flags_are_preserved() -> None:
    plan = planned(UNKNOWN, sound("eng", enabled=False), text("eng", text_descriptions=True))
    sound_track, subtitle = plan.outputs[1], plan.outputs[2]
    assert not sound_track.flags.enabled
    assert subtitle.flags.text_descriptions

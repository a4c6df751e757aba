from __future__ import annotations

from dataclasses import replace
from typing import Any, List

import pytest

from core.media.model import SubtitleTrack
from core.plan import SubtitleConvert
from core.rules.subtitles import decide_conversion, decide_subtitles, is_forced
from core.settings.tree import SubtitleSettings
from tests.core.made_media import SETTINGS, film, text

SUBTITLES = SETTINGS.subtitles


def kept(*tracks: SubtitleTrack, settings: SubtitleSettings = SUBTITLES) -> List[int]:
    decisions = decide_subtitles(film(*tracks), settings)
    return [decision.track.number for decision in decisions if decision.kept]


def test_the_settings_languages_stay_and_others_go() -> None:
    tracks = [text(code) for code in ("eng", "dut", "nld", "tur", "und", "fre", "jpn")]
    assert kept(*tracks) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("code", ["mis", "mul", "zxx", "qaa"])
def test_codes_that_say_nothing_count_as_undetermined(code: str) -> None:
    assert kept(text(code)) == [1]
    assert kept(text(code), settings=replace(SUBTITLES, languages=("eng",))) == []


def test_commentary_goes_by_flag_and_by_title() -> None:
    tracks = [text("eng"), text("eng", commentary=True), text("eng", "Commentary Subtitles")]
    assert kept(*tracks) == [1]
    assert kept(*tracks, settings=replace(SUBTITLES, drop_commentary=False)) == [1, 2, 3]


def test_sdh_goes_by_flag_and_by_title_where_a_full_one_stays() -> None:
    tracks = [text("eng"), text("eng", hearing_impaired=True), text("eng", "English (SDH)")]
    assert kept(*tracks) == [1]
    found = decide_subtitles(film(*tracks), SUBTITLES)
    assert [decision.rejections[0].code for decision in found[1:]] == [
        "subtitle.sdh_flag",
        "subtitle.sdh_title",
    ]
    assert found[2].rejections[0].matched == "SDH"
    assert kept(*tracks, settings=replace(SUBTITLES, drop_sdh=False)) == [1, 2, 3]


def test_sdh_stays_where_it_is_the_only_full_one_in_its_language() -> None:
    assert kept(text("eng"), text("tur", "Türkçe CC")) == [1, 2]
    reason = decide_subtitles(film(text("tur", "Türkçe CC")), SUBTITLES)[0].notes[0]
    assert (reason.code, reason.matched) == ("subtitle.only_one", "CC")


@pytest.mark.parametrize(
    "other",
    [
        text("eng", forced=True),
        text("eng", "forced (not flagged)"),
        text("eng", "Signs & Songs"),
        text("eng", commentary=True),
        text("eng", "Commentary"),
        text("eng", codec="dvb_teletext"),
        text("eng", codec="unknown"),
    ],
)
def test_a_forced_or_lost_one_does_not_replace_the_full_sdh(other: SubtitleTrack) -> None:
    assert 2 in kept(other, text("eng", "SDH"))


def test_a_track_that_is_sdh_and_forced_counts_as_sdh() -> None:
    both = text("eng", forced=True, hearing_impaired=True)
    assert kept(text("eng"), both) == [1]
    assert kept(text("eng", forced=True), both) == [1, 2]
    assert kept(text("eng", "Forced"), text("eng", "English (SDH, forced)")) == [1, 2]


def test_a_full_one_does_not_replace_sdh_that_holds_the_foreign_parts_alone() -> None:
    few = text("eng", forced=True, hearing_impaired=True, lines=20, holds_few=True)
    assert kept(text("eng", lines=900), few) == [1, 2]
    assert kept(text("eng", lines=900), few, text("eng", "Forced", lines=15)) == [1, 3]


def test_a_stand_in_for_sdh_needs_about_as_many_lines() -> None:
    sdh = text("eng", "English SDH", hearing_impaired=True, lines=60)
    assert kept(text("eng", lines=2), sdh) == [1, 2]
    assert kept(text("eng", lines=29), sdh) == [1, 2]
    assert kept(text("eng", lines=30), sdh) == [1]
    assert kept(text("eng"), sdh) == [1]  # of how many is not known


def test_what_a_subtitle_holds_decides_where_flag_and_title_contradict_each_other() -> None:
    def forced(title: str, **more: Any) -> bool:
        return is_forced(text("eng", title, **more))

    assert not forced("English (Full)", forced=True, holds_few=False)
    assert forced("English (Full)", forced=True, holds_few=True)
    assert forced("English (Full)", forced=True)
    assert not forced("Forced", holds_few=False)
    assert forced("Forced", holds_few=True)
    assert forced("Forced")
    # No contradiction: what the track says of itself is believed.
    assert forced("Forced", forced=True, holds_few=False)
    assert forced("", forced=True, holds_few=False)
    assert not forced("English", holds_few=True)


def test_brazil_s_full_one_does_not_replace_portugal_s_sdh() -> None:
    wanted = replace(SUBTITLES, languages=("por",))
    assert kept(text("pt-BR"), text("pt-PT", "SDH"), settings=wanted) == [1, 2]
    assert kept(text("por"), text("pt-PT", "SDH"), settings=wanted) == [1]


def test_what_ffmpeg_cannot_read_stands_in_for_no_sdh() -> None:
    unread = replace(text("eng", codec="webvtt"), readable=False)
    assert kept(unread, text("eng", "SDH")) == [1, 2]


@pytest.mark.parametrize("codec", ["mov_text", "webvtt", "text"])
def test_texts_that_matroska_does_not_hold_become_subrip(codec: str) -> None:
    assert decide_conversion(text(codec=codec))[0] == SubtitleConvert("subrip")


@pytest.mark.parametrize(
    "codec", ["subrip", "ass", "ssa", "hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle"]
)
def test_pictures_and_matroska_s_own_texts_are_copied(codec: str) -> None:
    assert decide_conversion(text(codec=codec))[0] is None


def test_teletext_and_captions_go_with_a_reason() -> None:
    found = decide_subtitles(film(text("dut", codec="dvb_teletext")), SUBTITLES)[0]
    assert [reason.code for reason in found.rejections] == ["subtitle.broadcast"]

"""A kept plan read back: each track before and after, with every reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from core.media.languages import LanguageTag
from core.media.model import MediaFile
from core.plan import OpusEncode, Plan, Reason, TrackDecision
from core.planning.comparison import Comparison, TrackFate, compare
from core.planning.plan_json import plan_text
from core.planning.planner import build_plan
from tests.core.commands_film import TOOLSET
from tests.core.made_media import SETTINGS, film, native, sound, text


@pytest.fixture
def media() -> MediaFile:
    return film(
        sound("eng", bit_rate=640.0, default=True),
        sound("fra"),
        text("eng", title="Full"),
        text("fra"),
    )


def read(plan: Plan) -> Comparison:
    found = compare(plan_text(plan))
    assert found is not None
    return found


def test_every_track_of_the_film_stands_with_its_fate(media: MediaFile) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    found = read(plan)
    fates = {(track.kind, track.number): track.fate for track in found.tracks}
    assert fates == {
        ("video", 1): TrackFate.COPIED,  # no encoder is there
        ("audio", 1): TrackFate.CONVERTED,
        ("audio", 2): TrackFate.DROPPED,
        ("subtitle", 1): TrackFate.COPIED,
        ("subtitle", 2): TrackFate.DROPPED,
    }
    english, french = found.tracks[1], found.tracks[2]
    assert english.before == "ac3 5.1(side), 640 kbit/s, English (default)"
    assert english.after.startswith("opus 5.1 256 kbit/s, English")
    assert (french.after, french.place) == ("", None)
    assert french.reasons == plan.decisions[2].rejections
    assert (found.size, found.duration) == (media.size, media.duration)
    assert found.native_language == "en"


def test_places_are_those_of_the_result(media: MediaFile) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    for track in read(plan).tracks:
        order = [out.source.number for out in plan.outputs if out.kind.value == track.kind]
        wanted = order.index(track.number) + 1 if track.number in order else None
        assert track.place == wanted


def test_a_kept_tracks_reasons_are_the_decisions_and_the_outputs_each_once(
    media: MediaFile,
) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    (output,) = [output for output in plan.outputs if output.source.index == 1]
    reasons = read(plan).tracks[1].reasons
    assert set(output.reasons) <= set(reasons)
    assert len(reasons) == len(set(reasons))
    assert isinstance(output.conversion, OpusEncode)


def test_a_film_that_is_left_alone_loses_no_track(media: MediaFile) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    why = Reason("refused.truncated", "This file is incomplete.")
    found = read(replace(plan, refusals=(why,)))
    assert {track.fate for track in found.tracks} == {TrackFate.UNTOUCHED}
    assert found.refusals == (why,)


@pytest.mark.parametrize("kept", ["", "nothing of JSON", "[]", "null", '{"decisions": [{}]}', "3"])
def test_what_is_no_plan_is_none(kept: str) -> None:
    assert compare(kept) is None


def test_a_plan_of_an_older_version_reads_as_far_as_it_goes(media: MediaFile) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    record = json.loads(plan_text(plan))
    for key in ("media", "native_language", "warnings", "omissions"):
        del record[key]
    found = compare(json.dumps(record))
    assert found is not None
    assert [track.before for track in found.tracks] == [""] * 5
    assert found.tracks[2].fate is TrackFate.DROPPED
    assert found.size is None


def test_bytes_of_a_name_that_are_no_text_come_through() -> None:
    one = sound("eng", title="a\udcffb")
    plan = build_plan(film(one), native("eng"), SETTINGS, TOOLSET)
    assert "a\udcffb" in read(plan).tracks[1].before


def test_matched_text_is_kept_with_its_reason(media: MediaFile) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, TOOLSET)
    why = Reason("audio.commentary", "It is a commentary.", "Director's commentary")
    decision = TrackDecision(replace(plan.decisions[2].track, language=LanguageTag("en")), (why,))
    decisions = (*plan.decisions[:2], decision, *plan.decisions[3:])
    assert read(replace(plan, decisions=decisions)).tracks[2].reasons == (why,)

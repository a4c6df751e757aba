"""A plan in a person's words: what becomes of the video, the audio tracks, the subtitles and the size."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Dict

import pytest
from hypothesis import given

from core.media.languages import LanguageTag
from core.media.model import Attachment
from core.plan import Plan, Reason
from core.planning.forecast import Expected
from core.planning.plan_json import plan_text
from core.planning.planner import build_plan
from core.planning.summary import language_name, outlook, rough_time, summarize, summary_of
from core.queue.overview import Estimate
from core.text.sentence import LanguageName, Listed
from tests.core.commands_film import TOOLSET
from tests.core.made_media import NO_TOOLS, SETTINGS, film, films, native, picture, sound, text


def lines(plan: Plan) -> Dict[str, Any]:
    return {str(line): line for line in summary_of(plan)}


def made(*tracks: Any, **more: Any) -> Plan:
    return build_plan(film(*tracks, **more), native("eng"), SETTINGS, TOOLSET)


def test_a_usual_film_is_told_in_a_few_lines() -> None:
    plan = made(
        sound("eng", default=True),
        sound("eng", channels=2, channel_layout="stereo"),
        sound("eng", title="Director's commentary", commentary=True),
        sound("fra"),
        text("eng"),
        *(text(code) for code in ("fra", "deu", "spa", "ita", "por")),
    )
    assert list(lines(plan))[:5] == [
        "Video unchanged",
        "2 audio tracks → Opus",
        "2 audio tracks removed (commentary, French)",
        "1 subtitle unchanged",
        "5 subtitles removed (French, German, Spanish, Italian, …)",
    ]


def test_languages_are_fields_that_the_window_names_in_its_own_language() -> None:
    plan = made(sound("eng"), sound("fra"))
    (line,) = [line for text, line in lines(plan).items() if "removed" in text]
    assert line.fields["names"] == Listed((LanguageName("fr", "French"),))
    assert str(language_name("und")) == "unknown language"


def test_the_video_is_told_with_its_encoder_and_another_size() -> None:
    encode = {
        "codec": "hevc",
        "template": "$qsvenc -i $input -c hevc -o $output",
        "width": 1920,
        "height": 1080,
    }
    record = {
        "media": {"video": [{"index": 0, "width": 3840, "height": 2160}], "container": "Matroska"},
        "changes": [{"code": "change.picture"}],
        "outputs": [{"track": 0, "kind": "video", "codec": "hevc", "conversion": encode}],
    }
    assert summarize(record)[0] == "Video → HEVC (QSVEnc), 1920 × 1080"
    unknown = {**encode, "template": "$another thing", "width": 3840, "height": 2160}
    record["outputs"][0]["conversion"] = unknown  # type: ignore[index]
    assert summarize(record)[0] == "Video → HEVC"


def test_container_attachments_and_flags_are_told() -> None:
    attachment = Attachment("cover.bmp", "image/bmp", readable=False, picture_stream=True, index=3)
    plan = made(
        sound("eng", title="Wrong title AC3 5.1"),
        container="AVI",
        attachments=(attachment,),
    )
    told = " | ".join(lines(plan))
    assert "AVI → Matroska" in told
    record = json.loads(plan_text(plan))
    record["attachments"] = []
    assert "1 attachment removed" in " | ".join(map(str, summarize(record)))
    record["outputs"][0]["title"] = "Another"
    assert "corrected" in " | ".join(map(str, summarize(record)))


def test_a_film_that_is_left_alone_says_why_and_one_without_work_says_so() -> None:
    plan = made(sound("eng"))
    why = Reason("refused.truncated", "This file is incomplete.")
    assert summary_of(replace(plan, refusals=(why,))) == (
        "This film is left alone. This file is incomplete.",
    )
    assert summary_of(replace(plan, changes=())) == ("Nothing needs doing.",)


@pytest.mark.parametrize(
    ("expected", "time", "told"),
    [
        (
            Expected(6.7e9),
            Estimate(low=3000, likely=3600, high=4000),
            "17.3 GB → about 6.7 GB in about 1 h",
        ),
        (Expected(6.7e9), None, "17.3 GB → about 6.7 GB"),
        (None, Estimate(low=3000, likely=3600, high=4000), "about 1 h"),
        (None, None, None),
    ],
)
def test_what_is_expected_ends_the_summary(
    expected: Expected, time: Estimate, told: object
) -> None:
    assert outlook(17_300_000_000, expected, time) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "1 min"),
        (29, "1 min"),
        (600, "10 min"),
        (3550, "59 min"),
        (3590, "1 h"),
        (4800, "1 h 20 min"),
        (5000, "1 h 20 min"),
        (35_900, "10 h"),
        (100_000, "28 h"),
    ],
)
def test_a_time_that_is_not_known_exactly_is_told_roughly(seconds: float, told: str) -> None:
    assert rough_time(seconds) == told


def test_a_plan_of_an_older_version_leaves_out_what_it_did_not_keep() -> None:
    assert summarize({}) == ("Nothing needs doing.",)
    assert summarize({"changes": [{}], "outputs": [{"track": 4, "kind": "audio"}]}) == (
        "1 audio track unchanged",
    )


@given(films())
def test_every_track_of_any_film_is_counted_once(media: Any) -> None:
    plan = build_plan(media, native("eng"), SETTINGS, NO_TOOLS)
    if plan.refused or plan.empty:
        return
    counted = {"audio track": 0, "subtitle": 0}
    for line in summary_of(plan):
        for noun in counted:
            if noun in line.template:
                counted[noun] += line.number
    assert counted == {"audio track": len(media.audio), "subtitle": len(media.subtitles)}


def test_names_of_languages_without_a_table_row_stay_their_code() -> None:
    assert str(language_name("qaa")) == LanguageTag("qaa").english_name == "qaa"


def test_two_pictures_are_told_once() -> None:
    plan = made(picture(), picture(width=640, height=480), sound("eng"))
    assert [line for line in lines(plan) if line.startswith("Video")] in (
        ["Video unchanged"],
        [],  # where the rules leave such films alone
    )

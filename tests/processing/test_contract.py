"""What a result must be like to be its plan's: every broken promise is noticed and named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.media.languages import LanguageTag
from core.media.model import (
    Attachment,
    AudioTrack,
    FileIdentity,
    HdrFormat,
    MediaFile,
    NativeLanguage,
    SubtitleTrack,
    TrackFlags,
    VideoTrack,
)
from core.plan import ContentClass, OpusEncode, OutputTrack, Plan, VideoEncode
from processing.contract import (
    copied_picture_problems,
    encoded_picture_problems,
    track_problems,
)
from processing.probing import PictureFacts

ENGLISH = LanguageTag("en")
BRAZILIAN = LanguageTag("pt-BR")
FONT = Attachment("Film.ttf", "font/ttf")
VIDEO = VideoTrack(0, 1, "h264", 1920, 1080, hdr_formats=(HdrFormat.HDR10,), mastering_display="P3")
AUDIO = AudioTrack(1, 1, "ac3", 6, language=BRAZILIAN, title="Surround")
SUBTITLE = SubtitleTrack(2, 1, "ass", language=ENGLISH, flags=TrackFlags(forced=True))
FILM = MediaFile(
    Path("film.mkv"),
    FileIdentity(1, 1),
    "Matroska",
    10.0,
    (VIDEO,),
    (AUDIO,),
    (SUBTITLE,),
    (FONT,),
    chapter_count=3,
)
ENCODE = VideoEncode(ContentClass.NORMAL, "normal", "", "hevc", 1920, 1080, 10, (HdrFormat.HDR10,))
PLAN = Plan(
    FILM,
    NativeLanguage(),
    FILM.path,
    (),
    (
        OutputTrack(VIDEO, "hevc", ENCODE, ENGLISH, "", TrackFlags(default=True)),
        OutputTrack(AUDIO, "opus", OpusEncode(256, 6, "5.1"), BRAZILIAN, "Surround", TrackFlags()),
        OutputTrack(SUBTITLE, "ass", None, ENGLISH, "", TrackFlags(forced=True)),
    ),
    (FONT,),
    "Film",
    signature="5e6f",
)
GOOD = replace(
    FILM,
    video=(
        replace(
            VIDEO, codec="hevc", bit_depth=10, language=ENGLISH, flags=TrackFlags(default=True)
        ),
    ),
    audio=(replace(AUDIO, codec="opus"),),
    title="Film",
    plan_signature="5e6f",
)


def problems(found: MediaFile, **more: Any) -> str:
    return " ".join(track_problems(PLAN, found, **{"exact_languages": True, **more}))


def with_audio(**changes: Any) -> MediaFile:
    return replace(GOOD, audio=(replace(GOOD.audio[0], **changes),))


def test_a_result_that_is_the_plans_has_no_problems() -> None:
    assert problems(GOOD) == ""


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (with_audio(codec="ac3"), "is ac3 instead of opus"),
        (with_audio(channels=2), "has 2 channels instead of 6"),
        (with_audio(language=ENGLISH), "has the language English instead of Portuguese"),
        (with_audio(title=""), "is named '' instead of 'Surround'"),
        (with_audio(flags=TrackFlags(commentary=True)), "other flags than planned: commentary"),
        (with_audio(index=2), "other"),
        (replace(GOOD, audio=()), "has the tracks video, subtitle instead of"),
        (replace(GOOD, chapter_count=0), "has 0 chapters, the film has 3"),
        (replace(GOOD, attachments=()), "fonts are missing: Film.ttf"),
        (replace(GOOD, title="Filmed"), "its title is 'Filmed'"),
        (replace(GOOD, plan_signature=""), "does not carry the mark"),
        (replace(GOOD, video=(replace(GOOD.video[0], height=720),)), "is 1920x720 instead of"),
        (replace(GOOD, video=(replace(GOOD.video[0], bit_depth=8),)), "has 8 bits instead of 10"),
    ],
)
def test_every_broken_promise_is_named(found: MediaFile, sentence: str) -> None:
    if sentence == "other":  # a different order of the file shows as different kinds
        found = replace(found, subtitles=(replace(SUBTITLE, index=1),))
        sentence = "has the tracks video, subtitle, audio instead of"
    assert sentence in problems(found)


def test_without_mkvpropedit_a_language_may_lack_its_region() -> None:
    found = with_audio(language=LanguageTag("pt"))
    assert problems(found, exact_languages=False) == ""
    assert problems(found) != ""
    assert problems(with_audio(language=ENGLISH), exact_languages=False) != ""


FACTS = PictureFacts(None, False, False, True, "smpte2084", 3)


@pytest.mark.parametrize(
    ("encode", "facts", "sentence"),
    [
        (ENCODE, FACTS, ""),
        (ENCODE, replace(FACTS, mastering_display=False), "mastering data is lost"),
        (ENCODE, replace(FACTS, transfer="bt709"), "transfer is bt709 instead of PQ"),
        (ENCODE, replace(FACTS, dolby_vision_profile=8), "labelled Dolby Vision profile 8"),
        (
            replace(ENCODE, hdr_formats=(HdrFormat.HDR10, HdrFormat.HDR10_PLUS)),
            FACTS,
            "HDR10+ data is lost",
        ),
        (
            replace(ENCODE, dolby_vision_profile=8),
            replace(FACTS, dolby_vision_profile=8),
            "carry no Dolby Vision data",
        ),
        (
            replace(ENCODE, dolby_vision_profile=8),
            replace(FACTS, dolby_vision_profile=8, rpu=True),
            "",
        ),
        (replace(ENCODE, dolby_vision_profile=8), FACTS, "labelled no Dolby Vision"),
        (replace(ENCODE, hdr_formats=(HdrFormat.HLG,)), FACTS, "instead of HLG"),
    ],
)
def test_the_dynamic_range_of_an_encoded_picture_is_the_plans(
    encode: VideoEncode, facts: PictureFacts, sentence: str
) -> None:
    found = " ".join(encoded_picture_problems(encode, VIDEO, facts, GOOD.video[0]))
    assert sentence in found
    assert bool(sentence) is bool(found)


@pytest.mark.parametrize(
    ("after", "count"),
    [
        (FACTS, 0),
        (replace(FACTS, mastering_display=False), 1),
        (replace(FACTS, transfer="bt709"), 1),
        (replace(FACTS, dolby_vision_profile=8), 1),
    ],
)
def test_a_copied_picture_keeps_what_it_carried(after: PictureFacts, count: int) -> None:
    assert len(copied_picture_problems(FACTS, after)) == count
    rich = replace(FACTS, rpu=True, hdr10_plus=True)
    assert len(copied_picture_problems(rich, replace(rich, rpu=False, hdr10_plus=False))) == 2

from __future__ import annotations

import json
from pathlib import Path

from core.media.languages import LanguageTag
from core.media.model import (
    AudioTrack,
    FileIdentity,
    MediaFile,
    NativeLanguage,
    SubtitleTrack,
    TrackFlags,
)
from core.plan import OpusEncode, OutputTrack, Plan, Reason, TrackDecision
from core.planning.plan_json import plan_record, plan_text
from core.steps import Step, StepName, ToolCommand
from core.tools import ToolName


def _plan(name: str = "film.mkv") -> Plan:
    sound = AudioTrack(index=1, number=1, codec="ac3", channels=2, language=LanguageTag("en"))
    text = SubtitleTrack(index=2, number=1, codec="subrip", language=LanguageTag("fr"))
    media = MediaFile(
        path=Path("/films", name),
        identity=FileIdentity(10, 20),
        container="Matroska",
        duration=2.0,
        audio=(sound,),
        subtitles=(text,),
    )
    opus = OutputTrack(
        source=sound,
        codec="opus",
        conversion=OpusEncode(64, 2, "stereo"),
        language=LanguageTag("en"),
        title="",
        flags=TrackFlags(default=True),
    )
    foreign = Reason("language", "French is not kept.", "fr")
    return Plan(
        media=media,
        native_language=NativeLanguage(),
        target=media.path,
        decisions=(TrackDecision(sound), TrackDecision(text, (foreign,))),
        outputs=(opus,),
        attachments=(),
        title="",
        changes=(Reason("audio", "Sound becomes Opus."),),
        signature="abc",
    )


def test_every_decision_stands_with_its_reasons() -> None:
    record = plan_record(_plan())
    kept, dropped = record["decisions"]
    assert (kept["track"], kept["kept"]) == (1, True)
    assert (dropped["track"], dropped["kept"]) == (2, False)
    assert dropped["rejections"] == [
        {"code": "language", "message": "French is not kept.", "matched": "fr"}
    ]


def test_a_conversion_says_what_the_track_becomes() -> None:
    (track,) = plan_record(_plan())["outputs"]
    assert track["conversion"] == {"bit_rate": 64, "channels": 2, "channel_layout": "stereo"}
    assert track["copied"] is False
    assert track["language"] == "en"


def test_commands_are_argument_lists() -> None:
    step = Step(
        StepName.ENCODE, (ToolCommand(ToolName.FFMPEG, ("ffmpeg", "-i", "a b")),), Path("x")
    )
    (written,) = plan_record(_plan(), [step])["steps"]
    assert written == {
        "name": "encode",
        "commands": [{"tool": "ffmpeg", "argv": ["ffmpeg", "-i", "a b"]}],
    }


def test_the_kept_text_is_the_same_each_time_and_holds_the_film() -> None:
    text = plan_text(_plan())
    assert text == plan_text(_plan())
    assert "\n" not in text
    assert json.loads(text)["media"]["audio"][0]["codec"] == "ac3"


def test_a_name_that_is_not_unicode_comes_back_unchanged() -> None:
    name = b"caf\xe9.mkv".decode("utf-8", "surrogateescape")
    kept = plan_text(_plan(name))
    assert kept.isascii()
    assert Path(json.loads(kept)["target"]).name == name

"""One film and its plan, written out by hand, that the golden command tests share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Optional, Sequence, Tuple

from core.commands import build_steps
from core.media.languages import LanguageTag
from core.media.model import (
    Attachment,
    AudioTrack,
    FileIdentity,
    HdrFormat,
    MediaFile,
    NativeLanguage,
    SubtitleTrack,
    Track,
    TrackFlags,
    VideoTrack,
)
from core.plan import (
    ContentClass,
    Conversion,
    OpusEncode,
    OutputTrack,
    Plan,
    VideoEncode,
)
from core.settings.choices import MissingPropeditPolicy
from core.settings.tree import ProcessingSettings, Settings
from core.steps import Step
from core.tools import ToolInfo, ToolName, Toolset

ENGLISH, DUTCH = LanguageTag("en"), LanguageTag("nl")
NO_FLAGS = TrackFlags()

VIDEO = VideoTrack(0, 1, "h264", 1920, 1080, frame_rate=24.0)
SURROUND = AudioTrack(1, 1, "eac3", 6, "5.1(side)", language=ENGLISH)
COMMENTARY = AudioTrack(2, 2, "aac", 2, "stereo", language=ENGLISH)
STEREO = AudioTrack(3, 3, "opus", 2, "stereo", language=DUTCH)
FULL = SubtitleTrack(4, 1, "subrip", ENGLISH)
STYLED = SubtitleTrack(5, 2, "ass", DUTCH)
FONT = Attachment("Film Sans.ttf", "font/ttf", 6)
COVER = Attachment("cover.png", "image/png", 7, picture_stream=True)

FILM = MediaFile(
    path=Path("/films/Film (2020)/Film.mkv"),
    identity=FileIdentity(1_000_000, 1),
    container="Matroska",
    duration=60.0,
    video=(VIDEO,),
    audio=(SURROUND, COMMENTARY, STEREO),
    subtitles=(FULL, STYLED),
    attachments=(FONT,),
)
STAGED = Path("/films/Film (2020)/.mediaprocessor/7-1.partial")
OPUS = OpusEncode(256, 6, "5.1")

TOOLSET = Toolset(
    (
        ToolInfo(ToolName.FFMPEG, Path("/tools/ffmpeg"), "8.1.2", (8, 1, 2)),
        ToolInfo(ToolName("QSVEncC"), Path("/tools/qsvencc"), "8.22", (8, 22)),
        ToolInfo(ToolName.MKVPROPEDIT, Path("/tools/mkvpropedit"), "74", (74,)),
    )
)
CONTINUE = Settings(
    processing=ProcessingSettings(missing_mkvpropedit=MissingPropeditPolicy.CONTINUE)
)


def out(
    track: Track,
    conversion: Optional[Conversion] = None,
    title: str = "",
    flags: TrackFlags = NO_FLAGS,
) -> OutputTrack:
    codec = conversion.codec if isinstance(conversion, VideoEncode) else track.codec
    return OutputTrack(track, codec, conversion, track.language, title, flags)


def encode(
    template: str,
    *hdr: HdrFormat,
    size: Tuple[int, int] = (1920, 1080),
    content: ContentClass = ContentClass.NORMAL,
    bit_depth: int = 10,
    profile: Optional[int] = None,
) -> VideoEncode:
    return VideoEncode(content, content.value, template, "hevc", *size, bit_depth, hdr, profile)


def plan(
    video: Optional[Conversion] = None,
    media: MediaFile = FILM,
    outputs: Sequence[OutputTrack] = (),
) -> Plan:
    """The film in its own order: E-AC-3 to Opus, the commentary dropped, the rest copied."""
    usual = (
        out(replace(VIDEO), video, flags=TrackFlags(default=True)),
        out(SURROUND, OPUS, title="5.1", flags=TrackFlags(default=True, original=True)),
        out(STEREO),
        out(FULL, flags=TrackFlags(forced=True)),
    )
    return Plan(
        media=media,
        native_language=NativeLanguage(),
        target=media.path,
        decisions=(),
        outputs=tuple(outputs) or usual,
        attachments=media.attachments,
        title="Film",
        signature="5e6f",
    )


def steps(one: Plan, toolset: Toolset = TOOLSET, settings: Settings = CONTINUE) -> Tuple[Step, ...]:
    return build_steps(one, settings, toolset, STAGED)


def without(*names: ToolName) -> Toolset:
    return Toolset(tuple(tool for tool in TOOLSET.tools if tool.name not in names))

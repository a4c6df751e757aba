"""Complete argv lists of the ffmpeg templates, word for word."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Tuple

import pytest

from core.encoders import templates
from core.encoders.opus import channel_filter
from core.media.model import AudioTrack, HdrFormat, ScanType, VideoTrack
from core.plan import ContentClass, OpusEncode, Plan
from core.steps import StepName
from core.tools import ToolInfo, ToolName, Toolset
from tests.core.commands_film import (
    COVER,
    FILM,
    FONT,
    FULL,
    STAGED,
    STEREO,
    SURROUND,
    TOOLSET,
    VIDEO,
    encode,
    out,
    plan,
    steps,
    without,
)

pytestmark = pytest.mark.skipif(
    sys.platform == "win32",
    reason="the commands stand here word for word, with the names of other systems",
)

ROOM = "-" * 64 * 6  # a name that mkvpropedit replaces, so that it has room for the rest
START = (
    *(str(Path("/tools/ffmpeg")), "-hide_banner", "-nostdin", "-y", "-v", "repeat+error"),
    *("-progress", "pipe:1", "-nostats", "-stats_period", "0.5"),
    *("-protocol_whitelist", "file,pipe", "-drc_scale:1", "0"),
    *("-i", "file:/films/Film (2020)/Film.mkv"),
)
MAPS = (
    *("-map", "0:0", "-map", "0:1", "-map", "0:3", "-map", "0:4", "-map", "0:6"),
    *("-f", "matroska"),
)
SOUND = ("-b:a:0", "256k", "-c:a:0", "libopus", "-c:a:1", "copy", "-c:s:0", "copy", "-c:t", "copy")
FLAGS = (
    *("-disposition:0", "default", "-disposition:1", "default+original"),
    *("-disposition:2", "0", "-disposition:3", "forced"),
)
OLD_TAGS = (
    *("-map_metadata:s:2", "0:s:3", "-map_metadata:s:3", "0:s:4", "-map_metadata:s:4", "0:s:6"),
    *("-mapping_family:a:0", "1", "-max_muxing_queue_size", "9999"),
)
NEW_TAGS = (
    *("-metadata", "title=Film", "-metadata", "MEDIAPROCESSOR=5e6f"),
    *("-metadata:s:0", "language=und", "-metadata:s:0", f"title={ROOM}"),
    *("-metadata:s:1", "language=eng", "-metadata:s:1", "title=5.1"),
    *("-metadata:s:2", "language=dut", "-metadata:s:2", "title="),
    *("-metadata:s:3", "language=eng", "-metadata:s:3", "title="),
)
END = ("file:/films/Film (2020)/.mediaprocessor/7-1.partial",)
ENCODED_TRACKS = (
    *(*MAPS, *SOUND, *FLAGS, "-enc_time_base:v:0", "demux"),
    *("-filter:a:0", "aformat=channel_layouts=5.1", "-fps_mode:v:0", "passthrough"),
    *("-map_chapters", "0", "-map_metadata", "0"),
    *("-map_metadata:s:0", "0:s:0", "-map_metadata:s:1", "0:s:1", *OLD_TAGS, *NEW_TAGS),
)


def argv(one: Plan, toolset: Toolset = TOOLSET) -> Tuple[str, ...]:
    """The one ffmpeg command of the plan."""
    main = [step for step in steps(one, toolset) if step.name in (StepName.ENCODE, StepName.REMUX)]
    ((command,),) = [step.commands for step in main]
    assert command.tool is ToolName.FFMPEG
    return command.argv


def picture(quality: str, *hdr: str, filters: str = "null") -> Tuple[str, ...]:
    return (
        *("-c:v", "libx265", "-preset", "fast", "-crf", quality, "-pix_fmt", "yuv420p10le"),
        *("-filter:v:0", filters, *hdr),
    )


def test_normal() -> None:
    assert argv(plan(encode(templates.FFMPEG_NORMAL))) == (
        *(*START, *picture("22"), *ENCODED_TRACKS, *END),
    )


def test_dolby_vision() -> None:
    dolby = encode(templates.FFMPEG_DOLBY_VISION, HdrFormat.DOLBY_VISION, HdrFormat.HDR10)
    buffer = ("-dolbyvision", "1", "-maxrate", "20M", "-bufsize", "20M")
    assert argv(plan(dolby)) == (*START, *picture("20", *buffer), *ENCODED_TRACKS, *END)


def test_downscale() -> None:
    small = encode(templates.FFMPEG_DOWNSCALE, size=(1280, 720), content=ContentClass.DOWNSCALE)
    scaled = picture("21", filters="scale=1280:720:flags=lanczos")
    assert argv(plan(small)) == (*START, *scaled, *ENCODED_TRACKS, *END)


def test_a_copied_picture() -> None:
    copied = (
        *(*MAPS, *SOUND, "-c:v:0", "copy", *FLAGS, "-filter:a:0", "aformat=channel_layouts=5.1"),
        *("-map_chapters", "0", "-map_metadata", "0"),
        *("-map_metadata:s:0", "0:s:0", "-map_metadata:s:1", "0:s:1", *OLD_TAGS, *NEW_TAGS),
    )
    assert argv(plan()) == (*START, "-c:v", "copy", *copied, *END)
    assert steps(plan())[0].name is StepName.REMUX


def test_uhd_dolby_vision_gets_the_larger_buffer_and_av1_none() -> None:
    uhd = encode(templates.FFMPEG_DOLBY_VISION, HdrFormat.DOLBY_VISION, size=(3840, 2160))
    words = argv(plan(uhd))
    assert words[words.index("-maxrate") + 1] == words[words.index("-bufsize") + 1] == "40M"
    svt = uhd.template.replace("libx265", "libsvtav1")
    words = argv(plan(replace(uhd, codec="av1", template=svt)))
    assert words[words.index("-dolbyvision") + 1] == "1"
    assert "-maxrate" not in words


def test_hdr10_needs_no_option_of_a_new_ffmpeg() -> None:
    hdr10 = argv(plan(encode(templates.FFMPEG_NORMAL, HdrFormat.HDR10)))
    assert hdr10 == argv(plan(encode(templates.FFMPEG_NORMAL)))


def test_an_encoder_built_for_8_bits_is_asked_for_8() -> None:
    words = argv(plan(encode(templates.FFMPEG_NORMAL, bit_depth=8)))
    assert words[words.index("-pix_fmt") + 1] == "yuv420p"


@pytest.mark.parametrize(
    ("numbers", "value"),
    [((5, 1, 9), "-1"), ((6, 1), "-1"), ((7, 0), "demux"), ((9, 0, 2), "demux"), ((), "demux")],
)
def test_the_time_base_is_asked_for_in_each_ffmpegs_own_words(
    numbers: tuple[int, ...], value: str
) -> None:
    tools = Toolset((ToolInfo(ToolName.FFMPEG, Path("/tools/ffmpeg"), "", numbers),))
    words = argv(plan(encode(templates.FFMPEG_NORMAL)), tools)
    assert words[words.index("-enc_time_base:v:0") + 1] == value


def filters(track: VideoTrack, size: Tuple[int, int]) -> str:
    conversion = encode(templates.FFMPEG_NORMAL, size=size)
    media = replace(FILM, video=(track,))
    outputs = (out(track, conversion), out(STEREO))
    words = argv(plan(media=media, outputs=outputs))
    return words[words.index("-filter:v:0") + 1]


def test_filters_deinterlace_first_then_crop_or_scale() -> None:
    interlaced = replace(VIDEO, scan_type=ScanType.INTERLACED_TFF)
    assert filters(VIDEO, (1920, 1080)) == "null"
    assert filters(interlaced, (1920, 1080)) == "bwdif=mode=send_frame:deint=interlaced"
    assert filters(interlaced, (1280, 720)) == (
        "bwdif=mode=send_frame:deint=interlaced,scale=1280:720:flags=lanczos"
    )
    assert filters(replace(VIDEO, width=1919), (1918, 1080)) == "crop=1918:1080:0:0"
    assert filters(replace(VIDEO, rotation=90.0), (1080, 1920)) == "null"
    assert filters(replace(VIDEO, rotation=-90.0, height=1079), (1078, 1920)) == (
        "crop=1078:1920:0:0"
    )


def test_a_cover_is_taken_out_first_and_attached_again() -> None:
    media = replace(FILM, attachments=(FONT, COVER))
    first, main, _ = steps(replace(plan(media=media)))
    picture_file = STAGED.with_name("7-1.partial.0.png")
    assert first.name is StepName.EXTRACT
    assert first.scratch == (picture_file,)
    assert first.commands[0].argv == (
        *START[:13],
        *("-i", "file:/films/Film (2020)/Film.mkv", "-map", "0:7", "-c", "copy"),
        *("-frames:v", "1", "-f", "image2pipe", f"file:{picture_file}"),
    )
    assert main.commands[0].argv[-7:-1] == (
        *("-attach", f"file:{picture_file}"),
        *("-metadata:s:t:1", "filename=cover.png", "-metadata:s:t:1", "mimetype=image/png"),
    )


def test_without_mkvpropedit_the_muxer_has_the_last_word() -> None:
    assert [step.name for step in steps(plan(), without(ToolName.MKVPROPEDIT))] == [StepName.REMUX]


@pytest.mark.parametrize(
    ("codec", "channels", "layout", "opus", "filtered"),
    [
        ("eac3", 6, "5.1(side)", OpusEncode(256, 6, "5.1"), "aformat=channel_layouts=5.1"),
        ("flac", 5, "5.0(side)", OpusEncode(256, 5, "5.0"), "aformat=channel_layouts=5.0"),
        ("aac", 1, "mono", OpusEncode(32, 1, "mono"), "aformat=channel_layouts=mono"),
        ("aac", 3, "2.1", OpusEncode(64, 2, "stereo"), "aformat=channel_layouts=stereo"),
        ("aac", 3, "3.0", OpusEncode(64, 2, "stereo"), "pan=stereo"),
        ("pcm_s16le", 3, "", OpusEncode(64, 2, "stereo"), "pan=stereo"),
        ("ac3", 4, "4.0", OpusEncode(64, 2, "stereo"), "pan=stereo"),
        ("dts", 8, "7.1", OpusEncode(320, 6, "5.1"), "pan=5.1"),
        ("flac", 7, "6.1", OpusEncode(320, 6, "5.1"), "pan=5.1"),
    ],
)
def test_mixing_down_is_panned_and_all_else_is_renamed(
    codec: str, channels: int, layout: str, opus: OpusEncode, filtered: str
) -> None:
    track = AudioTrack(1, 1, codec, channels, layout)
    assert channel_filter(track, opus).partition("|")[0] == filtered


def test_every_mixed_channel_is_normalised() -> None:
    for layout, channels, opus in (
        ("7.1", 8, OpusEncode(320, 6, "5.1")),
        ("5.1", 6, OpusEncode(64, 2, "stereo")),
    ):
        mix = channel_filter(AudioTrack(1, 1, "flac", channels, layout), opus)
        assert all("+" not in part or "<" in part for part in mix.split("|")[1:])


def test_stereo_takes_the_ordinary_mapping() -> None:
    stereo = plan(outputs=(out(VIDEO), out(STEREO, OpusEncode(64, 2, "stereo"))))
    words = argv(stereo)
    assert words[words.index("-mapping_family:a:0") + 1] == "0"


def test_tracks_follow_the_plan_and_not_the_film() -> None:
    turned = plan(outputs=(out(VIDEO), out(STEREO), out(SURROUND), out(FULL)))
    words = argv(turned)
    assert [words[place + 1] for place, word in enumerate(words) if word == "-map"] == [
        *("0:0", "0:3", "0:1", "0:4", "0:6")
    ]

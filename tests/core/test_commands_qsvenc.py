"""Complete argv lists of the QSVEnc templates: alone, and as one half of a pipe."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Tuple

import pytest

from core.encoders import templates
from core.media.model import Attachment, HdrFormat, SubtitleTrack
from core.plan import ContentClass, Plan, SubtitleConvert, VideoEncode
from core.steps import StepName, ToolCommand
from core.tools import ToolName
from tests.core.commands_film import (
    COVER,
    FILM,
    FONT,
    FULL,
    OPUS,
    STEREO,
    SURROUND,
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
    *(
        str(Path("/tools/qsvencc")),
        "--log-level",
        "error,core_progress=info",
        "--log-opt",
        "color=off",
    ),
    *("-i", "/films/Film (2020)/Film.mkv"),
)
COLOURS = (
    *("--colormatrix", "auto", "--colorprim", "auto", "--transfer", "auto"),
    *("--colorrange", "auto", "--chromaloc", "auto"),
)
ALONE = (
    *("--audio-copy", "3", "--audio-codec", "1?libopus:mapping_family=1#drc_scale=0"),
    *("--audio-bitrate", "1?256", "--audio-filter", "1?aformat=channel_layouts=5.1"),
    *("--sub-copy", "1", "--attachment-copy", "--video-metadata", f"title={ROOM}"),
    *(
        "--chapter-copy",
        "--metadata",
        "copy",
        "--metadata",
        "MEDIAPROCESSOR=5e6f",
        "-f",
        "matroska",
    ),
    *("-o", "/films/Film (2020)/.mediaprocessor/7-1.partial"),
)
PIPED = (
    *("--audio-copy", "1,3", "--sub-copy", "1", "--attachment-copy", "--chapter-copy"),
    *("-f", "matroska", "-o", "-"),
)


def picture(quality: str, preset: str, *more: str) -> Tuple[str, ...]:
    return (
        *("-c", "hevc", "--profile", "main10", "--output-depth", "10"),
        *("--icq", quality, "--quality", preset, *COLOURS, *more),
    )


def commands(one: Plan, *missing: ToolName) -> Tuple[ToolCommand, ...]:
    (step,) = [step for step in steps(one, without(*missing)) if step.name is StepName.ENCODE]
    return step.commands


def reordered(conversion: VideoEncode) -> Plan:
    return plan(outputs=(out(VIDEO, conversion), out(STEREO), out(SURROUND, OPUS), out(FULL)))


def test_normal() -> None:
    (alone,) = commands(plan(encode(templates.QSVENC_NORMAL)))
    assert alone.tool is ToolName("QSVEncC")
    assert alone.argv == (*START, *picture("23", "higher"), *ALONE)


def test_dolby_vision() -> None:
    formats = (HdrFormat.DOLBY_VISION, HdrFormat.HDR10, HdrFormat.HDR10_PLUS)
    (alone,) = commands(plan(encode(templates.QSVENC_DOLBY_VISION, *formats, profile=8)))
    kept = (
        *("--master-display", "copy", "--max-cll", "copy", "--dhdr10-info", "copy"),
        *("--dolby-vision-rpu", "copy", "--dolby-vision-profile", "copy"),
    )
    assert alone.argv == (*START, *picture("21", "best", *kept), *ALONE)


def test_downscale() -> None:
    small = encode(templates.QSVENC_DOWNSCALE, size=(1280, 720), content=ContentClass.DOWNSCALE)
    (alone,) = commands(plan(small))
    assert alone.argv == (*START, *picture("23", "higher", "--output-res", "1280x720"), *ALONE)


@pytest.mark.parametrize(
    ("formats", "kept"),
    [
        ((), ()),
        ((HdrFormat.SDR,), ()),
        ((HdrFormat.HDR10,), ("--master-display", "copy", "--max-cll", "copy")),
        ((HdrFormat.HLG,), ("--master-display", "copy", "--max-cll", "copy")),
    ],
)
def test_hdr_options_are_those_that_the_result_needs(
    formats: tuple[HdrFormat, ...], kept: tuple[str, ...]
) -> None:
    (alone,) = commands(plan(encode(templates.QSVENC_NORMAL, *formats)))
    assert alone.argv == (*START, *picture("23", "higher", *kept), *ALONE)


def test_another_order_goes_through_a_pipe_into_ffmpeg() -> None:
    encoder, muxer = commands(reordered(encode(templates.QSVENC_NORMAL)))
    assert encoder.argv == (*START, *picture("23", "higher"), *PIPED)
    assert muxer.tool is ToolName.FFMPEG
    assert muxer.argv == (
        *(str(Path("/tools/ffmpeg")), "-hide_banner", "-nostdin", "-y", "-v", "repeat+error"),
        *("-progress", "pipe:1", "-nostats", "-stats_period", "0.5"),
        *("-protocol_whitelist", "file,pipe", "-drc_scale:1", "0"),
        *("-i", "pipe:0", "-c:v", "copy"),
        *("-map", "0:0", "-map", "0:2", "-map", "0:1", "-map", "0:3", "-map", "0:t:0"),
        *("-f", "matroska", "-b:a:1", "256k", "-c:a:0", "copy", "-c:a:1", "libopus"),
        *("-c:s:0", "copy", "-c:t", "copy", "-c:v:0", "copy"),
        *("-disposition:0", "0", "-disposition:1", "0", "-disposition:2", "0"),
        *("-disposition:3", "0", "-filter:a:1", "aformat=channel_layouts=5.1"),
        *("-map_chapters", "0", "-map_metadata", "0"),
        *("-map_metadata:s:0", "0:s:0", "-map_metadata:s:1", "0:s:2"),
        *("-map_metadata:s:2", "0:s:1"),
        *("-map_metadata:s:3", "0:s:3", "-map_metadata:s:4", "0:s:t:0"),
        *("-mapping_family:a:1", "1", "-max_muxing_queue_size", "9999"),
        *("-metadata", "title=Film", "-metadata", "MEDIAPROCESSOR=5e6f"),
        *("-metadata:s:0", "language=und", "-metadata:s:0", f"title={ROOM}"),
        *("-metadata:s:1", "language=dut", "-metadata:s:1", "title="),
        *("-metadata:s:2", "language=eng", "-metadata:s:2", "title="),
        *("-metadata:s:3", "language=eng", "-metadata:s:3", "title="),
        "file:/films/Film (2020)/.mediaprocessor/7-1.partial",
    )


def test_without_mkvpropedit_only_ffmpeg_can_say_it_all() -> None:
    one = plan(encode(templates.QSVENC_NORMAL))
    assert len(commands(one)) == 1
    assert len(commands(one, ToolName.MKVPROPEDIT)) == 2


def test_mp4_text_is_converted_behind_the_pipe() -> None:
    text = SubtitleTrack(4, 1, "mov_text")
    media = replace(FILM, subtitles=(text,), attachments=())
    conversion = encode(templates.QSVENC_NORMAL)
    outputs = (out(VIDEO, conversion), out(SURROUND, OPUS), out(text, SubtitleConvert()))
    encoder, muxer = commands(plan(media=media, outputs=outputs))
    assert encoder.argv[-7:] == (
        *("--sub-copy", "1", "--chapter-copy", "-f", "matroska", "-o", "-"),
    )
    assert muxer.argv[muxer.argv.index("-c:s:0") + 1] == "subrip"


def test_a_cover_and_dropped_fonts_need_ffmpeg() -> None:
    conversion = encode(templates.QSVENC_NORMAL)
    covered = plan(conversion, replace(FILM, attachments=(FONT, COVER)))
    assert len(commands(covered)) == 2
    bare = replace(plan(conversion), attachments=())
    encoder, muxer = commands(bare)
    assert "--attachment-copy" not in encoder.argv
    assert "0:t:0" not in muxer.argv


def test_the_second_of_two_fonts_is_found_behind_the_pipe() -> None:
    other = Attachment("b.ttf", "font/ttf", 7)
    media = replace(FILM, attachments=(FONT, other))
    one = replace(plan(encode(templates.QSVENC_NORMAL), media), attachments=(other,))
    _, muxer = commands(one)
    assert [muxer.argv[i + 1] for i, word in enumerate(muxer.argv) if word == "-map"][-1] == "0:t:1"


def test_avi_is_read_by_the_reader_that_takes_sound_along() -> None:
    media = replace(FILM, path=Path("/films/Old.AVI"), container="AVI")
    (alone,) = commands(plan(encode(templates.QSVENC_NORMAL), media))
    assert "--avsw" in alone.argv


def test_a_relative_path_is_no_option() -> None:
    media = replace(FILM, path=Path("-film.mkv"))
    (alone,) = commands(plan(encode(templates.QSVENC_NORMAL), media))
    assert alone.argv[alone.argv.index("-i") + 1] == "./-film.mkv"

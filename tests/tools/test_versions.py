"""Versions and abilities out of recorded output."""

from __future__ import annotations

from typing import Set, Tuple

import pytest

from core.encoders.listed import known_program, programs
from core.encoders.qsvenc import PROGRAM as QSVENC
from core.ports import Captured
from core.programs import ffmpeg
from core.programs.program import OutsideProgram, Version
from core.tools import ToolName


def version_of(name: ToolName, output: str) -> Version:
    return known_program(name).version(output)


LIBRARIES = """built with gcc 13
  libavutil      {0}. 26.102 / 60. 26.102
  libavcodec     {1}.{2:3d}.102 / 62. 28.102
"""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("8.1.2", (8, 1, 2)),
        ("n8.1.2", (8, 1, 2)),
        ("5.1.9-0+deb12u1", (5, 1, 9)),
        ("4.4.2-0ubuntu0.22.04.1", (4, 4, 2)),
        ("7.1-full_build-www.gyan.dev", (7, 1)),
        ("n7.1.1-56-gc2184b65d2-20250716", (7, 1, 1)),
        ("7.0.2-static", (7, 0, 2)),
    ],
)
def test_released_ffmpegs(text: str, numbers: Tuple[int, ...]) -> None:
    output = f"ffmpeg version {text} Copyright (c) 2000-2026 the FFmpeg developers\n"
    assert version_of(ToolName.FFMPEG, output) == (text, numbers)
    probe = output.replace("ffmpeg version", "ffprobe version")
    assert version_of(ToolName.FFPROBE, probe).numbers == numbers


@pytest.mark.parametrize(
    ("library", "numbers"),
    [
        ((59, 37), (5, 0)),
        ((61, 3), (7, 0)),
        ((61, 19), (7, 1)),
        ((62, 11), (8, 0)),
        ((62, 28), (8, 1)),
        ((99, 1), ()),
    ],
)
@pytest.mark.parametrize(
    "text", ["N-121000-g0123abcdef-20250901", "2025-09-01-git-3ea6c2fe25-full"]
)
def test_builds_from_git_are_dated_by_their_library(
    text: str, library: Tuple[int, int], numbers: Tuple[int, ...]
) -> None:
    output = f"ffmpeg version {text} Copyright\n" + LIBRARIES.format(60, *library)
    assert version_of(ToolName.FFMPEG, output) == (text, numbers)


def test_a_git_build_without_library_lines_has_no_numbers() -> None:
    assert version_of(ToolName.FFMPEG, "ffmpeg version N-1-gabc\n").numbers == ()


def test_mkvtoolnix_and_qsvenc() -> None:
    propedit = "mkvpropedit v74.0.0 ('You Oughta Know') 64-bit\n"
    assert version_of(ToolName.MKVPROPEDIT, propedit) == ("74.0.0", (74, 0, 0))
    merge = "mkvmerge v89 ('X') 64-bit\n"
    assert version_of(ToolName.MKVMERGE, merge) == ("89", (89,))
    qsvenc = "QSVEncC (x64) 8.22 (r4385) by rigaya, Jul 18 2026 (VC 1944/Win)\n reader: raw, avi\n"
    assert version_of(ToolName("QSVEncC"), qsvenc) == ("8.22 (r4385)", (8, 22))


@pytest.mark.parametrize("program", programs(), ids=lambda program: program.name)
@pytest.mark.parametrize(
    "output", ["", "ls (GNU coreutils) 9.1\n", "root:x:0:0:root:/root:/bin/sh\n"]
)
def test_other_programs_are_not_taken_for_it(program: OutsideProgram, output: str) -> None:
    assert program.version(output) == ("", ())


def test_ffprobe_is_not_ffmpeg() -> None:
    assert version_of(ToolName.FFMPEG, "ffprobe version 8.1 Copyright\n") == ("", ())
    assert version_of(ToolName.MKVMERGE, "mkvpropedit v74.0.0 ('X')\n") == ("", ())


def test_encoders_and_filters_of_old_and_new_lists() -> None:
    encoders = """Encoders:
 V..... = Video
 .F.... = Frame-level multithreading
 ------
 V....D a64multi             Multicolor charset for Commodore 64
 V..... libx265              libx265 H.265 / HEVC (codec hevc)
 A....D libopus              libopus Opus (codec opus)
 S..... srt                  SubRip subtitle (codec subrip)
"""
    assert ffmpeg.parse_encoders(encoders) == {"a64multi", "libx265", "libopus", "srt"}
    filters = """Filters:
  T.. = Timeline support
  | = Source or sink filter
 ..C acompressor       A->A       Audio compressor.
 TS aformat           A->A       Convert the input audio.
 ... amovie            |->N       Read audio from a movie source.
"""
    assert ffmpeg.parse_filters(filters) == {"acompressor", "aformat", "amovie"}
    assert ffmpeg.parse_bitstream_filters("Bitstream filters:\naac_adtstoasc\ndovi_rpu\n") == {
        "aac_adtstoasc",
        "dovi_rpu",
    }


def test_ten_bits() -> None:
    deep = "    Supported pixel formats: yuv420p yuvj420p yuv420p10le yuv420p12le gray\n"
    flat = "    Supported pixel formats: yuv420p yuvj420p gbrp gray yuva420p\n"
    assert ffmpeg.encodes_10_bit(deep)
    assert not ffmpeg.encodes_10_bit(flat)
    assert not ffmpeg.encodes_10_bit("Codec 'libx265' is not recognized by FFmpeg.")


ABOUT = (
    "QSVEncC (x64) 8.22 (r4385) by rigaya\n others\n  libass     : enabled\n  libdovi    : {0}\n"
)


def asked_nothing(*arguments: str, patient: bool = False) -> Captured:
    raise AssertionError(f"the graphics are asked by test encodes alone: {arguments}, {patient}")


@pytest.mark.parametrize(("built", "more"), [("enabled", {"libdovi"}), ("disabled", set())])
def test_qsvenc_says_what_it_was_built_with_and_is_not_asked_for_its_graphics(
    built: str, more: Set[str]
) -> None:
    assert QSVENC.abilities(asked_nothing, ABOUT.format(built)) == {"hevc", "av1"} | more

"""Which of a tool's complaints are about the film that it reads."""

from __future__ import annotations

import pytest

from core.errors import ToolFailed
from processing.health import Health, speaks_of_the_film


@pytest.mark.parametrize(
    "line",
    [
        "[h264 @ 0x55ded0ba5800] error while decoding MB 9 5",
        "[in#0/matroska,webm @ 0x5653a75c30c0] 0x00 at pos 883615 (0xd7b9f) invalid",
        "[vist#0:0/h264 @ 0x55] [dec:h264 @ 0x56] Error submitting packet to decoder: Invalid data",
        "[libdav1d @ 0x55ded0ba5800] Error parsing OBU data",
        "[ac3 @ 0x561afa816700] incomplete frame",
    ],
)
def test_readers_and_decoders_speak_of_the_film(line: str) -> None:
    assert speaks_of_the_film(ToolFailed("ffmpeg", 0, [line]))


@pytest.mark.parametrize(
    "line",
    [
        "[libx265 @ 0x55ded0ba5800] Cannot open the encoder",
        "[vost#0:0/libx265 @ 0x55] [enc:libx265 @ 0x56] Error while opening encoder",
        "[matroska @ 0x557dea964000] Raw RGB is not supported Natively in Matroska",
        "[out#0/matroska @ 0x557dea963ec0] Could not write header",
        "[fc#0 @ 0x7f864007f080] Terminating thread with return code -22",
        "Conversion failed!",
    ],
)
def test_encoders_filters_and_muxers_do_not(line: str) -> None:
    assert not speaks_of_the_film(ToolFailed("ffmpeg", 1, [line]))


def test_a_disk_that_cannot_be_read_says_nothing_of_the_film() -> None:
    lines = [
        "[in#0/mpegts @ 0x55] Error during demuxing: Input/output error",
        "[h264 @ 0x55] error",
    ]
    assert not speaks_of_the_film(ToolFailed("ffmpeg", 0, lines))


def test_another_tool_or_none_says_nothing() -> None:
    assert not speaks_of_the_film(ToolFailed("QSVEncC", 1, ["[h264 @ 0x55] error"]))
    assert not speaks_of_the_film(ToolFailed("ffmpeg", 1, []))


def test_the_film_explains_what_it_says_by_itself_whatever_the_address() -> None:
    health = Health(lines=frozenset({"[h264] error while decoding MB 9 5"}))
    assert health.explains("[h264 @ 0x55ded0ba5800] error while decoding MB 9 5")
    assert not health.explains("[h264 @ 0x55ded0ba5800] error while decoding MB 9 6")

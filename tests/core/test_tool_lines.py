"""What a user reads of a line of a tool: what it says, not which part of the program says it, or where."""

from __future__ import annotations

import pytest

from core.errors import ToolFailed
from core.text.tool_lines import plain, spoken


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "[aist#0:1/truehd @ 0x5633027f1a40] [dec:truehd @ 0x5633027f0f00] Terminating thread",
            "Terminating thread",
        ),
        ("[truehd @ 0000024d9c1f4a80] No samples to output.", "No samples to output."),
        (
            "[in#0/matroska,webm @ 0x56] 0x00 at pos 883 (0x373) invalid",
            "0x00 at pos 883 (0x373) invalid",
        ),
        ("x265 [error]: not enough memory", "x265 [error]: not enough memory"),
        ("Svt[error]: bad", "Svt[error]: bad"),
        ("Error: The file '/films/A [1080p] @ home.mkv' could not be opened.",) * 2,
        ("[1080p] A film.mkv: No such file", "[1080p] A film.mkv: No such file"),
        ("  Conversion failed!  ", "Conversion failed!"),
        ("[h264 @ 0x5633027f1a40]", "[h264]"),
    ],
)
def test_a_line_is_told_without_speakers_and_addresses(line: str, told: str) -> None:
    assert spoken(line) == told


def test_the_same_complaint_of_two_runs_is_one_on_every_system() -> None:
    assert plain("[h264 @ 0x55d4cf7d3840] broken") == plain("[h264 @ 000001d2c1f0a6e0] broken")


def test_the_sentence_about_a_tool_has_no_address() -> None:
    error = ToolFailed(
        "ffmpeg", 69, ["[aist#0:1/ac3 @ 0x55d4cf7d3840] [dec:ac3 @ 0x55d4] Rejected"]
    )
    assert str(error) == "ffmpeg failed with exit code 69: Rejected"
    assert error.tail[0].startswith(
        "[aist#0:1/ac3 @ 0x"
    )  # what is judged by stays as it was written

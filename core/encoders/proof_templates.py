"""The templates that encoders are tried with: as plain as each allows."""

from __future__ import annotations

from pathlib import Path
from typing import Tuple

from core.encoders.proof import EncoderId
from core.tools import ToolName

_QSVENC = """\
$qsvenc -i $input
-c {codec} --profile {profile} --output-depth {depth}
--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto
$hdr
$tracks
-o $output
"""
_FFMPEG = """\
$ffmpeg {device}-i $input
-c:v {name} -pix_fmt {pixels}
-filter:v:0 $filters{upload}
$hdr
$tracks
$output
"""


def proof_template(encoder: EncoderId, *, deep: bool) -> str:
    """A template for one encoder, ``deep`` with 10 bits."""
    if encoder.tool is not ToolName.FFMPEG:
        main = "main10" if deep and encoder.name == "hevc" else "main"
        return _QSVENC.format(codec=encoder.name, profile=main, depth=10 if deep else 8)
    return _FFMPEG.format(
        name=encoder.name, pixels="yuv420p10le" if deep else "yuv420p", device="", upload=""
    )


def trial_arguments(encoder: EncoderId, program: Path, film: Path, result: Path) -> Tuple[str, ...]:
    """The whole command that shows whether it encodes anything."""
    if encoder.tool is ToolName.FFMPEG:
        return (
            str(program),
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-i",
            f"file:{film}",
            "-c:v",
            encoder.name,
            f"file:{result}",
        )
    return (str(program), "-i", str(film), "-c", encoder.name, "-o", str(result))

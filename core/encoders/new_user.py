"""The templates that a new user has, as text.

They are what Intel's chip and x265 make of ``quality.Choice()``, which a test holds them to. They stand here
so that the settings of somebody who never chose another quality load no encoder: that is a tenth of a start.
"""

from __future__ import annotations

_QSVENC_BEGIN = "$qsvenc -i $input\n-c hevc --profile main10 --output-depth 10\n"
_QSVENC_COLOURS = (
    "--colormatrix auto --colorprim auto --transfer auto --colorrange auto --chromaloc auto\n"
)
_QSVENC_END = "$hdr\n$tracks\n-o $output\n"
_FFMPEG_BEGIN = "$ffmpeg -i $input\n-c:v libx265 -preset fast"
_FFMPEG_END = " -pix_fmt $pixel_format\n-filter:v:0 $filters\n$hdr\n$tracks\n$output\n"

QSVENC_NORMAL = f"{_QSVENC_BEGIN}--icq 23 --quality higher\n{_QSVENC_COLOURS}{_QSVENC_END}"
QSVENC_DOLBY_VISION = f"{_QSVENC_BEGIN}--icq 21 --quality best\n{_QSVENC_COLOURS}{_QSVENC_END}"
QSVENC_DOWNSCALE = (
    f"{_QSVENC_BEGIN}--icq 23 --quality higher\n{_QSVENC_COLOURS}"
    f"--output-res ${{width}}x${{height}}\n{_QSVENC_END}"
)
FFMPEG_NORMAL = f"{_FFMPEG_BEGIN} -crf 22{_FFMPEG_END}"
FFMPEG_DOLBY_VISION = f"{_FFMPEG_BEGIN} -crf 20{_FFMPEG_END}"
FFMPEG_DOWNSCALE = f"{_FFMPEG_BEGIN} -crf 21{_FFMPEG_END}"

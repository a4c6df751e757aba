"""The command templates that a choice of codec, quality and speed makes."""

from __future__ import annotations

from typing import Dict

from core.encoders.quality import Choice, Codec, Scale
from core.encoders.templates import _FFMPEG_HEVC, _QSVENC_HEVC
from core.plan import ContentClass

_Q = Scale(
    (26, 23, 21, 19),
    ("fastest", "fast", "higher", "best", "best"),
    {ContentClass.DOLBY_VISION: 2},
    ("fast", "higher", "best", "best", "best"),
)
_X = Scale(
    (25, 22, 20, 18),
    ("superfast", "veryfast", "fast", "slow", "slower"),
    {ContentClass.DOLBY_VISION: 2, ContentClass.DOWNSCALE: 1},
)


def templates_of(choice: Choice) -> Dict[str, str]:
    """The texts by their names among the settings."""
    texts = {}
    for content in ContentClass:
        extra = "--output-res ${width}x${height}\n" if content is ContentClass.DOWNSCALE else ""
        texts[content.value] = _QSVENC_HEVC.format(
            quality=_Q.number(choice, content), preset=_Q.preset(choice, content), extra=extra
        ).replace("-c hevc", "-c " + choice.codec.value)
        texts[content.value + "_fallback"] = _FFMPEG_HEVC.format(
            quality=_X.number(choice, content), preset=_X.preset(choice, content)
        ).replace("libx265", "libx265" if choice.codec is Codec.HEVC else "libsvtav1")
    return texts

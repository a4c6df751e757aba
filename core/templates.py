"""Command templates: text with named placeholders that becomes an argv list, split once."""

from __future__ import annotations

QSVENC_NORMAL = ""
QSVENC_DOLBY_VISION = ""
QSVENC_DOWNSCALE = ""
FFMPEG_NORMAL = ""
FFMPEG_DOLBY_VISION = ""
FFMPEG_DOWNSCALE = ""

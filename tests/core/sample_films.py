"""Films and programs in a few words, for tests of what is done with pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from core.media.model import (
    AudioTrack,
    DolbyVision,
    FileIdentity,
    HdrFormat,
    MediaFile,
    VideoTrack,
)
from core.tools import ToolInfo, ToolName

SDR = VideoTrack(0, 1, "h264", 1920, 1080, frame_rate=24.0, bit_rate=8000.0)
HDR10 = replace(SDR, codec="hevc", bit_depth=10, hdr_formats=(HdrFormat.HDR10,), bit_rate=40000.0)
HDR10_PLUS = replace(HDR10, hdr_formats=(HdrFormat.HDR10, HdrFormat.HDR10_PLUS))
HLG = replace(HDR10, hdr_formats=(HdrFormat.HLG,))


def dolby(
    profile: int, compatibility: Optional[int], *more: HdrFormat, **record: Any
) -> VideoTrack:
    return replace(
        HDR10,
        hdr_formats=(HdrFormat.DOLBY_VISION, *more),
        dolby_vision=DolbyVision(profile, compatibility, **record),
    )


P5 = dolby(5, 0)
P7 = dolby(7, 6, HdrFormat.HDR10, enhancement_layer=True)
P81 = dolby(8, 1, HdrFormat.HDR10)
P84 = dolby(8, 4)
P81_PLUS = dolby(8, 1, HdrFormat.HDR10, HdrFormat.HDR10_PLUS)

X265 = frozenset({"libx265", "libx265_10bit", "libsvtav1", "libsvtav1_10bit", "bwdif", "libdav1d"})
FFMPEG = ToolInfo(ToolName.FFMPEG, Path("ffmpeg"), "8.1.2", (8, 1, 2), abilities=X265)
OLD_FFMPEG = replace(FFMPEG, version="5.1.9", numbers=(5, 1, 9))
SHALLOW = replace(FFMPEG, abilities=X265 - {"libx265_10bit"})
QSVENC = ToolInfo(
    ToolName("QSVEncC"),
    Path("qsvencc"),
    "8.22",
    (8, 22),
    abilities=frozenset(
        {"hevc", "hevc_10bit", "hevc_hdr10", "hevc_hdr10plus", "hevc_dolby_vision", "libdovi"}
    ),
)


def film(track: VideoTrack = SDR, path: str = "/films/Film/Film.mkv", **more: Any) -> MediaFile:
    audio = AudioTrack(1, 1, "ac3", 6, bit_rate=448.0)
    defaults = {"video": (track,), "audio": (audio,), "container": "Matroska", "duration": 100.0}
    return MediaFile(path=Path(path), identity=FileIdentity(125_000_000, 1), **{**defaults, **more})

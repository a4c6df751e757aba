"""Two eyes in one picture where the container is not Matroska: what that would say of it.

Matroska tells the shape of one eye's picture (RFC 9559, 5.1.4.1.28.10), other containers that of both
together. ffmpeg's muxer turns one into the other, so a film is compared with its result in Matroska's way.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Mapping, Optional, Tuple

from core.media.model import MediaFile, VideoTrack

Stream = Mapping[str, Any]

# ffprobe's types: Matroska's mode (18.10), that of the other order, and how wide one eye's pixels become.
_PACKED: Mapping[str, Tuple[int, int, float]] = {
    "side by side": (1, 11, 0.5),
    "top and bottom": (3, 2, 2.0),
}
_WITHOUT_MODE = ("unspecified", "side by side (quincunx subsampling)")


def side_data(stream: Stream) -> Optional[Stream]:
    """What the container says of the picture's eyes; None where it has one."""
    for side in stream.get("side_data_list", ()):
        if side.get("side_data_type") == "Stereo 3D" and side.get("type", "2D") != "2D":
            found: Stream = side
            return found
    return None


def has_no_mode(side: Stream) -> bool:
    """Whether Matroska has no word for this way."""
    return side.get("type") in _WITHOUT_MODE


def with_eyes(media: MediaFile, answer: Mapping[str, Any]) -> MediaFile:
    """The film with mode and shape of its packed pictures; Matroska's own elements tell theirs."""
    if media.container in ("Matroska", "WebM"):
        return media
    streams: Dict[int, Stream] = {stream["index"]: stream for stream in answer.get("streams", ())}
    return replace(
        media, video=tuple(_packed(track, streams.get(track.index, {})) for track in media.video)
    )


def _packed(track: VideoTrack, stream: Stream) -> VideoTrack:
    side = side_data(stream)
    packing = _PACKED.get(side.get("type", "")) if side else None
    if side is None or packing is None:
        return track
    mode, other_order, width = packing
    return replace(
        track,
        stereo_mode=other_order if side.get("inverted") else mode,
        pixel_aspect=track.pixel_aspect * width,
    )

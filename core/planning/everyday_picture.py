"""What would become of an everyday picture by a machine's settings and tools: 1080p, H.264, no HDR."""

from __future__ import annotations

from pathlib import Path
from typing import Tuple

from core.media.model import FileIdentity, MediaFile, VideoTrack
from core.rules.video import decide_video
from core.settings.tree import Settings
from core.tools import Toolset

_SECONDS, _BYTES, _KBITS = 6000.0, 6_000_000_000, 8000.0
_PICTURE = VideoTrack(0, 1, "h264", 1920, 1080, frame_rate=24.0, bit_rate=_KBITS)
_FILM = MediaFile(
    Path("film.mkv"), FileIdentity(_BYTES, 0), "Matroska", _SECONDS, video=(_PICTURE,)
)


def why_copied(settings: Settings, toolset: Toolset) -> Tuple[str, ...]:
    """Say why no template encodes it, a sentence each, although the settings want it encoded.

    Empty where one does, or the settings want pictures to stay.
    """
    if not settings.video.encode:
        return ()
    decision = decide_video(_PICTURE, _FILM, settings, toolset)
    if decision.encode is not None:
        return ()
    return tuple(reason.message for reason in decision.omissions)

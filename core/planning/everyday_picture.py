"""How a machine would process a typical video (1080p, H.264, no HDR) with its settings and tools."""

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
    """Return why no template encodes it, a sentence each, although the settings want it encoded.

    Empty where a template does, or the settings want video to be copied.
    """
    if not settings.video.encode:
        return ()
    decision = decide_video(_PICTURE, _FILM, settings, toolset)
    if decision.encode is not None:
        return ()
    return tuple(reason.message for reason in decision.omissions)

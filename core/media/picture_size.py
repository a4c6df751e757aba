"""How large an encoded picture is."""

from __future__ import annotations

from typing import Optional, Tuple

from core.media.model import VideoTrack

# A screen of downscale_height lines is this much wider than high.
SCREEN_RATIO = 16 / 9


def result_size(track: VideoTrack, downscale_height: Optional[int] = None) -> Tuple[int, int]:
    """Width and height of an encoded picture: upright, even, and inside the screen asked for.

    The screen is ``downscale_height`` lines high and 16:9, turned for a picture that is higher than
    wide, so that a wide film of 3840x1600 becomes 1920x800 and not 2592x1080.
    """
    width, height = upright_size(track)
    if downscale_height is None or not width or not height:
        return even_size(width, height)
    shown_width, shown_height = track.shown_size
    long_side, short_side = downscale_height * SCREEN_RATIO, float(downscale_height)
    upright = shown_height > shown_width
    screen = (short_side, long_side) if upright else (long_side, short_side)
    scale = min(1.0, screen[0] / max(shown_width, 1), screen[1] / max(shown_height, 1))
    if scale == 1.0:
        return even_size(width, height)
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)


def upright_size(track: VideoTrack) -> Tuple[int, int]:
    """As stored, but turned as ffmpeg turns it when it encodes."""
    if round(track.rotation) % 180 == 90:
        return track.height, track.width
    return track.width, track.height


def even_size(width: int, height: int) -> Tuple[int, int]:
    """The size less the odd line or column that 4:2:0 encoders do not take."""
    return width - width % 2, height - height % 2

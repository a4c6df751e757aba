"""Projects the final size of a running encode, where it is known well enough.

What an encoder spends on a scene follows what the film spends on it. So the bytes written so far are compared
with the film's own bytes up to there, and not with its time: a quiet opening says little about a storm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from core.media.model import BitRateSource, MediaFile, VideoTrack
from core.plan import OpusEncode, Plan

# Below this share of the film's time, and of its picture's bytes, the result may go either way.
ENOUGH = 0.05
# Seconds of film: what encoder and container still hold back weighs less then.
_SETTLED = 20.0
# Without the film's bytes, time is used. Even a rest that takes up to 2.7 times the bytes of the part before,
# or hardly any, is then within 30 %.
_LATE = 0.75
_KILOBIT = 125.0  # bytes
# Bytes that ffmpeg writes at a time (measured on 8.1 and 9.0): a file is behind by half of that on average.
_WRITTEN_AT_ONCE = 256 * 1024
_TIMES_WRITTEN = 4


@dataclass(frozen=True)
class Projection:
    """``duration`` in seconds, ``picture_bytes`` the film's picture as a whole, None where unknown;
    ``steady`` what the result's other tracks take, in bytes a second.
    """

    duration: float
    picture_bytes: Optional[float] = None
    steady: float = 0.0

    def size(self, time: float, written: int, read: Optional[int]) -> Optional[int]:
        """Return the size to expect, in bytes; None where it is not known well enough.

        At ``time`` seconds of the film so many bytes were ``written``; up to there the film's picture has
        ``read`` bytes, None where nobody counts them.
        """
        share = time / self.duration if self.duration > 0 else 0.0
        if share >= 1.0:
            return written
        if written < _TIMES_WRITTEN * _WRITTEN_AT_ONCE:
            return None
        written += _WRITTEN_AT_ONCE // 2
        late = round(written / share) if share >= _LATE else None
        if not read or not self.picture_bytes or share < ENOUGH or time < _SETTLED:
            return late
        seen, picture = read / self.picture_bytes, written - self.steady * time
        if not ENOUGH <= seen <= 1.0 or picture <= 0:
            return late
        return round(self.steady * self.duration + picture / seen)


def projection_of(plan: Plan) -> Projection:
    """Return what is known before the first byte of a result is written."""
    media = plan.media
    if plan.video_encode is None or not media.video:
        return Projection(plan.duration)
    rates = [
        track.conversion.bit_rate
        if isinstance(track.conversion, OpusEncode)
        else getattr(track.source, "bit_rate", None) or 0.0
        for track in plan.outputs
        if track.source != media.video[0]
    ]
    return Projection(plan.duration, _picture_bytes(media), sum(rates) * _KILOBIT)


def _picture_bytes(media: MediaFile) -> Optional[float]:
    """The bytes of a film's picture: as counted, or what its sound leaves of the file."""
    video: VideoTrack = media.video[0]
    if video.bit_rate and video.bit_rate_source in (BitRateSource.STREAM, BitRateSource.STATISTICS):
        return video.bit_rate * _KILOBIT * media.duration
    sound = [track.bit_rate for track in media.audio]
    if None in sound:
        return None
    others = sum(rate or 0.0 for rate in sound) * _KILOBIT * media.duration
    return media.size - others if media.size > others else None

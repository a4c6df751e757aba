"""How much a subtitle holds, and whether that is so little that it can only be a forced one."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from core.media.model import MediaFile, SubtitleTrack

# A picture of PGS is shown by one packet and taken away by another; so is a text of MP4.
_TWO_A_LINE = ("hdmv_pgs_subtitle", "mov_text")
# Lines a minute. Full subtitles of talkative films have 10 to 25, of quiet ones 4; foreign parts rarely 2.
_FEW, _MANY = 1.0, 4.0
# What a full subtitle has at least of the lines of the fullest in its language.
_SHARE_OF_FULLEST = 0.5
# Each letter of a sign that moves, and each word that is sung, can be a line of its own here.
_TYPESET = ("ass", "ssa")


def with_lines(
    track: SubtitleTrack,
    packets: Optional[int],
    shown: Optional[float] = None,
    duration: float = 0.0,
) -> SubtitleTrack:
    """The track with its number of packets as lines, and the seconds that they are ``shown`` as a share
    of the film's ``duration``."""
    if not packets:
        return track
    lines = (packets + 1) // 2 if track.codec in _TWO_A_LINE else packets
    coverage = min(1.0, round(shown / duration, 4)) if shown and duration > 0 else None
    return replace(track, lines=lines, coverage=coverage)


def judged(media: MediaFile) -> MediaFile:
    """The film with ``holds_few`` of each subtitle whose number of lines is known."""
    return replace(
        media,
        subtitles=tuple(replace(track, holds_few=_few(track, media)) for track in media.subtitles),
    )


def _few(track: SubtitleTrack, media: MediaFile) -> Optional[bool]:
    """Compared with the fullest other one of its language, and with the film's length.

    Where the two say different things, or neither is clear, nothing is sure.
    """
    if track.lines is None or media.duration <= 0:
        return None
    rate = track.lines / (media.duration / 60)
    others = [
        other.lines
        for other in media.subtitles
        if other is not track
        and other.lines is not None
        and other.codec not in _TYPESET
        and other.language.primary == track.language.primary
    ]
    if others and track.lines < max(others) * _SHARE_OF_FULLEST:
        return True
    if rate < _FEW:
        return True
    return False if rate >= _MANY and track.codec not in _TYPESET else None

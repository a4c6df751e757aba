"""Which places of a film are shown before and after, and which of its pictures is the result's.

Times alone do not tell: containers round them, tracks begin late, some seek badly and some pictures have no
times. So a few pictures of both files around a place are decoded small, and the result's are laid over the
film's where they fit best; where nothing moves, the nearest in time count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Tuple

from core.media.likeness import picture_distance

WIDTH, HEIGHT = 128, 72  # of the small pictures, in pixels; 8 bits of grey each
SMALL_BYTES = WIDTH * HEIGHT
THUMBNAIL_SHARE = 0.15  # of the film's length: past most titles, before anything is given away
_SHORT, _MIDDLING = 4.0, 60.0  # seconds of film
_SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)
# So much closer must other pictures be than those of the same moment (by their share, and in 8-bit steps), or
# an encoder's noise would decide where nothing moves.
_CLEARLY, _AT_LEAST = 0.8, 0.3
_ALIKE = 30.0  # 8-bit steps; two pictures of different scenes are farther apart than that
_LEAST = 3  # pictures that must lie over each other


@dataclass(frozen=True)
class PictureRun:
    """Pictures that follow each other: times in seconds after the file's beginning, and each one small."""

    times: Tuple[float, ...]
    pictures: Tuple[bytes, ...]


@dataclass(frozen=True)
class PicturePair:
    """When the same picture is shown in both files, in seconds after the beginning of each.

    ``sure`` is False where what the two show is not alike at all, so that the times alone decided.
    """

    film: float
    result: float
    sure: bool = True


def places(seconds: float) -> Tuple[float, ...]:
    """Return the places of a film that are shown, in seconds: one of a few seconds, five of a whole film."""
    if seconds <= _SHORT:
        return (max(0.0, seconds / 2),)
    shares = _SHARES if seconds > _MIDDLING else _SHARES[::2]
    return tuple(seconds * share for share in shares)


def pair(film: PictureRun, result: PictureRun) -> Optional[PicturePair]:
    """Return the first picture of the result's run and the film's same one; None where one has none.

    The film's run begins before the result's and ends after it.
    """
    if not film.times or not result.times:
        return None
    nearest = min(
        range(len(film.times)), key=lambda number: abs(film.times[number] - result.times[0])
    )
    offsets = sorted(range(len(film.times)), key=lambda number: abs(number - nearest))
    distances = {offset: _distance(film, result, offset) for offset in offsets}
    usual = distances[nearest]
    if usual == float("inf"):  # near an end, where little can lie over it
        return PicturePair(film.times[nearest], result.times[0], sure=False)
    best = min(offsets, key=lambda offset: distances[offset])  # of equal ones the nearest in time
    if distances[best] > _CLEARLY * usual or usual - distances[best] < _AT_LEAST:
        best = nearest
    return PicturePair(film.times[best], result.times[0], distances[best] < _ALIKE)


def _distance(film: PictureRun, result: PictureRun, offset: int) -> float:
    """How far the result's pictures are from the film's from ``offset`` on, as a mean in 8-bit steps."""
    wanted = min(len(result.pictures), len(film.pictures) - offset)
    if wanted < min(len(result.pictures), _LEAST):
        return float("inf")
    found: List[float] = [
        picture_distance(film.pictures[offset + number], result.pictures[number])
        for number in range(wanted)
    ]
    return sum(found) / len(found)

"""Where a film's picture is cut: at key frames nearest to equal lengths, if possible at a scene change.

Few and long chunks cost no bits to speak of; at a scene change the encoder would begin anew anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import List, Optional, Sequence, Tuple

from core.chunks.chunk import Chunk, ChunkPlan, in_one_piece
from core.text.sentence import Sentence

WANTED_SECONDS = 120.0
# How far a border may lie from its wanted place, as a share of the chunks' length: so no chunk is shorter
# than half of it.
REACH_SHARE = 0.25
LEAST_SHARE = 1.0 - 2 * REACH_SHARE
_LONGEST_REACH = 20.0  # seconds; encoders set a key frame every 10 s at the latest
_FEW = 3  # candidates that are looked at for a scene change
_EARLY_SHARE = 0.98  # of the longest distance: containers round times
_SCENE_CHANGE = 10.0  # ffmpeg's scdet calls this a change of scene
_TOO_FEW = Sentence("it has too few key frames where it could be cut.")
_ODD_TIMES = Sentence("its pictures' times go back somewhere.")


@dataclass(frozen=True)
class KeyFrame:
    """A picture of the film at which decoding can begin.

    ``time`` in seconds after the film's beginning, ``stamp`` in the picture's time base; ``change`` is how
    much it differs from the picture before it (ffmpeg's scdet: 0 to 100).
    """

    time: float
    stamp: int
    change: float = 0.0


@dataclass(frozen=True)
class Beginning:
    """Where a picture begins: ``time`` in seconds after the film's, ``shown_at`` as in ChunkPlan."""

    time: float
    stamp: int
    time_base: Fraction
    shown_at: float


def wanted_borders(start: float, end: float, wanted: float) -> Tuple[float, ...]:
    """Return where borders would lie in chunks of equal length near ``wanted``.

    ``start`` and ``end`` are the picture's, in seconds.
    """
    count = _count(start, end, wanted)
    return tuple(start + (end - start) * number / count for number in range(1, count))


def reach(start: float, end: float, wanted: float) -> float:
    """Return how far from its wanted place a border may lie, in seconds."""
    return min(REACH_SHARE * (end - start) / _count(start, end, wanted), _LONGEST_REACH)


def _count(start: float, end: float, wanted: float) -> int:
    return max(1, round((end - start) / wanted)) if wanted > 0 else 1


def candidates(
    border: float, within: float, found: Sequence[KeyFrame], *, few: int = _FEW
) -> Tuple[KeyFrame, ...]:
    """Return the key frames nearest to a wanted border, nearest first; all times in seconds."""
    near = [frame for frame in found if abs(frame.time - border) <= within]
    return tuple(sorted(near, key=lambda frame: (abs(frame.time - border), frame.time))[:few])


def out_of_turn(frames: Sequence[KeyFrame], near: Sequence[KeyFrame]) -> Tuple[KeyFrame, ...]:
    """Return those of ``frames`` that may begin a scene: an encoder sets a key frame early at one.

    ``near`` are all key frames around a border, in order. One that comes as long after the one before it as
    any other there is only due; the first of all is left in.
    """
    gaps = {after: after.time - before.time for before, after in zip(near, near[1:])}
    longest = max(gaps.values(), default=0.0)
    return tuple(frame for frame in frames if gaps.get(frame, 0.0) < _EARLY_SHARE * longest)


def best(border: float, found: Sequence[KeyFrame]) -> Optional[KeyFrame]:
    """Return the key frame to cut at: the nearest that begins a scene, else the nearest."""
    if not found:
        return None
    return min(
        found,
        key=lambda frame: (frame.change < _SCENE_CHANGE, abs(frame.time - border), frame.time),
    )


def cut(duration: float, beginning: Beginning, borders: Sequence[KeyFrame]) -> ChunkPlan:
    """Return the chunks between these borders, in order; the last one takes what is left.

    ``duration`` is the film's, in seconds. Borders that do not go forward make no plan.
    """
    times = [beginning.time, *(border.time for border in borders)]
    stamps = [beginning.stamp, *(border.stamp for border in borders)]
    if not borders or times[-1] >= duration:
        return ChunkPlan(whole=(in_one_piece("few_key_frames", _TOO_FEW),))
    if not _rises(times) or not _rises(stamps):
        return ChunkPlan(whole=(in_one_piece("odd_times", _ODD_TIMES),))
    chunks: List[Chunk] = []
    for number, start in enumerate(times):
        last = number == len(borders)
        chunks.append(
            Chunk(
                number,
                start,
                duration if last else times[number + 1],
                stamps[number] if number else None,
                None if last else stamps[number + 1],
            )
        )
    return ChunkPlan(tuple(chunks), (), beginning.time_base, beginning.stamp, beginning.shown_at)


def _rises(values: Sequence[float]) -> bool:
    return all(before < after for before, after in zip(values, values[1:]))

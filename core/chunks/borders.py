"""Where a film's picture is cut: at key frames nearest to equal lengths, at a scene change where one is near."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Sequence, Tuple

from core.chunks.chunk import ChunkPlan

WANTED_SECONDS = 120.0


@dataclass(frozen=True)
class KeyFrame:
    """A picture of the film at which decoding can begin.

    ``time`` in seconds after the film's beginning, ``stamp`` in the picture's time base; ``change`` is how
    much it differs from the picture before it (ffmpeg's scdet: 0 to 100).
    """

    time: float
    stamp: int
    change: float = 0.0


def wanted_borders(duration: float, wanted: float) -> Tuple[float, ...]:
    """Return where borders would lie in chunks of equal length near ``wanted``; all in seconds."""
    raise NotImplementedError


def cut(
    duration: float,
    wanted: float,
    found: Sequence[Sequence[KeyFrame]],
    time_base: Fraction,
    origin: float,
) -> ChunkPlan:
    """Choose the borders; ``found`` are the key frames near each of ``wanted_borders``."""
    raise NotImplementedError

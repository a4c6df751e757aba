"""Which spans of a film stand for all of it: chosen by what the film holds, in strata of equal effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence, Tuple

from core.target_quality.trial import Span


@dataclass(frozen=True)
class Group:
    """A group of pictures, from one key frame of the film up to the next.

    ``start`` and ``seconds`` (its length) in seconds after the film's beginning, ``stamp`` the key frame's in
    the picture's time base, ``size`` in bytes.
    """

    start: float
    seconds: float
    stamp: int
    pictures: int
    size: int


@dataclass(frozen=True)
class Survey:
    """What was read of a film's picture: all of its groups, or those at many places (``complete``)."""

    groups: Tuple[Group, ...]
    duration: float
    complete: bool


@dataclass(frozen=True)
class Place:
    """A span with what is encoded around it, so that the encoder is in it as it is in the film.

    ``begin`` and ``end`` in seconds after the film's beginning, their stamps in the picture's time base;
    ``lead`` is how many encoded pictures come before the span's first, ``pictures`` all that are encoded.
    """

    span: Span
    begin: float
    end: float
    begin_stamp: int
    end_stamp: int
    lead: int
    pictures: int


def choose_places(survey: Survey, seconds: float, avoid: Sequence[Span] = ()) -> Tuple[Place, ...]:
    """Return places whose spans are about ``seconds`` long together; their weights add up to 1.

    ``avoid``: spans that were used before, which fresh places keep clear of where the film is long enough.
    The same survey gives the same places. Empty where the film has no group that could be encoded alone.
    """
    raise NotImplementedError

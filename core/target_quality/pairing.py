"""Whether two runs of pictures are the same pictures, one by one: else no score means anything.

Metrics compare whatever they are given, and tell no less of the wrong pairs: a film scored 61 instead of 86
beside its copy in another container, 73 where one run was shorter and its last picture was repeated
(docs/quality.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from core.media.likeness import picture_distance
from core.text.sentence import Sentence

WIDTH, HEIGHT = 48, 27  # of the small pictures, in pixels; 8 bits of grey each
SMALL_BYTES = WIDTH * HEIGHT
# Seconds: either container may round each of two moments to 1 ms.
ROUNDED = 0.0021
_NEIGHBOURS = (-1, 1)
# So much closer must the neighbours be (by their share, and in 8-bit steps), or an encoder's noise would
# decide where nothing moves.
_CLEARLY, _AT_LEAST = 0.7, 0.3


@dataclass(frozen=True)
class ShownPictures:
    """Pictures as they were decoded: when each is shown, in seconds on its file's clock, and small."""

    times: Tuple[float, ...]
    pictures: Tuple[bytes, ...]


def pairing_problem(film: ShownPictures, result: ShownPictures, count: int) -> Optional[str]:
    """Say why the first ``count`` pictures of both are not the same; None where they are.

    They must be as many, follow each other at the same distances, and none of the result's may look more
    like the film's next or last one.
    """
    if min(len(film.times), len(result.times)) < count:
        return Sentence(
            "the result has {found} pictures there, the film has {wanted}.",
            found=min(len(result.times), count),
            wanted=min(len(film.times), count),
        )
    late = [
        abs((shown - result.times[0]) - (wanted - film.times[0]))
        for wanted, shown in zip(film.times[:count], result.times[:count])
    ]
    worst = max(range(count), key=lambda number: late[number])
    if late[worst] > ROUNDED:
        return Sentence(
            "picture {number} of the result is {milliseconds} ms from its place.",
            number=worst + 1,
            milliseconds=round(late[worst] * 1000, 1),
        )
    return _by_looks(film, result, count)


def _by_looks(film: ShownPictures, result: ShownPictures, count: int) -> Optional[str]:
    inner = range(1, count - 1)
    if not inner:
        return None
    distances: Dict[int, float] = {
        offset: sum(
            picture_distance(film.pictures[number + offset], result.pictures[number])
            for number in inner
        )
        / len(inner)
        for offset in (0, *_NEIGHBOURS)
    }
    nearest = min(_NEIGHBOURS, key=lambda offset: distances[offset])
    usual, other = distances[0], distances[nearest]
    if other < _CLEARLY * usual and usual - other > _AT_LEAST:
        return Sentence("the result's pictures are not those of the film with the same numbers.")
    return None
